//! `[telemetry]`: logs and figures.

use serde::{Deserialize, Serialize};

use super::Secret;
use crate::error::{Error, Result};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// See `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml explains every key")]
pub struct TelemetryConfig {
    pub log: String,
    pub log_format: LogFormat,
    pub metrics_token: Secret,
}

impl TelemetryConfig {
    pub(super) fn validate(&self) -> Result<()> {
        tracing_subscriber::EnvFilter::try_new(&self.log)
            .map(|_| ())
            .map_err(|error| Error::invalid("telemetry.log", error.to_string()))
    }
}
