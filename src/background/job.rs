//! The jobs of recurring work.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, DeliveryId, RecurringJobId, RunId, SiteId},
    jobs::{Backoff, Job},
};

/// Carries one run of a recurring job out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunRecurring {
    /// Site.
    pub site: SiteId,
    /// The recurring job.
    pub job: RecurringJobId,
    /// The run.
    pub run: RunId,
}

impl Job for RunRecurring {
    const KIND: &'static str = "recurring.run";
    const MOST_ATTEMPTS: i32 = 5;
    const BACKOFF: Backoff = Backoff {
        base: Duration::from_secs(30),
        factor: 4.0,
        cap: Duration::from_hours(1),
    };

    fn site(&self) -> Option<SiteId> {
        Some(self.site)
    }

    /// Runs of one recurring job never overlap.
    fn lane(&self) -> Option<String> {
        Some(format!("recurring/{}", self.job))
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("recurring.run/{}", self.run))
    }
}

/// Asks one account's platform for the figures of some of its items; each next part is a job of its own, so that an
/// account goes at the pace of its platform.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PullAccount {
    /// Site.
    pub site: SiteId,
    /// The run that wants the figures.
    pub run: RunId,
    /// The account.
    pub account: AccountId,
    /// Whose figures were asked for already: up to this delivery.
    pub after: Option<DeliveryId>,
}

impl Job for PullAccount {
    const KIND: &'static str = "statistics.pull";
    const MOST_ATTEMPTS: i32 = 6;
    const BACKOFF: Backoff = Backoff {
        base: Duration::from_mins(1),
        factor: 3.0,
        cap: Duration::from_hours(1),
    };

    fn site(&self) -> Option<SiteId> {
        Some(self.site)
    }

    fn lane(&self) -> Option<String> {
        Some(format!("statistics/{}", self.account))
    }

    fn unique_key(&self) -> Option<String> {
        let after = self.after.map(|id| id.to_string()).unwrap_or_default();
        Some(format!(
            "statistics.pull/{}/{}/{after}",
            self.run, self.account
        ))
    }
}
