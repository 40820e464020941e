//! What the simulator remembers: settings, files, contents, allowances.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{identity, item::Item};
use crate::clock::Timestamp;

/// Switches and numbers. What the platform does not publish is here, with the value that we assume.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The name of the life account, as readers see it.
    pub name: String,
    /// The one application with its public key, its certificate, and the key of encrypted contents; what is empty has not
    /// been set in the console.
    pub app_id: String,
    pub app_public_key: String,
    pub app_certificate: String,
    pub aes_key: String,
    /// Tokens under which the application may act for a merchant. `needs_token`: it may act only so.
    pub app_auth_tokens: Vec<String>,
    pub needs_token: bool,
    /// Whether the application has the product; whether the account was upgraded to 生活号+.
    pub granted: bool,
    pub upgraded: bool,
    /// Calls a second for each method, with bursts of twice as many, and for the application; 0: as many as come.
    pub calls_per_second: u32,
    pub app_calls_per_second: u32,
    /// Contents a day; 0: as many as come.
    pub publish_per_day: usize,
    /// Seconds from acceptance to the verdict, and until the list shows a content.
    pub audit_delay_s: u64,
    pub list_lag_s: u64,
    /// Words that a review refuses.
    pub refused_words: Vec<String>,
    /// Life of an uploaded file in seconds, and its bytes at most.
    pub file_life_s: u64,
    pub most_file_bytes: u64,
    /// Pictures of a post at most.
    pub most_pictures: usize,
    /// Whether the mini-program is filed (备案), and the leaf categories that are open to the merchant.
    pub filed: bool,
    pub item_categories: Vec<String>,
    /// Answers spell `/` as `\/`.
    pub escape_slashes: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "模拟生活号".into(),
            app_id: "2021000000000001".into(),
            app_public_key: identity::PUBLIC_KEY.into(),
            app_certificate: identity::APP.into(),
            aes_key: identity::AES_KEY.into(),
            app_auth_tokens: Vec::new(),
            needs_token: false,
            granted: true,
            upgraded: true,
            calls_per_second: 20,
            app_calls_per_second: 100,
            publish_per_day: 0,
            audit_delay_s: 5,
            list_lag_s: 2,
            refused_words: Vec::new(),
            file_life_s: 7 * 86_400,
            most_file_bytes: super::super::LARGEST_FILE,
            most_pictures: super::super::MOST_PICTURES,
            filed: true,
            item_categories: vec!["C000002001".into()],
            escape_slashes: false,
        }
    }
}

/// An uploaded file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct File {
    pub biz_code: String,
    pub size: u64,
    pub md5: String,
    pub name: String,
    pub uploaded_at: Timestamp,
}

/// A file of a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    pub media_id: String,
    pub media_type: String,
}

/// A content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Content {
    #[serde(rename = "content_id")]
    pub id: String,
    pub lane: String,
    pub source_type: String,
    pub title: String,
    pub text: String,
    pub source_link: String,
    pub media: Vec<Media>,
    pub offers: Value,
    pub permission: String,
    pub publish_date: Option<String>,
    pub created_at: Timestamp,
    pub reviewed_at: Timestamp,
    pub published_at: Timestamp,
    pub is_rejected: bool,
    pub is_taken_down: bool,
    pub is_deleted: bool,
    /// Made by hand in the console.
    pub is_foreign: bool,
}

impl Content {
    /// `0` in review, `1` published, `2` rejected, `3` deleted.
    pub fn status(&self, now: Timestamp) -> &'static str {
        let is_reviewed = now >= self.reviewed_at;
        match () {
            () if self.is_deleted => "3",
            () if self.is_taken_down || (is_reviewed && self.is_rejected) => "2",
            () if is_reviewed && now >= self.published_at => "1",
            () => "0",
        }
    }
}

/// A fault of the platform's own, at the next call whose method ends so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Next {
    pub method: String,
    pub fault: Fault,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    UnknowBefore,
    UnknowAfter,
    BadSign,
    NoSign,
    Limit,
    TokenExpired,
    ListShift,
    /// The platform changes to its other certificate, and signs the answer with it.
    Rotate,
    /// The answer is signed by somebody whose certificate bears the platform's name, but comes from other roots.
    StrangeCertificate,
    /// … but was issued by an application.
    ForgedCertificate,
    /// The answer is encrypted with another key.
    StrangeKey,
}

/// Everything.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub settings: Settings,
    pub issued: u64,
    /// Which of its certificates the platform uses.
    pub certificate: usize,
    pub files: BTreeMap<String, File>,
    /// What stands in the codes that were made, by the name of their picture.
    pub codes: BTreeMap<String, String>,
    /// Oldest first.
    pub contents: Vec<Content>,
    /// Goods, oldest first.
    pub items: Vec<Item>,
    pub next: Vec<Next>,
    /// Nonces of late, and when they came.
    pub nonces: BTreeMap<String, Timestamp>,
    /// Calls that are left by name, and when that was.
    pub buckets: BTreeMap<String, (f64, Timestamp)>,
}

impl State {
    /// A number that was never given before.
    pub fn issue(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    /// The fault that is due for a call of this method.
    pub fn take_fault(&mut self, method: &str) -> Option<Fault> {
        let at = self
            .next
            .iter()
            .position(|next| method.ends_with(&next.method))?;
        Some(self.next.remove(at).fault)
    }

    /// Takes one call from a bucket that fills up at this rate; `false` when it is empty.
    pub fn admit(&mut self, name: &str, per_second: u32, burst: u32, now: Timestamp) -> bool {
        if per_second == 0 {
            return true;
        }
        let full = f64::from(burst);
        let (left, at) = self.buckets.get(name).copied().unwrap_or((full, now));
        let filled = f64::from(per_second) * now.since(at).as_secs_f64();
        let left = (left + filled).min(full);
        let is_admitted = left >= 1.0;
        let left = if is_admitted { left - 1.0 } else { left };
        self.buckets.insert(name.to_owned(), (left, now));
        is_admitted
    }

    /// Changes to the platform's other certificate.
    pub fn rotate(&mut self) {
        self.certificate = (self.certificate + 1) % identity::OWN;
    }

    /// A content that somebody makes in the console.
    pub fn insert_foreign(&mut self, title: &str, now: Timestamp) -> String {
        let content_id = format!("20260301OB020010{:016}", self.issue());
        self.contents.push(Content {
            id: content_id.clone(),
            lane: super::super::POST.to_owned(),
            source_type: "1".into(),
            title: title.to_owned(),
            text: title.to_owned(),
            source_link: String::new(),
            media: Vec::new(),
            offers: Value::Null,
            permission: "1".into(),
            publish_date: None,
            created_at: now,
            reviewed_at: now,
            published_at: now,
            is_rejected: false,
            is_taken_down: false,
            is_deleted: false,
            is_foreign: true,
        });
        content_id
    }

    /// Contents that the list shows by now, newest first.
    pub fn listed(&self, now: Timestamp) -> Vec<&Content> {
        let lag = Duration::from_secs(self.settings.list_lag_s);
        let is_shown = |content: &&Content| content.created_at.plus(lag) <= now;
        self.contents.iter().rev().filter(is_shown).collect()
    }
}
