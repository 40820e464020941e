//! What stories and videos share.

use async_graphql::{ID, InputObject};

use crate::content::ContentState;

/// Where a story or video is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "ContentState", remote = "ContentState")]
pub enum ContentStateName {
    /// Readers do not see it.
    Draft,
    /// Readers see its latest state.
    Published,
    /// Readers see an older state than the latest.
    Changed,
    /// Put away.
    Archived,
}

/// An old state that is to be the latest again.
#[derive(InputObject)]
pub struct RestoreRevisionInput {
    /// The old state.
    pub revision_id: ID,
    /// The version that one saw.
    pub base_version: i32,
}
