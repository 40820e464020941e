//! `[jobs]`: the queue of work that is safe to repeat.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// See `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml explains every key")]
pub struct JobsConfig {
    pub concurrency: usize,
    pub tick_ms: u64,
    pub lease_s: u64,
    pub keep_dead_days: u64,
}

impl JobsConfig {
    /// How often due jobs are looked for.
    pub const fn tick(&self) -> Duration {
        Duration::from_millis(self.tick_ms)
    }

    /// How long a worker may hold a job without a sign of life.
    pub const fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_s)
    }

    pub(super) fn validate(&self) -> Result<()> {
        if self.concurrency == 0 {
            return Err(Error::invalid("jobs.concurrency", "must be at least 1"));
        }
        if self.tick_ms < 10 {
            return Err(Error::invalid("jobs.tick_ms", "must be at least 10"));
        }
        if self.lease_s < 3 {
            return Err(Error::invalid("jobs.lease_s", "must be at least 3"));
        }
        if !(1..=3650).contains(&self.keep_dead_days) {
            return Err(Error::invalid(
                "jobs.keep_dead_days",
                "must be from 1 to 3650",
            ));
        }
        Ok(())
    }
}
