//! What a person has a platform remove by hand, by files that go into its console.

use crate::{
    channels::RemovalList,
    clock::Timestamp,
    id::{AccountId, DeliveryId, RemovalFileId, SiteId, UserId},
};

/// A file that a person carries to a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovalFile {
    /// Id.
    pub id: RemovalFileId,
    /// Site.
    pub site: SiteId,
    /// The account whose items are removed.
    pub account: AccountId,
    /// The lane that they went by.
    pub lane: String,
    /// The takedowns that stand in it, the latest first.
    pub deliveries: Vec<DeliveryId>,
    /// Who made it.
    pub made_by: Option<UserId>,
    /// When.
    pub made_at: Timestamp,
    /// When a person said that the platform has it.
    pub uploaded_at: Option<Timestamp>,
}

/// What of an account is to be removed by hand.
pub struct Removals {
    /// How the platform takes it.
    pub list: &'static RemovalList,
    /// How many takedowns stand in no file yet.
    pub waiting_count: usize,
    /// Files that are not uploaded yet, with what of them is still to be removed; the latest first.
    pub files: Vec<RemovalFile>,
}
