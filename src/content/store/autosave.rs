//! Queries on rolling drafts.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    sea_query::OnConflict,
};

use super::revision::write_content;
use crate::{
    content::{Autosave, Content},
    db::entity::autosave,
    error::{Error, Result},
    id::{ItemId, SiteId, UserId},
};

pub async fn save_autosave<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    user: UserId,
    draft: &Autosave<C>,
) -> Result<()> {
    let row = autosave::Model {
        item_id: draft.item,
        user_id: user,
        site_id: site,
        base_version: draft.base_version,
        content: write_content(&draft.content)?,
        saved_at: draft.saved_at,
    };
    autosave::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([autosave::Column::ItemId, autosave::Column::UserId])
                .update_columns([
                    autosave::Column::BaseVersion,
                    autosave::Column::Content,
                    autosave::Column::SavedAt,
                ])
                .to_owned(),
        )
        .exec(db)
        .await?;
    Ok(())
}

pub async fn find_autosave<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    item: ItemId,
    user: UserId,
) -> Result<Option<Autosave<C>>> {
    let row = autosave::Entity::find_by_id((item, user))
        .filter(autosave::Column::SiteId.eq(site))
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let content = serde_json::from_value(row.content)
        .map_err(|error| Error::internal("an autosave cannot be read", error))?;
    Ok(Some(Autosave {
        item: row.item_id,
        base_version: row.base_version,
        content,
        saved_at: row.saved_at,
    }))
}

pub async fn delete_autosave(db: &impl ConnectionTrait, item: ItemId, user: UserId) -> Result<()> {
    autosave::Entity::delete_by_id((item, user))
        .exec(db)
        .await?;
    Ok(())
}
