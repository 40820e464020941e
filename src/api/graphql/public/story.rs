//! Stories, as readers see them.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{Context, Enum, ID, InputObject, Json, Object};
use serde_json::Value;

use super::{
    picture::{self, PictureObject},
    product::{self, ProductObject, nothing},
    term::{self, CategoryObject, TagObject},
    video::{self, VideoObject},
};
use crate::{
    api::graphql::{
        ContextExt,
        loader::PublishedStory,
        shared::{DateTime, List, few_cost, list_cost, parse_id, to_connection},
    },
    content::{ItemOrder, Published, PublishedFilter, StoryContent, StoryKind},
    error::{Error, Result},
    page::PageRequest,
};

/// A story. Lists come without texts; a text is loaded when it is asked for.
pub struct StoryObject {
    published: Published<StoryContent>,
    is_listed: bool,
}

impl StoryObject {
    fn whole(published: Published<StoryContent>) -> Self {
        Self {
            published,
            is_listed: false,
        }
    }

    fn listed(published: Published<StoryContent>) -> Self {
        Self {
            published,
            is_listed: true,
        }
    }

    const fn card(&self) -> &StoryContent {
        &self.published.content
    }

    /// What is in it, the text included.
    async fn content(&self, ctx: &Context<'_>) -> Result<Cow<'_, StoryContent>> {
        if !self.is_listed {
            return Ok(Cow::Borrowed(self.card()));
        }
        let key = PublishedStory(self.published.revision);
        let found = ctx.loaders().load_one(key).await.map_err(Error::shared)?;
        // Withdrawn since it was listed: there is no text to show any more.
        Ok(found.map_or(Cow::Borrowed(self.card()), |content| {
            Cow::Owned(Arc::unwrap_or_clone(content))
        }))
    }
}

/// What kind of story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "StoryKind", remote = "StoryKind")]
pub enum StoryKindName {
    /// A text with pictures.
    Article,
    /// About products.
    ProductStory,
    /// Pictures with few words.
    ImagePost,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ItemOrder", remote = "ItemOrder")]
pub enum ItemOrderName {
    /// The latest first.
    NewestFirst,
    /// The earliest first.
    OldestFirst,
}

/// Which stories or videos.
#[derive(Debug, Default, InputObject)]
pub struct ItemWhere {
    /// Key of a category.
    pub category: Option<String>,
    /// Key of a tag.
    pub tag: Option<String>,
}

impl ItemWhere {
    /// The filter; `None` when a key is not known, so that nothing can be found.
    pub async fn filter(self, ctx: &Context<'_>) -> Result<Option<PublishedFilter>> {
        let category = term::category_of(ctx, self.category.as_deref()).await?;
        let tag = term::tag_of(ctx, self.tag.as_deref()).await?;
        if category == Some(None) || tag == Some(None) {
            return Ok(None);
        }
        Ok(Some(PublishedFilter {
            category: category.flatten(),
            tag: tag.flatten(),
        }))
    }
}

#[Object(name = "Story")]
impl StoryObject {
    /// Id.
    async fn id(&self) -> ID {
        self.published.id.into()
    }

    /// Key in addresses.
    async fn slug(&self) -> &str {
        &self.published.slug
    }

    /// What kind of story.
    async fn kind(&self) -> StoryKindName {
        self.card().kind.into()
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.card().title
    }

    /// Lead; may be empty.
    async fn lead(&self) -> &str {
        &self.card().lead
    }

    /// The text as a tree; pictures, videos and products are named by the ids that `pictures`, `videos` and
    /// `products` have.
    async fn body(&self, ctx: &Context<'_>) -> Result<Json<Value>> {
        Ok(Json(self.content(ctx).await?.body.to_json()))
    }

    /// The text as plain lines.
    async fn body_text(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.content(ctx).await?.body.to_plain_text())
    }

    /// The picture that stands for it.
    async fn cover(&self, ctx: &Context<'_>) -> Result<Option<PictureObject>> {
        picture::picture(ctx, self.card().cover).await
    }

    /// Every picture: cover, gallery, those of the text.
    #[graphql(complexity = "few_cost(child_complexity)")]
    async fn pictures(&self, ctx: &Context<'_>) -> Result<Vec<PictureObject>> {
        picture::pictures(ctx, &self.content(ctx).await?.pictures()).await
    }

    /// Language: `zh-Hans`.
    async fn locale(&self) -> &str {
        &self.card().locale
    }

    /// Fields of the site's own; nothing when there are none.
    async fn custom(&self) -> Option<Json<&Value>> {
        Some(&self.card().custom)
            .filter(|custom| !custom.is_null())
            .map(Json)
    }

    /// Who wrote it.
    async fn byline(&self) -> Option<&str> {
        self.card().byline.as_deref()
    }

    /// Category.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<CategoryObject>> {
        term::category(ctx, self.card().category).await
    }

    /// Tags.
    #[graphql(complexity = "few_cost(child_complexity)")]
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<TagObject>> {
        term::tags(ctx, &self.card().tags).await
    }

    /// Products it shows, those of the text included, as far as readers see them.
    #[graphql(complexity = "few_cost(child_complexity)")]
    async fn products(&self, ctx: &Context<'_>) -> Result<Vec<ProductObject>> {
        product::products(ctx, &self.content(ctx).await?.all_products()).await
    }

    /// Videos it shows, those of the text included, as far as readers see them.
    #[graphql(complexity = "few_cost(child_complexity)")]
    async fn videos(&self, ctx: &Context<'_>) -> Result<Vec<VideoObject>> {
        video::videos(ctx, &self.content(ctx).await?.all_videos()).await
    }

    /// When readers first saw it.
    async fn published_at(&self) -> DateTime {
        self.published.first_published_at.into()
    }

    /// When it last changed for readers.
    async fn updated_at(&self) -> DateTime {
        self.published.published_at.into()
    }
}

/// Stories of the site.
#[derive(Default)]
pub struct StoryQueries;

#[Object]
impl StoryQueries {
    /// Stories, by their first publication.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn stories(
        &self,
        ctx: &Context<'_>,
        r#where: Option<ItemWhere>,
        #[graphql(default_with = "ItemOrderName::NewestFirst")] order_by: ItemOrderName,
        #[graphql(desc = "How many, 1 to 100; 20 without it")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<List<StoryObject>> {
        let page = PageRequest::new(first, after.as_deref())?;
        let Some(filter) = r#where.unwrap_or_default().filter(ctx).await? else {
            return Ok(to_connection(nothing(), StoryObject::listed));
        };
        let found = ctx
            .app()
            .content
            .list_published(ctx.actor(), &filter, order_by.into(), &page)
            .await?;
        Ok(to_connection(found, StoryObject::listed))
    }

    /// One story, by its id or its key in addresses.
    async fn story(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        slug: Option<String>,
    ) -> Result<Option<StoryObject>> {
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
        Ok(found.map(StoryObject::whole))
    }
}
