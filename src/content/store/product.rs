//! Queries on products.

use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::{
    content::{Product, ProductFilter},
    db::{entity::product, holds},
    error::{Error, Result},
    id::{ProductId, SiteId},
    page::{Cursor, Page, PageRequest},
};

impl From<product::Model> for Product {
    fn from(row: product::Model) -> Self {
        Self {
            id: row.id,
            site: row.site_id,
            sku: row.sku,
            name: row.name,
            brief: row.brief,
            price_fen: row.price_fen,
            category: row.category_id,
            attributes: serde_json::from_value(row.attributes).unwrap_or_default(),
            pictures: serde_json::from_value(row.pictures).unwrap_or_default(),
            paths: serde_json::from_value(row.paths).unwrap_or_default(),
            is_published: row.is_published,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            archived_at: row.archived_at,
        }
    }
}

fn row(product: &Product) -> product::Model {
    product::Model {
        id: product.id,
        site_id: product.site,
        sku: product.sku.clone(),
        name: product.name.clone(),
        brief: product.brief.clone(),
        price_fen: product.price_fen,
        category_id: product.category,
        attributes: serde_json::json!(product.attributes),
        pictures: serde_json::json!(product.pictures),
        paths: serde_json::json!(product.paths),
        is_published: product.is_published,
        version: product.version,
        created_at: product.created_at,
        updated_at: product.updated_at,
        archived_at: product.archived_at,
    }
}

pub async fn insert(db: &impl ConnectionTrait, product: &Product) -> Result<(), DbErr> {
    product::Entity::insert(row(product).into_active_model())
        .exec(db)
        .await
        .map(|_| ())
}

/// Writes a product whose version must still be one less than the given one; `false` when it is not.
pub async fn update(db: &impl ConnectionTrait, product: &Product) -> Result<bool, DbErr> {
    let changed = product::Entity::update_many()
        .set(row(product).into_active_model().reset_all())
        .filter(product::Column::Id.eq(product.id))
        .filter(product::Column::Version.eq(product.version - 1))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

pub async fn find(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: ProductId,
) -> Result<Option<Product>> {
    let row = product::Entity::find_by_id(id)
        .filter(product::Column::SiteId.eq(site))
        .one(db)
        .await?;
    Ok(row.map(Into::into))
}

pub async fn find_by_sku(
    db: &impl ConnectionTrait,
    site: SiteId,
    sku: &str,
) -> Result<Option<Product>> {
    let row = product::Entity::find()
        .filter(product::Column::SiteId.eq(site))
        .filter(product::Column::Sku.eq(sku))
        .one(db)
        .await?;
    Ok(row.map(Into::into))
}

pub async fn list_by_id(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: &[ProductId],
    published_only: bool,
) -> Result<Vec<Product>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = product::Entity::find()
        .filter(product::Column::SiteId.eq(site))
        .filter(product::Column::Id.is_in(ids.iter().copied()));
    if published_only {
        query = query
            .filter(product::Column::IsPublished.eq(true))
            .filter(product::Column::ArchivedAt.is_null());
    }
    Ok(query.all(db).await?.into_iter().map(Into::into).collect())
}

/// Which of the ids are products of the site.
pub async fn known(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: &[ProductId],
) -> Result<HashSet<ProductId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let known = product::Entity::find()
        .filter(product::Column::SiteId.eq(site))
        .filter(product::Column::Id.is_in(ids.iter().copied()))
        .select_only()
        .column(product::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(known.into_iter().collect())
}

/// One page, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    site: SiteId,
    filter: &ProductFilter,
    published_only: bool,
    page: &PageRequest,
) -> Result<Page<Product>> {
    let mut query = product::Entity::find()
        .filter(product::Column::SiteId.eq(site))
        .filter(product::Column::ArchivedAt.is_null())
        .order_by_desc(product::Column::Id)
        .limit(u64::from(page.size) + 1);
    if published_only {
        query = query.filter(product::Column::IsPublished.eq(true));
    }
    if let Some(text) = filter
        .text
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        query = query.filter(
            Condition::any()
                .add(holds(product::Column::Name, text))
                .add(holds(product::Column::Sku, text)),
        );
    }
    if let Some(category) = filter.category {
        query = query.filter(product::Column::CategoryId.eq(category));
    }
    if let Some(after) = &page.after {
        let id: ProductId = after.id.parse().map_err(|_| {
            Error::invalid(
                "after",
                "not a cursor of this list; leave it out to start at the first page",
            )
        })?;
        query = query.filter(product::Column::Id.lt(id));
    }
    let rows: Vec<Product> = query.all(db).await?.into_iter().map(Into::into).collect();
    Ok(Page::from_rows(rows, page.size, |product| Cursor {
        key: serde_json::Value::Null,
        id: product.id.to_string(),
    }))
}
