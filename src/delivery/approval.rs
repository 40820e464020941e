//! An approval: a person's word that a variant may go out, bound to the hash of what it holds.

use crate::{
    clock::Timestamp,
    id::{ApprovalId, ItemId, RevisionId, SiteId, UserId},
};

/// A person's word that a variant may go out. It holds for just this content: an edit ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Id.
    pub id: ApprovalId,
    /// Site.
    pub site: SiteId,
    /// Story or video.
    pub source: ItemId,
    /// The revision that was looked at.
    pub revision: RevisionId,
    /// Channel id.
    pub channel: String,
    /// Hash of the variant.
    pub content_hash: String,
    /// Who said so.
    pub approved_by: Option<UserId>,
    /// When.
    pub approved_at: Timestamp,
}
