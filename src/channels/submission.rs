//! What is sent: a frozen variant with its files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ContentKind;
use crate::clock::Timestamp;

/// What a delivery wants to happen on the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Make it live.
    Publish,
    /// Change what is live.
    Update,
    /// Take it down.
    Takedown,
}

/// What is sent: frozen when the delivery was approved; the same bytes however often it is tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// Delivery id, as text.
    pub delivery_id: String,
    /// What is to happen.
    pub intent: Intent,
    /// Lane of the channel.
    pub lane: String,
    /// Story or video.
    pub kind: ContentKind,
    /// The variant's values by field name, overrides applied.
    pub fields: BTreeMap<String, Value>,
    /// Renditions and files to send, in order.
    pub media: Vec<Media>,
    /// Absolute address of the reader page.
    pub page_url: String,
    /// When readers first saw the content, or will; unknown of what was frozen before this was kept.
    #[serde(default)]
    pub first_published_at: Option<Timestamp>,
    /// When the content last changed.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// Short mark that is unique to this delivery's effect (letters and digits); adapters put it where the
    /// platform shows it again.
    pub marker: String,
    /// The item's id on the platform, for updates and takedowns.
    pub external_id: Option<String>,
}

/// A file that goes with a submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Media {
    /// What it is for: a [`super::PictureSpec`] name, or `video`.
    pub role: String,
    /// Key for the host, which opens the file.
    pub key: String,
    /// Public address.
    pub url: String,
    /// Media type.
    pub mime: String,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// Size.
    pub size_bytes: u64,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// For video.
    pub duration_ms: Option<u64>,
}
