//! A delivery: one frozen variant on its way to one account.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{DeliveryState, MissedRule, Reason};
use crate::{
    channels::{ContentKind, Intent, StepOutput},
    clock::Timestamp,
    id::{AccountId, DeliveryId, ItemId, LaneId, RevisionId, SiteId, UserId, VariantRevisionId},
};

/// One frozen variant on its way to one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Id.
    pub id: DeliveryId,
    /// Site.
    pub site: SiteId,
    /// Story or video.
    pub source_kind: ContentKind,
    /// Its id.
    pub source_id: ItemId,
    /// The revision it was made from.
    pub revision: RevisionId,
    /// The frozen variant.
    pub variant_revision: VariantRevisionId,
    /// Hash of the frozen variant.
    pub content_hash: String,
    /// Channel id.
    pub channel: String,
    /// Account.
    pub account: AccountId,
    /// Queue.
    pub lane_id: LaneId,
    /// Id of the channel's lane.
    pub lane: String,
    /// What is to happen.
    pub intent: Intent,
    /// The delivery that this one changes or takes down.
    pub parent: Option<DeliveryId>,
    /// Title, as lists show it.
    pub title: String,
    /// Where it is in its life.
    pub state: DeliveryState,
    /// Why it is there.
    pub reason: Option<Reason>,
    /// Values for the sentence of the reason.
    pub reason_params: Value,
    /// The time that was chosen, as the clock on the wall shows it.
    pub wall_time: String,
    /// IANA zone (or offset) of that wall.
    pub zone: String,
    /// The instant of that time.
    pub due_at: Timestamp,
    /// Nothing is tried again after then.
    pub give_up_at: Timestamp,
    /// The next wake-up.
    pub next_run_at: Option<Timestamp>,
    /// Smaller first.
    pub priority: i32,
    /// Which worker is at it.
    pub lease_owner: Option<String>,
    /// Goes up with every change of hands; writes carry it.
    pub lease_token: i64,
    /// Until when the worker has given a sign of life.
    pub lease_until: Option<Timestamp>,
    /// How often a worker took it.
    pub attempt: i32,
    /// Leases in a row that ended by themselves at the same step.
    pub expiry_count: i32,
    /// Errors in a row at the same step.
    pub error_count: i32,
    /// The item's id on the platform.
    pub external_id: Option<String>,
    /// Where readers see it.
    pub external_url: Option<String>,
    /// Taken as accepted; the platform shows no result.
    pub is_assumed: bool,
    /// The mark by which the item is known on the platform.
    pub marker: String,
    /// How often this content went this way before without staying.
    pub occurrence: i32,
    /// Makes the same content go the same way once.
    pub dedup_key: String,
    /// Who scheduled it.
    pub created_by: Option<UserId>,
    /// When it was known to be live.
    pub published_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When what it made live was taken down again.
    pub withdrawn_at: Option<Timestamp>,
    /// What becomes of it when its time passes while nobody can send it.
    pub missed: MissedRule,
    /// Hash of the variant that a person approved for it; what differs from it does not go out.
    pub approved_hash: Option<String>,
    /// For optimistic writes.
    pub version: i32,
    /// When it was scheduled.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Delivery {
    /// Puts it into a state, with the reason that people read and the next wake-up.
    pub fn enter(&mut self, state: DeliveryState, next_run_at: Option<Timestamp>, now: Timestamp) {
        self.state = state;
        self.next_run_at = next_run_at;
        self.reason = None;
        self.reason_params = Value::Object(serde_json::Map::new());
        self.ended_at = state.is_final().then_some(now);
    }

    /// Says why it is in its state.
    pub fn because(&mut self, reason: Reason, params: Value) {
        self.reason = Some(reason);
        self.reason_params = params;
    }

    /// Whether it has not come to its end yet.
    pub const fn is_under_way(&self) -> bool {
        !self.state.is_final()
    }

    /// Whether the item may be, or come to be, live on the platform because of it.
    pub const fn may_be_live(&self) -> bool {
        self.state.may_be_live() && self.withdrawn_at.is_none()
    }

    /// A write of the worker who has it is a sign of life.
    pub fn keep(&mut self, until: Timestamp) {
        if self.lease_owner.is_some() {
            self.lease_until = Some(until);
        }
    }

    /// Ends the worker's hold on it.
    pub fn release(&mut self) {
        self.lease_owner = None;
        self.lease_until = None;
        self.lease_token += 1;
    }

    /// Takes over what a step learned of the item.
    pub fn learn(&mut self, output: &StepOutput) {
        if output.external_id.is_some() {
            self.external_id.clone_from(&output.external_id);
        }
        if output.external_url.is_some() {
            self.external_url.clone_from(&output.external_url);
        }
    }
}

/// Which deliveries a list shows.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// In these states; empty: all.
    pub states: Vec<DeliveryState>,
    /// Of this channel.
    pub channel: Option<String>,
    /// To this account.
    pub account: Option<AccountId>,
    /// Of this story or video.
    pub source: Option<ItemId>,
    /// Due from then on.
    pub due_from: Option<Timestamp>,
    /// Due before then.
    pub due_before: Option<Timestamp>,
}

/// The key that lets the same content go the same way once.
pub fn dedup_key(
    account: AccountId,
    lane: &str,
    source: ItemId,
    intent: Intent,
    content_hash: &str,
    occurrence: i32,
) -> String {
    hash(&[
        &account.to_string(),
        lane,
        &source.to_string(),
        intent_name(intent),
        content_hash,
        &occurrence.to_string(),
    ])
}

/// The key of one effect in the ledger. It holds no time, so no clock can arm anything twice.
pub fn effect_key(dedup_key: &str, step: &str, resend_count: u32) -> String {
    hash(&[dedup_key, step, &resend_count.to_string()])
}

/// The mark by which a delivery's item is known again.
pub fn marker(dedup_key: &str) -> String {
    format!("ff{}", &dedup_key[..10])
}

/// The intent as rows know it.
pub const fn intent_name(intent: Intent) -> &'static str {
    match intent {
        Intent::Publish => "publish",
        Intent::Update => "update",
        Intent::Takedown => "takedown",
    }
}

fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        // The length keeps the parts apart.
        hasher.update(part.len().to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex::encode(hasher.finalize())
}
