//! What the simulator remembers.

use std::collections::BTreeMap;

use chrono_tz::Asia::Shanghai;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// Switches and numbers; each can be set from the control plane (`{"set": {…}}`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The one application.
    pub client_key: String,
    pub client_secret: String,
    /// The one user, and what the user granted.
    pub open_id: String,
    pub scopes: Vec<String>,
    /// `classic`, `reduced`, `offline` or `handoff`.
    pub profile: String,
    /// Lives in seconds.
    pub code_life_s: i64,
    pub access_life_s: i64,
    pub refresh_life_s: i64,
    pub upload_life_s: i64,
    /// Works a user may make a day.
    pub creates_per_day: u32,
    /// From creation until the list shows a work, and until its review ends.
    pub list_delay_s: i64,
    pub review_delay_s: i64,
    /// A review refuses texts with one of these.
    pub refused_words: Vec<String>,
    /// A refresh answers with an empty refresh token, or fails as if the platform were busy.
    pub empty_refresh_token: bool,
    pub refresh_busy: bool,
    /// The largest single upload, and the bounds of a part.
    pub single_upload_bytes: u64,
    pub least_part_bytes: u64,
    pub most_part_bytes: u64,
    /// Numbers in answers are texts.
    pub numbers_as_text: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            client_key: "awsim0001".into(),
            client_secret: "sim-secret-0001".into(),
            open_id: "_000openid-a".into(),
            scopes: [
                "user_info",
                "video.create.bind",
                "video.list.bind",
                "video.data.bind",
                "data.external.item",
                "renew_refresh_token",
            ]
            .map(Into::into)
            .to_vec(),
            profile: "reduced".into(),
            code_life_s: 600,
            access_life_s: 1_296_000,
            refresh_life_s: 2_592_000,
            upload_life_s: 7200,
            creates_per_day: 75,
            list_delay_s: 0,
            review_delay_s: 0,
            refused_words: Vec::new(),
            empty_refresh_token: false,
            refresh_busy: false,
            single_upload_bytes: 300 << 20,
            least_part_bytes: 5 << 20,
            most_part_bytes: 100 << 20,
            numbers_as_text: false,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grant {
    pub access_token: String,
    pub access_ends: Timestamp,
    pub refresh_token: String,
    pub refresh_ends: Timestamp,
    pub renewals: u32,
    pub revoked: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Upload {
    pub begun_at: Timestamp,
    /// Size of each part by number; the same number again replaces it.
    pub parts: BTreeMap<u32, u64>,
    pub video_id: Option<String>,
}

/// A work: made through the API, or by hand.
#[expect(
    clippy::struct_field_names,
    reason = "the names that the platform sends"
)]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    pub item_id: String,
    pub text: String,
    pub cover: Option<String>,
    pub micro_app_url: Option<String>,
    pub created_at: Timestamp,
    /// `api` or `foreign`.
    pub source: String,
    pub deleted: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub settings: Settings,
    pub serial: u64,
    /// Authorisation codes and when they end; taken out when used.
    pub codes: BTreeMap<String, Timestamp>,
    pub grants: Vec<Grant>,
    pub uploads: BTreeMap<String, Upload>,
    /// Uploaded videos that no work uses yet.
    pub videos: Vec<String>,
    pub images: Vec<String>,
    pub items: Vec<Item>,
    /// Works made a day.
    pub made: BTreeMap<String, u32>,
}

impl State {
    /// A new id.
    pub fn next(&mut self, prefix: &str) -> String {
        self.serial += 1;
        format!("{prefix}{:06}", self.serial)
    }

    pub fn seconds(life: i64) -> std::time::Duration {
        std::time::Duration::from_secs(life.unsigned_abs())
    }

    /// A grant for the one user.
    pub fn grant(&mut self, now: Timestamp) -> Grant {
        let grant = Grant {
            access_token: self.next("act.sim"),
            access_ends: now.plus(Self::seconds(self.settings.access_life_s)),
            refresh_token: self.next("rft.sim"),
            refresh_ends: now.plus(Self::seconds(self.settings.refresh_life_s)),
            renewals: 0,
            revoked: false,
        };
        self.grants.push(grant.clone());
        grant
    }

    /// Refreshing a token that still lives extends it; one that has ended is replaced.
    pub fn refresh(&mut self, refresh_token: &str, now: Timestamp) -> Option<Grant> {
        let fresh = self.next("act.sim");
        let life = Self::seconds(self.settings.access_life_s);
        let grant = self.grants.iter_mut().find(|grant| {
            grant.refresh_token == refresh_token && !grant.revoked && grant.refresh_ends > now
        })?;
        if grant.access_ends <= now {
            grant.access_token = fresh;
        }
        grant.access_ends = now.plus(life);
        Some(grant.clone())
    }

    /// Why a token cannot be used, as the old family numbers it.
    pub fn refuse_token(&self, token: &str, now: Timestamp) -> Option<(i64, &'static str)> {
        match self.grants.iter().find(|grant| grant.access_token == token) {
            None => Some((2_190_002, "access_token invalid")),
            Some(grant) if grant.revoked => Some((2_190_002, "access_token invalid")),
            Some(grant) if grant.access_ends <= now => Some((2_190_008, "access_token expired")),
            Some(_) => None,
        }
    }

    /// Takes one work from the day's allowance (Beijing's day).
    pub fn take_create(&mut self, now: Timestamp) -> bool {
        let day = now
            .to_utc()
            .with_timezone(&Shanghai)
            .format("%Y%m%d")
            .to_string();
        let limit = self.settings.creates_per_day;
        let made = self.made.entry(day).or_default();
        let is_free = *made < limit;
        *made += u32::from(is_free);
        is_free
    }

    /// What the review says of a work: 4 under review, 5 public, 2 not suitable.
    pub fn status(&self, item: &Item, now: Timestamp) -> i64 {
        if item.source == "foreign" {
            return 5;
        }
        if now.since(item.created_at) < Self::seconds(self.settings.review_delay_s) {
            return 4;
        }
        if self
            .settings
            .refused_words
            .iter()
            .any(|word| item.text.contains(word))
        {
            2
        } else {
            5
        }
    }

    /// Whether the list shows a work already.
    pub fn is_listed(&self, item: &Item, now: Timestamp) -> bool {
        !item.deleted && now.since(item.created_at) >= Self::seconds(self.settings.list_delay_s)
    }
}
