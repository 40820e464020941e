//! Switches and numbers of the simulator. What the documents leave open stands here, never in the code beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Each can be set from the control plane: `{"set": {"search_daily": 10}}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The application whose content this is: key and secret.
    pub app_key: String,
    pub app_secret: String,
    /// Other applications, key and secret: their tokens are good, but may not touch this one's content.
    pub other_apps: BTreeMap<String, String>,
    /// The verified site and its token.
    pub site: String,
    pub push_token: String,

    /// The author of Baijiahao: id, token, and the name that readers see.
    pub baijiahao_app_id: String,
    pub baijiahao_app_token: String,
    pub author_name: String,

    /// Documented rules are kept to the letter. Off: the token may stand in the body, and fields in the query.
    pub strict: bool,
    /// HTTP status of the gateway's refusals (documented nowhere).
    pub gateway_status: u16,
    /// Calls come from an address that is not on the list.
    pub ip_refused: bool,
    /// Whether the application was let into the feed, the hourly lane and the fast index: all by invitation.
    pub feed_granted: bool,
    pub hourly_granted: bool,
    pub fast_index_granted: bool,
    /// Calls a second, and a day, that the gateway lets through; 0: as many as come.
    pub calls_per_second: u32,
    pub calls_per_day: u32,

    /// Life of a token in seconds, and whether a new one ends the old ones.
    pub token_life_s: i64,
    pub revoke_old_tokens: bool,

    /// Allowances a day in Beijing.
    pub search_hourly: u32,
    pub search_daily: u32,
    pub search_weekly: u32,
    pub feed_calls: u32,
    pub website_push: u32,
    pub website_fast: u32,
    pub baijiahao_posts: u32,
    /// Bounds of one call.
    pub paths_per_call: usize,
    pub urls_per_push: usize,
    /// Links to files of materials that an application may have.
    pub feed_links: usize,
    /// What is over the allowance: the call is refused whole, or as much is taken as there is room for.
    pub search_takes_part: bool,
    pub website_takes_part: bool,
    /// On Mondays the allowances of paths follow the week before: once more than `recalculated_above` of an allowance was
    /// used, it is multiplied by `recalculated_by` + the share of submissions that were indexed, within bounds.
    pub recalculates: bool,
    pub recalculated_above: f64,
    pub recalculated_by: f64,
    pub recalculated_within: (f64, f64),

    /// The application is offline, was banned, has no web form, or no Xiongzhang id.
    pub app_offline: bool,
    pub app_banned: bool,
    pub web_form: bool,
    pub xiongzhang_bound: bool,

    /// Seconds from submission to crawling: for all, else by speed, else for addresses.
    pub crawl_delay_s: Option<u64>,
    pub crawl_hourly_s: u64,
    pub crawl_daily_s: u64,
    pub crawl_weekly_s: u64,
    pub crawl_website_s: u64,
    pub crawl_fast_s: u64,
    /// Seconds from one crawl of a page to the next, and from one look at the index page to the next.
    pub recrawl_s: u64,
    pub index_page_s: u64,
    /// Seconds until a path of a delete file is hidden, and until all is once the application is offline.
    pub delete_file_s: u64,
    pub offline_s: u64,
    /// Lines of a delete file.
    pub delete_file_lines: usize,
    /// Where a path's page is, what answers for its page information, and with which headers. `{id}` stands for the
    /// path's parameter `id`; `{kind}` for `s` or `v`, `{KIND}` for `STORY` or `VIDEO`. Empty: paths are not crawled,
    /// page information is not asked for.
    pub page_template: String,
    pub page_info_template: String,
    pub page_info_headers: BTreeMap<String, String>,
    /// Where the index page of the mini-program is answered; `{page}` counts from 1. Empty: there is none.
    pub index_page_template: String,
    /// A page with fewer visible characters is blank; one that takes longer than this is slow.
    pub least_text: usize,
    pub page_patience_s: u64,

    /// Seconds from submission to the verdict on a material or post, and from there to the full flow of a material.
    pub audit_delay_s: u64,
    pub full_flow_s: u64,
    /// The code that answers an identical material: 0 or 40000.
    pub duplicate_errno: i64,
    /// Words that a review refuses.
    pub forbidden_words: Vec<String>,
    /// Reviews that do not follow the rules: path → 审核失败 or 投放中; address of a post → rejected or publish.
    pub verdicts: BTreeMap<String, String>,
    /// Words that content safety takes for illegal, and for luring readers away.
    pub risky_words: Vec<String>,
    pub leading_words: Vec<String>,
    /// What it finds in the next pictures, one after another: `porn`, `ocr-word`, `ocr-lead`; anything else is nothing.
    pub picture_verdicts: Vec<String>,
    /// Bounds of the titles of articles and videos of an author.
    pub news_title: (usize, usize),
    pub video_title: (usize, usize),
    /// How often an article may be changed.
    pub edits_allowed: u32,
    /// How an address that was sent already is refused (documented nowhere).
    pub repeated_errno: i64,
    pub repeated_words: String,
    /// Withdrawing takes the number in an article's address alone, as the documents have it; else its id as well.
    pub withdraw_by_nid: bool,
    /// The author was muted, or not approved.
    pub author_muted: bool,
    /// Seconds until the list of the author's posts shows one.
    pub author_list_lag_s: u64,
    /// A push finds addresses malformed that hold one of these.
    pub not_valid: Vec<String>,

    /// Where events go; set it with `POST /baidu/console/message {"url": "…"}`, which verifies it. Empty: nobody listens.
    pub callback_url: String,
    /// What signs and seals them, and the number of the application.
    pub callback_token: String,
    pub aes_key: String,
    pub app_number: u64,
    /// The third-party platform that makes the calls; empty: the application itself.
    pub client_id: String,
    /// Events are told so late, in seconds; pauses before a call that was not heard is made again.
    pub callback_delay_s: u64,
    pub callback_retry_s: Vec<u64>,
    /// What goes wrong with them: `lose`, `repeat`, `forge`, or nothing.
    pub callback_fault: String,
}

impl Settings {
    /// For whom events are sealed.
    pub fn client_id(&self) -> &str {
        if self.client_id.is_empty() {
            &self.app_key
        } else {
            &self.client_id
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        const HOUR: u64 = 3600;
        const DAY: u64 = 24 * HOUR;
        Self {
            app_key: "AK_demo".into(),
            app_secret: "SK_demo".into(),
            other_apps: BTreeMap::new(),
            site: String::new(),
            push_token: "0123456789abcdef".into(),
            baijiahao_app_id: "BJH_demo".into(),
            baijiahao_app_token: "bjh-token-demo".into(),
            author_name: "模拟百家号".into(),
            strict: true,
            gateway_status: 200,
            ip_refused: false,
            feed_granted: true,
            hourly_granted: false,
            fast_index_granted: true,
            calls_per_second: 10,
            calls_per_day: 0,
            token_life_s: 2_592_000,
            revoke_old_tokens: false,
            search_hourly: 100,
            search_daily: 10,
            search_weekly: 100,
            feed_calls: 500,
            website_push: 100,
            website_fast: 10,
            baijiahao_posts: 1,
            paths_per_call: 1000,
            urls_per_push: 2000,
            feed_links: 3,
            search_takes_part: false,
            website_takes_part: true,
            recalculates: true,
            recalculated_above: 0.5,
            recalculated_by: 0.5,
            recalculated_within: (0.5, 1.5),
            app_offline: false,
            app_banned: false,
            web_form: true,
            xiongzhang_bound: true,
            crawl_delay_s: None,
            crawl_hourly_s: HOUR,
            crawl_daily_s: 2 * DAY,
            crawl_weekly_s: 7 * DAY,
            crawl_website_s: 2 * DAY,
            crawl_fast_s: 2 * DAY,
            recrawl_s: 7 * DAY,
            index_page_s: 7 * DAY,
            delete_file_s: HOUR / 2,
            offline_s: 2 * DAY,
            delete_file_lines: 1000,
            page_template: String::new(),
            page_info_template: String::new(),
            page_info_headers: BTreeMap::new(),
            index_page_template: String::new(),
            least_text: 50,
            page_patience_s: 3,
            audit_delay_s: 2 * HOUR,
            full_flow_s: DAY,
            duplicate_errno: 0,
            forbidden_words: Vec::new(),
            verdicts: BTreeMap::new(),
            risky_words: Vec::new(),
            leading_words: Vec::new(),
            picture_verdicts: Vec::new(),
            news_title: (5, 40),
            video_title: (8, 40),
            edits_allowed: 3,
            repeated_errno: 20_000_013,
            repeated_words: "origin_url 重复，请勿重复发布".into(),
            withdraw_by_nid: false,
            author_muted: false,
            author_list_lag_s: 0,
            not_valid: Vec::new(),
            callback_url: String::new(),
            callback_token: "sandboxToken".into(),
            aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".into(),
            app_number: 1001,
            client_id: String::new(),
            callback_delay_s: 0,
            callback_retry_s: vec![10, 60, 600, HOUR],
            callback_fault: String::new(),
        }
    }
}
