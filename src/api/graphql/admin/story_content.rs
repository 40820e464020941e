//! What is in a story, as it is shown and as it is given.

use async_graphql::{Context, ID, InputObject, Json, Object};
use serde_json::Value;

use super::{
    asset::AssetObject,
    product::ProductObject,
    reference,
    term::{CategoryObject, TagObject},
};
use crate::{
    api::graphql::shared::{parse_ids, parse_optional_id, text_field},
    content::{Body, StoryContent, StoryKind},
    error::Result,
};

/// What kind of story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "StoryKind", remote = "StoryKind")]
pub enum StoryKindName {
    /// A text with pictures.
    Article,
    /// About products.
    ProductStory,
    /// Pictures with few words.
    ImagePost,
}

/// What is in a story.
pub struct StoryContentObject(pub StoryContent);

#[Object(name = "StoryContent")]
impl StoryContentObject {
    /// What kind of story.
    async fn kind(&self) -> StoryKindName {
        self.0.kind.into()
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Lead.
    async fn lead(&self) -> &str {
        &self.0.lead
    }

    /// The text, as the editor's tree.
    async fn body(&self) -> Json<Value> {
        Json(self.0.body.to_json())
    }

    /// The text, as Markdown.
    async fn body_markdown(&self) -> String {
        self.0.body.to_markdown()
    }

    /// The picture that stands for it.
    async fn cover(&self, ctx: &Context<'_>) -> Result<Option<AssetObject>> {
        reference::asset(ctx, self.0.cover).await
    }

    /// Further pictures.
    async fn gallery(&self, ctx: &Context<'_>) -> Result<Vec<AssetObject>> {
        reference::assets(ctx, &self.0.gallery).await
    }

    /// Who wrote it, as readers see it.
    async fn byline(&self) -> Option<&str> {
        self.0.byline.as_deref()
    }

    /// Category.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<CategoryObject>> {
        reference::category(ctx, self.0.category).await
    }

    /// Tags.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<TagObject>> {
        reference::tags(ctx, &self.0.tags).await
    }

    /// Products it shows.
    async fn products(&self, ctx: &Context<'_>) -> Result<Vec<ProductObject>> {
        reference::products(ctx, &self.0.products).await
    }

    /// Videos it shows.
    async fn video_ids(&self) -> Vec<ID> {
        self.0.videos.iter().map(|id| (*id).into()).collect()
    }

    /// The phrase under which people should find it.
    async fn core_phrase(&self) -> Option<&str> {
        self.0.core_phrase.as_deref()
    }

    /// Language.
    async fn locale(&self) -> &str {
        &self.0.locale
    }

    /// Fields of the site's own.
    async fn custom(&self) -> Json<&Value> {
        Json(&self.0.custom)
    }
}

/// What is in a story.
#[derive(InputObject)]
pub struct StoryContentInput {
    /// What kind of story.
    #[graphql(default_with = "StoryKindName::Article")]
    kind: StoryKindName,
    /// Title, 1 to 200 characters.
    title: String,
    /// Lead, up to 500 characters.
    #[graphql(default)]
    lead: String,
    /// The text, as the editor's tree.
    body: Option<Json<Value>>,
    /// The picture that stands for it.
    cover_id: Option<ID>,
    /// Further pictures.
    #[graphql(default)]
    gallery_ids: Vec<ID>,
    /// Who wrote it, as readers see it.
    byline: Option<String>,
    /// Category.
    category_id: Option<ID>,
    /// Tags.
    #[graphql(default)]
    tag_ids: Vec<ID>,
    /// Products it shows.
    #[graphql(default)]
    product_ids: Vec<ID>,
    /// Videos it shows.
    #[graphql(default)]
    video_ids: Vec<ID>,
    /// The phrase under which people should find it.
    core_phrase: Option<String>,
    /// Language.
    #[graphql(default_with = "\"zh-Hans\".to_owned()")]
    locale: String,
    /// Fields of the site's own.
    custom: Option<Json<Value>>,
}

impl TryFrom<StoryContentInput> for StoryContent {
    type Error = crate::error::Error;

    fn try_from(input: StoryContentInput) -> Result<Self> {
        let body = input.body.map(|Json(body)| Body::from_json(body));
        Ok(Self {
            kind: input.kind.into(),
            title: input.title,
            lead: input.lead,
            body: body.transpose()?.unwrap_or_default(),
            cover: parse_optional_id(input.cover_id.as_ref(), "input.coverId")?,
            gallery: parse_ids(&input.gallery_ids, "input.galleryIds")?,
            byline: input.byline,
            category: parse_optional_id(input.category_id.as_ref(), "input.categoryId")?,
            tags: parse_ids(&input.tag_ids, "input.tagIds")?,
            products: parse_ids(&input.product_ids, "input.productIds")?,
            videos: parse_ids(&input.video_ids, "input.videoIds")?,
            core_phrase: input.core_phrase,
            locale: text_field("input.locale", &input.locale, 2..=20)?,
            custom: input.custom.map(|Json(custom)| custom).unwrap_or_default(),
        })
    }
}
