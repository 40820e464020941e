//! How far an import is, and what it did.

use serde::Serialize;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportProgress {
    /// What is being brought in.
    pub what: &'static str,
    /// How many are done.
    pub done: usize,
    /// How many there are.
    pub of: usize,
}

/// What became of one kind of thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportCount {
    /// New ones.
    pub created: usize,
    /// Those that were there already.
    pub unchanged: usize,
    /// Those that could not be taken.
    pub refused: usize,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Stories.
    pub stories: ImportCount,
    /// Products.
    pub products: ImportCount,
    /// Pictures.
    pub pictures: ImportCount,
    /// Videos.
    pub videos: ImportCount,
    /// What was refused, and why.
    pub refusals: Vec<Refusal>,
}

/// Something that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Its source id or file.
    pub source: String,
    /// Why.
    pub reason: String,
}
