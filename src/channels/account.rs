//! A connected account as an adapter sees it, and its tokens.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Timestamp};

/// A connected account, as an adapter sees it. `Debug` shows no secret.
#[derive(Clone)]
pub struct Account {
    /// Our id, as text.
    pub id: String,
    /// The account's id on the platform (open id, app id, site), if it has one.
    pub external_id: Option<String>,
    /// Values of the public fields of the connect form, and further settings.
    pub settings: BTreeMap<String, String>,
    /// Values of the secret fields of the connect form.
    pub credentials: BTreeMap<String, String>,
    /// The client for the wire out; it refuses private addresses but those that the operator allows.
    pub http: reqwest::Client,
    /// The time.
    pub clock: Clock,
}

impl Account {
    /// A setting, or the default.
    pub fn setting<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.settings.get(name).map_or(default, String::as_str)
    }

    /// How long a call of this account may take: the setting `call_deadline_s`, or the default.
    pub fn deadline(&self, default: Duration) -> Duration {
        let set = self
            .settings
            .get("call_deadline_s")
            .and_then(|seconds| seconds.parse().ok());
        set.map_or(default, Duration::from_secs)
    }

    /// A secret; empty when it was not given.
    pub fn credential(&self, name: &str) -> &str {
        self.credentials.get(name).map_or("", String::as_str)
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("external_id", &self.external_id)
            .finish_non_exhaustive()
    }
}

/// Tokens of an account: what refreshing takes and gives. `Debug` shows none of them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// What calls carry.
    pub access_token: String,
    /// What the next refresh needs, if the platform has such a thing.
    pub refresh_token: Option<String>,
    /// When the access token ends.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends: then only a person can sign in again.
    pub refresh_expires_at: Option<Timestamp>,
    /// What the grant allows, as the platform lists it.
    pub scopes: Vec<String>,
    /// How often the refresh token itself was renewed.
    pub renewals: u32,
    /// Whose tokens they are, as the platform numbers accounts, if it says so with the grant.
    #[serde(default)]
    pub external_id: Option<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("expires_at", &self.expires_at)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Shared by [`Account`]s: how long connecting and reading may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
