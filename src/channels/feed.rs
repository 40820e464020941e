//! Lists that a platform pulls by itself.

use serde_json::Value;

use super::{ContentKind, SiteProfile};

/// A list of everything that readers see, which the platform pulls page by page; served at `/feeds/{channel}/{name}`.
pub struct Feed {
    /// Stable name in its address.
    pub name: &'static str,
    /// Items on a page.
    pub page_size: usize,
    /// Spells a page as the platform reads it.
    pub render: fn(&SiteProfile, &FeedPage) -> Value,
}

/// One page of a feed, newest first.
pub struct FeedPage {
    /// What is on it.
    pub items: Vec<FeedItem>,
    /// Which one, from 1.
    pub number: usize,
    /// How many there are, one at least.
    pub total: usize,
}

/// A story or video in a feed.
pub struct FeedItem {
    /// Story or video.
    pub kind: ContentKind,
    /// Its key in addresses.
    pub slug: String,
    /// Its title, as readers see it.
    pub title: String,
    /// When readers first saw it.
    pub first_published_at: crate::clock::Timestamp,
}
