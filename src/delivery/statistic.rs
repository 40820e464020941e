//! What readers did with what was delivered, day by day.

use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{channels::Totals, id::DeliveryId};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Views or plays.
    Views,
    /// Likes.
    Likes,
    /// Comments.
    Comments,
    /// Shares.
    Shares,
}

impl Metric {
    /// Every metric.
    pub const ALL: &'static [Self] = &[Self::Views, Self::Likes, Self::Comments, Self::Shares];

    /// As rows know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Views => "views",
            Self::Likes => "likes",
            Self::Comments => "comments",
            Self::Shares => "shares",
        }
    }

    /// Reads the text of a row.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|metric| metric.as_str() == text)
    }

    /// Its figure among totals; `None`: the platform does not tell it.
    pub const fn of(self, totals: &Totals) -> Option<u64> {
        match self {
            Self::Views => totals.views,
            Self::Likes => totals.likes,
            Self::Comments => totals.comments,
            Self::Shares => totals.shares,
        }
    }
}

/// The total of one metric at the end of a day, as far as it was asked for that day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistic {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// Which day: the platform's own where it tells figures day by day, else that of the job that asked, in its zone.
    pub day: NaiveDate,
    /// What is counted.
    pub metric: Metric,
    /// The total; `None`: it was asked for and the platform did not tell it, which is not zero.
    pub value: Option<i64>,
}

/// What came of asking for the figures of some items of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Items that were asked for.
    pub asked: u32,
    /// Items of which the platform told figures.
    pub told: u32,
    /// Items of which it tells none.
    pub not_available: u32,
    /// Items for which the question failed.
    pub failed: u32,
    /// The last failure.
    pub note: Option<String>,
    /// Where to go on; `None`: that was all.
    pub next: Option<DeliveryId>,
    /// How long to wait before that.
    pub pause: Duration,
}

/// By what the best are chosen.
#[derive(Debug, Clone)]
pub struct BestBy {
    /// What is counted.
    pub metric: Metric,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The zone of these days.
    pub zone: Tz,
    /// How many at most.
    pub limit: u32,
}
