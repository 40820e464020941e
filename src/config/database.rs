//! `[database]`: which one, and how many connections.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Secret;
use crate::error::{Error, Result};

/// See `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml explains every key")]
pub struct DatabaseConfig {
    pub url: Secret,
    pub connections: u32,
    pub read_connections: u32,
    pub synchronous_full: bool,
}

impl DatabaseConfig {
    /// The file of a SQLite database.
    pub fn file(&self) -> Option<&Path> {
        let path = self.url.expose().strip_prefix("sqlite://")?;
        path.split('?').next().map(Path::new)
    }

    /// The address without a password, for messages.
    pub fn redacted_url(&self) -> String {
        match url::Url::parse(self.url.expose()) {
            Ok(mut url) if url.password().is_some() => {
                let _ = url.set_password(Some("…"));
                url.to_string()
            }
            _ => self.url.expose().to_owned(),
        }
    }

    pub(super) fn validate(&self) -> Result<()> {
        let url = self.url.expose();
        if !(url.starts_with("sqlite://")
            || url.starts_with("postgres://")
            || url.starts_with("postgresql://"))
        {
            return Err(Error::invalid(
                "database.url",
                "must start with sqlite:// or postgres://",
            ));
        }
        // Bringing the database up to date takes a second one, beside the one that holds the lock.
        if self.connections < 2 {
            return Err(Error::invalid("database.connections", "must be at least 2"));
        }
        if self.read_connections == 0 {
            return Err(Error::invalid(
                "database.read_connections",
                "must be at least 1",
            ));
        }
        Ok(())
    }
}
