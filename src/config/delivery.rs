//! `[delivery]`: the pace of the delivery engine.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// See `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml explains every key")]
pub struct DeliveryConfig {
    pub tick_ms: u64,
    pub lease_s: u64,
    pub quiet_grace_s: u64,
    pub give_up_s: u64,
    pub missed_window_s: u32,
    pub backoff_base_s: u64,
    pub backoff_cap_s: u64,
    pub reconcile_after_s: Vec<u64>,
    pub observe_base_s: u64,
    pub observe_cap_s: u64,
    pub concurrency: usize,
    pub evidence_days: u64,
    pub slot_from_hour: u32,
    pub slot_until_hour: u32,
    pub slot_spacing_min: u32,
}

impl DeliveryConfig {
    /// How often due work is looked for.
    pub const fn tick(&self) -> Duration {
        Duration::from_millis(self.tick_ms)
    }

    /// How long a worker may hold a delivery without a sign of life.
    pub const fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_s)
    }

    pub(super) fn validate(&self) -> Result<()> {
        if self.tick_ms < 10 {
            return Err(Error::invalid("delivery.tick_ms", "must be at least 10"));
        }
        if self.lease_s < 3 {
            return Err(Error::invalid("delivery.lease_s", "must be at least 3"));
        }
        if self.evidence_days > 36_500 {
            return Err(Error::invalid(
                "delivery.evidence_days",
                "must be at most 36500",
            ));
        }
        if self.slot_from_hour >= self.slot_until_hour || self.slot_until_hour > 24 {
            return Err(Error::invalid(
                "delivery.slot_until_hour",
                "must be greater than delivery.slot_from_hour and at most 24",
            ));
        }
        if self.slot_spacing_min > 24 * 60 {
            return Err(Error::invalid(
                "delivery.slot_spacing_min",
                "must be at most 1440",
            ));
        }
        if self.reconcile_after_s.is_empty() || self.concurrency == 0 {
            return Err(Error::invalid(
                "delivery.reconcile_after_s",
                "must hold at least one number, and delivery.concurrency at least 1",
            ));
        }
        Ok(())
    }
}
