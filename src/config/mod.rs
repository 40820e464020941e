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
    Figment, Metadata, Profile, Provider,
    providers::{Env, Format, Toml},
    value::{Dict, Map, Value},
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
        Self::from_figment(&figment.merge(Environment::of_process()))
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
        self.outbound.validate()?;
        self.telemetry.validate()
    }
}

/// `FENFA__SECTION__KEY`. Where the default is a text the value is one too, be it as much like a number as an access key
/// may be.
struct Environment(Dict);

impl Environment {
    fn of_process() -> Self {
        let variables = Env::prefixed("FENFA__").split("__");
        Self::of(variables.iter().map(|(key, text)| (key.to_string(), text)))
    }

    fn of<K: AsRef<str>>(variables: impl Iterator<Item = (K, String)>) -> Self {
        let defaults = Figment::from(Toml::string(DEFAULT_TOML));
        let mut all = Dict::new();
        for (key, text) in variables {
            let key = key.as_ref().to_ascii_lowercase();
            let is_text = matches!(defaults.find_value(&key), Ok(Value::String(..)));
            let value = if is_text {
                Value::from(text)
            } else {
                text.parse()
                    .unwrap_or_else(|never: std::convert::Infallible| match never {})
            };
            let Some((section, name)) = key.split_once('.') else {
                all.insert(key, value);
                continue;
            };
            let inner = all
                .entry(section.to_owned())
                .or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, fields) = inner {
                fields.insert(name.to_owned(), value);
            }
        }
        Self(all)
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("the environment, FENFA__SECTION__KEY")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.0.clone()))
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
    fn the_environment_gives_texts_and_numbers_as_they_are_needed() {
        let with = |variables: &[(&str, &str)]| {
            let variables = variables
                .iter()
                .map(|(key, text)| (*key, (*text).to_owned()));
            let figment = Figment::from(Toml::string(DEFAULT_TOML));
            Config::from_figment(&figment.merge(Environment::of(variables)))
        };

        let config = with(&[
            ("media.s3_access_key_id", "0012345"),
            ("media.s3_secret_access_key", "1e5"),
            ("SERVER.PORT", "8080"),
            ("security.secure_cookies", "true"),
            ("outbound.allow_private", "[\"127.0.0.1:1\"]"),
            ("server.host", "[::1]"),
        ])
        .expect("valid");

        assert_eq!(config.media.s3_access_key_id, "0012345");
        assert_eq!(config.media.s3_secret_access_key.expose(), "1e5");
        assert_eq!(
            (config.server.port, config.security.secure_cookies),
            (8080, true)
        );
        assert_eq!(
            (
                config.outbound.allow_private.len(),
                config.server.host.as_str()
            ),
            (1, "[::1]")
        );
        for (key, text) in [
            ("server.prot", "1"),
            ("server.port", "many"),
            ("sevrer.port", "1"),
            ("port", "1"),
        ] {
            let error = with(&[(key, text)]).expect_err("refused").to_string();
            assert!(
                error.contains(key.rsplit('.').next().expect("a key")) || error.contains("sevrer"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_value_that_cannot_work_names_the_key() {
        for (section, line, key) in [
            (
                "server",
                "public_url = \"httpx://a.example\"",
                "server.public_url",
            ),
            (
                "server",
                "public_url = \"https://a.example/\"",
                "server.public_url",
            ),
            (
                "server",
                "public_url = \"https://a.example/;script-src *\"",
                "server.public_url",
            ),
            (
                "server",
                "public_url = \"https://me:secret@a.example\"",
                "server.public_url",
            ),
            ("server", "graphql_depth = 0", "server.graphql_depth"),
            (
                "server",
                "graphql_body_bytes = 10",
                "server.graphql_body_bytes",
            ),
            ("database", "url = \"mysql://a\"", "database.url"),
            ("database", "connections = 1", "database.connections"),
            (
                "database",
                "read_connections = 0",
                "database.read_connections",
            ),
            (
                "security",
                "credentials_key = \"c2hvcnQ=\"",
                "security.credentials_key",
            ),
            ("security", "session_hours = 0", "security.session_hours"),
            (
                "security",
                "public_per_second = 4000000000",
                "security.public_per_second",
            ),
            ("media", "storage = \"s3://\"", "media.storage"),
            ("media", "max_video_bytes = 0", "media.max_video_bytes"),
            ("search", "writer_bytes = 1", "search.writer_bytes"),
            ("delivery", "lease_s = 1", "delivery.lease_s"),
            (
                "outbound",
                "allow_private = [\"localhost\"]",
                "outbound.allow_private",
            ),
            ("outbound", "read_timeout_s = 0", "outbound.read_timeout_s"),
            ("telemetry", "log = \"=,=\"", "telemetry.log"),
            ("telemetry", "log_format = \"xml\"", "telemetry.log_format"),
        ] {
            let error = Config::with_overrides(&format!("[{section}]\n{line}")).expect_err(line);

            assert_eq!(error.field(), Some(key), "{line}: {error}");
        }
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
