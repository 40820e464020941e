//! What the simulator remembers: its settings, grants, uploads, videos and the articles that somebody pasted.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    channels::bytedance::simulator::received::{Upload, Video},
    clock::Timestamp,
};

/// Switches and numbers; each can be set from the control plane (`{"set": {…}}`). What the platform does not publish is
/// here too, with the value that we assume: Douyin's.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The one application, and what it holds.
    pub client_key: String,
    pub client_secret: String,
    pub app_scopes: Vec<String>,
    /// Addresses to which the authorise page may lead back; empty: every one.
    pub redirect_uris: Vec<String>,
    /// The one user, and what the user grants.
    pub open_id: String,
    pub nickname: String,
    pub user_scopes: Vec<String>,
    /// Lives, in seconds.
    pub code_life_s: u64,
    pub access_life_s: u64,
    pub refresh_life_s: u64,
    pub client_life_s: u64,
    pub upload_life_s: u64,
    /// An uploaded video that no work uses.
    pub video_life_s: u64,
    /// How often a refresh token can be renewed.
    pub most_renewals: u32,
    /// From creation until the list shows a video.
    pub list_delay_s: u64,
    /// The largest single upload, the bounds of a part, the largest and longest video.
    pub single_upload_bytes: u64,
    pub least_part_bytes: u64,
    pub most_part_bytes: u64,
    pub most_video_bytes: u64,
    pub most_video_s: u64,
    /// Characters of a video's text at most.
    pub most_text: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let scopes = || ["toutiao.video.create", "toutiao.video.data"].map(str::to_owned);
        Self {
            client_key: "ttsim0001".into(),
            client_secret: "sim-secret-0002".into(),
            app_scopes: scopes().into(),
            redirect_uris: Vec::new(),
            open_id: "_000tt-openid-a".into(),
            nickname: "模拟头条号".into(),
            user_scopes: scopes().into(),
            code_life_s: 600,
            access_life_s: 1_296_000,
            refresh_life_s: 2_592_000,
            client_life_s: 7200,
            upload_life_s: 7200,
            video_life_s: 86_400,
            most_renewals: 5,
            list_delay_s: 0,
            single_upload_bytes: 300 << 20,
            least_part_bytes: 5 << 20,
            most_part_bytes: 100 << 20,
            most_video_bytes: 4 << 30,
            most_video_s: 900,
            most_text: 30,
        }
    }
}

/// An authorisation code: until when it works, and what it is good for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Code {
    pub ends: Timestamp,
    pub scopes: Vec<String>,
}

/// What the user granted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grant {
    pub access_token: String,
    pub access_ends: Timestamp,
    pub refresh_token: String,
    pub refresh_ends: Timestamp,
    pub renewals: u32,
    pub scopes: Vec<String>,
    pub revoked: bool,
}

/// A video that readers see: made through the API, or by hand.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    #[serde(rename = "item_id")]
    pub id: String,
    pub text: String,
    /// The uploaded file that it is.
    #[serde(default)]
    pub upload: Option<String>,
    pub size_bytes: u64,
    pub created_at: Timestamp,
    /// The owner made it by hand.
    pub is_foreign: bool,
    /// The owner deleted it by hand.
    pub is_deleted: bool,
}

/// An article that somebody pasted into the console.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Article {
    #[serde(rename = "article_id")]
    pub id: String,
    pub title: String,
    pub html: String,
    pub tags: Vec<String>,
    pub covers: Vec<String>,
    /// Our page, as the package names it.
    pub source: String,
    pub created_at: Timestamp,
    pub is_deleted: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub settings: Settings,
    pub serial: u64,
    /// Authorisation codes; taken out when used.
    pub codes: BTreeMap<String, Code>,
    pub grants: Vec<Grant>,
    pub uploads: BTreeMap<String, Upload>,
    pub videos: BTreeMap<String, Video>,
    pub items: Vec<Item>,
    pub articles: Vec<Article>,
}

pub const fn seconds(life: u64) -> Duration {
    Duration::from_secs(life)
}

impl State {
    /// A new id.
    pub fn next(&mut self, prefix: &str) -> String {
        self.serial += 1;
        format!("{prefix}{:06}", self.serial)
    }

    /// A new id of something that readers see: a long number.
    pub fn next_number(&mut self) -> String {
        self.serial += 1;
        (7_400_000_000_000_000_000 + self.serial).to_string()
    }

    /// Whether the list shows a video already.
    pub fn is_listed(&self, item: &Item, now: Timestamp) -> bool {
        !item.is_deleted && now.since(item.created_at) >= seconds(self.settings.list_delay_s)
    }
}
