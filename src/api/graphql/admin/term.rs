//! Categories and tags.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    api::graphql::{ContextExt, shared::text_field},
    content::{Category, Tag},
    error::Result,
};

/// A category.
pub struct CategoryObject(pub Category);

#[Object(name = "Category")]
impl CategoryObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Stable key, as channel mappings name it.
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
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Stable key.
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
    /// All categories, oldest first.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<CategoryObject>> {
        let found = ctx.app().content.list_categories(ctx.actor()).await?;
        Ok(found.into_iter().map(CategoryObject).collect())
    }

    /// All tags, oldest first.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<TagObject>> {
        let found = ctx.app().content.list_tags(ctx.actor()).await?;
        Ok(found.into_iter().map(TagObject).collect())
    }
}

/// A category to be made.
#[derive(InputObject)]
pub struct CreateCategoryInput {
    /// Stable key: lower-case letters, digits, dashes.
    key: String,
    /// Name that people see.
    name: String,
}

/// The category of that key.
#[derive(SimpleObject)]
pub struct CreateCategoryPayload {
    /// The category; the one that was there, if the key was taken.
    category: CategoryObject,
}

/// A tag to be made.
#[derive(InputObject)]
pub struct CreateTagInput {
    /// Name that people see.
    name: String,
}

/// The tag of that name.
#[derive(SimpleObject)]
pub struct CreateTagPayload {
    /// The tag; the one that was there, if the name was taken.
    tag: TagObject,
}

/// Changes of terms.
#[derive(Default)]
pub struct TermMutations;

#[Object]
impl TermMutations {
    /// Makes a category, unless its key exists.
    async fn create_category(
        &self,
        ctx: &Context<'_>,
        input: CreateCategoryInput,
    ) -> Result<CreateCategoryPayload> {
        let key = text_field("input.key", &input.key, 1..=40)?;
        let name = text_field("input.name", &input.name, 1..=40)?;
        let content = &ctx.app().content;
        let category = content.ensure_category(ctx.actor(), &key, &name).await?;
        Ok(CreateCategoryPayload {
            category: CategoryObject(category),
        })
    }

    /// Makes a tag, unless its name exists.
    async fn create_tag(
        &self,
        ctx: &Context<'_>,
        input: CreateTagInput,
    ) -> Result<CreateTagPayload> {
        let name = text_field("input.name", &input.name, 1..=40)?;
        let tag = ctx.app().content.ensure_tag(ctx.actor(), &name).await?;
        Ok(CreateTagPayload {
            tag: TagObject(tag),
        })
    }
}
