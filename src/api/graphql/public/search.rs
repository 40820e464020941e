//! Search over what readers see.

use async_graphql::{Context, Enum, Object, SimpleObject};

use crate::{
    api::graphql::{
        ContextExt,
        shared::{List, list_cost, to_connection},
    },
    content::ChangeKind,
    error::{Error, Result},
    page::{Cursor, Page, PageRequest},
    search::{Hit, SearchQuery},
};

/// The longest text that is searched for.
const LONGEST: usize = 1000;

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "HitKind", remote = "ChangeKind")]
pub enum HitKind {
    /// A story.
    Story,
    /// A video.
    Video,
    /// A product.
    Product,
}

/// Something that was found.
#[derive(SimpleObject)]
#[graphql(name = "Hit")]
pub struct HitObject {
    /// Story, video or product.
    kind: HitKind,
    /// Key in addresses; the stock keeping unit of a product.
    slug: String,
    /// Title.
    title: String,
    /// Title with hits in `<mark>`; everything else is escaped.
    title_html: String,
    /// A part of the text with hits in `<mark>`; everything else is escaped.
    snippet_html: String,
}

impl From<Hit> for HitObject {
    fn from(hit: Hit) -> Self {
        Self {
            kind: hit.kind.into(),
            slug: hit.slug,
            title: hit.title,
            title_html: hit.title_html,
            snippet_html: hit.snippet_html,
        }
    }
}

/// Search.
#[derive(Default)]
pub struct SearchQueries;

#[Object]
impl SearchQueries {
    /// What fits the words best; words in quotes must stand together. Any text may be given.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the GraphQL field"
    )]
    async fn search(
        &self,
        ctx: &Context<'_>,
        query: String,
        kinds: Option<Vec<HitKind>>,
        #[graphql(desc = "Key of a category")] category: Option<String>,
        #[graphql(desc = "Key of a tag")] tag: Option<String>,
        #[graphql(desc = "How many, 1 to 100; 20 without it")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<List<HitObject>> {
        let page = PageRequest::new(first, after.as_deref())?;
        let offset = match &page.after {
            None => 0,
            Some(cursor) => cursor
                .key
                .as_u64()
                .and_then(|place| usize::try_from(place).ok())
                .ok_or_else(|| {
                    Error::invalid(
                        "after",
                        "not a cursor of this list; leave it out to start at the first page",
                    )
                })?,
        };
        let asked = SearchQuery {
            text: query.chars().take(LONGEST).collect(),
            kinds: kinds.into_iter().flatten().map(Into::into).collect(),
            category,
            tag,
            offset,
            limit: page.size as usize,
        };
        let found = ctx.app().search.search(ctx.actor(), asked).await?;
        let has_next = offset + found.hits.len() < found.total;
        let edges = found.hits.into_iter().enumerate().map(|(index, hit)| {
            let place = offset + index + 1;
            (
                Cursor {
                    key: place.into(),
                    id: hit.id.to_string(),
                },
                hit,
            )
        });
        let found = Page {
            edges: edges.collect(),
            has_next,
            total_count: u64::try_from(found.total).ok(),
        };
        Ok(to_connection(found, HitObject::from))
    }
}
