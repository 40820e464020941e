//! Stories: what is in them, their revisions, their life.

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
    content::{
        Autosave, Body, ItemChanges, ItemFilter, NewItem, Revision, Story, StoryContent, StoryKind,
    },
    error::Result,
    page::PageRequest,
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

/// A story as editors see it.
pub struct StoryObject(pub Story);

/// What is in a story.
pub struct StoryContentObject(StoryContent);

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

#[Object(name = "Story")]
impl StoryObject {
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
    async fn content(&self) -> StoryContentObject {
        StoryContentObject(self.0.content.clone())
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
pub struct StoryRevision {
    /// Id.
    id: ID,
    /// 1, 2, 3, …
    number: i32,
    /// The state.
    content: StoryContentObject,
    /// Who saved it.
    created_by: Option<ID>,
    /// When.
    created_at: DateTime,
}

impl From<Revision<StoryContent>> for StoryRevision {
    fn from(revision: Revision<StoryContent>) -> Self {
        Self {
            id: revision.id.into(),
            number: revision.number,
            content: StoryContentObject(revision.content),
            created_by: revision.created_by.map(Into::into),
            created_at: revision.created_at.into(),
        }
    }
}

/// What one was typing when one left.
#[derive(SimpleObject)]
pub struct StoryAutosave {
    /// The version that was being changed.
    base_version: i32,
    /// What was typed.
    content: StoryContentObject,
    /// When.
    saved_at: DateTime,
}

impl From<Autosave<StoryContent>> for StoryAutosave {
    fn from(autosave: Autosave<StoryContent>) -> Self {
        Self {
            base_version: autosave.base_version,
            content: StoryContentObject(autosave.content),
            saved_at: autosave.saved_at.into(),
        }
    }
}

/// Stories.
#[derive(Default)]
pub struct StoryQueries;

#[Object]
impl StoryQueries {
    /// One story.
    async fn story(&self, ctx: &Context<'_>, id: ID) -> Result<StoryObject> {
        let id = parse_id(&id, "id")?;
        ctx.app()
            .content
            .item(ctx.actor(), id)
            .await
            .map(StoryObject)
    }

    /// Stories, last changed first; archived ones only when asked for by their state. `q` is looked for in titles.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the field"
    )]
    async fn stories(
        &self,
        ctx: &Context<'_>,
        q: Option<String>,
        state: Option<ContentStateName>,
        category_id: Option<ID>,
        tag_id: Option<ID>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<List<StoryObject>> {
        let filter = ItemFilter {
            text: q.map(|q| text_field("q", &q, 0..=100)).transpose()?,
            state: state.map(Into::into),
            category: parse_optional_id(category_id.as_ref(), "categoryId")?,
            tag: parse_optional_id(tag_id.as_ref(), "tagId")?,
        };
        let page = PageRequest::new(first, after.as_deref())?;
        let found = ctx.app().content.list(ctx.actor(), &filter, &page).await?;
        Ok(to_connection(found, StoryObject))
    }

    /// The saved states of a story, newest first.
    async fn story_revisions(&self, ctx: &Context<'_>, id: ID) -> Result<Vec<StoryRevision>> {
        let id = parse_id(&id, "id")?;
        let found = ctx.app().content.revisions(ctx.actor(), id).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// What one was typing into a story when one left.
    async fn story_autosave(&self, ctx: &Context<'_>, id: ID) -> Result<Option<StoryAutosave>> {
        let id = parse_id(&id, "id")?;
        let found = ctx.app().content.find_autosave(ctx.actor(), id).await?;
        Ok(found.map(Into::into))
    }
}

/// A story to be made.
#[derive(InputObject)]
pub struct CreateStoryInput {
    /// What is in it.
    content: StoryContentInput,
    /// Key in addresses; made from the title when absent.
    slug: Option<String>,
}

/// A change of a story.
#[derive(InputObject)]
pub struct UpdateStoryInput {
    /// The story.
    id: ID,
    /// The version that was changed.
    base_version: i32,
    /// Its whole new content.
    content: StoryContentInput,
    /// A new key in addresses.
    slug: Option<String>,
}

/// What is being typed.
#[derive(InputObject)]
pub struct AutosaveStoryInput {
    /// The story.
    id: ID,
    /// The version that is being changed.
    base_version: i32,
    /// What was typed so far.
    content: StoryContentInput,
}

/// A story.
#[derive(InputObject)]
pub struct StoryIdInput {
    /// The story.
    id: ID,
}

/// A story after a change.
#[derive(SimpleObject)]
pub struct StoryPayload {
    /// The story.
    story: StoryObject,
}

/// What was kept.
#[derive(SimpleObject)]
pub struct AutosaveStoryPayload {
    /// What was kept.
    autosave: StoryAutosave,
}

/// A person who has the story open.
#[derive(SimpleObject)]
pub struct Attendant {
    /// Who.
    id: ID,
    /// The name that others see.
    name: String,
}

/// Who else has the story open.
#[derive(SimpleObject)]
pub struct AttendStoryPayload {
    /// Everybody but the caller.
    others: Vec<Attendant>,
}

fn payload(story: Story) -> StoryPayload {
    StoryPayload {
        story: StoryObject(story),
    }
}

/// Changes of stories.
#[derive(Default)]
pub struct StoryMutations;

#[Object]
impl StoryMutations {
    /// Makes a story, as a draft.
    async fn create_story(
        &self,
        ctx: &Context<'_>,
        input: CreateStoryInput,
    ) -> Result<StoryPayload> {
        let new = NewItem {
            content: input.content.try_into().map_err(under("content"))?,
            slug: input.slug,
            source_id: None,
        };
        let content = &ctx.app().content;
        let made = content.create(ctx.actor(), new).await;
        made.map(payload).map_err(under("content"))
    }

    /// Changes a story; readers go on seeing what was published.
    async fn update_story(
        &self,
        ctx: &Context<'_>,
        input: UpdateStoryInput,
    ) -> Result<StoryPayload> {
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
    async fn publish_story(&self, ctx: &Context<'_>, input: StoryIdInput) -> Result<StoryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let content = &ctx.app().content;
        content.publish(ctx.actor(), id).await.map(payload)
    }

    /// Hides it from readers.
    async fn unpublish_story(
        &self,
        ctx: &Context<'_>,
        input: StoryIdInput,
    ) -> Result<StoryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let content = &ctx.app().content;
        content.unpublish(ctx.actor(), id).await.map(payload)
    }

    /// Puts it away: readers and lists do not show it.
    async fn archive_story(&self, ctx: &Context<'_>, input: StoryIdInput) -> Result<StoryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let content = &ctx.app().content;
        content.archive(ctx.actor(), id).await.map(payload)
    }

    /// Brings it back, as a draft.
    async fn restore_story(&self, ctx: &Context<'_>, input: StoryIdInput) -> Result<StoryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let content = &ctx.app().content;
        content.restore(ctx.actor(), id).await.map(payload)
    }

    /// Makes an old state the latest again, as a new revision.
    async fn restore_story_revision(
        &self,
        ctx: &Context<'_>,
        input: RestoreRevisionInput,
    ) -> Result<StoryPayload> {
        let revision = parse_id(&input.revision_id, "input.revisionId")?;
        let content = &ctx.app().content;
        let restored = content
            .restore_revision(ctx.actor(), revision, input.base_version)
            .await;
        restored.map(payload)
    }

    /// Keeps what is being typed; nobody else sees it.
    async fn autosave_story(
        &self,
        ctx: &Context<'_>,
        input: AutosaveStoryInput,
    ) -> Result<AutosaveStoryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let typed = input.content.try_into().map_err(under("content"))?;
        let content = &ctx.app().content;
        let autosave = content
            .autosave(ctx.actor(), id, input.base_version, typed)
            .await
            .map_err(under("content"))?;
        Ok(AutosaveStoryPayload {
            autosave: StoryAutosave::from(autosave),
        })
    }

    /// Says that the caller has a story open, which holds for 40 seconds, and tells who else has.
    async fn attend_story(
        &self,
        ctx: &Context<'_>,
        input: StoryIdInput,
    ) -> Result<AttendStoryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let (app, actor) = (ctx.app(), ctx.actor());
        let ids = app.content.attend::<StoryContent>(actor, id).await?;
        let names = app.auth.names(actor, &ids).await?;
        let others = names.into_iter().map(|(id, name)| Attendant {
            id: id.into(),
            name,
        });
        Ok(AttendStoryPayload {
            others: others.collect(),
        })
    }

    /// Says that the caller closed a story.
    async fn leave_story(&self, ctx: &Context<'_>, input: StoryIdInput) -> Result<StoryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let content = &ctx.app().content;
        content.leave::<StoryContent>(ctx.actor(), id).await?;
        content.item(ctx.actor(), id).await.map(payload)
    }

    /// Forgets what was being typed.
    async fn discard_story_autosave(
        &self,
        ctx: &Context<'_>,
        input: StoryIdInput,
    ) -> Result<StoryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let content = &ctx.app().content;
        content
            .discard_autosave::<StoryContent>(ctx.actor(), id)
            .await?;
        content.item(ctx.actor(), id).await.map(payload)
    }
}
