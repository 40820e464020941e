//! Queries on categories and tags.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};

use crate::{
    clock::Timestamp,
    content::{Category, Tag},
    db::entity::{category, tag},
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

pub async fn is_tag_key_taken(db: &impl ConnectionTrait, site: SiteId, key: &str) -> Result<bool> {
    let row = tag::Entity::find()
        .filter(tag::Column::SiteId.eq(site))
        .filter(tag::Column::Key.eq(key))
        .one(db)
        .await?;
    Ok(row.is_some())
}

pub async fn list_categories(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: Option<&[CategoryId]>,
) -> Result<Vec<Category>> {
    let mut query = category::Entity::find()
        .filter(category::Column::SiteId.eq(site))
        .order_by_asc(category::Column::Id);
    if let Some(ids) = ids {
        query = query.filter(category::Column::Id.is_in(ids.iter().copied()));
    }
    Ok(query.all(db).await?.into_iter().map(Into::into).collect())
}

pub async fn list_tags(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: Option<&[TagId]>,
) -> Result<Vec<Tag>> {
    let mut query = tag::Entity::find()
        .filter(tag::Column::SiteId.eq(site))
        .order_by_asc(tag::Column::Id);
    if let Some(ids) = ids {
        query = query.filter(tag::Column::Id.is_in(ids.iter().copied()));
    }
    Ok(query.all(db).await?.into_iter().map(Into::into).collect())
}
