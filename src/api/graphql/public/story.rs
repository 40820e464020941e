//! Stories, as readers see them.

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
        shared::{DateTime, List, list_cost, parse_id, to_connection},
    },
    content::{ItemOrder, Published, PublishedFilter, StoryContent, StoryKind},
    error::{Error, Result},
    page::PageRequest,
};

/// A story.
pub struct StoryObject(pub Published<StoryContent>);

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
        self.0.id.into()
    }

    /// Key in addresses.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// What kind of story.
    async fn kind(&self) -> StoryKindName {
        self.0.content.kind.into()
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.0.content.title
    }

    /// Lead; may be empty.
    async fn lead(&self) -> &str {
        &self.0.content.lead
    }

    /// The text as a tree; pictures, videos and products are named by id.
    async fn body(&self) -> Json<Value> {
        Json(self.0.content.body.to_json())
    }

    /// The text as plain lines.
    async fn body_text(&self) -> String {
        self.0.content.body.to_plain_text()
    }

    /// The picture that stands for it.
    async fn cover(&self, ctx: &Context<'_>) -> Result<Option<PictureObject>> {
        picture::picture(ctx, self.0.content.cover).await
    }

    /// Every picture: cover, gallery, those of the text.
    async fn pictures(&self, ctx: &Context<'_>) -> Result<Vec<PictureObject>> {
        picture::pictures(ctx, &self.0.content.pictures()).await
    }

    /// Who wrote it.
    async fn byline(&self) -> Option<&str> {
        self.0.content.byline.as_deref()
    }

    /// Category.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<CategoryObject>> {
        term::category(ctx, self.0.content.category).await
    }

    /// Tags.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<TagObject>> {
        term::tags(ctx, &self.0.content.tags).await
    }

    /// Products it shows.
    async fn products(&self, ctx: &Context<'_>) -> Result<Vec<ProductObject>> {
        product::products(ctx, &self.0.content.products).await
    }

    /// Videos it shows.
    async fn videos(&self, ctx: &Context<'_>) -> Result<Vec<VideoObject>> {
        video::videos(ctx, &self.0.content.videos).await
    }

    /// When readers first saw it.
    async fn published_at(&self) -> DateTime {
        self.0.first_published_at.into()
    }

    /// When it last changed for readers.
    async fn updated_at(&self) -> DateTime {
        self.0.published_at.into()
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
            return Ok(to_connection(nothing(), StoryObject));
        };
        let found = ctx
            .app()
            .content
            .list_published(ctx.actor(), &filter, order_by.into(), &page)
            .await?;
        Ok(to_connection(found, StoryObject))
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
        Ok(found.map(StoryObject))
    }
}
