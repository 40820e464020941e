//! Categories and tags: named terms of a site.

use crate::id::{CategoryId, TagId};

/// A category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Id.
    pub id: CategoryId,
    /// Stable key, as channel mappings name it.
    pub key: String,
    /// Name that people see.
    pub name: String,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Id.
    pub id: TagId,
    /// Stable key.
    pub key: String,
    /// Name that people see.
    pub name: String,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermKind {
    /// A category.
    Category,
    /// A tag.
    Tag,
}
