//! What a channel is, before any account is connected to it: plain data that tailoring, delivery,
//! the API and the admin UI go by.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Account, AccountField, AppLinkKind, Channel, Feed, PackedFile, Preview, RemovalList, Simulator,
    SimulatorContext, SiteProfile, Source, Submission,
};
use crate::error::Result;

/// Text in the two languages of the admin UI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LocalText {
    /// Simplified Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl LocalText {
    /// A text in both languages.
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }
}

/// What a channel is.
pub struct Descriptor {
    /// Stable id, as in URLs and rows: `baidu`.
    pub id: &'static str,
    /// The name that people see.
    pub name: LocalText,
    /// Ways in which content goes there, each its own queue.
    pub lanes: &'static [LaneDescriptor],
    /// The fields of a variant, in the order of the form.
    pub fields: &'static [Field],
    /// The pictures of a variant.
    pub pictures: &'static [PictureSpec],
    /// What an account needs to be connected: the connect form.
    pub account_fields: &'static [AccountField],
    /// Whether people let us use their account on a page of the platform: [`Channel::sign_in_page`] leads there.
    pub signs_in: bool,
    /// Whether the platform calls us at an address that people enter in its console: [`Channel::receive`] hears it.
    pub calls_us: bool,
    /// Whether the platform checks contents before they are published: [`Channel::inspect`] asks it.
    pub inspects: bool,
    /// Ways in which a page of its mini-program is opened from outside, the usual one first: [`Channel::app_link`] makes them.
    pub app_links: &'static [AppLinkKind],
    /// Lists that the platform pulls by itself.
    pub feeds: &'static [Feed],
    /// Makes the variant's fields: same input, same output.
    pub derive: fn(&Source, &SiteProfile) -> Derived,
    /// Makes the fields that repeat others (structured data, page information) of the values that are sent, overrides
    /// applied. None of them is editable.
    pub compose: fn(&Source, &mut BTreeMap<String, Value>),
    /// What a person is handed who publishes a submission by hand; nothing where the API does it.
    pub package: fn(&Submission) -> Vec<PackedFile>,
    /// The file with which a person has the platform forget what was taken down; absent where the API does it.
    pub removals: Option<RemovalList>,
    /// Checks only this platform needs, on the fields as they would be sent (overrides applied).
    pub check: fn(&CheckInput<'_>) -> Vec<Finding>,
    /// Binds an account to the platform.
    pub connect: fn(Account) -> Result<Arc<dyn Channel>>,
    /// Makes the platform's simulator.
    pub simulator: fn(SimulatorContext) -> Arc<dyn Simulator>,
}

impl Descriptor {
    /// The lane of this id.
    pub fn lane(&self, id: &str) -> Option<&'static LaneDescriptor> {
        self.lanes.iter().find(|lane| lane.id == id)
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether one of these lanes takes content of a kind; no lanes at all are every lane.
    pub fn takes(&self, lanes: &[impl AsRef<str>], kind: ContentKind) -> bool {
        let is_named =
            |id: &str| lanes.is_empty() || lanes.iter().any(|named| named.as_ref() == id);
        let mut known = self.lanes.iter();
        known.any(|lane| is_named(lane.id) && lane.takes.contains(&kind))
    }

    /// The fields that content of a kind has: its own, of lanes that take it.
    pub fn fields_of(&'static self, kind: ContentKind) -> impl Iterator<Item = &'static Field> {
        let is_sent =
            move |field: &&Field| field.kinds.contains(&kind) && self.takes(field.lanes, kind);
        self.fields.iter().filter(is_sent)
    }
}

/// What kind of content a lane takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentKind {
    /// A story (with or without a video).
    Story,
    /// A short video.
    Video,
}

/// One way in which content goes to a channel.
#[derive(Debug)]
pub struct LaneDescriptor {
    /// Stable id: `search`, `feed`, `website`, `publish`.
    pub id: &'static str,
    /// The name that people see.
    pub name: LocalText,
    /// What it takes.
    pub takes: &'static [ContentKind],
    /// The reader page must answer 200 before the push.
    pub needs_live_page: bool,
    /// Whether what was sent can be changed there.
    pub can_update: bool,
    /// Whether what was sent can be taken down through the API.
    pub can_withdraw: bool,
    /// Whether a published state is seen (`true`) or only "accepted" is known (`false`).
    pub shows_result: bool,
    /// Declared allowances; an account's settings may say otherwise (`quota.<name>`).
    pub quotas: &'static [QuotaSpec],
    /// For how long after its effect a list may not show it yet, in seconds; `None`: there is no list.
    pub listing_delay_s: Option<u32>,
    /// How often a commit may be repeated after it was proven absent, or where a repeat is harmless.
    pub max_resends: u32,
    /// How readers meet it, the usual way first.
    pub previews: &'static [Preview],
}

/// A calendar allowance of a lane.
#[derive(Debug)]
pub struct QuotaSpec {
    /// Stable name, unique in the channel: `search_daily`.
    pub name: &'static str,
    /// How many.
    pub allowed: u32,
    /// In which time.
    pub per: Period,
    /// The zone whose midnight starts a new window.
    pub zone: chrono_tz::Tz,
    /// Only accounts have it whose setting of this name has this value.
    pub only: Option<(&'static str, &'static str)>,
}

/// After which time an allowance begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// At midnight.
    Day,
    /// At the midnight that begins a month.
    Month,
}

/// How the length of a text is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LengthUnit {
    /// Unicode scalar values after NFC.
    Characters,
    /// Chinese and full-width 2, ASCII and half-width 1.
    DisplayWidth,
    /// Bytes in UTF-8.
    Utf8Bytes,
    /// Number of items of a list.
    Items,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A text with headings, lists and pictures, as HTML; shown as it reads, never edited as source.
    RichText,
    /// A list of short texts.
    TextList,
    /// One of [`Field::options`].
    Choice,
    /// An instant (RFC 3339).
    Instant,
    /// Anything else, shown but not edited.
    Json,
}

/// A field of a variant.
#[derive(Debug)]
pub struct Field {
    /// Stable name, the key in [`Derived::fields`].
    pub name: &'static str,
    /// The label that people see.
    pub label: LocalText,
    /// What it holds.
    pub kind: FieldType,
    /// Which lanes send it (ids of [`LaneDescriptor`]).
    pub lanes: &'static [&'static str],
    /// Of which kinds of content; the others have no such field, even on a lane that takes them.
    pub kinds: &'static [ContentKind],
    /// Must not be empty on those lanes.
    pub required: bool,
    /// Whether a person may put another value in its place.
    pub editable: bool,
    /// Hard bounds and how they are counted; the platform refuses or ignores what breaks them.
    pub limit: Option<Limit>,
    /// Closed list of values, for [`FieldType::Choice`]. The Chinese word is the value that is kept; English is a label.
    pub options: &'static [LocalText],
}

impl Field {
    /// Whether a value is one of the choices.
    pub fn offers(&self, value: &str) -> bool {
        self.options.iter().any(|option| option.zh == value)
    }

    /// A field that must not be empty and that a person may change.
    pub const fn new(
        name: &'static str,
        label: LocalText,
        kind: FieldType,
        lanes: &'static [&'static str],
        limit: Option<Limit>,
    ) -> Self {
        Self {
            name,
            label,
            kind,
            lanes,
            kinds: &[ContentKind::Story, ContentKind::Video],
            required: true,
            editable: true,
            limit,
            options: &[],
        }
    }
}

/// Hard bounds of a field.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Limit {
    /// At least this much.
    pub min: u32,
    /// At most this much.
    pub max: u32,
    /// Counted how.
    pub unit: LengthUnit,
}

impl Limit {
    /// From one to so many of a unit.
    pub const fn up_to(max: u32, unit: LengthUnit) -> Self {
        Self { min: 1, max, unit }
    }
}

/// A picture format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    /// JPEG, named `.jpg`.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

/// What a channel asks of a picture; media crops to it around the focal point, or fits it in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PictureSpec {
    /// Stable name, unique over all channels: `baidu_3x2`.
    pub name: &'static str,
    /// The label that people see.
    pub label: LocalText,
    /// Width of the rendition in pixels.
    pub width: u32,
    /// Height of the rendition in pixels.
    pub height: u32,
    /// The original must be at least this wide, else it is not used (never scaled up).
    pub min_width: u32,
    /// The original must be at least this high.
    pub min_height: u32,
    /// At most this many bytes.
    pub max_bytes: u64,
    /// Format of the rendition.
    pub format: PictureFormat,
    /// Cropped to this ratio; else a picture keeps its own and fits inside.
    pub crop: bool,
}

/// What derivation makes of a source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Derived {
    /// Values by field name.
    pub fields: BTreeMap<String, Value>,
    /// Which pictures of the source are used, by [`PictureSpec::name`], in order.
    pub pictures: BTreeMap<String, Vec<String>>,
}

/// What a channel's own checks look at.
pub struct CheckInput<'a> {
    /// What the variant was made from.
    pub source: &'a Source,
    /// The site.
    pub profile: &'a SiteProfile,
    /// The lane it is to go by; `None` checks what is common to all.
    pub lane: Option<&'static LaneDescriptor>,
    /// Values by field name, overrides applied.
    pub fields: &'a BTreeMap<String, Value>,
    /// Pictures by specification.
    pub pictures: &'a BTreeMap<String, Vec<String>>,
    /// Other pages of the site that readers see under the same title; empty for channels that read no pages.
    pub twins: &'a [Twin],
    /// The present instant.
    pub now: crate::clock::Timestamp,
}

/// Another page of the site that may say the same.
#[derive(Debug, Clone)]
pub struct Twin {
    /// What it is made from.
    pub source: Source,
    /// Values by field name, overrides applied.
    pub fields: BTreeMap<String, Value>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The push goes on.
    Warning,
    /// The push is blocked until a person acts.
    Error,
    /// The lane is not for such content: the push is blocked, and there is nothing to mend.
    Closed,
}

impl Severity {
    /// Whether nothing is pushed.
    pub fn blocks(self) -> bool {
        matches!(self, Self::Error | Self::Closed)
    }
}

/// Something a person should mend: what, where, why and how. Data, not an error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code: `BD-T02`.
    pub code: String,
    /// Blocks the push or not.
    pub severity: Severity,
    /// Field of the variant (or `body`, `pictures`).
    pub field: String,
    /// Lanes it concerns; empty: all.
    pub lanes: Vec<String>,
    /// Characters (scalar values) from and to (exclusive) in the field's text.
    pub range: Option<(u32, u32)>,
    /// What is wrong, in one sentence (zh-Hans).
    pub reason: String,
    /// How to mend it (zh-Hans).
    pub cure: String,
    /// Where the rule comes from.
    pub source: String,
    /// Values for the sentences in other languages, by the UI's locales and `code`.
    pub params: BTreeMap<String, Value>,
}

impl Finding {
    /// A finding on a field; add the rest with the methods below.
    pub fn new(
        code: &str,
        severity: Severity,
        field: &str,
        reason: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self {
            code: code.to_owned(),
            severity,
            field: field.to_owned(),
            lanes: Vec::new(),
            range: None,
            reason: reason.into(),
            cure: cure.into(),
            source: String::new(),
            params: BTreeMap::new(),
        }
    }

    /// Only these lanes are concerned.
    #[must_use]
    pub fn on_lanes(mut self, lanes: &[&str]) -> Self {
        self.lanes = lanes.iter().map(|lane| (*lane).to_owned()).collect();
        self
    }

    /// Where in the field's text.
    #[must_use]
    pub fn at(mut self, from: usize, to: usize) -> Self {
        self.range = u32::try_from(from).ok().zip(u32::try_from(to).ok());
        self
    }

    /// Where the rule comes from.
    #[must_use]
    pub fn because(mut self, source: &str) -> Self {
        source.clone_into(&mut self.source);
        self
    }

    /// A value for the sentences in other languages.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }
}
