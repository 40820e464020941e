//! Products, as readers see them.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::{
    picture::{self, PictureObject},
    term::{self, CategoryObject},
};
use crate::{
    api::graphql::{
        ContextExt,
        loader::PublishedProduct,
        shared::{List, Long, few_cost, in_order, list_cost, to_connection},
    },
    content::{Product, ProductFilter},
    error::{Error, Result},
    id::ProductId,
    page::{Page, PageRequest},
};

/// A product.
pub struct ProductObject(pub Product);

/// A named property of a product.
#[derive(SimpleObject)]
#[graphql(name = "Attribute")]
pub struct AttributeObject {
    /// Name.
    name: String,
    /// Value.
    value: String,
}

#[Object(name = "Product")]
impl ProductObject {
    /// Id, as products in the text of a story are named.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Stock keeping unit.
    async fn sku(&self) -> &str {
        &self.0.sku
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// One sentence about it.
    async fn brief(&self) -> &str {
        &self.0.brief
    }

    /// Price in fen (CNY).
    async fn price_fen(&self) -> Long {
        Long(self.0.price_fen)
    }

    /// Category.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<CategoryObject>> {
        term::category(ctx, self.0.category).await
    }

    /// Properties.
    #[graphql(complexity = "few_cost(child_complexity)")]
    async fn attributes(&self) -> Vec<AttributeObject> {
        let attributes = self.0.attributes.iter();
        attributes
            .map(|attribute| AttributeObject {
                name: attribute.name.clone(),
                value: attribute.value.clone(),
            })
            .collect()
    }

    /// Pictures.
    #[graphql(complexity = "few_cost(child_complexity)")]
    async fn pictures(&self, ctx: &Context<'_>) -> Result<Vec<PictureObject>> {
        picture::pictures(ctx, &self.0.pictures).await
    }

    /// Path of its page in a channel's mini-program.
    async fn path(&self, channel: String) -> Option<&str> {
        self.0.paths.get(&channel).map(String::as_str)
    }
}

/// Products in the order of their ids; those that readers do not see are left out.
pub async fn products(ctx: &Context<'_>, ids: &[ProductId]) -> Result<Vec<ProductObject>> {
    let keys: Vec<PublishedProduct> = ids.iter().copied().map(PublishedProduct).collect();
    let found = ctx
        .loaders()
        .load_many(keys.iter().copied())
        .await
        .map_err(Error::shared)?;
    Ok(in_order(&keys, &found, ProductObject))
}

/// Products of the site.
#[derive(Default)]
pub struct ProductQueries;

#[Object]
impl ProductQueries {
    /// Products, newest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Key of a category")] category: Option<String>,
        #[graphql(desc = "How many, 1 to 100; 20 without it")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<List<ProductObject>> {
        let page = PageRequest::new(first, after.as_deref())?;
        let category = match term::category_of(ctx, category.as_deref()).await? {
            Some(None) => return Ok(to_connection(nothing(), ProductObject)),
            Some(found) => found,
            None => None,
        };
        let filter = ProductFilter {
            text: None,
            category,
        };
        let found = ctx
            .app()
            .content
            .list_published_products(ctx.actor(), &filter, &page)
            .await?;
        Ok(to_connection(found, ProductObject))
    }

    /// One product by its stock keeping unit.
    async fn product(&self, ctx: &Context<'_>, sku: String) -> Result<Option<ProductObject>> {
        let found = ctx
            .app()
            .content
            .find_published_product_by_sku(ctx.actor(), &sku)
            .await?;
        Ok(found.map(ProductObject))
    }
}

/// A page with nothing on it.
pub fn nothing<T>() -> Page<T> {
    Page {
        edges: Vec::new(),
        has_next: false,
        total_count: None,
    }
}
