//! Files with which a person has a platform forget what was taken down, where it has no call for that.

use super::{LocalText, Submission};

/// What such a file holds, and how it is handed over.
pub struct RemovalList {
    /// The lane whose takedowns it is for.
    pub lane: &'static str,
    /// Lines of one file at most.
    pub most_lines: usize,
    /// Where it goes, and how often: what a person is told.
    pub help: LocalText,
    /// The line of one takedown.
    pub line: fn(&Submission) -> String,
}
