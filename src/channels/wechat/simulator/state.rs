//! What the simulator remembers: its settings, tokens, library, drafts, jobs and articles.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{check, event, link, mass, publish, search};
use crate::clock::Timestamp;

/// Switches and numbers; each can be set from the control plane (`{"set": {…}}`). What the platform does not publish is
/// here too, with the value that we assume.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The one account, by the name that readers see, and whether it is certified: others get 48001 from publishing and
    /// figures.
    pub name: String,
    pub app_id: String,
    pub app_secret: String,
    /// The mini-program that goes with it.
    pub mini_app_id: String,
    pub mini_app_secret: String,
    /// Whether it is released, and its pages; none named: every one. How many links may be made a day and a second, and
    /// how many that do not end.
    pub mini_published: bool,
    pub mini_pages: Vec<String>,
    pub links_per_day: usize,
    pub links_per_second: usize,
    pub lasting_links: usize,
    /// Users who opened it within two hours; words that a check of texts calls risky, and doubtful.
    pub recent_openids: Vec<String>,
    pub risky_words: Vec<String>,
    pub doubtful_words: Vec<String>,
    /// What checks of pictures say, one after another: `pass`, `review`, `risky`, `silent` (no event) or `unreachable`;
    /// then they pass. From the call until the picture is looked at, and how the event is written: `xml` or `json`.
    pub picture_verdicts: Vec<String>,
    pub check_delay_s: u64,
    pub mini_event_format: String,
    /// Whether the mini-program is certified; how far its access to the search was approved: `none`, `review` (test data
    /// alone) or `production`; whether the search was banned for it, or is switched off.
    pub mini_verified: bool,
    pub search_access: String,
    pub search_banned: bool,
    pub search_off: bool,
    /// Its pages (empty: whatever is named), and those that its own sitemap blocks.
    pub search_paths: Vec<String>,
    pub search_blocked: Vec<String>,
    /// Pages a day and bytes of a call; from submission until a page is found.
    pub search_per_day: u32,
    pub search_body_bytes: usize,
    pub search_delay_s: u64,
    pub verified: bool,
    /// Addresses that may fetch tokens; empty: every one.
    pub ip_whitelist: Vec<String>,
    /// `documented` or `observed` limits of titles and bodies.
    pub profile: String,
    /// Life of a token, how long the one before it lives on, forced refreshes a day and the pause between two.
    pub token_life_s: u64,
    pub token_overlap_s: u64,
    pub forced_per_day: u32,
    pub forced_pause_s: u64,
    /// Calls of each path a day and a minute; `quotas` says otherwise for a path.
    pub calls_per_day: u32,
    pub calls_per_minute: u32,
    pub quotas: BTreeMap<String, u32>,
    pub clears_per_month: u32,
    /// For so long a new id is not known yet (40007).
    pub media_delay_s: u64,
    /// From submission until a job ends, how it ends (0, 2, 3, 4), and until the list shows the article.
    pub job_delay_s: u64,
    pub job_status: i64,
    pub list_delay_s: u64,
    /// Titles with one of these end with status 4.
    pub refused_words: Vec<String>,
    /// A second submission of a draft while its job runs: `new-job` or `53503`.
    pub second_submit: String,
    /// `subscription` or `service`; how often it may send to followers, and whether an administrator must confirm it.
    pub kind: String,
    pub mass_per_day: usize,
    pub mass_per_month: usize,
    pub mass_protection: bool,
    /// Drafts whose structure breaks the specification are refused (45166).
    pub strict_structure: bool,
    /// Where events go, as the console has it; the token, the key, and the mode: `plain`, `compatible`, `secure`.
    pub callback_url: String,
    pub callback_token: String,
    pub aes_key: String,
    pub callback_mode: String,
    /// `PUBLISHJOBFINISH` or `FREEPUBLISHJOBFINISH`.
    pub event_name: String,
    /// Events are `lose`d, `repeat`ed, or `forge`d (signed with another token).
    pub callback_fault: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "模拟公众号".into(),
            app_id: "wx0123456789abcdef".into(),
            app_secret: "0123456789abcdef0123456789abcdef".into(),
            mini_app_id: "wxmini0123456789".into(),
            mini_app_secret: "fedcba9876543210fedcba9876543210".into(),
            mini_published: true,
            mini_pages: Vec::new(),
            links_per_day: 500_000,
            links_per_second: 100,
            lasting_links: 100_000,
            recent_openids: vec!["o_reviewer_sim".into()],
            risky_words: Vec::new(),
            doubtful_words: Vec::new(),
            picture_verdicts: Vec::new(),
            check_delay_s: 0,
            mini_event_format: "json".into(),
            mini_verified: true,
            search_access: "none".into(),
            search_banned: false,
            search_off: false,
            search_paths: vec!["pages/story/index".into()],
            search_blocked: Vec::new(),
            search_per_day: 10_000,
            search_body_bytes: 4 << 20,
            search_delay_s: 86_400,
            verified: true,
            ip_whitelist: Vec::new(),
            profile: "documented".into(),
            token_life_s: 7200,
            token_overlap_s: 300,
            forced_per_day: 20,
            forced_pause_s: 30,
            calls_per_day: 100_000,
            calls_per_minute: 10_000,
            quotas: BTreeMap::new(),
            clears_per_month: 10,
            media_delay_s: 0,
            job_delay_s: 0,
            job_status: 0,
            list_delay_s: 0,
            refused_words: Vec::new(),
            second_submit: "new-job".into(),
            kind: "subscription".into(),
            mass_per_day: 1,
            mass_per_month: 4,
            mass_protection: false,
            strict_structure: false,
            callback_url: String::new(),
            callback_token: "simtoken".into(),
            aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".into(),
            callback_mode: "plain".into(),
            event_name: "PUBLISHJOBFINISH".into(),
            callback_fault: String::new(),
        }
    }
}

/// A token of one of the two families, which know nothing of each other.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    pub text: String,
    pub stable: bool,
    /// The mini-program's.
    #[serde(default)]
    pub mini: bool,
    pub ends: Timestamp,
    /// Another took its place, and until then it lives on.
    pub superseded_at: Option<Timestamp>,
}

/// Something in the library.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Material {
    pub media_id: String,
    pub kind: String,
    pub name: String,
    pub url: String,
    pub at: Timestamp,
    /// Gone after three days, and no cover.
    pub temporary: bool,
}

/// A draft.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Draft {
    pub media_id: String,
    pub articles: Vec<Value>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A publishing job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    pub publish_id: u64,
    pub media_id: String,
    pub ends: Timestamp,
    /// 1 while it runs.
    pub status: i64,
    pub article_id: Option<String>,
}

/// What readers see.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Article {
    /// `article_id` on the wire.
    #[serde(rename = "article_id")]
    pub id: String,
    pub mid: u64,
    /// The sending by which followers were told; then no list shows it.
    #[serde(default)]
    pub msg_id: Option<u64>,
    pub articles: Vec<Value>,
    pub at: Timestamp,
    pub deleted: bool,
    pub banned: bool,
    pub submissions: u32,
}

/// Calls of a path: of a day, of a minute.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Calls {
    pub day: i64,
    pub of_day: u32,
    pub minute: i64,
    pub of_minute: u32,
}

/// Everything.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub settings: Settings,
    pub serial: u64,
    pub tokens: Vec<Token>,
    pub forced: (i64, u32, Option<Timestamp>),
    pub materials: Vec<Material>,
    pub pictures: Vec<String>,
    pub drafts: Vec<Draft>,
    pub jobs: Vec<Job>,
    pub articles: Vec<Article>,
    pub sendings: Vec<mass::Sending>,
    pub checks: Vec<check::Check>,
    pub search_pages: Vec<search::Page>,
    /// Pages that were submitted, on which day.
    pub searched: u32,
    pub searched_on: i64,
    pub mass_speed: u64,
    pub calls: BTreeMap<String, Calls>,
    pub clears: (i64, u32),
    pub events: Vec<event::Call>,
    pub links: Vec<link::Link>,
}

impl State {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// What the platform does by itself by now: jobs and sendings end.
    pub fn settle(&mut self, now: Timestamp) {
        while let Some(at) = self
            .jobs
            .iter()
            .position(|job| job.status == 1 && job.ends <= now)
        {
            publish::end(self, at, now);
        }
        mass::settle(self, now);
        let oldest = now.minus(Duration::from_hours(72));
        self.materials
            .retain(|one| !one.temporary || one.at > oldest);
    }

    /// The material of this id, once it is known everywhere.
    pub fn material(&self, media_id: &str, now: Timestamp) -> Option<&Material> {
        let delay = Duration::from_secs(self.settings.media_delay_s);
        let is_known = |one: &&Material| one.media_id == media_id && one.at.plus(delay) <= now;
        self.materials.iter().find(is_known)
    }
}

/// The day in Beijing, counted.
pub fn day(at: Timestamp) -> i64 {
    (at.unix_seconds() + 8 * 3600).div_euclid(86_400)
}
