//! Products.

use std::collections::BTreeMap;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::{asset::AssetObject, reference, term::CategoryObject};
use crate::{
    api::graphql::{
        ContextExt,
        shared::{
            DateTime, List, Long, list_cost, parse_id, parse_ids, parse_optional_id, text_field,
            to_connection, under,
        },
    },
    content::{Attribute, NewProduct, Product, ProductChanges, ProductFilter},
    error::Result,
    page::PageRequest,
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

/// Where a product is in one channel's mini-program.
#[derive(SimpleObject)]
pub struct ProductPath {
    /// The channel.
    channel: String,
    /// The path of its page there.
    path: String,
}

#[Object(name = "Product")]
impl ProductObject {
    /// Id.
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
        reference::category(ctx, self.0.category).await
    }

    /// Properties.
    async fn attributes(&self) -> Vec<AttributeObject> {
        let attributes = self.0.attributes.iter().cloned();
        attributes
            .map(|Attribute { name, value }| AttributeObject { name, value })
            .collect()
    }

    /// Pictures.
    async fn pictures(&self, ctx: &Context<'_>) -> Result<Vec<AssetObject>> {
        reference::assets(ctx, &self.0.pictures).await
    }

    /// Where it is in mini-programs.
    async fn paths(&self) -> Vec<ProductPath> {
        let paths = self.0.paths.iter();
        paths
            .map(|(channel, path)| ProductPath {
                channel: channel.clone(),
                path: path.clone(),
            })
            .collect()
    }

    /// Whether readers see it.
    async fn is_published(&self) -> bool {
        self.0.is_published
    }

    /// Rises with each write.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }

    /// When it was put away.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(Into::into)
    }
}

/// Products.
#[derive(Default)]
pub struct ProductQueries;

#[Object]
impl ProductQueries {
    /// One product.
    async fn product(&self, ctx: &Context<'_>, id: ID) -> Result<ProductObject> {
        let id = parse_id(&id, "id")?;
        let found = ctx.app().content.product(ctx.actor(), id).await;
        found.map(ProductObject)
    }

    /// Products; `q` is looked for in names and stock keeping units.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        q: Option<String>,
        category_id: Option<ID>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<List<ProductObject>> {
        let filter = ProductFilter {
            text: q.map(|q| text_field("q", &q, 0..=100)).transpose()?,
            category: parse_optional_id(category_id.as_ref(), "categoryId")?,
        };
        let page = PageRequest::new(first, after.as_deref())?;
        let content = &ctx.app().content;
        let found = content.list_products(ctx.actor(), &filter, &page).await?;
        Ok(to_connection(found, ProductObject))
    }
}

/// A named property of a product.
#[derive(InputObject)]
pub struct AttributeInput {
    /// Name.
    name: String,
    /// Value.
    value: String,
}

/// Where a product is in one channel's mini-program.
#[derive(InputObject)]
pub struct ProductPathInput {
    /// The channel.
    channel: String,
    /// The path of its page there.
    path: String,
}

/// A product's whole description.
#[derive(InputObject)]
pub struct ProductInput {
    /// Stock keeping unit, unique in the site.
    sku: String,
    /// Name.
    name: String,
    /// One sentence about it.
    #[graphql(default)]
    brief: String,
    /// Price in fen (CNY).
    price_fen: Long,
    /// Category.
    category_id: Option<ID>,
    /// Properties.
    #[graphql(default)]
    attributes: Vec<AttributeInput>,
    /// Pictures.
    #[graphql(default)]
    picture_ids: Vec<ID>,
    /// Where it is in mini-programs.
    #[graphql(default)]
    paths: Vec<ProductPathInput>,
}

impl TryFrom<ProductInput> for NewProduct {
    type Error = crate::error::Error;

    fn try_from(input: ProductInput) -> Result<Self> {
        let attributes = input.attributes.into_iter();
        let paths = input.paths.into_iter();
        Ok(Self {
            sku: input.sku,
            name: input.name,
            brief: input.brief,
            price_fen: input.price_fen.0,
            category: parse_optional_id(input.category_id.as_ref(), "input.categoryId")?,
            attributes: attributes
                .map(|AttributeInput { name, value }| Attribute { name, value })
                .collect(),
            pictures: parse_ids(&input.picture_ids, "input.pictureIds")?,
            paths: paths
                .map(|ProductPathInput { channel, path }| {
                    Ok((text_field("input.paths.channel", &channel, 1..=50)?, path))
                })
                .collect::<Result<BTreeMap<_, _>>>()?,
        })
    }
}

/// A product to be made.
#[derive(InputObject)]
pub struct CreateProductInput {
    /// Its description.
    product: ProductInput,
}

/// A change of a product.
#[derive(InputObject)]
pub struct UpdateProductInput {
    /// The product.
    id: ID,
    /// The version that was changed.
    base_version: i32,
    /// Its whole new description.
    product: ProductInput,
}

/// A product.
#[derive(InputObject)]
pub struct ProductIdInput {
    /// The product.
    id: ID,
}

/// A product after a change.
#[derive(SimpleObject)]
pub struct ProductPayload {
    /// The product.
    product: ProductObject,
}

fn payload(product: Product) -> ProductPayload {
    ProductPayload {
        product: ProductObject(product),
    }
}

/// Changes of products.
#[derive(Default)]
pub struct ProductMutations;

#[Object]
impl ProductMutations {
    /// Makes a product; readers do not see it yet.
    async fn create_product(
        &self,
        ctx: &Context<'_>,
        input: CreateProductInput,
    ) -> Result<ProductPayload> {
        let new = input.product.try_into().map_err(under("product"))?;
        let made = ctx.app().content.create_product(ctx.actor(), new).await;
        made.map(payload).map_err(under("product"))
    }

    /// Changes a product.
    async fn update_product(
        &self,
        ctx: &Context<'_>,
        input: UpdateProductInput,
    ) -> Result<ProductPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let changes = ProductChanges {
            base_version: input.base_version,
            product: input.product.try_into().map_err(under("product"))?,
        };
        let content = &ctx.app().content;
        let outcome = content.update_product(ctx.actor(), id, changes).await;
        outcome.map(payload).map_err(under("product"))
    }

    /// Lets readers see a product.
    async fn publish_product(
        &self,
        ctx: &Context<'_>,
        input: ProductIdInput,
    ) -> Result<ProductPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let changed = ctx.app().content.publish_product(ctx.actor(), id).await;
        changed.map(payload)
    }

    /// Hides a product from readers.
    async fn unpublish_product(
        &self,
        ctx: &Context<'_>,
        input: ProductIdInput,
    ) -> Result<ProductPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let changed = ctx.app().content.unpublish_product(ctx.actor(), id).await;
        changed.map(payload)
    }

    /// Puts a product away.
    async fn archive_product(
        &self,
        ctx: &Context<'_>,
        input: ProductIdInput,
    ) -> Result<ProductPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let changed = ctx.app().content.archive_product(ctx.actor(), id).await;
        changed.map(payload)
    }

    /// Brings a product back.
    async fn restore_product(
        &self,
        ctx: &Context<'_>,
        input: ProductIdInput,
    ) -> Result<ProductPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let changed = ctx.app().content.restore_product(ctx.actor(), id).await;
        changed.map(payload)
    }
}
