//! The body of a story: a tree that an editor edits (ProseMirror's JSON), typed; one visitor per output.

mod front_matter;
mod html;
mod import;
mod markdown;
mod text;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use front_matter::{FrontMatter, split_front_matter};
pub use html::{HtmlContext, PictureView, ProductView, VideoView};
pub use import::{Imported, check_elements, markdown_html};

use super::item::check_text;
use crate::{
    error::{Error, Result},
    id::{AssetId, ItemId, ProductId},
};

/// The largest body, as JSON.
const LARGEST: usize = 1 << 20;
/// How deep lists and quotes may nest.
const DEEPEST: usize = 12;
/// The longest alternative text and caption.
const LONGEST_LINE: usize = 500;

/// A body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// Its blocks in order.
    pub blocks: Vec<Block>,
}

/// The document node that ProseMirror knows.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type")]
enum Document {
    #[serde(rename = "doc")]
    Doc {
        #[serde(default)]
        content: Vec<Block>,
    },
}

/// A block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[expect(missing_docs, reason = "the variants are ProseMirror's own nodes")]
pub enum Block {
    Paragraph {
        #[serde(default)]
        content: Vec<Inline>,
    },
    Heading {
        attrs: HeadingAttrs,
        #[serde(default)]
        content: Vec<Inline>,
    },
    BulletList {
        #[serde(default)]
        content: Vec<ListItem>,
    },
    OrderedList {
        #[serde(default)]
        attrs: OrderedAttrs,
        #[serde(default)]
        content: Vec<ListItem>,
    },
    Blockquote {
        #[serde(default)]
        content: Vec<Block>,
    },
    CodeBlock {
        #[serde(default)]
        attrs: CodeAttrs,
        #[serde(default)]
        content: Vec<Inline>,
    },
    Image {
        attrs: ImageAttrs,
    },
    Video {
        attrs: VideoAttrs,
    },
    ProductCard {
        attrs: ProductAttrs,
    },
    HorizontalRule,
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "listItem")]
pub struct ListItem {
    /// What is in it.
    #[serde(default)]
    pub content: Vec<Block>,
}

/// Part of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[expect(missing_docs, reason = "the variants are ProseMirror's own nodes")]
pub enum Inline {
    Text {
        text: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        marks: Vec<Mark>,
    },
    HardBreak,
}

/// How a text looks or where it leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[expect(missing_docs, reason = "the variants are ProseMirror's own marks")]
pub enum Mark {
    Bold,
    Italic,
    Strike,
    Code,
    Link { attrs: LinkAttrs },
}

/// A heading's level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadingAttrs {
    /// 2 to 4; the title is level 1.
    pub level: u8,
}

/// Where an ordered list starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedAttrs {
    /// The first number.
    #[serde(default = "one")]
    pub start: u32,
}

const fn one() -> u32 {
    1
}

impl Default for OrderedAttrs {
    fn default() -> Self {
        Self { start: 1 }
    }
}

/// The language of code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeAttrs {
    /// As the author named it.
    #[serde(default)]
    pub language: Option<String>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageAttrs {
    /// The file.
    pub asset: AssetId,
    /// Alternative text here; the file's own when empty.
    #[serde(default)]
    pub alt: String,
    /// What stands below it.
    #[serde(default)]
    pub caption: String,
}

/// A video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoAttrs {
    /// The video.
    pub video: ItemId,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductAttrs {
    /// The product.
    pub product: ProductId,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkAttrs {
    /// Address: http, https, mailto, tel, or a path of the site.
    pub href: String,
}

impl Serialize for Body {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Document::Doc {
            content: self.blocks.clone(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Document::Doc { content } = Document::deserialize(deserializer)?;
        Ok(Self { blocks: content })
    }
}

impl Body {
    /// Reads what an editor sends, and checks it.
    pub fn from_json(json: Value) -> Result<Self> {
        let body: Self = serde_json::from_value(json).map_err(|error| {
            Error::invalid(
                "input.body",
                format!("is not a document that we know: {error}"),
            )
        })?;
        body.check()?;
        Ok(body)
    }

    /// As an editor reads it.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Checks size, depth, heading levels and addresses of links.
    pub fn check(&self) -> Result<()> {
        if self.to_json().to_string().len() > LARGEST {
            return Err(Error::invalid(
                "input.body",
                "is larger than 1 MB; split the story",
            ));
        }
        check_blocks(&self.blocks, 0)
    }

    /// Whether readers would see nothing.
    pub fn is_empty(&self) -> bool {
        self.blocks
            .iter()
            .all(|block| matches!(block, Block::Paragraph { content } if content.is_empty()))
    }

    /// Pictures in order, each as often as it stands there.
    pub fn pictures(&self) -> Vec<AssetId> {
        self.collect(|block| match block {
            Block::Image { attrs } => Some(attrs.asset),
            _ => None,
        })
    }

    /// Videos in order.
    pub fn videos(&self) -> Vec<ItemId> {
        self.collect(|block| match block {
            Block::Video { attrs } => Some(attrs.video),
            _ => None,
        })
    }

    /// Products in order.
    pub fn products(&self) -> Vec<ProductId> {
        self.collect(|block| match block {
            Block::ProductCard { attrs } => Some(attrs.product),
            _ => None,
        })
    }

    fn collect<T>(&self, pick: impl Fn(&Block) -> Option<T>) -> Vec<T> {
        let mut found = Vec::new();
        visit(&self.blocks, &mut |block| found.extend(pick(block)));
        found
    }
}

/// Visits every block, outer ones first, in order.
fn visit<'a>(blocks: &'a [Block], visitor: &mut impl FnMut(&'a Block)) {
    for block in blocks {
        visitor(block);
        match block {
            Block::Blockquote { content } => visit(content, visitor),
            Block::BulletList { content } | Block::OrderedList { content, .. } => {
                for item in content {
                    visit(&item.content, visitor);
                }
            }
            _ => {}
        }
    }
}

fn check_blocks(blocks: &[Block], depth: usize) -> Result<()> {
    if depth > DEEPEST {
        return Err(Error::invalid(
            "input.body",
            format!("nests lists and quotes more than {DEEPEST} deep"),
        ));
    }
    for block in blocks {
        match block {
            Block::Heading { attrs, .. } if !(2..=4).contains(&attrs.level) => {
                return Err(Error::invalid(
                    "input.body",
                    "headings must be of level 2, 3 or 4",
                ));
            }
            Block::CodeBlock { attrs, content } => {
                if attrs
                    .language
                    .as_deref()
                    .is_some_and(|name| !is_language(name))
                {
                    return Err(Error::invalid(
                        "input.body",
                        "the language of code must be one short word, such as rust",
                    ));
                }
                check_inlines(content)?;
            }
            Block::Paragraph { content } | Block::Heading { content, .. } => {
                check_inlines(content)?;
            }
            Block::Image { attrs } => {
                check_line("an alternative text", &attrs.alt)?;
                check_line("a caption", &attrs.caption)?;
            }
            Block::Blockquote { content } => check_blocks(content, depth + 1)?,
            Block::BulletList { content } | Block::OrderedList { content, .. } => {
                content
                    .iter()
                    .try_for_each(|item| check_blocks(&item.content, depth + 1))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Refuses a text beside a picture that nobody could show.
fn check_line(what: &str, text: &str) -> Result<()> {
    check_text("input.body", text, LONGEST_LINE, true)
        .map_err(|error| Error::invalid("input.body", format!("{what} {}", error.message())))
}

/// Whether it may be the name of a language of code: `c++`, `objective-c`, `f#`.
fn is_language(name: &str) -> bool {
    name.len() <= 40
        && name
            .chars()
            .all(|character| character.is_alphanumeric() || "+-#._".contains(character))
}

fn check_inlines(inlines: &[Inline]) -> Result<()> {
    for inline in inlines {
        let Inline::Text { text, marks } = inline else {
            continue;
        };
        if text
            .chars()
            .any(|character| character.is_control() && !matches!(character, '\n' | '\t'))
        {
            return Err(Error::invalid(
                "input.body",
                "holds control characters; remove them",
            ));
        }
        for mark in marks {
            if let Mark::Link { attrs } = mark
                && !is_safe_link(&attrs.href)
            {
                return Err(Error::invalid(
                    "input.body",
                    format!(
                        "links may lead to http, https, mailto, tel or a path, not to {}",
                        attrs.href
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// Whether a link may stand in a page.
pub(super) fn is_safe_link(href: &str) -> bool {
    let href = href.trim();
    let is_path = (href.starts_with('/') && !href.starts_with("//")) || href.starts_with('#');
    let scheme = ["http://", "https://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| href.to_ascii_lowercase().starts_with(scheme));
    href.len() <= 2000
        && (is_path || scheme)
        && !href
            .chars()
            .any(|character| character.is_control() || character == '"' || character == '<')
}
