//! Queries on items, their revisions, tags and autosaves.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::NotSet,
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    Select,
    sea_query::{Expr, ExprTrait as _, OnConflict, Query},
};

use crate::{
    clock::Timestamp,
    content::{
        Address, Autosave, Content, ContentState, Item, ItemFilter, ItemOrder, Published,
        PublishedFilter, Revision,
    },
    db::{
        entity::{autosave, item, item_tag, revision},
        holds,
    },
    error::{Error, Result},
    id::{ItemId, RevisionId, SiteId, TagId, UserId},
    page::{Cursor, Page, PageRequest},
};

/// The field of content that cards lack.
const TEXT: &str = "body";

fn read_content<C: Content>(json: serde_json::Value, revision: RevisionId) -> Result<C> {
    serde_json::from_value(json)
        .map_err(|error| Error::internal(format!("revision {revision} cannot be read"), error))
}

fn write_content<C: Content>(content: &C) -> Result<serde_json::Value> {
    serde_json::to_value(content)
        .map_err(|error| Error::internal("content cannot be written", error))
}

/// What a list shows: all but the text.
fn write_card<C: Content>(content: &C) -> Result<serde_json::Value> {
    let mut card = write_content(content)?;
    if let Some(fields) = card.as_object_mut() {
        fields.remove(TEXT);
    }
    Ok(card)
}

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

fn of_site<C: Content>(site: SiteId) -> Select<item::Entity> {
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

/// Makes card, tags and category of the published state those of the item's latest, or takes them away.
pub async fn set_published_state<C: Content>(
    db: &impl ConnectionTrait,
    item: &Item<C>,
) -> Result<()> {
    let (card, category, tags) = match item.published_revision {
        Some(_) => (
            Some(write_card(&item.content)?),
            item.content.category(),
            item.content.tags(),
        ),
        None => (None, None, [].as_slice()),
    };
    item::Entity::update_many()
        .col_expr(item::Column::PublishedCard, Expr::value(card))
        .col_expr(item::Column::PublishedCategoryId, Expr::value(category))
        .filter(item::Column::Id.eq(item.id))
        .exec(db)
        .await?;
    set_tags(db, item.id, tags, true).await
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

async fn contents(
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

fn tagged(tag: TagId, is_published: bool) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(item_tag::Column::ItemId)
        .from(item_tag::Entity)
        .and_where(item_tag::Column::TagId.eq(tag))
        .and_where(item_tag::Column::IsPublished.eq(is_published))
        .take()
}

fn cursor(at: Timestamp, id: ItemId) -> Cursor {
    Cursor {
        key: at.0.into(),
        id: id.to_string(),
    }
}

fn place(cursor: &Cursor) -> Result<(Timestamp, ItemId)> {
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

fn published_of_site<C: Content>(site: SiteId) -> Select<item::Entity> {
    of_site::<C>(site)
        .filter(item::Column::PublishedRevisionId.is_not_null())
        .filter(item::Column::ArchivedAt.is_null())
}

fn to_published<C: Content>(
    row: item::Model,
    content: serde_json::Value,
) -> Result<Option<Published<C>>> {
    let (Some(revision), Some(first_published_at), Some(published_at)) = (
        row.published_revision_id,
        row.first_published_at,
        row.published_at,
    ) else {
        return Ok(None);
    };
    Ok(Some(Published {
        id: row.id,
        site: row.site_id,
        slug: row.slug,
        content: read_content(content, revision)?,
        revision,
        first_published_at,
        published_at,
    }))
}

async fn publish_rows<C: Content>(
    db: &impl ConnectionTrait,
    rows: Vec<item::Model>,
) -> Result<Vec<Published<C>>> {
    let mut contents = contents(
        db,
        rows.iter()
            .filter_map(|row| row.published_revision_id)
            .collect(),
    )
    .await?;
    let mut published = Vec::with_capacity(rows.len());
    for row in rows {
        let content = row
            .published_revision_id
            .and_then(|id| contents.remove(&id))
            .unwrap_or_default();
        published.extend(to_published(row, content)?);
    }
    Ok(published)
}

pub async fn find_published_by_slug<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    slug: &str,
) -> Result<Option<Published<C>>> {
    let rows = published_of_site::<C>(site)
        .filter(item::Column::Slug.eq(slug))
        .all(db)
        .await?;
    Ok(publish_rows(db, rows).await?.pop())
}

/// Whether an item of this key exists that readers do not (or no longer) see but once did.
pub async fn is_withdrawn<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    slug: &str,
) -> Result<bool> {
    let count = of_site::<C>(site)
        .filter(item::Column::Slug.eq(slug))
        .filter(item::Column::FirstPublishedAt.is_not_null())
        .filter(
            Condition::any()
                .add(item::Column::PublishedRevisionId.is_null())
                .add(item::Column::ArchivedAt.is_not_null()),
        )
        .count(db)
        .await?;
    Ok(count > 0)
}

pub async fn list_published_by_id<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: &[ItemId],
) -> Result<Vec<Published<C>>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = published_of_site::<C>(site)
        .filter(item::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    publish_rows(db, rows).await
}

/// Other items with exactly this title that readers see, the oldest first.
pub async fn list_published_titled<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    title: &str,
    except: ItemId,
    most: u64,
) -> Result<Vec<ItemId>> {
    let ids = published_of_site::<C>(site)
        .filter(item::Column::Title.eq(title))
        .filter(item::Column::Id.ne(except))
        .order_by_asc(item::Column::Id)
        .limit(most)
        .select_only()
        .column(item::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids)
}

/// One page for readers, by first publication; the texts are left out.
pub async fn list_published<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    filter: &PublishedFilter,
    order: ItemOrder,
    page: &PageRequest,
) -> Result<Page<Published<C>>> {
    let mut query = published_of_site::<C>(site).limit(u64::from(page.size) + 1);
    if let Some(category) = filter.category {
        query = query.filter(item::Column::PublishedCategoryId.eq(category));
    }
    if let Some(tag) = filter.tag {
        query = query.filter(item::Column::Id.in_subquery(tagged(tag, true)));
    }
    let newest_first = order == ItemOrder::NewestFirst;
    let direction = if newest_first {
        sea_orm::Order::Desc
    } else {
        sea_orm::Order::Asc
    };
    query = query
        .order_by(item::Column::FirstPublishedAt, direction.clone())
        .order_by(item::Column::Id, direction);
    if let Some(after) = &page.after {
        let (at, id) = place(after)?;
        let behind = if newest_first {
            Condition::any()
                .add(item::Column::FirstPublishedAt.lt(at))
                .add(
                    Condition::all()
                        .add(item::Column::FirstPublishedAt.eq(at))
                        .add(item::Column::Id.lt(id)),
                )
        } else {
            Condition::any()
                .add(item::Column::FirstPublishedAt.gt(at))
                .add(
                    Condition::all()
                        .add(item::Column::FirstPublishedAt.eq(at))
                        .add(item::Column::Id.gt(id)),
                )
        };
        query = query.filter(behind);
    }
    let card = Expr::col((item::Entity, item::Column::PublishedCard)).cast_as("text");
    let rows = query
        .select_only()
        .columns([
            item::Column::Id,
            item::Column::Slug,
            item::Column::PublishedRevisionId,
            item::Column::FirstPublishedAt,
            item::Column::PublishedAt,
        ])
        .expr_as(card, "card")
        .into_tuple::<CardRow>()
        .all(db)
        .await?;
    let rows = rows
        .into_iter()
        .map(|row| from_card(site, row))
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::from_rows(rows, page.size, |item: &Published<C>| {
        cursor(item.first_published_at, item.id)
    }))
}

/// Id, key, revision, first and last publication, card.
type CardRow = (ItemId, String, RevisionId, Timestamp, Timestamp, String);

fn from_card<C: Content>(
    site: SiteId,
    (id, slug, revision, first_published_at, published_at, card): CardRow,
) -> Result<Published<C>> {
    let content = serde_json::from_str(&card)
        .map_err(|error| Error::internal(format!("the card of {id} cannot be read"), error))?;
    Ok(Published {
        id,
        site,
        slug,
        revision,
        content,
        first_published_at,
        published_at,
    })
}

/// The content of published revisions, whole.
pub async fn list_published_contents<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: &[RevisionId],
) -> Result<HashMap<RevisionId, C>> {
    let published = published_of_site::<C>(site)
        .select_only()
        .column(item::Column::PublishedRevisionId)
        .filter(item::Column::PublishedRevisionId.is_in(ids.iter().copied()))
        .into_query();
    let rows = revision::Entity::find()
        .filter(revision::Column::SiteId.eq(site))
        .filter(revision::Column::Id.is_in(ids.iter().copied()))
        .filter(revision::Column::Id.in_subquery(published))
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.id, read_content(row.content, row.id)?)))
        .collect()
}

/// Slug, last publication and id of everything readers see, in pages by id: for site maps.
pub async fn list_addresses<C: Content>(
    db: &impl ConnectionTrait,
    site: SiteId,
    after: Option<ItemId>,
    limit: u64,
) -> Result<Vec<Address>> {
    let mut query = published_of_site::<C>(site)
        .order_by_asc(item::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(item::Column::Id.gt(after));
    }
    let rows = query
        .select_only()
        .columns([
            item::Column::Id,
            item::Column::Slug,
            item::Column::FirstPublishedAt,
            item::Column::PublishedAt,
        ])
        .into_tuple::<(ItemId, String, Option<Timestamp>, Option<Timestamp>)>()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, slug, first_published_at, published_at)| {
            Some(Address {
                id,
                slug,
                first_published_at: first_published_at?,
                published_at: published_at?,
            })
        })
        .collect())
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
