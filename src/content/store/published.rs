//! Queries on items as readers see them.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _},
};

use super::{
    item::{cursor, of_site, place, set_tags, tagged},
    revision::{contents, read_content, write_content},
};
use crate::{
    clock::Timestamp,
    content::{Address, Content, Item, ItemOrder, Published, PublishedFilter},
    db::entity::{item, revision},
    error::{Error, Result},
    id::{ItemId, RevisionId, SiteId},
    page::{Page, PageRequest},
};

/// The field of content that cards lack.
const TEXT: &str = "body";

/// What a list shows: all but the text.
fn write_card<C: Content>(content: &C) -> Result<serde_json::Value> {
    let mut card = write_content(content)?;
    if let Some(fields) = card.as_object_mut() {
        fields.remove(TEXT);
    }
    Ok(card)
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
