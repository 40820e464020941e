//! Stories: their states, their revisions, their life.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::{
    item::{ContentStateName, RestoreRevisionInput},
    story_content::{StoryContentInput, StoryContentObject},
};
use crate::{
    api::graphql::{
        ContextExt,
        shared::{
            DateTime, List, list_cost, parse_id, parse_optional_id, text_field, to_connection,
            under,
        },
    },
    content::{Autosave, ItemChanges, ItemFilter, NewItem, Revision, Story, StoryContent},
    error::Result,
    page::PageRequest,
};

/// A story as editors see it.
pub struct StoryObject(pub Story);

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
