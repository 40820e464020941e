//! Stories as texts that other tools read and write.

use async_graphql::{Context, ID, InputObject, Json, Object, SimpleObject};

use super::story::StoryObject;
use crate::{
    api::{
        graphql::{ContextExt, shared::parse_id},
        rest::reader::body_html,
    },
    content::{Body, ReadText, StoryContent, StoryText, TextFormat},
    error::Result,
};

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "TextFormat", remote = "TextFormat")]
pub enum TextFormatName {
    /// CommonMark, with front matter before it.
    Markdown,
    /// HTML.
    Html,
}

/// A text that becomes a story.
#[derive(InputObject)]
pub struct ImportStoryInput {
    /// How it is written.
    format: TextFormatName,
    /// The text. Its title is the front matter's, or its first heading; pictures are named `asset:ID`.
    text: String,
    /// Key in addresses; the front matter's, or made from the title when absent.
    slug: Option<String>,
}

/// The draft that a text became.
#[derive(SimpleObject)]
pub struct ImportStoryPayload {
    /// The draft.
    story: StoryObject,
    /// Addresses of pictures that are not in the media library; they were left out.
    missing_pictures: Vec<String>,
}

/// A text as a body.
pub struct TextBody(ReadText);

#[Object]
impl TextBody {
    /// The body, as stories have it.
    async fn body(&self) -> Json<&Body> {
        Json(&self.0.body)
    }

    /// Addresses of pictures that are not in the media library; they were left out.
    async fn missing_pictures(&self) -> &[String] {
        &self.0.missing_pictures
    }
}

/// Stories as texts.
#[derive(Default)]
pub struct StoryTextQueries;

#[Object]
impl StoryTextQueries {
    /// A story's latest state as a text for other tools.
    async fn story_text(
        &self,
        ctx: &Context<'_>,
        id: ID,
        format: TextFormatName,
    ) -> Result<String> {
        let id = parse_id(&id, "id")?;
        let (app, actor) = (ctx.app(), ctx.actor());
        let story = app.content.item::<StoryContent>(actor, id).await?;
        match format {
            TextFormatName::Markdown => app.content.story_markdown(actor, &story).await,
            TextFormatName::Html => body_html(app, actor, &story.content).await,
        }
    }

    /// A text that another tool wrote, as a body; nothing is kept.
    #[graphql(complexity = "50 + child_complexity")]
    async fn text_body(
        &self,
        ctx: &Context<'_>,
        format: TextFormatName,
        text: String,
    ) -> Result<TextBody> {
        let content = &ctx.app().content;
        let read = content.read_text(ctx.actor(), format.into(), &text);
        read.map(TextBody)
    }
}

/// Texts that become stories.
#[derive(Default)]
pub struct StoryTextMutations;

#[Object]
impl StoryTextMutations {
    /// Makes a draft of a text that another tool wrote.
    async fn import_story(
        &self,
        ctx: &Context<'_>,
        input: ImportStoryInput,
    ) -> Result<ImportStoryPayload> {
        let new = StoryText {
            format: input.format.into(),
            text: input.text,
            slug: input.slug,
        };
        let imported = ctx.app().content.import_story(ctx.actor(), new).await?;
        Ok(ImportStoryPayload {
            story: StoryObject(imported.story),
            missing_pictures: imported.missing_pictures,
        })
    }
}
