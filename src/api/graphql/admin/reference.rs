//! What content points to, fetched through the loaders of the request; what is gone is left out.

use async_graphql::Context;

use super::{
    asset::AssetObject,
    product::ProductObject,
    term::{CategoryObject, TagObject},
};
use crate::{
    api::graphql::{ContextExt, shared::in_order},
    error::{Error, Result},
    id::{AssetId, CategoryId, ProductId, TagId},
};

/// One asset.
pub async fn asset(ctx: &Context<'_>, id: Option<AssetId>) -> Result<Option<AssetObject>> {
    let Some(id) = id else { return Ok(None) };
    let found = ctx.loaders().load_one(id).await;
    Ok(found.map_err(Error::shared)?.map(AssetObject))
}

/// Assets in the order of their ids.
pub async fn assets(ctx: &Context<'_>, ids: &[AssetId]) -> Result<Vec<AssetObject>> {
    let found = ctx.loaders().load_many(ids.iter().copied()).await;
    Ok(in_order(ids, &found.map_err(Error::shared)?, AssetObject))
}

/// One category.
pub async fn category(ctx: &Context<'_>, id: Option<CategoryId>) -> Result<Option<CategoryObject>> {
    let Some(id) = id else { return Ok(None) };
    let found = ctx.loaders().load_one(id).await;
    Ok(found.map_err(Error::shared)?.map(CategoryObject))
}

/// Tags in the order of their ids.
pub async fn tags(ctx: &Context<'_>, ids: &[TagId]) -> Result<Vec<TagObject>> {
    let found = ctx.loaders().load_many(ids.iter().copied()).await;
    Ok(in_order(ids, &found.map_err(Error::shared)?, TagObject))
}

/// Products in the order of their ids.
pub async fn products(ctx: &Context<'_>, ids: &[ProductId]) -> Result<Vec<ProductObject>> {
    let found = ctx.loaders().load_many(ids.iter().copied()).await;
    Ok(in_order(ids, &found.map_err(Error::shared)?, ProductObject))
}
