//! What the simulator remembers: tokens, allowances, pages, materials.

use std::{collections::BTreeMap, time::Duration};

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{super::time, baijiahao::Post, event::Notice, settings::Settings};
use crate::clock::Timestamp;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    pub value: String,
    /// Key of the application.
    pub app: String,
    pub expires_at: Timestamp,
    pub revoked: bool,
}

/// Where a page stands in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    Queued,
    Indexed,
    /// Left out; of a path, for one of the console's ten reasons.
    Rejected,
    /// An indexed page that was gone when it was read again.
    Dead,
    /// Not shown any more.
    Removed,
}

/// A path or web address that was submitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page {
    pub submissions: u32,
    /// The allowance that it took from last; empty when it was found on the index page.
    pub allowance: String,
    pub submitted_at: Timestamp,
    pub crawl_at: Timestamp,
    pub state: PageState,
    pub reason: String,
    /// Hidden from then on: it stood in a delete file.
    #[serde(default)]
    pub hidden_at: Option<Timestamp>,
    #[serde(default)]
    pub seen: Seen,
}

/// What Baidu saw on a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    pub title: String,
    pub description: String,
    /// Pictures that the result shows: one or three, else none.
    pub images: Vec<String>,
    /// The time of publication that counts, if the structured data and the visible time agree.
    pub published: Option<String>,
    /// What it ignored, and why.
    pub ignored: Vec<String>,
}

/// A feed material.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Material {
    pub submissions: u32,
    pub fields: BTreeMap<String, String>,
    /// `Api提交` or `Sitemap提交`.
    pub source: String,
    pub audit_at: Timestamp,
    /// Why the review refused it, empty when it did not; nothing before the review.
    pub verdict: Option<String>,
    pub deleted: bool,
}

/// A link to files of materials.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    /// `1` adds and changes, `0` takes offline.
    pub kind: String,
    pub frequency: String,
    pub pull_at: Timestamp,
    /// What was wrong with it at the last pull.
    pub problem: String,
}

/// Everything.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub settings: Settings,
    pub issued: u64,
    pub tokens: Vec<Token>,
    pub paths: BTreeMap<String, Page>,
    pub urls: BTreeMap<String, Page>,
    pub materials: BTreeMap<String, Material>,
    pub links: BTreeMap<String, Link>,
    /// Posts of the author, and how many there ever were.
    pub posts: Vec<Post>,
    pub posted: u64,
    /// Used allowances by `name day`.
    pub used: BTreeMap<String, u32>,
    /// Allowances as recalculated on a Monday, and the Monday.
    pub recalculated: BTreeMap<String, u32>,
    pub recalculated_on: Option<NaiveDate>,
    /// The second of the last call through the gateway, and how many there were in it.
    pub second: (i64, u32),
    pub offline_since: Option<Timestamp>,
    /// The day of the last delete file.
    pub delete_file_on: Option<NaiveDate>,
    pub index_page_at: Option<Timestamp>,
    /// Calls to be made.
    pub notices: Vec<Notice>,
}

/// Allowances of paths, which Mondays change.
const OF_PATHS: [&str; 3] = ["search_hourly", "search_daily", "search_weekly"];

impl State {
    /// Today's allowance of this name.
    pub fn allowance(&self, name: &str) -> u32 {
        if let Some(recalculated) = self.recalculated.get(name) {
            return *recalculated;
        }
        let settings = &self.settings;
        match name {
            "search_hourly" => settings.search_hourly,
            "search_daily" => settings.search_daily,
            "search_weekly" => settings.search_weekly,
            "feed_calls" => settings.feed_calls,
            "website_push" => settings.website_push,
            "website_fast" => settings.website_fast,
            "baijiahao_posts" => settings.baijiahao_posts,
            _ => 0,
        }
    }

    fn used_on(&self, name: &str, day: NaiveDate) -> u32 {
        let key = format!("{name} {}", day.format("%Y%m%d"));
        self.used.get(&key).copied().unwrap_or_default()
    }

    /// What is left of today's allowance.
    pub fn left(&self, name: &str, now: Timestamp) -> u32 {
        self.allowance(name)
            .saturating_sub(self.used_on(name, time::date(now)))
    }

    /// Takes from today's allowance, if there is room for all of it. Duplicates count.
    pub fn take(&mut self, name: &str, units: u32, now: Timestamp) -> bool {
        let is_room = units <= self.left(name, now);
        if is_room {
            self.count(name, units, now);
        }
        is_room
    }

    /// Counts, whatever the allowance; how many it is today.
    pub fn count(&mut self, name: &str, units: u32, now: Timestamp) -> u32 {
        let key = format!("{name} {}", time::compact_day(now));
        let used = self.used.entry(key).or_default();
        *used += units;
        *used
    }

    /// On Mondays, the allowances of paths follow how much of them was used from Monday to Friday of the week before,
    /// and how much of what was submitted is indexed.
    pub fn recalculate(&mut self, now: Timestamp) {
        let monday = time::monday(now);
        let mut last = *self.recalculated_on.get_or_insert(monday);
        while last < monday && self.settings.recalculates {
            for name in OF_PATHS {
                let allowance = self.allowance(name);
                let days = last.iter_days().take(5);
                let used: u32 = days.map(|day| self.used_on(name, day)).sum();
                if f64::from(used) > self.settings.recalculated_above * f64::from(allowance * 5) {
                    let share = f64::from(self.indexed_since(name, last)) / f64::from(used);
                    let (lowest, highest) = self.settings.recalculated_within;
                    let factor = (self.settings.recalculated_by + share).clamp(lowest, highest);
                    let new = rounded(f64::from(allowance) * factor);
                    self.recalculated.insert(name.to_owned(), new);
                }
            }
            last = last + Days::new(7);
        }
        self.recalculated_on = Some(monday);
    }

    /// How many paths that took from an allowance in the five days from this one are indexed.
    fn indexed_since(&self, name: &str, monday: NaiveDate) -> u32 {
        let week = monday..monday + Days::new(5);
        let indexed = self.paths.values().filter(|page| {
            page.allowance == name
                && page.state == PageState::Indexed
                && week.contains(&time::date(page.submitted_at))
        });
        u32::try_from(indexed.count()).unwrap_or(u32::MAX)
    }

    /// A new token in the documented shape.
    pub fn issue_token(&mut self, app: &str, now: Timestamp) -> Token {
        if self.settings.revoke_old_tokens {
            let of_app = self.tokens.iter_mut().filter(|token| token.app == app);
            of_app.for_each(|token| token.revoked = true);
        }
        self.issued += 1;
        let life = self.settings.token_life_s;
        let expires_at = Timestamp::from_unix_seconds(now.unix_seconds() + life);
        let value = format!(
            "24.{:032x}.{life}.{}.282335-1001",
            self.issued,
            expires_at.unix_seconds()
        );
        let token = Token {
            value,
            app: app.to_owned(),
            expires_at,
            revoked: false,
        };
        self.tokens.push(token.clone());
        token
    }

    /// Seconds from a submission of this allowance to the crawl.
    pub fn crawl_delay_s(&self, allowance: &str) -> u64 {
        let settings = &self.settings;
        settings.crawl_delay_s.unwrap_or(match allowance {
            "search_hourly" => settings.crawl_hourly_s,
            "search_daily" => settings.crawl_daily_s,
            "website_push" => settings.crawl_website_s,
            "website_fast" => settings.crawl_fast_s,
            _ => settings.crawl_weekly_s,
        })
    }

    /// Paths that the application's being offline hides from readers.
    pub fn hides_paths(&self, now: Timestamp) -> bool {
        let delay = Duration::from_secs(self.settings.offline_s);
        self.offline_since
            .is_some_and(|since| since.plus(delay) <= now)
    }
}

/// Queues a page for the crawler.
pub fn submit(
    pages: &mut BTreeMap<String, Page>,
    key: &str,
    allowance: &str,
    now: Timestamp,
    delay_s: u64,
) {
    let crawl_at = now.plus(Duration::from_secs(delay_s));
    let page = pages.entry(key.to_owned()).or_insert_with(|| Page {
        submissions: 0,
        allowance: String::new(),
        submitted_at: now,
        crawl_at,
        state: PageState::Queued,
        reason: String::new(),
        hidden_at: None,
        seen: Seen::default(),
    });
    page.submissions += 1;
    allowance.clone_into(&mut page.allowance);
    page.submitted_at = now;
    page.hidden_at = None;
    // What is indexed stays so until the crawler has been there again.
    if page.state != PageState::Indexed {
        page.state = PageState::Queued;
    }
    page.crawl_at = crawl_at;
}

impl Material {
    /// 审核中, 投放中, 审核失败 or 已删除.
    pub fn state(&self) -> &'static str {
        match &self.verdict {
            _ if self.deleted => "已删除",
            None => "审核中",
            Some(reason) if reason.is_empty() => "投放中",
            Some(_) => "审核失败",
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an allowance is positive and small"
)]
fn rounded(allowance: f64) -> u32 {
    allowance.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    /// A week from Monday, 2 March 2026, in which so many of the ten paths a day were sent, of which so many are indexed.
    fn after_a_week(used_a_day: u32, indexed: u32) -> u32 {
        let mut state = State::default();
        state.recalculate(at("2026-03-02T01:00:00Z"));
        for day in 2..=6 {
            let now = at(&format!("2026-03-0{day}T01:00:00Z"));
            assert!(state.take("search_daily", used_a_day, now));
        }
        for number in 0..indexed {
            let now = at("2026-03-03T01:00:00Z");
            submit(
                &mut state.paths,
                &format!("/a?id={number}"),
                "search_daily",
                now,
                0,
            );
        }
        state
            .paths
            .values_mut()
            .for_each(|page| page.state = PageState::Indexed);
        state.recalculate(at("2026-03-08T15:59:59Z"));
        assert_eq!(state.allowance("search_daily"), 10, "it is Sunday yet");
        state.recalculate(at("2026-03-08T16:00:00Z"));
        state.allowance("search_daily")
    }

    #[test]
    fn mondays_reward_what_was_indexed_and_punish_waste() {
        assert_eq!(after_a_week(10, 50), 15);
        assert_eq!(after_a_week(10, 25), 10);
        assert_eq!(after_a_week(10, 0), 5);
        assert_eq!(after_a_week(5, 0), 10, "half of it is not more than half");
    }

    #[test]
    fn an_allowance_lasts_until_midnight_in_beijing() {
        let mut state = State::default();

        assert!(state.take("search_daily", 10, at("2026-03-03T15:59:59Z")));
        assert!(!state.take("search_daily", 1, at("2026-03-03T15:59:59Z")));
        assert!(state.take("search_daily", 1, at("2026-03-03T16:00:00Z")));
    }
}
