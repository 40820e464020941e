//! A story or video in one channel's shape, and what its mini-program hands to the platform as page information.

use async_graphql::{Context, Enum, Json, Object};
use serde_json::Value;

use crate::{
    api::graphql::ContextExt,
    content::{StoryContent, VideoContent},
    error::Result,
    tailoring::SourceRef,
};

/// What deriving a variant costs, beside fields that are only read: words are cut, pictures are made.
const DERIVING: usize = 200;

/// Which kind of page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PageKind {
    /// A story.
    Story,
    /// A video.
    Video,
}

/// A published story or video in a channel's shape.
#[derive(Default)]
pub struct PageInfoQueries;

#[Object]
impl PageInfoQueries {
    /// The page information of a story or video for a channel's runtime, such as `swan.setPageInfo`.
    #[graphql(complexity = "DERIVING")]
    async fn page_info(
        &self,
        ctx: &Context<'_>,
        channel: String,
        slug: String,
        #[graphql(default_with = "PageKind::Story")] kind: PageKind,
    ) -> Result<Option<Json<Value>>> {
        let fields = fields(ctx, &channel, &slug, kind).await?;
        Ok(fields
            .and_then(|mut fields| fields.remove("page_info"))
            .filter(|info| !info.is_null())
            .map(Json))
    }

    /// The fields of a story or video as a channel gets them, by name.
    #[graphql(complexity = "DERIVING")]
    async fn variant(
        &self,
        ctx: &Context<'_>,
        channel: String,
        slug: String,
        #[graphql(default_with = "PageKind::Story")] kind: PageKind,
    ) -> Result<Option<Json<Value>>> {
        let fields = fields(ctx, &channel, &slug, kind).await?;
        Ok(fields.map(|fields| Json(fields.into_iter().collect())))
    }
}

async fn fields(
    ctx: &Context<'_>,
    channel: &str,
    slug: &str,
    kind: PageKind,
) -> Result<Option<std::collections::BTreeMap<String, Value>>> {
    let (app, actor) = (ctx.app(), ctx.actor());
    let of = match kind {
        PageKind::Story => app
            .content
            .find_published_by_slug::<StoryContent>(actor, slug)
            .await?
            .map(|story| SourceRef::Story(story.id)),
        PageKind::Video => app
            .content
            .find_published_by_slug::<VideoContent>(actor, slug)
            .await?
            .map(|video| SourceRef::Video(video.id)),
    };
    match of {
        Some(of) => app.tailoring.published_fields(actor, of, channel).await,
        None => Ok(None),
    }
}
