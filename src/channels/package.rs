//! What somebody is handed who publishes by hand where a platform has no call for it: the files of one package.

use super::Media;

/// A file of a package.
#[derive(Debug, Clone, PartialEq)]
pub enum PackedFile {
    /// A text that the channel writes.
    Text {
        /// Its name in the package.
        name: String,
        /// What it holds.
        text: String,
    },
    /// A file of the submission.
    Media {
        /// Its name in the package.
        name: String,
        /// Which one.
        media: Media,
    },
}
