//! Where a file is used.

use uuid::Uuid;

use super::ChangeKind;

/// Something that shows a file, in its latest or its published state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetUse {
    /// A story, a video or a product.
    pub kind: ChangeKind,
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub title: String,
}
