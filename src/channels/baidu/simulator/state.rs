//! What the simulator remembers, and the rules by which it accepts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::{feed_type, time};
use crate::{
    clock::Timestamp,
    text::{characters, has_chinese},
};

/// Switches and numbers; each can be set from the control plane (`{"set": {…}}`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The one application: key and secret.
    pub app_key: String,
    pub app_secret: String,
    /// The one verified site and its token.
    pub site: String,
    pub push_token: String,
    /// Life of a token in seconds.
    pub token_life_s: i64,
    /// A new token ends the old ones.
    pub revoke_old_tokens: bool,
    /// Allowances a day.
    pub search_hourly: u32,
    pub search_daily: u32,
    pub search_weekly: u32,
    pub feed_calls: u32,
    pub website_push: u32,
    /// Seconds from submission to crawling, and from submission to the verdict on a material.
    pub crawl_delay_s: u64,
    pub audit_delay_s: u64,
    /// Where the page of a path is; `{id}` stands for the path's parameter `id`. Empty: paths are not crawled.
    pub page_template: String,
    /// The code that answers an identical material: 0 or 40000.
    pub duplicate_errno: i64,
    /// The application is offline.
    pub app_offline: bool,
    /// Reviews that do not follow the rules: path → 审核失败 or 投放中.
    pub verdicts: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            app_key: "AK_demo".into(),
            app_secret: "SK_demo".into(),
            site: String::new(),
            push_token: "0123456789abcdef".into(),
            token_life_s: 2_592_000,
            revoke_old_tokens: false,
            search_hourly: 100,
            search_daily: 10,
            search_weekly: 100,
            feed_calls: 500,
            website_push: 100,
            crawl_delay_s: 0,
            audit_delay_s: 0,
            page_template: String::new(),
            duplicate_errno: 0,
            app_offline: false,
            verdicts: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    pub value: String,
    pub expires_at: Timestamp,
    pub revoked: bool,
}

/// A path or web address that was submitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page {
    pub submissions: u32,
    pub submitted_at: Timestamp,
    pub crawl_at: Timestamp,
    /// `queued`, `indexed`, `rejected`, `removed`.
    pub state: String,
    /// One of the console's ten reasons.
    pub reason: String,
    /// What Baidu saw on the page.
    pub title: String,
    pub images: Vec<String>,
}

/// A feed material.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Material {
    pub submissions: u32,
    pub fields: BTreeMap<String, String>,
    pub audit_at: Timestamp,
    pub deleted: bool,
    pub refused: String,
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
    /// Used allowances by `name day`.
    pub used: BTreeMap<String, u32>,
}

impl State {
    /// Takes from a day's allowance; `false` when it is used up. Duplicates count.
    pub fn take(&mut self, name: &str, units: u32, limit: u32, now: Timestamp) -> bool {
        let used = self
            .used
            .entry(format!("{name} {}", time::compact_day(now)))
            .or_default();
        if *used + units > limit {
            return false;
        }
        *used += units;
        true
    }

    pub fn left(&self, name: &str, limit: u32, now: Timestamp) -> u32 {
        let used = self
            .used
            .get(&format!("{name} {}", time::compact_day(now)))
            .copied()
            .unwrap_or_default();
        limit.saturating_sub(used)
    }

    /// A new token in the documented shape.
    pub fn issue_token(&mut self, now: Timestamp) -> Token {
        if self.settings.revoke_old_tokens {
            self.tokens
                .iter_mut()
                .for_each(|token| token.revoked = true);
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
            expires_at,
            revoked: false,
        };
        self.tokens.push(token.clone());
        token
    }

    /// Queues a page for the crawler.
    pub fn submit(pages: &mut BTreeMap<String, Page>, key: &str, delay_s: u64, now: Timestamp) {
        let crawl_at = now.plus(std::time::Duration::from_secs(delay_s));
        let page = pages.entry(key.to_owned()).or_insert_with(|| Page {
            submissions: 0,
            submitted_at: now,
            crawl_at,
            state: "queued".into(),
            reason: String::new(),
            title: String::new(),
            images: Vec::new(),
        });
        page.submissions += 1;
        if page.state != "indexed" {
            page.state = "queued".into();
            page.crawl_at = crawl_at;
        }
    }

    /// Stores or changes a material. An identical one changes nothing; a deleted path never comes back.
    pub fn submit_material(&mut self, fields: BTreeMap<String, String>, now: Timestamp) -> i64 {
        let path = fields.get("path").cloned().unwrap_or_default();
        let audit_at = now.plus(std::time::Duration::from_secs(self.settings.audit_delay_s));
        let refused = match self.settings.verdicts.get(&path).map(String::as_str) {
            Some("投放中") => String::new(),
            Some(_) => "人工审核未通过".to_owned(),
            None => audit(&fields, now).unwrap_or_default(),
        };
        match self.materials.get_mut(&path) {
            Some(known) if known.deleted => {
                known.submissions += 1;
                0
            }
            Some(known) if known.fields == fields => {
                known.submissions += 1;
                self.settings.duplicate_errno
            }
            Some(known) => {
                *known = Material {
                    submissions: known.submissions + 1,
                    fields,
                    audit_at,
                    deleted: false,
                    refused,
                };
                0
            }
            None => {
                self.materials.insert(
                    path,
                    Material {
                        submissions: 1,
                        fields,
                        audit_at,
                        deleted: false,
                        refused,
                    },
                );
                0
            }
        }
    }
}

impl Material {
    /// 审核中, 投放中, 审核失败 or 已删除.
    pub fn state(&self, now: Timestamp) -> &'static str {
        if self.deleted {
            "已删除"
        } else if now < self.audit_at {
            "审核中"
        } else if self.refused.is_empty() {
            "投放中"
        } else {
            "审核失败"
        }
    }
}

/// The hard rows of the contract's table for feed material: why the review refuses it.
fn audit(fields: &BTreeMap<String, String>, now: Timestamp) -> Option<String> {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    let title = get("title");
    if !(6..=40).contains(&characters(title)) || !has_chinese(title) {
        return Some("标题长度或语言不符".into());
    }
    if title.contains(['。', '.']) {
        return Some("标题含句号".into());
    }
    if characters(get("body")) > 2000 || get("body").is_empty() {
        return Some("正文长度不符".into());
    }
    if characters(get("path")) > 194 {
        return Some("路径过长".into());
    }
    let images: Vec<String> = serde_json::from_str(get("images")).unwrap_or_default();
    if images.is_empty() || images.len() > 3 || images.iter().any(|image| image.contains(".jpeg")) {
        return Some("图片数量或格式不符".into());
    }
    let tags: Vec<&str> = get("tags")
        .split(',')
        .filter(|tag| !tag.is_empty())
        .collect();
    if tags.len() > 10 || tags.iter().map(|tag| characters(tag)).sum::<usize>() > 100 {
        return Some("标签不符".into());
    }
    if !feed_type::is_known(get("feed_type"), get("feed_sub_type")) {
        return Some("分类不在列表".into());
    }
    let ext: serde_json::Value = serde_json::from_str(get("ext")).unwrap_or_default();
    let published = ext["publish_time"].as_str().unwrap_or_default();
    // Only today's spelling and those of the 30 days before are taken.
    let day = std::time::Duration::from_hours(24);
    let is_recent = (0..=30).any(|days| time::publish_time(now.minus(day * days)) == published);
    (!is_recent).then(|| "发布时间格式不符或过旧".into())
}
