//! What a channel derives from: a story or video reduced to what every platform needs, in plain types.

use serde::{Deserialize, Serialize};

use super::ContentKind;
use crate::clock::Timestamp;

/// A published story or video, as channels see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Story or video.
    pub kind: ContentKind,
    /// Our stable short key, as it stands in paths and markers (the story's slug).
    pub slug: String,
    /// Title.
    pub title: String,
    /// Lead; may be empty.
    pub lead: String,
    /// Visible paragraphs of the body in order, plain text; empty for a video.
    pub paragraphs: Vec<String>,
    /// The body as it is set: what a platform that shows the whole story is given; empty for a video.
    #[serde(default)]
    pub blocks: Vec<SourceBlock>,
    /// Editor's search phrase.
    pub core_phrase: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// Name of the category.
    pub category: Option<String>,
    /// Key of the category, as channel mappings name it.
    pub category_key: Option<String>,
    /// Tags in the editor's order.
    pub tags: Vec<String>,
    /// Pictures: cover first, then those of gallery and body in order; each once.
    pub pictures: Vec<SourcePicture>,
    /// The short video, if it has one.
    pub video: Option<SourceVideo>,
    /// Products it shows.
    pub products: Vec<SourceProduct>,
    /// When readers first saw it (or will, for one not yet published).
    pub first_published_at: Timestamp,
    /// When its content last changed.
    pub updated_at: Timestamp,
    /// Absolute address of the reader page, without tracking parameters.
    pub page_url: String,
}

/// A block of a body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceBlock {
    /// A paragraph.
    Paragraph(Vec<SourceSpan>),
    /// A heading of level 2 to 4; the title is level 1.
    Heading(u8, Vec<SourceSpan>),
    /// A list: the first number, or nothing where entries are not numbered, and the entries.
    List(Option<u32>, Vec<Vec<Self>>),
    /// A quote.
    Quote(Vec<Self>),
    /// Lines that are set as they are.
    Code(String),
    /// A picture: the key of a [`SourcePicture`], and what stands below it.
    Picture(String, String),
    /// A line across.
    Rule,
}

/// A part of a line that looks alike.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceSpan {
    /// The text; a line may end in it.
    pub text: String,
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Struck through.
    pub strike: bool,
    /// Where it leads.
    pub link: Option<String>,
}

/// A picture of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourcePicture {
    /// Asset id, as text.
    pub key: String,
    /// Pixels, orientation applied.
    pub width: u32,
    /// Pixels, orientation applied.
    pub height: u32,
    /// Moves (GIF, animated WebP).
    pub animated: bool,
    /// Alternative text; may be empty.
    pub alt: String,
}

/// The video of a source, as probed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceVideo {
    /// Asset id, as text.
    pub key: String,
    /// Absolute address of the file.
    pub url: String,
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Pixels, rotation applied.
    pub width: u32,
    /// Pixels, rotation applied.
    pub height: u32,
    /// Size of the file.
    pub size_bytes: u64,
    /// `mp4`, `webm`.
    pub container: String,
    /// `h264`, `hevc`, `vp9`.
    pub video_codec: String,
    /// `aac`, `opus`; empty without sound.
    pub audio_codec: String,
    /// Asset id of the still that stands for it, if one was chosen.
    pub poster: Option<String>,
}

/// A product of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceProduct {
    /// Stock keeping unit.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Price in fen (CNY).
    pub price_fen: i64,
    /// Its pictures.
    #[serde(default)]
    pub pictures: Vec<SourcePicture>,
    /// Path of its page in the mini-programs that have one, by channel id.
    #[serde(default)]
    pub paths: std::collections::BTreeMap<String, String>,
}

/// What every channel needs to know of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteProfile {
    /// Name, as it stands behind titles.
    pub name: String,
    /// Absolute address of the site without a trailing slash.
    pub base_url: String,
    /// May call itself official (官网, 官方).
    pub is_official: bool,
    /// Words of the brand that need no explanation.
    pub brand_words: Vec<String>,
    /// Path of a story in the mini-programs; `{slug}` and `{kind}` (`story`, `video`) are filled in.
    pub path_template: String,
    /// App id of the mini-program by channel id, for anchors and links.
    pub mini_programs: std::collections::BTreeMap<String, String>,
    /// IANA zone.
    pub zone: String,
}

impl SiteProfile {
    /// Path of a story or video in the mini-programs. Where the template names no kind, a video says so in a parameter:
    /// no two items share a path.
    pub fn path(&self, kind: ContentKind, slug: &str) -> String {
        let name = match kind {
            ContentKind::Story => "story",
            ContentKind::Video => "video",
        };
        let path = self.path_template.replace("{slug}", slug);
        match kind {
            _ if path.contains("{kind}") => path.replace("{kind}", name),
            ContentKind::Story => path,
            ContentKind::Video => {
                let mark = if path.contains('?') { '&' } else { '?' };
                format!("{path}{mark}kind={name}")
            }
        }
    }
}
