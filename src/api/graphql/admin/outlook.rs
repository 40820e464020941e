//! What is left of allowances.

use async_graphql::SimpleObject;

use crate::{
    api::graphql::shared::DateTime,
    delivery::{LaneOutlook, QuotaOutlook},
};

/// What is left of an allowance on the day, or in the month, of a delivery.
#[derive(SimpleObject)]
#[graphql(name = "QuotaOutlook")]
pub struct QuotaOutlookObject {
    /// Name of the allowance.
    name: String,
    /// How many.
    allowed: u32,
    /// Used and under way in that time.
    taken: u32,
    /// Planned for that time and not yet under way.
    planned: u32,
    /// More is planned than is allowed: some will wait until it begins anew.
    is_exceeded: bool,
    /// When it begins anew.
    resets_at: DateTime,
}

impl From<QuotaOutlook> for QuotaOutlookObject {
    fn from(outlook: QuotaOutlook) -> Self {
        Self {
            is_exceeded: outlook.is_exceeded(),
            name: outlook.name,
            allowed: outlook.allowed,
            taken: outlook.taken,
            planned: outlook.planned,
            resets_at: outlook.resets_at.into(),
        }
    }
}

/// What is left of the allowances of one lane.
#[derive(SimpleObject)]
#[graphql(name = "LaneOutlook")]
pub struct LaneOutlookObject {
    /// Lane of the channel.
    lane: &'static str,
    /// Its allowances.
    quotas: Vec<QuotaOutlookObject>,
}

impl From<LaneOutlook> for LaneOutlookObject {
    fn from(outlook: LaneOutlook) -> Self {
        Self {
            lane: outlook.lane,
            quotas: outlook.quotas.into_iter().map(Into::into).collect(),
        }
    }
}
