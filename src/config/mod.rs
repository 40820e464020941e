//! Configuration: `default.toml`, then a file, then `FENFA__SECTION__KEY`; unknown keys are refused.

mod database;
mod delivery;
mod jobs;
mod media;
mod outbound;
mod search;
mod secret;
mod security;
mod server;
mod telemetry;
mod webhooks;

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use serde::{Deserialize, Serialize};

pub use database::DatabaseConfig;
pub use delivery::DeliveryConfig;
pub use jobs::JobsConfig;
pub use media::MediaConfig;
pub use outbound::OutboundConfig;
pub use search::SearchConfig;
pub use secret::Secret;
pub use security::SecurityConfig;
pub use server::{Role, ServerConfig};
pub use telemetry::{LogFormat, TelemetryConfig};
pub use webhooks::WebhooksConfig;

use crate::error::{Error, Result};

/// The defaults, with every key explained.
pub const DEFAULT_TOML: &str = include_str!("default.toml");

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The HTTP server.
    pub server: ServerConfig,
    /// The database.
    pub database: DatabaseConfig,
    /// Keys and limits against abuse.
    pub security: SecurityConfig,
    /// Files.
    pub media: MediaConfig,
    /// The search index.
    pub search: SearchConfig,
    /// The delivery engine.
    pub delivery: DeliveryConfig,
    /// The queue of work that is safe to repeat.
    pub jobs: JobsConfig,
    /// What a site's own systems are told.
    pub webhooks: WebhooksConfig,
    /// Calls to platforms.
    pub outbound: OutboundConfig,
    /// Logs.
    pub telemetry: TelemetryConfig,
}

impl Config {
    /// Reads defaults, the file if one is named, and the environment; then checks every section.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        let mut figment = Figment::from(Toml::string(DEFAULT_TOML));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(Error::invalid(
                    "--config",
                    format!("the file {} does not exist", file.display()),
                ));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        Self::from_figment(&figment.merge(Env::prefixed("FENFA__").split("__")))
    }

    /// Defaults with some keys replaced, as TOML; for tests and the demo.
    pub fn with_overrides(toml: &str) -> Result<Self> {
        Self::with_layers(&[toml])
    }

    /// Defaults, then each layer of TOML in turn.
    pub fn with_layers(layers: &[&str]) -> Result<Self> {
        let defaults = Figment::from(Toml::string(DEFAULT_TOML));
        Self::from_figment(&layers.iter().fold(defaults, |figment, layer| {
            figment.merge(Toml::string(layer))
        }))
    }

    fn from_figment(figment: &Figment) -> Result<Self> {
        let config: Self = figment.extract().map_err(|error| {
            let key = error.path.join(".");
            let origin = error
                .metadata
                .as_ref()
                .map(|metadata| format!(" (from {})", metadata.name))
                .unwrap_or_default();
            Error::invalid(
                if key.is_empty() {
                    "config".to_owned()
                } else {
                    key
                },
                format!("{}{origin}", error.kind),
            )
        })?;
        config.validate()?;
        Ok(config)
    }

    /// The folders in which the process keeps something, with the keys that name them.
    pub fn folders(&self) -> Vec<(&'static str, PathBuf)> {
        let mut folders = vec![
            ("media.upload_dir", self.media.upload_dir.clone()),
            ("search.index_dir", self.search.index_dir.clone()),
        ];
        if let Some(file) = self.database.file() {
            let dir = file.parent().map(Path::to_owned).unwrap_or_default();
            folders.push(("database.url", dir));
        }
        if !self.media.storage.contains("://") {
            folders.push(("media.storage", PathBuf::from(&self.media.storage)));
        }
        folders
    }

    /// Checks what types alone cannot; names the key.
    pub fn validate(&self) -> Result<()> {
        self.server.validate()?;
        self.database.validate()?;
        self.security.validate()?;
        self.media.validate()?;
        self.search.validate()?;
        self.delivery.validate()?;
        self.jobs.validate()?;
        self.webhooks.validate()?;
        self.telemetry.validate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        Config::with_overrides("").expect("valid");
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = Config::with_overrides("[server]\nprot = 1").expect_err("refused");

        assert!(error.to_string().contains("prot"), "{error}");
    }

    #[test]
    fn a_wrong_type_names_the_key() {
        let error = Config::with_overrides("[server]\nport = \"many\"").expect_err("refused");

        assert!(error.to_string().contains("server.port"), "{error}");
    }

    #[test]
    fn a_secret_does_not_print() {
        let config = Config::with_overrides(
            "[security]\ncredentials_key = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"",
        )
        .expect("valid");

        assert!(!format!("{config:?}").contains("AAAA"));
    }
}
