//! Queries on where files are used.

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use uuid::Uuid;

use crate::{
    content::{AssetUse, ChangeKind},
    error::{Error, Result},
    id::{AssetId, SiteId},
};

/// What of a site shows an asset, by kind and title. Contents name files by their ids, so the text of an id is looked
/// for; nothing else holds it.
pub async fn list_uses(
    db: &impl ConnectionTrait,
    site: SiteId,
    asset: AssetId,
    limit: u64,
) -> Result<Vec<AssetUse>> {
    let sql = "SELECT kind, id, title FROM ( \
                 SELECT i.kind AS kind, i.id AS id, i.title AS title FROM item i \
                 WHERE i.site_id = $1 AND i.archived_at IS NULL AND EXISTS ( \
                   SELECT 1 FROM revision r WHERE r.id IN (i.revision_id, i.published_revision_id) \
                     AND CAST(r.content AS TEXT) LIKE $2) \
                 UNION ALL \
                 SELECT 'product' AS kind, p.id AS id, p.name AS title FROM product p \
                 WHERE p.site_id = $1 AND p.archived_at IS NULL AND CAST(p.pictures AS TEXT) LIKE $2) used \
               ORDER BY kind, title, id LIMIT $3";
    let values = [
        site.into(),
        format!("%{asset}%").into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let read = |row: QueryResult| {
        let kind: String = row.try_get("", "kind")?;
        Ok(AssetUse {
            kind: ChangeKind::parse(&kind)
                .ok_or_else(|| Error::internal("a row cannot be read", kind))?,
            id: row.try_get::<Uuid>("", "id")?,
            title: row.try_get("", "title")?,
        })
    };
    db.query_all_raw(statement)
        .await?
        .into_iter()
        .map(read)
        .collect()
}
