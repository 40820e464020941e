//! Queries on categories and tags.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    clock::Timestamp,
    content::{Category, ChangeKind, Tag},
    db::entity::{category, item, product, tag},
    error::Result,
    id::{CategoryId, SiteId, TagId},
};

impl From<category::Model> for Category {
    fn from(row: category::Model) -> Self {
        Self {
            id: row.id,
            key: row.key,
            name: row.name,
        }
    }
}

impl From<tag::Model> for Tag {
    fn from(row: tag::Model) -> Self {
        Self {
            id: row.id,
            key: row.key,
            name: row.name,
        }
    }
}

pub async fn insert_category(
    db: &impl ConnectionTrait,
    site: SiteId,
    category: &Category,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = category::Model {
        id: category.id,
        site_id: site,
        key: category.key.clone(),
        name: category.name.clone(),
        created_at: now,
    };
    category::Entity::insert(row.into_active_model())
        .exec(db)
        .await
        .map(|_| ())
}

pub async fn insert_tag(
    db: &impl ConnectionTrait,
    site: SiteId,
    tag: &Tag,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = tag::Model {
        id: tag.id,
        site_id: site,
        key: tag.key.clone(),
        name: tag.name.clone(),
        created_at: now,
    };
    tag::Entity::insert(row.into_active_model())
        .exec(db)
        .await
        .map(|_| ())
}

pub async fn find_category_by_key(
    db: &impl ConnectionTrait,
    site: SiteId,
    key: &str,
) -> Result<Option<Category>> {
    let row = category::Entity::find()
        .filter(category::Column::SiteId.eq(site))
        .filter(category::Column::Key.eq(key))
        .one(db)
        .await?;
    Ok(row.map(Into::into))
}

pub async fn find_tag_by_key(
    db: &impl ConnectionTrait,
    site: SiteId,
    key: &str,
) -> Result<Option<Tag>> {
    let row = tag::Entity::find()
        .filter(tag::Column::SiteId.eq(site))
        .filter(tag::Column::Key.eq(key))
        .one(db)
        .await?;
    Ok(row.map(Into::into))
}

pub async fn find_tag_by_name(
    db: &impl ConnectionTrait,
    site: SiteId,
    name: &str,
) -> Result<Option<Tag>> {
    let row = tag::Entity::find()
        .filter(tag::Column::SiteId.eq(site))
        .filter(tag::Column::Name.eq(name))
        .one(db)
        .await?;
    Ok(row.map(Into::into))
}

pub async fn list_categories(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: Option<&[CategoryId]>,
) -> Result<Vec<Category>> {
    if ids.is_some_and(<[_]>::is_empty) {
        return Ok(Vec::new());
    }
    let mut query = category::Entity::find()
        .filter(category::Column::SiteId.eq(site))
        .order_by_asc(category::Column::Id);
    if let Some(ids) = ids {
        query = query.filter(category::Column::Id.is_in(ids.iter().copied()));
    }
    Ok(query.all(db).await?.into_iter().map(Into::into).collect())
}

/// Categories that readers find something in, oldest first.
pub async fn list_published_categories(
    db: &impl ConnectionTrait,
    site: SiteId,
) -> Result<Vec<Category>> {
    let own = || Expr::col((category::Entity, category::Column::Id));
    let items = item::Entity::find()
        .filter(item::Column::SiteId.eq(site))
        .filter(item::Column::Kind.is_in([ChangeKind::Story.name(), ChangeKind::Video.name()]))
        .filter(Expr::col((item::Entity, item::Column::PublishedCategoryId)).eq(own()))
        .select_only()
        .column(item::Column::Id)
        .into_query();
    let products = product::Entity::find()
        .filter(product::Column::SiteId.eq(site))
        .filter(Expr::col((product::Entity, product::Column::CategoryId)).eq(own()))
        .filter(product::Column::IsPublished.eq(true))
        .filter(product::Column::ArchivedAt.is_null())
        .select_only()
        .column(product::Column::Id)
        .into_query();
    let rows = category::Entity::find()
        .filter(category::Column::SiteId.eq(site))
        .filter(
            Condition::any()
                .add(Expr::exists(items))
                .add(Expr::exists(products)),
        )
        .order_by_asc(category::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub async fn list_tags(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: Option<&[TagId]>,
) -> Result<Vec<Tag>> {
    if ids.is_some_and(<[_]>::is_empty) {
        return Ok(Vec::new());
    }
    let mut query = tag::Entity::find()
        .filter(tag::Column::SiteId.eq(site))
        .order_by_asc(tag::Column::Id);
    if let Some(ids) = ids {
        query = query.filter(tag::Column::Id.is_in(ids.iter().copied()));
    }
    Ok(query.all(db).await?.into_iter().map(Into::into).collect())
}
