//! Stories as texts that other tools read and write: Markdown with front matter, and HTML.

use std::fmt::Write as _;

use super::ContentService;
use crate::{
    auth::{Actor, Permission},
    content::{
        Body, NewItem, Story, StoryContent,
        body::{Block, Imported, split_front_matter},
    },
    error::{Error, Result},
    id::TagId,
    text,
};

/// The largest text that is read.
const LARGEST: usize = 1 << 20;
/// Tags of one text.
const MOST_TAGS: usize = 20;

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFormat {
    /// `CommonMark`, with front matter before it.
    Markdown,
    /// HTML; what readers must not get is left out.
    Html,
}

/// A text that becomes a story.
#[derive(Debug, Clone)]
pub struct StoryText {
    /// How it is written.
    pub format: TextFormat,
    /// The text.
    pub text: String,
    /// Key in addresses; the front matter's, or made from the title when absent.
    pub slug: Option<String>,
}

/// The draft that a text became.
#[derive(Debug, Clone)]
pub struct ImportedStory {
    /// The draft.
    pub story: Story,
    /// Addresses of pictures that are not in the media library; they were left out.
    pub missing_pictures: Vec<String>,
}

impl ContentService {
    /// Makes a draft of a text. Its title is the front matter's, or its first heading; pictures are those of the
    /// media library (`asset:ID`); a category and tags that are new are made.
    pub async fn import_story(&self, actor: &Actor, new: StoryText) -> Result<ImportedStory> {
        actor.require(Permission::WriteContent)?;
        if new.text.len() > LARGEST {
            return Err(Error::invalid(
                "input.text",
                format!("must have at most {LARGEST} bytes"),
            ));
        }
        let (matter, text) = match new.format {
            TextFormat::Markdown => split_front_matter(&new.text),
            TextFormat::Html => Default::default(),
        };
        let Imported {
            mut body,
            missing_pictures,
        } = match new.format {
            TextFormat::Markdown => Body::from_markdown(text, &|_| None),
            TextFormat::Html => Body::from_html(&new.text, &|_| None),
        };
        let heading = take_heading(&mut body);
        let title = matter.get("title").map(ToOwned::to_owned).or(heading);
        let Some(title) = title.filter(|title| !title.trim().is_empty()) else {
            return Err(Error::invalid(
                "input.text",
                "has no title: begin with a heading, or with front matter that holds `title:`",
            ));
        };
        let get = |key: &str| matter.get(key).map(ToOwned::to_owned);
        let mut content = StoryContent::new(title);
        content.cover = body.pictures().first().copied();
        content.body = body;
        content.lead = get("lead")
            .or_else(|| get("description"))
            .unwrap_or_default();
        content.byline = get("author").or_else(|| get("byline"));
        content.core_phrase = get("core_phrase");
        if let Some(name) = matter.get("category").filter(|name| !name.is_empty()) {
            let category = self.ensure_category(actor, &text::slug(name), name).await?;
            content.category = Some(category.id);
        }
        content.tags = self.ensure_tags(actor, matter.list("tags")).await?;
        let new = NewItem {
            content,
            slug: new.slug.or_else(|| get("slug")),
            source_id: None,
        };
        Ok(ImportedStory {
            story: self.create(actor, new).await?,
            missing_pictures,
        })
    }

    async fn ensure_tags(&self, actor: &Actor, names: Vec<String>) -> Result<Vec<TagId>> {
        if names.len() > MOST_TAGS {
            return Err(Error::invalid(
                "input.text",
                format!("must have at most {MOST_TAGS} tags"),
            ));
        }
        let mut tags = Vec::new();
        for name in names {
            let tag = self.ensure_tag(actor, &name).await?;
            if !tags.contains(&tag.id) {
                tags.push(tag.id);
            }
        }
        Ok(tags)
    }

    /// A story as Markdown with front matter, which [`Self::import_story`] reads again.
    pub async fn story_markdown(&self, actor: &Actor, story: &Story) -> Result<String> {
        let content = &story.content;
        let ids: Vec<_> = content.category.into_iter().collect();
        let categories = self.categories(actor, &ids).await?;
        let tags = self.tags(actor, &content.tags).await?;
        let names: Vec<_> = content
            .tags
            .iter()
            .filter_map(|id| tags.get(id))
            .map(|tag| tag.name.as_str())
            .collect();
        let tags = (!names.is_empty()).then(|| format!("[{}]", names.join(", ")));
        let category = categories.values().next();
        let entries = [
            ("title", Some(content.title.as_str())),
            ("slug", Some(story.slug.as_str())),
            ("lead", Some(content.lead.as_str())),
            ("author", content.byline.as_deref()),
            ("category", category.map(|category| category.name.as_str())),
            ("tags", tags.as_deref()),
            ("core_phrase", content.core_phrase.as_deref()),
        ];
        let mut out = String::from("---\n");
        for (key, value) in entries {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
                let _ = writeln!(out, "{key}: {line}");
            }
        }
        out.push_str("---\n\n");
        out.push_str(&content.body.to_markdown());
        Ok(out)
    }
}

/// The text of a heading that the body begins with; it leaves the body, since the title stands above it.
fn take_heading(body: &mut Body) -> Option<String> {
    let Some(Block::Heading { .. }) = body.blocks.first() else {
        return None;
    };
    let first = Body {
        blocks: vec![body.blocks.remove(0)],
    };
    Some(first.to_plain_text().trim().to_owned())
}
