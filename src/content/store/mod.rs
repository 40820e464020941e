//! Queries on content; the only place that touches its tables.

pub mod autosave;
pub mod item;
pub mod presence;
pub mod product;
pub mod published;
pub mod revision;
pub mod term;
pub mod usage;

use std::collections::HashSet;

use sea_orm::{
    ActiveValue::NotSet, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement,
};
use uuid::Uuid;

use super::{Change, ChangeKind};
use crate::{
    clock::Timestamp,
    db::entity::content_change,
    error::Result,
    id::{ItemId, SiteId},
};

/// The key of PostgreSQL's lock that puts changes into commit order: "change" in ASCII.
const CHANGE_LOCK: i64 = 0x63_68_61_6e_67_65;

/// Writes a change as the last thing of a transaction. The lock is held until the commit, so that numbers rise in
/// commit order and a reader of the cursor never skips one (SQLite has one writer anyway).
pub async fn insert_change(
    tx: &impl ConnectionTrait,
    site: SiteId,
    kind: ChangeKind,
    id: Uuid,
    is_published: bool,
    now: Timestamp,
) -> Result<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({CHANGE_LOCK})"))
            .await?;
    }
    let row = content_change::Model {
        seq: 0,
        site_id: site,
        kind: kind.name().to_owned(),
        item_id: ItemId(id),
        is_published,
        changed_at: now,
    };
    let mut row = row.into_active_model();
    row.seq = NotSet;
    content_change::Entity::insert(row).exec(tx).await?;
    Ok(())
}

/// Changes of all sites behind a cursor, in commit order.
pub async fn list_changes(
    db: &impl ConnectionTrait,
    after: i64,
    limit: u64,
) -> Result<Vec<Change>> {
    let rows = content_change::Entity::find()
        .filter(content_change::Column::Seq.gt(after))
        .order_by_asc(content_change::Column::Seq)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Change {
            seq: row.seq,
            site: row.site_id,
            kind: match row.kind.as_str() {
                "video" => ChangeKind::Video,
                "product" => ChangeKind::Product,
                _ => ChangeKind::Story,
            },
            id: row.item_id.0,
            is_published: row.is_published,
            changed_at: row.changed_at,
        })
        .collect())
}

/// Those of the changes before which readers saw the thing already.
pub async fn list_published_before(
    db: &impl ConnectionTrait,
    changes: &[i64],
) -> Result<HashSet<i64>> {
    let places: Vec<_> = (1..=changes.len())
        .map(|place| format!("${place}"))
        .collect();
    let sql = format!(
        "SELECT c.seq AS seq, (SELECT p.is_published FROM content_change p WHERE p.item_id = c.item_id \
         AND p.kind = c.kind AND p.seq < c.seq ORDER BY p.seq DESC LIMIT 1) AS was_published \
         FROM content_change c WHERE c.seq IN ({})",
        places.join(", ")
    );
    let values = changes.iter().map(|seq| sea_orm::Value::from(*seq));
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let mut found = HashSet::new();
    for row in db.query_all_raw(statement).await? {
        if row.try_get::<Option<bool>>("", "was_published")? == Some(true) {
            found.insert(row.try_get::<i64>("", "seq")?);
        }
    }
    Ok(found)
}

/// The latest change of a site (0 without any): what caches are keyed by.
pub async fn last_change(db: &impl ConnectionTrait) -> Result<i64> {
    let row = content_change::Entity::find()
        .order_by_desc(content_change::Column::Seq)
        .one(db)
        .await?;
    Ok(row.map_or(0, |row| row.seq))
}
