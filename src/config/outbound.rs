//! `[outbound]`: calls to platforms.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// See `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml explains every key")]
pub struct OutboundConfig {
    pub allow_private: Vec<String>,
    pub connect_timeout_s: u64,
    pub read_timeout_s: u64,
}

impl OutboundConfig {
    pub(super) fn validate(&self) -> Result<()> {
        for entry in &self.allow_private {
            let parts = entry.rsplit_once(':');
            let is_address =
                parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
            if !is_address {
                return Err(Error::invalid(
                    "outbound.allow_private",
                    format!("{entry:?} is not of the form HOST:PORT, such as 127.0.0.1:7381"),
                ));
            }
        }
        for (key, seconds) in [
            ("connect_timeout_s", self.connect_timeout_s),
            ("read_timeout_s", self.read_timeout_s),
        ] {
            if seconds == 0 {
                return Err(Error::invalid(
                    format!("outbound.{key}"),
                    "must be at least 1",
                ));
            }
        }
        Ok(())
    }
}
