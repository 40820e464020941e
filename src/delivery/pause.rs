//! A pause: what a person stopped. What was sent already is still looked after.

use crate::{
    clock::Timestamp,
    id::{AccountId, PauseId, SiteId, UserId},
    tailoring::SourceRef,
};

/// What a pause stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PauseScope {
    /// Every delivery of the site.
    All,
    /// Those to one channel.
    Channel(String),
    /// Those to one account.
    Account(AccountId),
    /// Those of one story or video.
    Source(SourceRef),
}

impl PauseScope {
    /// The kind of scope, as rows know it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Channel(_) => "channel",
            Self::Account(_) => "account",
            Self::Source(SourceRef::Story(_)) => "story",
            Self::Source(SourceRef::Video(_)) => "video",
        }
    }
}

/// What a person stopped, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Id.
    pub id: PauseId,
    /// Site.
    pub site: SiteId,
    /// What it stops.
    pub scope: PauseScope,
    /// Why, in the person's words.
    pub note: Option<String>,
    /// Who did it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
}
