//! `[server]`: the HTTP server and the limits of its queries.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers readers and editors.
    Web,
    /// Delivers.
    Worker,
}

impl Role {
    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Worker => "worker",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Web, Self::Worker]
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| Error::invalid("server.roles", "a role is web or worker"))
    }
}

/// See `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml explains every key")]
pub struct ServerConfig {
    pub host: String,
    pub port: u16,
    pub public_url: String,
    pub roles: Vec<Role>,
    pub min_free_bytes: u64,
    pub workers: usize,
    pub graphql_body_bytes: usize,
    pub graphql_depth: usize,
    pub graphql_complexity: usize,
    pub graphql_expanded_size: u64,
    pub graphql_aliases: usize,
    pub cache_seconds: u64,
    pub cache_bytes: u64,
}

impl ServerConfig {
    /// Whether the process has a role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The address under which readers reach this server, without a trailing slash.
    pub fn base_url(&self) -> String {
        if self.public_url.is_empty() {
            format!("http://{}:{}", self.host, self.port)
        } else {
            self.public_url.clone()
        }
    }

    pub(super) fn validate(&self) -> Result<()> {
        if !self.public_url.is_empty() && !is_base(&self.public_url) {
            return Err(Error::invalid(
                "server.public_url",
                "must be an http:// or https:// address, without a slash, ? or # at its end",
            ));
        }
        if self.roles.is_empty() {
            return Err(Error::invalid(
                "server.roles",
                "must name web, worker, or both",
            ));
        }
        if self.graphql_body_bytes < 1024 {
            return Err(Error::invalid(
                "server.graphql_body_bytes",
                "must be at least 1024",
            ));
        }
        for (key, is_zero) in [
            ("graphql_depth", self.graphql_depth == 0),
            ("graphql_complexity", self.graphql_complexity == 0),
            ("graphql_expanded_size", self.graphql_expanded_size == 0),
            ("graphql_aliases", self.graphql_aliases == 0),
        ] {
            if is_zero {
                return Err(Error::invalid(
                    format!("server.{key}"),
                    "must be at least 1",
                ));
            }
        }
        Ok(())
    }
}

/// Whether pages can be put behind it; it also stands in headers, so it may hold no signs of theirs.
fn is_base(text: &str) -> bool {
    let is_web = url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    });
    is_web
        && !text.ends_with('/')
        && text
            .chars()
            .all(|character| character.is_ascii_graphic() && !";,?#'\"<>".contains(character))
}
