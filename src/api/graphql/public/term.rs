//! Categories and tags, as readers see them.

use async_graphql::{Context, Object};

use crate::{
    api::graphql::{ContextExt, shared::in_order},
    content::{Category, Tag},
    error::{Error, Result},
    id::{CategoryId, TagId},
};

/// A category.
pub struct CategoryObject(pub Category);

#[Object(name = "Category")]
impl CategoryObject {
    /// Stable key, as filters take it.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Name that people see.
    async fn name(&self) -> &str {
        &self.0.name
    }
}

/// A tag.
pub struct TagObject(pub Tag);

#[Object(name = "Tag")]
impl TagObject {
    /// Stable key, as filters take it.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Name that people see.
    async fn name(&self) -> &str {
        &self.0.name
    }
}

/// Terms of the site.
#[derive(Default)]
pub struct TermQueries;

#[Object]
impl TermQueries {
    /// The categories that stories, videos or products are in, oldest first.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<CategoryObject>> {
        let content = &ctx.app().content;
        let found = content.list_published_categories(ctx.actor()).await?;
        Ok(found.into_iter().map(CategoryObject).collect())
    }
}

/// One category.
pub async fn category(ctx: &Context<'_>, id: Option<CategoryId>) -> Result<Option<CategoryObject>> {
    let Some(id) = id else { return Ok(None) };
    Ok(ctx
        .loaders()
        .load_one(id)
        .await
        .map_err(Error::shared)?
        .map(CategoryObject))
}

/// Tags in the order of their ids.
pub async fn tags(ctx: &Context<'_>, ids: &[TagId]) -> Result<Vec<TagObject>> {
    let found = ctx
        .loaders()
        .load_many(ids.iter().copied())
        .await
        .map_err(Error::shared)?;
    Ok(in_order(ids, &found, TagObject))
}

/// The id of a category's key; a key that nobody has finds nothing.
pub async fn category_of(
    ctx: &Context<'_>,
    key: Option<&str>,
) -> Result<Option<Option<CategoryId>>> {
    let Some(key) = key else { return Ok(None) };
    let found = ctx.app().content.find_category(ctx.actor(), key).await?;
    Ok(Some(found.map(|category| category.id)))
}

/// The id of a tag's key; a key that nobody has finds nothing.
pub async fn tag_of(ctx: &Context<'_>, key: Option<&str>) -> Result<Option<Option<TagId>>> {
    let Some(key) = key else { return Ok(None) };
    let found = ctx.app().content.find_tag(ctx.actor(), key).await?;
    Ok(Some(found.map(|tag| tag.id)))
}
