//! What happens to deliveries, as it happens, for whoever watches in this process.

use serde_json::Value;
use uuid::Uuid;

use super::{Delivery, DeliveryState, Reason};
use crate::{
    clock::Timestamp,
    id::{DeliveryId, SiteId},
};

/// A change that was written down in the transaction that made it, for those who follow from elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxEvent {
    /// Id.
    pub id: Uuid,
    /// Site.
    pub site: SiteId,
    /// What happened: `delivery.published`.
    pub topic: String,
    /// To which delivery, and how it is now.
    pub payload: Value,
    /// When.
    pub created_at: Timestamp,
}

/// A delivery changed. Watchers that are too slow miss some; the rows are the truth.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryEvent {
    /// Delivery.
    pub id: DeliveryId,
    /// Site.
    pub site: SiteId,
    /// Channel id.
    pub channel: String,
    /// Lane id.
    pub lane: String,
    /// Title.
    pub title: String,
    /// The state it is in now.
    pub state: DeliveryState,
    /// Why.
    pub reason: Option<Reason>,
    /// The step that was just done, or is in question.
    pub step: Option<String>,
    /// How often a worker took it.
    pub attempt: i32,
    /// The item's id on the platform.
    pub external_id: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl DeliveryEvent {
    /// The delivery as it is now.
    pub fn of(delivery: &Delivery, step: Option<&str>) -> Self {
        Self {
            id: delivery.id,
            site: delivery.site,
            channel: delivery.channel.clone(),
            lane: delivery.lane.clone(),
            title: delivery.title.clone(),
            state: delivery.state,
            reason: delivery.reason,
            step: step.map(ToOwned::to_owned),
            attempt: delivery.attempt,
            external_id: delivery.external_id.clone(),
            at: delivery.updated_at,
        }
    }
}
