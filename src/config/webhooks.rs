//! `[webhooks]`: what a site's own systems are told.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// See `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml explains every key")]
pub struct WebhooksConfig {
    pub timeout_s: u64,
    pub keep_days: u64,
    pub secret_overlap_hours: u64,
}

impl WebhooksConfig {
    /// How long one call may take.
    pub const fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_s)
    }

    /// For how long what happened is kept.
    pub const fn keep(&self) -> Duration {
        Duration::from_hours(24 * self.keep_days)
    }

    /// For how long the old secret still signs beside the new one.
    pub const fn secret_overlap(&self) -> Duration {
        Duration::from_hours(self.secret_overlap_hours)
    }

    pub(super) fn validate(&self) -> Result<()> {
        if !(1..=60).contains(&self.timeout_s) {
            return Err(Error::invalid("webhooks.timeout_s", "must be from 1 to 60"));
        }
        if !(1..=3650).contains(&self.keep_days) {
            return Err(Error::invalid(
                "webhooks.keep_days",
                "must be from 1 to 3650",
            ));
        }
        if self.secret_overlap_hours > 24 * 365 {
            return Err(Error::invalid(
                "webhooks.secret_overlap_hours",
                "must be at most a year",
            ));
        }
        Ok(())
    }
}
