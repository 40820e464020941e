//! Queries on variants and their frozen states.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, sea_query::Expr,
};

use super::{Frozen, Inspected, Override, inspection::Part};
use crate::{
    channels::{AwaitedPart, Inspection},
    clock::Timestamp,
    db::entity::{inspection, inspection_part, variant, variant_revision},
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

/// What the platform of a channel said of a content by now.
pub async fn find_inspection(
    db: &impl ConnectionTrait,
    site: SiteId,
    channel: &str,
    content_hash: &str,
    now: Timestamp,
) -> Result<Option<Inspected>> {
    let key = (site, channel.to_owned(), content_hash.to_owned());
    let Some(row) = inspection::Entity::find_by_id(key).one(db).await? else {
        return Ok(None);
    };
    let parts = inspection_part::Entity::find()
        .filter(inspection_part::Column::SiteId.eq(site))
        .filter(inspection_part::Column::Channel.eq(channel))
        .filter(inspection_part::Column::ContentHash.eq(content_hash))
        .order_by_asc(inspection_part::Column::Name)
        .all(db)
        .await?;
    let parts: Result<Vec<Part>> = parts
        .into_iter()
        .map(|part| {
            Ok(Part {
                said: part.said.map(read_inspection).transpose()?,
                awaited: AwaitedPart {
                    reference: part.reference,
                    name: part.name,
                    until: part.until,
                },
            })
        })
        .collect();
    let said = read_inspection(row.said)?;
    Ok(Some(Inspected::of(said, parts?, row.inspected_at, now)))
}

fn read_inspection(value: serde_json::Value) -> Result<Inspection> {
    serde_json::from_value(value)
        .map_err(|error| Error::internal("an inspection cannot be read", error))
}

fn write_inspection(said: &Inspection) -> Result<serde_json::Value> {
    serde_json::to_value(said)
        .map_err(|error| Error::internal("an inspection cannot be written", error))
}

/// Keeps what the platform of a channel said of a content, and which parts of it are awaited.
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
        said: write_inspection(said)?,
        inspected_at: now,
    };
    inspection::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    let parts = said.awaited.iter().map(|part| {
        inspection_part::Model {
            site_id: site,
            channel: channel.to_owned(),
            reference: part.reference.clone(),
            content_hash: content_hash.to_owned(),
            name: part.name.clone(),
            until: part.until,
            said: None,
        }
        .into_active_model()
    });
    if parts.len() > 0 {
        inspection_part::Entity::insert_many(parts)
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

/// Forgets what the platform of a channel said of a content.
pub async fn delete_inspection(
    db: &impl ConnectionTrait,
    site: SiteId,
    channel: &str,
    content_hash: &str,
) -> Result<()> {
    inspection_part::Entity::delete_many()
        .filter(inspection_part::Column::SiteId.eq(site))
        .filter(inspection_part::Column::Channel.eq(channel))
        .filter(inspection_part::Column::ContentHash.eq(content_hash))
        .exec(db)
        .await?;
    inspection::Entity::delete_by_id((site, channel.to_owned(), content_hash.to_owned()))
        .exec(db)
        .await?;
    Ok(())
}

/// Keeps what the platform of a channel said later of a part; the first answer stays. Without one, nothing more is
/// expected. `false`: nothing awaits this part.
pub async fn settle_part(
    db: &impl ConnectionTrait,
    site: SiteId,
    channel: &str,
    reference: &str,
    said: Option<&Inspection>,
    now: Timestamp,
) -> Result<bool> {
    use inspection_part::Column;

    let change = match said {
        Some(said) => (Column::Said, Expr::value(Some(write_inspection(said)?))),
        None => (Column::Until, Expr::value(now)),
    };
    let settled = inspection_part::Entity::update_many()
        .col_expr(change.0, change.1)
        .filter(Column::SiteId.eq(site))
        .filter(Column::Channel.eq(channel))
        .filter(Column::Reference.eq(reference))
        .filter(Column::Said.is_null())
        .exec(db)
        .await?;
    Ok(settled.rows_affected > 0)
}
