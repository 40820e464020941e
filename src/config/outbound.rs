//! `[outbound]`: calls to platforms.

use serde::{Deserialize, Serialize};

/// See `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml explains every key")]
pub struct OutboundConfig {
    pub allow_private: Vec<String>,
    pub connect_timeout_s: u64,
    pub read_timeout_s: u64,
}
