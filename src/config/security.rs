//! `[security]`: keys and limits against abuse.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::Secret;
use crate::error::{Error, Result};

/// See `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml explains every key")]
pub struct SecurityConfig {
    pub credentials_key: Secret,
    pub credentials_key_file: std::path::PathBuf,
    pub session_hours: u32,
    pub login_per_minute: u32,
    pub public_per_second: u32,
    pub secure_cookies: bool,
}

impl SecurityConfig {
    pub(super) fn validate(&self) -> Result<()> {
        if !self.credentials_key.is_empty() {
            let key = STANDARD
                .decode(self.credentials_key.expose())
                .ok()
                .filter(|key| key.len() == 32);
            if key.is_none() {
                return Err(Error::invalid(
                    "security.credentials_key",
                    "must be 32 bytes in base64; make one with: openssl rand -base64 32",
                ));
            }
        }
        for (key, value) in [
            ("session_hours", self.session_hours),
            ("login_per_minute", self.login_per_minute),
            ("public_per_second", self.public_per_second),
        ] {
            if !(1..=1_000_000).contains(&value) {
                return Err(Error::invalid(
                    format!("security.{key}"),
                    "must be from 1 to 1000000",
                ));
            }
        }
        Ok(())
    }
}
