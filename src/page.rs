//! Pages of a list: what is asked for, what comes back, and the opaque cursor between them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::error::{Error, Result};

/// The most that one page may hold.
pub const MAX_PAGE_SIZE: u32 = 100;
/// What a page holds when nobody says.
pub const DEFAULT_PAGE_SIZE: u32 = 20;

/// What part of a list is asked for: forward (`first`, `after`) only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// How many, 1 to [`MAX_PAGE_SIZE`].
    pub size: u32,
    /// Start behind this one.
    pub after: Option<Cursor>,
}

impl PageRequest {
    /// Checks what a client sent.
    pub fn new(first: Option<i32>, after: Option<&str>) -> Result<Self> {
        let size = match first {
            None => DEFAULT_PAGE_SIZE,
            Some(first) => u32::try_from(first)
                .ok()
                .filter(|size| (1..=MAX_PAGE_SIZE).contains(size))
                .ok_or_else(|| {
                    Error::invalid("first", format!("must be from 1 to {MAX_PAGE_SIZE}"))
                })?,
        };
        let after = after.map(Cursor::decode).transpose()?;
        Ok(Self { size, after })
    }
}

/// The place of a row in its order: the sort key and, to break ties, the id.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cursor {
    /// The value that the list is sorted by, as an integer (microseconds) or text.
    pub key: serde_json::Value,
    /// The row's id.
    pub id: String,
}

impl Cursor {
    /// What clients see: opaque text.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(&self.key, &self.id)).unwrap_or_default())
    }

    /// What clients sent back.
    pub fn decode(text: &str) -> Result<Self> {
        let invalid = || {
            Error::invalid(
                "after",
                "not a cursor of this list; leave it out to start at the first page",
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let (key, id) = serde_json::from_slice(&bytes).map_err(|_| invalid())?;
        Ok(Self { key, id })
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows, each with its cursor.
    pub edges: Vec<(Cursor, T)>,
    /// Whether more follow.
    pub has_next: bool,
    /// How many there are in all, when it was asked for.
    pub total_count: Option<u64>,
}

impl<T> Page<T> {
    /// From up to `size + 1` rows (the extra one only tells that more follow).
    pub fn from_rows(mut rows: Vec<T>, size: u32, cursor: impl Fn(&T) -> Cursor) -> Self {
        let size = size as usize;
        let has_next = rows.len() > size;
        rows.truncate(size);
        let edges = rows.into_iter().map(|row| (cursor(&row), row)).collect();
        Self {
            edges,
            has_next,
            total_count: None,
        }
    }

    /// The same page of something made from each row.
    pub fn map<U>(self, make: impl Fn(T) -> U) -> Page<U> {
        Page {
            edges: self
                .edges
                .into_iter()
                .map(|(cursor, row)| (cursor, make(row)))
                .collect(),
            has_next: self.has_next,
            total_count: self.total_count,
        }
    }
}
