//! What changed for readers, in the order of commits: search, caches and later readers follow it by cursor.

use uuid::Uuid;

use crate::{clock::Timestamp, id::SiteId};

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangeKind {
    /// A story.
    Story,
    /// A video.
    Video,
    /// A product.
    Product,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Story, Self::Video, Self::Product];

    /// Reads the text of a row.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == text)
    }

    /// As it stands in rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::Video => "video",
            Self::Product => "product",
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Rises in commit order.
    pub seq: i64,
    /// The site.
    pub site: SiteId,
    /// What kind of thing.
    pub kind: ChangeKind,
    /// Its id.
    pub id: Uuid,
    /// Whether readers see it now.
    pub is_published: bool,
    /// When.
    pub changed_at: Timestamp,
}
