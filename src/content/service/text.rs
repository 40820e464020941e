//! Stories as texts that other tools read and write: Markdown with front matter, and HTML.

use super::ContentService;
use crate::{
    auth::{Actor, Permission},
    content::{
        Body, NewItem, Story, StoryContent,
        body::{Block, FrontMatter, Imported, check_elements, markdown_html, split_front_matter},
        item::Beside,
    },
    error::{Error, ErrorKind, Result},
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

/// A text as a body, to be put where a person is writing.
#[derive(Debug, Clone)]
pub struct ReadText {
    /// The body.
    pub body: Body,
    /// Addresses of pictures that are not in the media library; they were left out.
    pub missing_pictures: Vec<String>,
}

impl ContentService {
    /// Reads a text as the body of a story; nothing is kept.
    pub fn read_text(&self, actor: &Actor, format: TextFormat, text: &str) -> Result<ReadText> {
        actor.require(Permission::WriteContent)?;
        check_size(text, "text")?;
        let html = match format {
            TextFormat::Markdown => &markdown_html(text),
            TextFormat::Html => text,
        };
        check_elements(html).map_err(|error| error.on_field("text"))?;
        let Imported {
            body,
            missing_pictures,
        } = Body::from_html(html, &|_| None);
        Ok(ReadText {
            body,
            missing_pictures,
        })
    }

    /// Makes a draft of a text. Its title is the front matter's, or its first heading; pictures are those of the
    /// media library (`asset:ID`); a category and tags that are new are made.
    pub async fn import_story(&self, actor: &Actor, new: StoryText) -> Result<ImportedStory> {
        actor.require(Permission::WriteContent)?;
        check_size(&new.text, "input.text")?;
        let has_own_slug = new.slug.is_some();
        let (new, beside, missing_pictures) = read(new).map_err(in_text)?;
        let created = self.create_with(actor, new, &beside).await;
        Ok(ImportedStory {
            story: created.map_err(|error| {
                if has_own_slug && error.field() == Some("input.slug") {
                    error
                } else {
                    in_text(error)
                }
            })?,
            missing_pictures,
        })
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
        let category = categories.values().next();
        let entries = [
            ("title", Some(content.title.as_str())),
            ("slug", Some(story.slug.as_str())),
            ("lead", Some(content.lead.as_str())),
            ("author", content.byline.as_deref()),
            ("category", category.map(|category| category.name.as_str())),
            ("core_phrase", content.core_phrase.as_deref()),
        ];
        let mut matter = FrontMatter::default();
        for (key, value) in entries {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                matter.add_text(key, value);
            }
        }
        if !names.is_empty() {
            matter.add_list("tags", &names);
        }
        let mut out = matter.write();
        out.push_str(&content.body.to_markdown());
        Ok(out)
    }
}

fn check_size(text: &str, field: &'static str) -> Result<()> {
    if text.len() <= LARGEST {
        return Ok(());
    }
    let message = format!("must have at most {LARGEST} bytes");
    Err(Error::new(ErrorKind::TooLarge, message).on_field(field))
}

/// What a text says: a draft, the terms that belong to it, and addresses of pictures that we do not have.
fn read(new: StoryText) -> Result<(NewItem<StoryContent>, Beside, Vec<String>)> {
    let (matter, html) = match new.format {
        TextFormat::Markdown => {
            let (matter, text) = split_front_matter(&new.text)?;
            (matter, markdown_html(text))
        }
        TextFormat::Html => (FrontMatter::default(), new.text),
    };
    check_elements(&html)?;
    let Imported {
        mut body,
        missing_pictures,
    } = Body::from_html(&html, &|_| None);
    let given = matter.text("title").filter(|title| !title.is_empty());
    let heading = take_heading(&mut body, given.as_deref());
    let Some(title) = given.or(heading).filter(|title| !title.is_empty()) else {
        return Err(Error::invalid(
            "input.text",
            "has no title: begin with a heading, or with front matter that holds `title:`",
        ));
    };
    let mut content = StoryContent::new(title);
    content.cover = body.pictures().first().copied();
    content.body = body;
    content.lead = matter
        .text("lead")
        .or_else(|| matter.text("description"))
        .unwrap_or_default();
    content.byline = matter.text("author").or_else(|| matter.text("byline"));
    content.core_phrase = matter.text("core_phrase");
    let category = matter
        .list("category")
        .into_iter()
        .chain(matter.list("categories"))
        .next();
    let tags = matter.list("tags");
    if tags.len() > MOST_TAGS {
        return Err(Error::invalid(
            "input.text",
            format!("must have at most {MOST_TAGS} tags"),
        ));
    }
    let beside = Beside {
        category: category.map(|name| (text::slug(&name), name)),
        tags,
        publish: false,
    };
    let new = NewItem {
        content,
        slug: new.slug.or_else(|| matter.text("slug")),
        source_id: None,
    };
    Ok((new, beside, missing_pictures))
}

/// Whatever is wrong stands in the text: names that, and says what of it.
fn in_text(error: Error) -> Error {
    let what = error.field().and_then(|field| field.strip_prefix("input."));
    let message = match what {
        Some(what) if what != "text" => format!("{what}: {}", error.message()),
        _ => error.message().to_owned(),
    };
    Error::new(error.kind(), message)
        .on_field("input.text")
        .because(error)
}

/// The text of a heading that the body begins with, unless the title is another one. It leaves the body, since the
/// title stands above it.
fn take_heading(body: &mut Body, title: Option<&str>) -> Option<String> {
    let Some(Block::Heading { .. }) = body.blocks.first() else {
        return None;
    };
    let rest = body.blocks.split_off(1);
    let heading = body.to_plain_text().trim().to_owned();
    if title.is_some_and(|title| title != heading) {
        body.blocks.extend(rest);
        return None;
    }
    body.blocks = rest;
    Some(heading)
}
