//! Queries on revisions.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
};

use super::item::of_site;
use crate::{
    content::{Content, Revision},
    db::entity::{item, revision},
    error::{Error, Result},
    id::{ItemId, RevisionId, SiteId},
};

/// The content of a revision, read.
pub fn read_content<C: Content>(json: serde_json::Value, revision: RevisionId) -> Result<C> {
    serde_json::from_value(json)
        .map_err(|error| Error::internal(format!("revision {revision} cannot be read"), error))
}

/// A content, as revisions and rolling drafts keep it.
pub fn write_content<C: Content>(content: &C) -> Result<serde_json::Value> {
    serde_json::to_value(content)
        .map_err(|error| Error::internal("content cannot be written", error))
}

/// What is in revisions.
pub async fn contents(
    db: &impl ConnectionTrait,
    ids: Vec<RevisionId>,
) -> Result<HashMap<RevisionId, serde_json::Value>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = revision::Entity::find()
        .filter(revision::Column::Id.is_in(ids))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.content)).collect())
}

pub async fn insert_revision<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    revision: &Revision<C>,
) -> Result<()> {
    let row = revision::Model {
        id: revision.id,
        site_id: site,
        item_id: revision.item,
        number: revision.number,
        content: write_content(&revision.content)?,
        created_by: revision.created_by,
        created_at: revision.created_at,
    };
    revision::Entity::insert(row.into_active_model())
        .exec(db)
        .await?;
    Ok(())
}

pub async fn last_revision_number(db: &impl ConnectionTrait, item: ItemId) -> Result<i32> {
    let row = revision::Entity::find()
        .filter(revision::Column::ItemId.eq(item))
        .order_by_desc(revision::Column::Number)
        .one(db)
        .await?;
    Ok(row.map_or(0, |row| row.number))
}

fn to_revision<C: Content>(row: revision::Model) -> Result<Revision<C>> {
    Ok(Revision {
        content: read_content(row.content, row.id)?,
        id: row.id,
        item: row.item_id,
        number: row.number,
        created_by: row.created_by,
        created_at: row.created_at,
    })
}

pub async fn find_revision<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: RevisionId,
) -> Result<Option<Revision<C>>> {
    let row = revision::Entity::find_by_id(id)
        .filter(revision::Column::SiteId.eq(site))
        .filter(
            revision::Column::ItemId.in_subquery(
                of_site::<C>(site)
                    .select_only()
                    .column(item::Column::Id)
                    .into_query(),
            ),
        )
        .one(db)
        .await?;
    row.map(to_revision).transpose()
}

/// Revisions of an item, newest first.
pub async fn list_revisions<C: Content>(
    db: &impl ConnectionTrait,
    item: ItemId,
    limit: u64,
) -> Result<Vec<Revision<C>>> {
    let rows = revision::Entity::find()
        .filter(revision::Column::ItemId.eq(item))
        .order_by_desc(revision::Column::Number)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(to_revision).collect()
}
