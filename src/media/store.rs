//! Queries on assets and uploads.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{Asset, AssetFilter, AssetKind, FocalPoint};
use crate::{
    clock::Timestamp,
    db::{
        entity::{asset, upload},
        holds,
    },
    error::Result,
    id::{AssetId, SiteId, UploadId},
    page::{Cursor, Page, PageRequest},
};

fn kind_name(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Image => "image",
        AssetKind::Video => "video",
    }
}

impl From<asset::Model> for Asset {
    fn from(row: asset::Model) -> Self {
        Self {
            id: row.id,
            site: row.site_id,
            sha256: row.sha256,
            name: row.name,
            kind: if row.kind == "video" {
                AssetKind::Video
            } else {
                AssetKind::Image
            },
            mime: row.mime,
            size_bytes: row.size_bytes.unsigned_abs(),
            width: row.width.unsigned_abs(),
            height: row.height.unsigned_abs(),
            is_animated: row.is_animated,
            alt: row.alt,
            focal_point: FocalPoint {
                x: row.focal_x,
                y: row.focal_y,
            },
            video: row
                .video
                .and_then(|facts| serde_json::from_value(facts).ok()),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            archived_at: row.archived_at,
        }
    }
}

fn row(asset: &Asset) -> asset::Model {
    asset::Model {
        id: asset.id,
        site_id: asset.site,
        sha256: asset.sha256.clone(),
        name: asset.name.clone(),
        kind: kind_name(asset.kind).to_owned(),
        mime: asset.mime.clone(),
        size_bytes: i64::try_from(asset.size_bytes).unwrap_or(i64::MAX),
        width: i32::try_from(asset.width).unwrap_or(i32::MAX),
        height: i32::try_from(asset.height).unwrap_or(i32::MAX),
        is_animated: asset.is_animated,
        alt: asset.alt.clone(),
        focal_x: asset.focal_point.x,
        focal_y: asset.focal_point.y,
        video: asset.video.as_ref().map(|facts| serde_json::json!(facts)),
        version: asset.version,
        created_at: asset.created_at,
        updated_at: asset.updated_at,
        archived_at: asset.archived_at,
    }
}

pub async fn insert_asset(db: &impl ConnectionTrait, asset: &Asset) -> Result<(), DbErr> {
    asset::Entity::insert(row(asset).into_active_model())
        .exec(db)
        .await
        .map(|_| ())
}

/// Writes an asset whose version must still be one less than the given one; `false` when it is not.
pub async fn update_asset(db: &impl ConnectionTrait, asset: &Asset) -> Result<bool> {
    let changed = asset::Entity::update_many()
        .set(row(asset).into_active_model().reset_all())
        .filter(asset::Column::Id.eq(asset.id))
        .filter(asset::Column::Version.eq(asset.version - 1))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

pub async fn list_assets_by_id(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: &[AssetId],
) -> Result<Vec<Asset>> {
    let rows = asset::Entity::find()
        .filter(asset::Column::SiteId.eq(site))
        .filter(asset::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub async fn find_asset_by_hash(
    db: &impl ConnectionTrait,
    site: SiteId,
    sha256: &str,
) -> Result<Option<Asset>> {
    let row = asset::Entity::find()
        .filter(asset::Column::SiteId.eq(site))
        .filter(asset::Column::Sha256.eq(sha256))
        .one(db)
        .await?;
    Ok(row.map(Into::into))
}

/// The assets of every site with this content, for serving files by their hash.
pub async fn list_assets_by_content(db: &impl ConnectionTrait, sha256: &str) -> Result<Vec<Asset>> {
    let rows = asset::Entity::find()
        .filter(asset::Column::Sha256.eq(sha256))
        .order_by_asc(asset::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One page, newest first.
pub async fn list_assets(
    db: &impl ConnectionTrait,
    site: SiteId,
    filter: &AssetFilter,
    page: &PageRequest,
) -> Result<Page<Asset>> {
    let mut query = asset::Entity::find()
        .filter(asset::Column::SiteId.eq(site))
        .filter(asset::Column::ArchivedAt.is_null())
        .order_by_desc(asset::Column::Id)
        .limit(u64::from(page.size) + 1);
    if let Some(kind) = filter.kind {
        query = query.filter(asset::Column::Kind.eq(kind_name(kind)));
    }
    if filter.lacks_alt {
        query = query
            .filter(asset::Column::Kind.eq(kind_name(AssetKind::Image)))
            .filter(asset::Column::Alt.eq(""));
    }
    if let Some(text) = filter.text.as_deref().filter(|text| !text.is_empty()) {
        query = query.filter(
            Condition::any()
                .add(holds(asset::Column::Name, text))
                .add(holds(asset::Column::Alt, text)),
        );
    }
    if let Some(after) = &page.after {
        let after = after.id.parse::<AssetId>();
        let after = after.map_err(|error| error.on_field("after"))?;
        query = query.filter(asset::Column::Id.lt(after));
    }
    let rows: Vec<Asset> = query.all(db).await?.into_iter().map(Into::into).collect();
    Ok(Page::from_rows(rows, page.size, |asset| Cursor {
        key: serde_json::Value::Null,
        id: asset.id.to_string(),
    }))
}

pub async fn insert_upload(
    db: &impl ConnectionTrait,
    id: UploadId,
    site: SiteId,
    name: String,
    size_bytes: u64,
    now: Timestamp,
) -> Result<()> {
    let row = upload::Model {
        id,
        site_id: site,
        name,
        size_bytes: i64::try_from(size_bytes).unwrap_or(i64::MAX),
        created_at: now,
    };
    upload::Entity::insert(row.into_active_model())
        .exec(db)
        .await?;
    Ok(())
}

/// Name and size of an upload under way.
pub async fn find_upload(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: UploadId,
) -> Result<Option<(String, u64)>> {
    let row = upload::Entity::find_by_id(id)
        .filter(upload::Column::SiteId.eq(site))
        .one(db)
        .await?;
    Ok(row.map(|row| (row.name, row.size_bytes.unsigned_abs())))
}

pub async fn delete_upload(db: &impl ConnectionTrait, id: UploadId) -> Result<()> {
    upload::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

pub async fn count_uploads(db: &impl ConnectionTrait, site: SiteId) -> Result<u64> {
    let query = upload::Entity::find().filter(upload::Column::SiteId.eq(site));
    Ok(query.count(db).await?)
}

/// Uploads of any site that began before an instant.
pub async fn list_uploads_before(
    db: &impl ConnectionTrait,
    before: Timestamp,
) -> Result<Vec<UploadId>> {
    let rows = upload::Entity::find()
        .filter(upload::Column::CreatedAt.lt(before))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
