//! What the simulator remembers: its settings, grants, uploads and works.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{link::Link, webhook::Call};
use crate::{
    channels::beijing,
    channels::bytedance::simulator::received::{Upload, Video},
    clock::Timestamp,
};

/// Switches and numbers; each can be set from the control plane (`{"set": {…}}`). What the platform does not publish is
/// here too, with the value that we assume.
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
    /// What can be read back: `classic`, `reduced` (since December 2024), `offline`, or `handoff`: nothing at all.
    pub profile: String,
    /// Lives, in seconds.
    pub code_life_s: u64,
    pub access_life_s: u64,
    pub refresh_life_s: u64,
    pub client_life_s: u64,
    pub client_grace_s: u64,
    pub upload_life_s: u64,
    /// An uploaded video that no work uses; not published.
    pub video_life_s: u64,
    /// How often a refresh token can be renewed.
    pub most_renewals: u32,
    /// Client tokens that can be fetched in five minutes.
    pub client_calls: u32,
    /// Works a user may make a day, calls an application may make a day and a second.
    pub creates_per_day: u32,
    pub reads_per_day: u32,
    pub calls_per_second: u32,
    /// From creation until the list shows a work, and until its review ends.
    pub list_delay_s: u64,
    pub review_delay_s: u64,
    /// A review refuses texts with one of these, and so many of a hundred others, by a dice of this seed.
    pub refused_words: Vec<String>,
    pub refused_per_cent: u32,
    pub seed: u64,
    /// A refresh answers with an empty refresh token, or fails as if the platform were busy.
    pub empty_refresh_token: bool,
    pub refresh_busy: bool,
    /// The largest single upload, the bounds of a part, the largest and longest video, the largest picture.
    pub single_upload_bytes: u64,
    pub least_part_bytes: u64,
    pub most_part_bytes: u64,
    pub most_video_bytes: u64,
    pub most_video_s: u64,
    pub most_image_bytes: u64,
    /// The gateway answers larger bodies with a page (413) before the service sees them.
    pub gateway_bytes: u64,
    pub most_text: usize,
    pub most_images: usize,
    /// The one mini-program; what its checks find in texts and in addresses of pictures, and what those of pictures say
    /// before that, one after another: `hit`, `clean` or `none` (no predictions).
    pub mini_app_id: String,
    pub censor_words: Vec<String>,
    pub picture_verdicts: Vec<String>,
    /// Links into it that may be made within a day.
    pub links_per_day: usize,
    /// Where events go; set it with `POST /douyin/console/webhook {"url": "…"}`, which verifies it.
    pub webhook_url: String,
    /// Pauses before a call that was not heard is made again, and how many calls in a row may end unheard.
    pub webhook_retry_s: Vec<u64>,
    pub webhook_most_failures: u32,
    /// Events are `lose`d, `repeat`ed, or `forge`d (signed with another secret).
    pub webhook_fault: String,
    /// Numbers in answers are texts; the old envelope comes without its second half.
    pub numbers_as_text: bool,
    pub without_extra: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let texts = |all: &[&str]| {
            all.iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        Self {
            client_key: "awsim0001".into(),
            client_secret: "sim-secret-0001".into(),
            app_scopes: texts(&[
                "user_info",
                "video.create.bind",
                "video.list.bind",
                "video.data.bind",
                "data.external.item",
                "data.external.user",
                "renew_refresh_token",
                "open.get.ticket",
                "aweme.share",
                "h5.share",
                "aweme.forward",
                "ma.search",
                "apps.censor.text",
                "apps.censor.image",
                "apps.qrcode.create",
                "ma.jump.basic",
            ]),
            redirect_uris: Vec::new(),
            open_id: "_000openid-a".into(),
            nickname: "模拟账号".into(),
            user_scopes: texts(&[
                "user_info",
                "video.create.bind",
                "video.list.bind",
                "video.data.bind",
                "data.external.item",
                "data.external.user",
            ]),
            profile: "reduced".into(),
            code_life_s: 600,
            access_life_s: 1_296_000,
            refresh_life_s: 2_592_000,
            client_life_s: 7200,
            client_grace_s: 300,
            upload_life_s: 7200,
            video_life_s: 86_400,
            most_renewals: 5,
            client_calls: 500,
            creates_per_day: 75,
            reads_per_day: 100_000,
            calls_per_second: 1000,
            list_delay_s: 0,
            review_delay_s: 0,
            refused_words: Vec::new(),
            refused_per_cent: 0,
            seed: 1,
            empty_refresh_token: false,
            refresh_busy: false,
            single_upload_bytes: 300 << 20,
            least_part_bytes: 5 << 20,
            most_part_bytes: 100 << 20,
            most_video_bytes: 4 << 30,
            most_video_s: 900,
            most_image_bytes: 20 << 20,
            gateway_bytes: 2 << 30,
            most_text: 1000,
            most_images: 30,
            mini_app_id: "tt0000sim".into(),
            censor_words: Vec::new(),
            picture_verdicts: Vec::new(),
            links_per_day: 500_000,
            webhook_url: String::new(),
            webhook_retry_s: vec![10, 60, 300],
            webhook_most_failures: 3,
            webhook_fault: String::new(),
            numbers_as_text: false,
            without_extra: false,
        }
    }
}

/// An authorisation code: until when it works, and what it is good for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Code {
    pub ends: Timestamp,
    pub scopes: Vec<String>,
}

/// What a user granted.
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

/// A token of the application itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClientToken {
    pub token: String,
    pub made_at: Timestamp,
    pub ends: Timestamp,
    /// Given to all who ask within its life.
    pub stable: bool,
}

/// Who made a work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The API.
    Api,
    /// Somebody who opened a link of ours.
    HandOff,
    /// The owner, by hand.
    Foreign,
}

/// A work: made through the API, or by hand.
#[expect(
    clippy::struct_field_names,
    reason = "the names that the platform sends"
)]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    pub item_id: String,
    pub video_id: String,
    pub text: String,
    pub cover: Option<String>,
    /// The uploaded file that it is, if it is a video.
    #[serde(default)]
    pub upload: Option<String>,
    /// Of a picture post, in order.
    #[serde(default)]
    pub images: Vec<String>,
    pub micro_app_id: Option<String>,
    pub micro_app_title: Option<String>,
    pub micro_app_url: Option<String>,
    /// 0 everyone, 1 only the owner, 2 friends.
    pub private_status: i64,
    pub size_bytes: u64,
    pub created_at: Timestamp,
    pub source: Origin,
    /// Stands first in the list.
    pub pinned: bool,
    /// The platform took it down after it was public.
    pub taken_down: bool,
    /// The owner deleted it by hand.
    pub deleted: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub settings: Settings,
    pub serial: u64,
    /// Authorisation codes; taken out when used.
    pub codes: BTreeMap<String, Code>,
    pub grants: Vec<Grant>,
    /// When the user first agreed: figures begin on the day after.
    pub first_granted_at: Option<Timestamp>,
    pub client_tokens: Vec<ClientToken>,
    pub client_calls: Vec<Timestamp>,
    pub uploads: BTreeMap<String, Upload>,
    pub videos: BTreeMap<String, Video>,
    /// Uploaded pictures and their sizes.
    pub images: BTreeMap<String, u64>,
    pub items: Vec<Item>,
    /// Pages that were submitted for search, and how often.
    pub pages: BTreeMap<String, u32>,
    /// Tickets and when they end.
    pub tickets: BTreeMap<String, Timestamp>,
    /// Ids of links, and whether a call is wanted when something comes of them.
    pub shares: BTreeMap<String, bool>,
    /// Links into the mini-program, oldest first.
    pub links: Vec<Link>,
    /// Calls that are to be made, and how many in a row were not heard.
    pub calls: Vec<Call>,
    pub webhook_failures: u32,
    /// Works made, and calls, by Beijing's day.
    pub made: BTreeMap<String, u32>,
    pub reads: BTreeMap<String, u32>,
    /// Calls in the present second.
    pub burst: (i64, u32),
}

/// The day in Beijing.
pub fn day(at: Timestamp) -> chrono::NaiveDate {
    beijing(at).date_naive()
}

pub const fn seconds(life: u64) -> std::time::Duration {
    std::time::Duration::from_secs(life)
}

impl State {
    /// A new id.
    pub fn next(&mut self, prefix: &str) -> String {
        self.serial += 1;
        format!("{prefix}{:06}", self.serial)
    }

    /// Takes one from an allowance of a day; `false` when there is none left.
    fn take(counts: &mut BTreeMap<String, u32>, limit: u32, now: Timestamp) -> bool {
        let taken = counts.entry(day(now).to_string()).or_default();
        let is_free = *taken < limit;
        *taken += u32::from(is_free);
        is_free
    }

    /// Takes one work from the day's allowance (Beijing's day).
    pub fn take_create(&mut self, now: Timestamp) -> bool {
        Self::take(&mut self.made, self.settings.creates_per_day, now)
    }

    /// Takes one call from the second's allowance.
    pub fn take_burst(&mut self, now: Timestamp) -> bool {
        let second = now.unix_seconds();
        if self.burst.0 != second {
            self.burst = (second, 0);
        }
        self.burst.1 += 1;
        self.burst.1 <= self.settings.calls_per_second
    }

    /// Takes one call from the day's allowance of the application.
    pub fn take_read(&mut self, now: Timestamp) -> bool {
        Self::take(&mut self.reads, self.settings.reads_per_day, now)
    }

    /// An uploaded video that is still good.
    pub fn find_video(&self, id: &str, now: Timestamp) -> Option<&Video> {
        let life = seconds(self.settings.video_life_s);
        self.videos
            .get(id)
            .filter(|video| now.since(video.made_at) < life)
    }

    pub fn find_item(&self, id: &str) -> Option<&Item> {
        self.items
            .iter()
            .find(|item| item.item_id == id && !item.deleted)
    }

    pub fn find_item_mut(&mut self, id: &str) -> Option<&mut Item> {
        self.items
            .iter_mut()
            .find(|item| item.item_id == id && !item.deleted)
    }

    /// What the platform says of a work: 4 under review, 5 public, 6 for friends, 7 private, 2 not suitable.
    pub fn status(&self, item: &Item, now: Timestamp) -> i64 {
        let is_reviewed = item.source == Origin::Foreign
            || now.since(item.created_at) >= seconds(self.settings.review_delay_s);
        if !is_reviewed {
            4
        } else if item.taken_down || self.is_refused(item) {
            2
        } else {
            match item.private_status {
                1 => 7,
                2 => 6,
                _ => 5,
            }
        }
    }

    fn is_refused(&self, item: &Item) -> bool {
        let settings = &self.settings;
        let words = &settings.refused_words;
        item.source != Origin::Foreign
            && (words.iter().any(|word| item.text.contains(word))
                || dice(settings.seed, &item.item_id) < u64::from(settings.refused_per_cent))
    }

    /// Whether the list shows a work already.
    pub fn is_listed(&self, item: &Item, now: Timestamp) -> bool {
        !item.deleted && now.since(item.created_at) >= seconds(self.settings.list_delay_s)
    }
}

/// A number below 100 that is always the same for a seed and an id (FNV-1a).
fn dice(seed: u64, id: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ seed;
    let hash = id.bytes().fold(start, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 32) % 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dice_is_fair_and_falls_the_same_way_each_time() {
        let falls: Vec<u64> = (0..1000).map(|at| dice(7, &format!("@SIM{at}"))).collect();
        let again: Vec<u64> = (0..1000).map(|at| dice(7, &format!("@SIM{at}"))).collect();

        assert_eq!(falls, again);
        let low = falls.iter().filter(|fall| **fall < 30).count();
        assert!((250..350).contains(&low), "{low}");
    }

    #[test]
    fn a_new_day_of_allowances_begins_at_midnight_in_beijing() {
        let mut state = State::default();
        state.settings.creates_per_day = 1;
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");

        assert!(state.take_create(at("2026-03-03T15:59:59Z")));
        assert!(!state.take_create(at("2026-03-03T15:59:59Z")));
        assert!(state.take_create(at("2026-03-03T16:00:00Z")));
    }
}
