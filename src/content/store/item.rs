//! Queries on items and their tags, as editors see them.

use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::NotSet,
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
    sea_query::{Expr, ExprTrait as _, Query},
};

use super::revision::{contents, read_content};
use crate::{
    clock::Timestamp,
    content::{Content, ContentState, Item, ItemFilter},
    db::{
        entity::{item, item_tag, revision},
        holds,
    },
    error::{Error, Result},
    id::{ItemId, SiteId, TagId},
    page::{Cursor, Page, PageRequest},
};

fn to_item<C: Content>(row: item::Model, content: serde_json::Value) -> Result<Item<C>> {
    Ok(Item {
        content: read_content(content, row.revision_id)?,
        id: row.id,
        site: row.site_id,
        slug: row.slug,
        version: row.version,
        revision: row.revision_id,
        published_revision: row.published_revision_id,
        source_id: row.source_id,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        first_published_at: row.first_published_at,
        published_at: row.published_at,
        archived_at: row.archived_at,
    })
}

fn row<C: Content>(
    item: &Item<C>,
    published_category: Option<crate::id::CategoryId>,
) -> item::Model {
    item::Model {
        id: item.id,
        site_id: item.site,
        kind: C::KIND.name().to_owned(),
        slug: item.slug.clone(),
        title: item.content.title().to_owned(),
        category_id: item.content.category(),
        version: item.version,
        revision_id: item.revision,
        published_revision_id: item.published_revision,
        published_category_id: published_category,
        published_card: None,
        source_id: item.source_id.clone(),
        created_by: item.created_by,
        created_at: item.created_at,
        updated_at: item.updated_at,
        first_published_at: item.first_published_at,
        published_at: item.published_at,
        archived_at: item.archived_at,
    }
}

pub fn of_site<C: Content>(site: SiteId) -> Select<item::Entity> {
    item::Entity::find()
        .filter(item::Column::SiteId.eq(site))
        .filter(item::Column::Kind.eq(C::KIND.name()))
}

pub async fn insert<C: Content>(db: &impl ConnectionTrait, item: &Item<C>) -> Result<(), DbErr> {
    item::Entity::insert(row(item, None).into_active_model())
        .exec(db)
        .await
        .map(|_| ())
}

/// Writes an item whose version must still be one less than the given one; `false` when it is not.
/// Columns of the published state are set when it is published.
pub async fn update<C: Content>(db: &impl ConnectionTrait, item: &Item<C>) -> Result<bool, DbErr> {
    let mut new = row(item, None).into_active_model().reset_all();
    new.published_category_id = NotSet;
    new.published_card = NotSet;
    let changed = item::Entity::update_many()
        .set(new)
        .filter(item::Column::Id.eq(item.id))
        .filter(item::Column::Version.eq(item.version - 1))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

pub async fn set_tags(
    db: &impl ConnectionTrait,
    item: ItemId,
    tags: &[TagId],
    is_published: bool,
) -> Result<()> {
    item_tag::Entity::delete_many()
        .filter(item_tag::Column::ItemId.eq(item))
        .filter(item_tag::Column::IsPublished.eq(is_published))
        .exec(db)
        .await?;
    let mut unique: Vec<TagId> = tags.to_vec();
    unique.sort_unstable();
    unique.dedup();
    if unique.is_empty() {
        return Ok(());
    }
    let rows = unique.into_iter().map(|tag| {
        item_tag::Model {
            item_id: item,
            tag_id: tag,
            is_published,
        }
        .into_active_model()
    });
    item_tag::Entity::insert_many(rows).exec(db).await?;
    Ok(())
}

pub async fn find<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: ItemId,
) -> Result<Option<Item<C>>> {
    with_content(
        db,
        of_site::<C>(site)
            .filter(item::Column::Id.eq(id))
            .one(db)
            .await?,
    )
    .await
}

pub async fn find_by_source<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    source: &str,
) -> Result<Option<Item<C>>> {
    with_content(
        db,
        of_site::<C>(site)
            .filter(item::Column::SourceId.eq(source))
            .one(db)
            .await?,
    )
    .await
}

async fn with_content<C: Content>(
    db: &impl ConnectionTrait,
    row: Option<item::Model>,
) -> Result<Option<Item<C>>> {
    let Some(row) = row else { return Ok(None) };
    let revision = revision::Entity::find_by_id(row.revision_id)
        .one(db)
        .await?;
    let revision =
        revision.ok_or_else(|| Error::not_found(format!("revision {}", row.revision_id)))?;
    to_item(row, revision.content).map(Some)
}

pub async fn is_slug_taken<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    slug: &str,
    by_other_than: ItemId,
) -> Result<bool> {
    let count = of_site::<C>(site)
        .filter(item::Column::Slug.eq(slug))
        .filter(item::Column::Id.ne(by_other_than))
        .count(db)
        .await?;
    Ok(count > 0)
}

/// Which of the ids are items of this kind in the site.
pub async fn known<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: &[ItemId],
) -> Result<HashSet<ItemId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let known = of_site::<C>(site)
        .filter(item::Column::Id.is_in(ids.iter().copied()))
        .select_only()
        .column(item::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(known.into_iter().collect())
}

/// One page for editors, last changed first.
pub async fn list<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    filter: &ItemFilter,
    page: &PageRequest,
) -> Result<Page<Item<C>>> {
    let mut query = of_site::<C>(site)
        .order_by_desc(item::Column::UpdatedAt)
        .order_by_desc(item::Column::Id)
        .limit(u64::from(page.size) + 1);
    query = match filter.state {
        Some(ContentState::Archived) => query.filter(item::Column::ArchivedAt.is_not_null()),
        _ => query.filter(item::Column::ArchivedAt.is_null()),
    };
    let published = Expr::col((item::Entity, item::Column::PublishedRevisionId));
    let latest = Expr::col((item::Entity, item::Column::RevisionId));
    query = match filter.state {
        Some(ContentState::Draft) => query.filter(item::Column::PublishedRevisionId.is_null()),
        Some(ContentState::Published) => query.filter(published.eq(latest)),
        Some(ContentState::Changed) => query.filter(published.ne(latest)),
        Some(ContentState::Archived) | None => query,
    };
    if let Some(text) = filter
        .text
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        query = query.filter(holds(item::Column::Title, text));
    }
    if let Some(category) = filter.category {
        query = query.filter(item::Column::CategoryId.eq(category));
    }
    if let Some(tag) = filter.tag {
        query = query.filter(item::Column::Id.in_subquery(tagged(tag, false)));
    }
    if let Some(after) = &page.after {
        let (at, id) = place(after)?;
        query = query.filter(
            Condition::any().add(item::Column::UpdatedAt.lt(at)).add(
                Condition::all()
                    .add(item::Column::UpdatedAt.eq(at))
                    .add(item::Column::Id.lt(id)),
            ),
        );
    }
    let rows = Page::from_rows(query.all(db).await?, page.size, |row| {
        cursor(row.updated_at, row.id)
    });
    let mut contents = contents(
        db,
        rows.edges.iter().map(|(_, row)| row.revision_id).collect(),
    )
    .await?;
    let edges = rows
        .edges
        .into_iter()
        .map(|(cursor, row)| {
            let content = contents.remove(&row.revision_id).unwrap_or_default();
            to_item(row, content).map(|item| (cursor, item))
        })
        .collect::<Result<_>>()?;
    Ok(Page {
        edges,
        has_next: rows.has_next,
        total_count: None,
    })
}

pub fn tagged(tag: TagId, is_published: bool) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(item_tag::Column::ItemId)
        .from(item_tag::Entity)
        .and_where(item_tag::Column::TagId.eq(tag))
        .and_where(item_tag::Column::IsPublished.eq(is_published))
        .take()
}

pub fn cursor(at: Timestamp, id: ItemId) -> Cursor {
    Cursor {
        key: at.0.into(),
        id: id.to_string(),
    }
}

pub fn place(cursor: &Cursor) -> Result<(Timestamp, ItemId)> {
    let invalid = || {
        Error::invalid(
            "after",
            "not a cursor of this list; leave it out to start at the first page",
        )
    };
    Ok((
        Timestamp(cursor.key.as_i64().ok_or_else(invalid)?),
        cursor.id.parse().map_err(|_| invalid())?,
    ))
}
