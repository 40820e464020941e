//! Short videos: what is in them, their revisions, their life.

use async_graphql::{Context, ID, InputObject, Json, Object, SimpleObject};
use serde_json::Value;

use super::{
    asset::AssetObject,
    item::{ContentStateName, RestoreRevisionInput},
    product::ProductObject,
    reference,
    term::{CategoryObject, TagObject},
};
use crate::{
    api::graphql::{
        ContextExt,
        shared::{
            DateTime, List, list_cost, parse_id, parse_ids, parse_optional_id, text_field,
            to_connection, under,
        },
    },
    content::{Autosave, ItemChanges, ItemFilter, NewItem, Revision, Video, VideoContent},
    error::Result,
    page::PageRequest,
};

/// A short video as editors see it.
pub struct VideoObject(pub Video);

/// What is in a video.
pub struct VideoContentObject(VideoContent);

#[Object(name = "VideoContent")]
impl VideoContentObject {
    /// Title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What is said beside it.
    async fn caption(&self) -> &str {
        &self.0.caption
    }

    /// The file.
    async fn file(&self, ctx: &Context<'_>) -> Result<Option<AssetObject>> {
        reference::asset(ctx, Some(self.0.file)).await
    }

    /// The still that stands for it.
    async fn poster(&self, ctx: &Context<'_>) -> Result<Option<AssetObject>> {
        reference::asset(ctx, self.0.poster).await
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

    /// The story it belongs to.
    async fn story_id(&self) -> Option<ID> {
        self.0.story.map(Into::into)
    }

    /// Fields of the site's own.
    async fn custom(&self) -> Json<&Value> {
        Json(&self.0.custom)
    }
}

/// What is in a video.
#[derive(InputObject)]
pub struct VideoContentInput {
    /// Title, 1 to 200 characters.
    title: String,
    /// What is said beside it, up to 1,000 characters.
    #[graphql(default)]
    caption: String,
    /// The file.
    file_id: ID,
    /// The still that stands for it.
    poster_id: Option<ID>,
    /// Category.
    category_id: Option<ID>,
    /// Tags.
    #[graphql(default)]
    tag_ids: Vec<ID>,
    /// Products it shows.
    #[graphql(default)]
    product_ids: Vec<ID>,
    /// The story it belongs to.
    story_id: Option<ID>,
    /// Fields of the site's own.
    custom: Option<Json<Value>>,
}

impl TryFrom<VideoContentInput> for VideoContent {
    type Error = crate::error::Error;

    fn try_from(input: VideoContentInput) -> Result<Self> {
        Ok(Self {
            title: input.title,
            caption: input.caption,
            file: parse_id(&input.file_id, "input.fileId")?,
            poster: parse_optional_id(input.poster_id.as_ref(), "input.posterId")?,
            category: parse_optional_id(input.category_id.as_ref(), "input.categoryId")?,
            tags: parse_ids(&input.tag_ids, "input.tagIds")?,
            products: parse_ids(&input.product_ids, "input.productIds")?,
            story: parse_optional_id(input.story_id.as_ref(), "input.storyId")?,
            custom: input.custom.map(|Json(custom)| custom).unwrap_or_default(),
        })
    }
}

#[Object(name = "Video")]
impl VideoObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Readable key in addresses.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Where it is in its life.
    async fn state(&self) -> ContentStateName {
        self.0.state().into()
    }

    /// Rises with each write.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The latest state.
    async fn content(&self) -> VideoContentObject {
        VideoContentObject(self.0.content.clone())
    }

    /// Title of the latest state.
    async fn title(&self) -> &str {
        &self.0.content.title
    }

    /// The revision that holds the latest state.
    async fn revision_id(&self) -> ID {
        self.0.revision.into()
    }

    /// The revision that readers see.
    async fn published_revision_id(&self) -> Option<ID> {
        self.0.published_revision.map(Into::into)
    }

    /// Where it came from.
    async fn source_id(&self) -> Option<&str> {
        self.0.source_id.as_deref()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When its content last changed.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }

    /// When readers first saw it.
    async fn first_published_at(&self) -> Option<DateTime> {
        self.0.first_published_at.map(Into::into)
    }

    /// When the state that readers see went live.
    async fn published_at(&self) -> Option<DateTime> {
        self.0.published_at.map(Into::into)
    }

    /// When it was put away.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(Into::into)
    }
}

/// A saved state.
#[derive(SimpleObject)]
pub struct VideoRevision {
    /// Id.
    id: ID,
    /// 1, 2, 3, …
    number: i32,
    /// The state.
    content: VideoContentObject,
    /// Who saved it.
    created_by: Option<ID>,
    /// When.
    created_at: DateTime,
}

impl From<Revision<VideoContent>> for VideoRevision {
    fn from(revision: Revision<VideoContent>) -> Self {
        Self {
            id: revision.id.into(),
            number: revision.number,
            content: VideoContentObject(revision.content),
            created_by: revision.created_by.map(Into::into),
            created_at: revision.created_at.into(),
        }
    }
}

/// What one was typing when one left.
#[derive(SimpleObject)]
pub struct VideoAutosave {
    /// The version that was being changed.
    base_version: i32,
    /// What was typed.
    content: VideoContentObject,
    /// When.
    saved_at: DateTime,
}

impl From<Autosave<VideoContent>> for VideoAutosave {
    fn from(autosave: Autosave<VideoContent>) -> Self {
        Self {
            base_version: autosave.base_version,
            content: VideoContentObject(autosave.content),
            saved_at: autosave.saved_at.into(),
        }
    }
}

/// Videos.
#[derive(Default)]
pub struct VideoQueries;

#[Object]
impl VideoQueries {
    /// One video.
    async fn video(&self, ctx: &Context<'_>, id: ID) -> Result<VideoObject> {
        let id = parse_id(&id, "id")?;
        ctx.app()
            .content
            .item(ctx.actor(), id)
            .await
            .map(VideoObject)
    }

    /// Videos, last changed first; archived ones only when asked for by their state. `q` is looked for in titles.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the field"
    )]
    async fn videos(
        &self,
        ctx: &Context<'_>,
        q: Option<String>,
        state: Option<ContentStateName>,
        category_id: Option<ID>,
        tag_id: Option<ID>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<List<VideoObject>> {
        let filter = ItemFilter {
            text: q.map(|q| text_field("q", &q, 0..=100)).transpose()?,
            state: state.map(Into::into),
            category: parse_optional_id(category_id.as_ref(), "categoryId")?,
            tag: parse_optional_id(tag_id.as_ref(), "tagId")?,
        };
        let page = PageRequest::new(first, after.as_deref())?;
        let found = ctx.app().content.list(ctx.actor(), &filter, &page).await?;
        Ok(to_connection(found, VideoObject))
    }

    /// The saved states of a video, newest first.
    async fn video_revisions(&self, ctx: &Context<'_>, id: ID) -> Result<Vec<VideoRevision>> {
        let id = parse_id(&id, "id")?;
        let found = ctx.app().content.revisions(ctx.actor(), id).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// What one was typing into a video when one left.
    async fn video_autosave(&self, ctx: &Context<'_>, id: ID) -> Result<Option<VideoAutosave>> {
        let id = parse_id(&id, "id")?;
        let found = ctx.app().content.find_autosave(ctx.actor(), id).await?;
        Ok(found.map(Into::into))
    }
}

/// A video to be made.
#[derive(InputObject)]
pub struct CreateVideoInput {
    /// What is in it.
    content: VideoContentInput,
    /// Key in addresses; made from the title when absent.
    slug: Option<String>,
}

/// A change of a video.
#[derive(InputObject)]
pub struct UpdateVideoInput {
    /// The video.
    id: ID,
    /// The version that was changed.
    base_version: i32,
    /// Its whole new content.
    content: VideoContentInput,
    /// A new key in addresses.
    slug: Option<String>,
}

/// What is being typed.
#[derive(InputObject)]
pub struct AutosaveVideoInput {
    /// The video.
    id: ID,
    /// The version that is being changed.
    base_version: i32,
    /// What was typed so far.
    content: VideoContentInput,
}

/// A video.
#[derive(InputObject)]
pub struct VideoIdInput {
    /// The video.
    id: ID,
}

/// A video after a change.
#[derive(SimpleObject)]
pub struct VideoPayload {
    /// The video.
    video: VideoObject,
}

/// What was kept.
#[derive(SimpleObject)]
pub struct AutosaveVideoPayload {
    /// What was kept.
    autosave: VideoAutosave,
}

fn payload(video: Video) -> VideoPayload {
    VideoPayload {
        video: VideoObject(video),
    }
}

/// Changes of videos.
#[derive(Default)]
pub struct VideoMutations;

#[Object]
impl VideoMutations {
    /// Makes a video, as a draft.
    async fn create_video(
        &self,
        ctx: &Context<'_>,
        input: CreateVideoInput,
    ) -> Result<VideoPayload> {
        let new = NewItem {
            content: input.content.try_into().map_err(under("content"))?,
            slug: input.slug,
            source_id: None,
        };
        let content = &ctx.app().content;
        let made = content.create(ctx.actor(), new).await;
        made.map(payload).map_err(under("content"))
    }

    /// Changes a video; readers go on seeing what was published.
    async fn update_video(
        &self,
        ctx: &Context<'_>,
        input: UpdateVideoInput,
    ) -> Result<VideoPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let changes = ItemChanges {
            base_version: input.base_version,
            content: input.content.try_into().map_err(under("content"))?,
            slug: input.slug,
        };
        let content = &ctx.app().content;
        let outcome = content.update(ctx.actor(), id, changes).await;
        outcome.map(payload).map_err(under("content"))
    }

    /// Makes the latest state the one that readers see.
    async fn publish_video(&self, ctx: &Context<'_>, input: VideoIdInput) -> Result<VideoPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let content = &ctx.app().content;
        content.publish(ctx.actor(), id).await.map(payload)
    }

    /// Hides it from readers.
    async fn unpublish_video(
        &self,
        ctx: &Context<'_>,
        input: VideoIdInput,
    ) -> Result<VideoPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let content = &ctx.app().content;
        content.unpublish(ctx.actor(), id).await.map(payload)
    }

    /// Puts it away: readers and lists do not show it.
    async fn archive_video(&self, ctx: &Context<'_>, input: VideoIdInput) -> Result<VideoPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let content = &ctx.app().content;
        content.archive(ctx.actor(), id).await.map(payload)
    }

    /// Brings it back, as a draft.
    async fn restore_video(&self, ctx: &Context<'_>, input: VideoIdInput) -> Result<VideoPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let content = &ctx.app().content;
        content.restore(ctx.actor(), id).await.map(payload)
    }

    /// Makes an old state the latest again, as a new revision.
    async fn restore_video_revision(
        &self,
        ctx: &Context<'_>,
        input: RestoreRevisionInput,
    ) -> Result<VideoPayload> {
        let revision = parse_id(&input.revision_id, "input.revisionId")?;
        let content = &ctx.app().content;
        let restored = content
            .restore_revision(ctx.actor(), revision, input.base_version)
            .await;
        restored.map(payload)
    }

    /// Keeps what is being typed; nobody else sees it.
    async fn autosave_video(
        &self,
        ctx: &Context<'_>,
        input: AutosaveVideoInput,
    ) -> Result<AutosaveVideoPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let typed = input.content.try_into().map_err(under("content"))?;
        let content = &ctx.app().content;
        let autosave = content
            .autosave(ctx.actor(), id, input.base_version, typed)
            .await
            .map_err(under("content"))?;
        Ok(AutosaveVideoPayload {
            autosave: VideoAutosave::from(autosave),
        })
    }

    /// Forgets what was being typed.
    async fn discard_video_autosave(
        &self,
        ctx: &Context<'_>,
        input: VideoIdInput,
    ) -> Result<VideoPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let content = &ctx.app().content;
        content
            .discard_autosave::<VideoContent>(ctx.actor(), id)
            .await?;
        content.item(ctx.actor(), id).await.map(payload)
    }
}
