//! Queries on variants and their frozen states.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};

use super::{Frozen, Inspected, Override};
use crate::{
    channels::Inspection,
    clock::Timestamp,
    db::entity::{inspection, variant, variant_revision},
    error::{Error, Result},
    id::{ItemId, SiteId, UserId, VariantId, VariantRevisionId},
};

/// What people changed of one variant.
#[derive(Debug, Clone)]
pub struct Overrides {
    pub id: VariantId,
    pub version: i32,
    pub fields: BTreeMap<String, Override>,
}

pub async fn find_overrides(
    db: &impl ConnectionTrait,
    site: SiteId,
    item: ItemId,
    channel: &str,
) -> Result<Option<Overrides>> {
    let row = variant::Entity::find()
        .filter(variant::Column::SiteId.eq(site))
        .filter(variant::Column::ItemId.eq(item))
        .filter(variant::Column::Channel.eq(channel))
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let fields = serde_json::from_value(row.overrides)
        .map_err(|error| Error::internal("overrides cannot be read", error))?;
    Ok(Some(Overrides {
        id: row.id,
        version: row.version,
        fields,
    }))
}

pub async fn insert_overrides(
    db: &impl ConnectionTrait,
    site: SiteId,
    item: ItemId,
    channel: &str,
    new: &Overrides,
    now: Timestamp,
) -> Result<()> {
    let row = variant::Model {
        id: new.id,
        site_id: site,
        item_id: item,
        channel: channel.to_owned(),
        version: new.version,
        overrides: serde_json::json!(new.fields),
        created_at: now,
        updated_at: now,
    };
    variant::Entity::insert(row.into_active_model())
        .exec(db)
        .await?;
    Ok(())
}

pub async fn update_overrides(
    db: &impl ConnectionTrait,
    changed: &Overrides,
    now: Timestamp,
) -> Result<()> {
    let row = variant::ActiveModel {
        id: sea_orm::ActiveValue::Unchanged(changed.id),
        version: sea_orm::ActiveValue::Set(changed.version),
        overrides: sea_orm::ActiveValue::Set(serde_json::json!(changed.fields)),
        updated_at: sea_orm::ActiveValue::Set(now),
        ..Default::default()
    };
    row.update(db).await?;
    Ok(())
}

pub async fn insert_frozen(
    db: &impl ConnectionTrait,
    site: SiteId,
    item: ItemId,
    frozen: &Frozen,
    by: Option<UserId>,
) -> Result<()> {
    let row = variant_revision::Model {
        id: frozen.variant_revision,
        site_id: site,
        item_id: item,
        revision_id: frozen.revision,
        channel: frozen.channel.clone(),
        lane: frozen.lane.clone(),
        content_hash: frozen.content_hash.clone(),
        frozen: serde_json::to_value(frozen)
            .map_err(|error| Error::internal("a frozen variant cannot be written", error))?,
        approved_by: by,
        created_at: frozen.frozen_at,
    };
    variant_revision::Entity::insert(row.into_active_model())
        .exec(db)
        .await?;
    Ok(())
}

pub async fn find_frozen(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: VariantRevisionId,
) -> Result<Option<Frozen>> {
    let row = variant_revision::Entity::find_by_id(id)
        .filter(variant_revision::Column::SiteId.eq(site))
        .one(db)
        .await?;
    row.map(|row| {
        serde_json::from_value(row.frozen)
            .map_err(|error| Error::internal("a frozen variant cannot be read", error))
    })
    .transpose()
}

/// What the platform of a channel said of a content.
pub async fn find_inspection(
    db: &impl ConnectionTrait,
    site: SiteId,
    channel: &str,
    content_hash: &str,
) -> Result<Option<Inspected>> {
    let key = (site, channel.to_owned(), content_hash.to_owned());
    let row = inspection::Entity::find_by_id(key).one(db).await?;
    row.map(|row| {
        let said = serde_json::from_value(row.said)
            .map_err(|error| Error::internal("an inspection cannot be read", error))?;
        Ok(Inspected {
            said,
            at: row.inspected_at,
        })
    })
    .transpose()
}

/// Keeps what the platform of a channel said of a content; the first answer stays.
pub async fn insert_inspection(
    db: &impl ConnectionTrait,
    site: SiteId,
    channel: &str,
    content_hash: &str,
    said: &Inspection,
    now: Timestamp,
) -> Result<()> {
    let row = inspection::Model {
        site_id: site,
        channel: channel.to_owned(),
        content_hash: content_hash.to_owned(),
        said: serde_json::to_value(said)
            .map_err(|error| Error::internal("an inspection cannot be written", error))?,
        inspected_at: now,
    };
    inspection::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([
            inspection::Column::SiteId,
            inspection::Column::Channel,
            inspection::Column::ContentHash,
        ])
        .exec_without_returning(db)
        .await?;
    Ok(())
}
