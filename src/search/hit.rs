//! What is searched for, and what is found.

use uuid::Uuid;

use crate::content::ChangeKind;

/// What is searched for.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// Words; quoted ones must stand together. Empty: everything that the filters let through, newest first.
    pub text: String,
    /// Only these kinds; empty: all.
    pub kinds: Vec<ChangeKind>,
    /// Only in the category of this key.
    pub category: Option<String>,
    /// Only with the tag of this key.
    pub tag: Option<String>,
    /// Skip so many.
    pub offset: usize,
    /// At most so many.
    pub limit: usize,
}

/// Something found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Story, video or product.
    pub kind: ChangeKind,
    /// Its id.
    pub id: Uuid,
    /// Its key in addresses; the stock keeping unit of a product.
    pub slug: String,
    /// Title with highlights, as HTML (`<mark>`; all else is escaped).
    pub title_html: String,
    /// Title.
    pub title: String,
    /// A part of the text with highlights, as HTML.
    pub snippet_html: String,
    /// How well it fits; only comparable within one answer.
    pub score: f32,
}

/// A page of what was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchPage {
    /// The best first.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: usize,
}
