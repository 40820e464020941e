//! Videos, as readers see them.

use async_graphql::{Context, ID, Json, Object};
use serde_json::Value;

use super::{
    picture::{self, PictureObject},
    product::{self, ProductObject, nothing},
    story::{ItemOrderName, ItemWhere},
    term::{self, CategoryObject, TagObject},
};
use crate::{
    api::graphql::{
        ContextExt,
        loader::PublishedVideo,
        shared::{
            DateTime, List, NamedSize, asset_url, few_cost, in_order, list_cost, parse_id,
            to_connection,
        },
    },
    content::{Published, VideoContent},
    error::{Error, Result},
    id::ItemId,
    media::Asset,
    page::PageRequest,
};

/// A short video.
pub struct VideoObject(pub Published<VideoContent>);

impl VideoObject {
    async fn file(&self, ctx: &Context<'_>) -> Result<Option<Asset>> {
        ctx.loaders()
            .load_one(self.0.content.file)
            .await
            .map_err(Error::shared)
    }
}

#[Object(name = "Video")]
impl VideoObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Key in addresses.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.0.content.title
    }

    /// What is said beside it.
    async fn caption(&self) -> &str {
        &self.0.content.caption
    }

    /// Absolute address of the file; it takes range requests.
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let file = self.file(ctx).await?;
        Ok(file.map(|file| asset_url(ctx.app(), &file, NamedSize::Wide, None)))
    }

    /// Length in milliseconds.
    async fn duration_ms(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let file = self.file(ctx).await?;
        Ok(file
            .and_then(|file| file.video)
            .and_then(|video| i32::try_from(video.duration_ms).ok()))
    }

    /// Pixels, upright.
    async fn width(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        Ok(self.file(ctx).await?.map(|file| file.width))
    }

    /// Pixels, upright.
    async fn height(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        Ok(self.file(ctx).await?.map(|file| file.height))
    }

    /// The still that stands for it.
    async fn poster(&self, ctx: &Context<'_>) -> Result<Option<PictureObject>> {
        picture::picture(ctx, self.0.content.poster).await
    }

    /// Category.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<CategoryObject>> {
        term::category(ctx, self.0.content.category).await
    }

    /// Fields of the site's own; nothing when there are none.
    async fn custom(&self) -> Option<Json<&Value>> {
        Some(&self.0.content.custom)
            .filter(|custom| !custom.is_null())
            .map(Json)
    }

    /// Tags.
    #[graphql(complexity = "few_cost(child_complexity)")]
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<TagObject>> {
        term::tags(ctx, &self.0.content.tags).await
    }

    /// Products it shows.
    #[graphql(complexity = "few_cost(child_complexity)")]
    async fn products(&self, ctx: &Context<'_>) -> Result<Vec<ProductObject>> {
        product::products(ctx, &self.0.content.products).await
    }

    /// When readers first saw it.
    async fn published_at(&self) -> DateTime {
        self.0.first_published_at.into()
    }
}

/// Videos in the order of their ids; those that readers do not see are left out.
pub async fn videos(ctx: &Context<'_>, ids: &[ItemId]) -> Result<Vec<VideoObject>> {
    let keys: Vec<PublishedVideo> = ids.iter().copied().map(PublishedVideo).collect();
    let found = ctx
        .loaders()
        .load_many(keys.iter().copied())
        .await
        .map_err(Error::shared)?;
    Ok(in_order(&keys, &found, VideoObject))
}

/// Videos of the site.
#[derive(Default)]
pub struct VideoQueries;

#[Object]
impl VideoQueries {
    /// Videos, by their first publication.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn videos(
        &self,
        ctx: &Context<'_>,
        r#where: Option<ItemWhere>,
        #[graphql(default_with = "ItemOrderName::NewestFirst")] order_by: ItemOrderName,
        #[graphql(desc = "How many, 1 to 100; 20 without it")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<List<VideoObject>> {
        let page = PageRequest::new(first, after.as_deref())?;
        let Some(filter) = r#where.unwrap_or_default().filter(ctx).await? else {
            return Ok(to_connection(nothing(), VideoObject));
        };
        let found = ctx
            .app()
            .content
            .list_published(ctx.actor(), &filter, order_by.into(), &page)
            .await?;
        Ok(to_connection(found, VideoObject))
    }

    /// One video, by its id or its key in addresses.
    async fn video(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        slug: Option<String>,
    ) -> Result<Option<VideoObject>> {
        let content = &ctx.app().content;
        let found = match (id, slug) {
            (Some(id), None) => {
                content
                    .find_published(ctx.actor(), parse_id(&id, "id")?)
                    .await?
            }
            (None, Some(slug)) => content.find_published_by_slug(ctx.actor(), &slug).await?,
            _ => return Err(Error::invalid("id", "give either id or slug")),
        };
        Ok(found.map(VideoObject))
    }
}
