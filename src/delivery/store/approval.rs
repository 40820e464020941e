//! Queries on approvals.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _,
};

use crate::{
    db::entity::approval,
    delivery::Approval,
    error::Result,
    id::{ItemId, SiteId},
};

impl From<approval::Model> for Approval {
    fn from(row: approval::Model) -> Self {
        Self {
            id: row.id,
            site: row.site_id,
            source: row.item_id,
            revision: row.revision_id,
            channel: row.channel,
            content_hash: row.content_hash,
            approved_by: row.approved_by,
            approved_at: row.approved_at,
        }
    }
}

pub async fn insert_approval(db: &impl ConnectionTrait, new: &Approval) -> Result<()> {
    let row = approval::Model {
        id: new.id,
        site_id: new.site,
        item_id: new.source,
        revision_id: new.revision,
        channel: new.channel.clone(),
        content_hash: new.content_hash.clone(),
        approved_by: new.approved_by,
        approved_at: new.approved_at,
    };
    approval::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The latest approval of a story or video for a channel.
pub async fn find_approval(
    db: &impl ConnectionTrait,
    site: SiteId,
    source: ItemId,
    channel: &str,
) -> Result<Option<Approval>> {
    let row = approval::Entity::find()
        .filter(approval::Column::SiteId.eq(site))
        .filter(approval::Column::ItemId.eq(source))
        .filter(approval::Column::Channel.eq(channel))
        .order_by_desc(approval::Column::Id)
        .one(db)
        .await?;
    Ok(row.map(Into::into))
}
