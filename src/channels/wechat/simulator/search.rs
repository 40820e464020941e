//! The mini-program's pages in the platform's search (搜一搜): taken all or none, each under its path and query, shown
//! about a day later. Test data are for the platform's review alone.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Refusal, Shared, fine, page, refuse,
    state::{Settings, State, day},
};
use crate::clock::Timestamp;

/// Pages of a call, and bytes of a page.
const MOST: usize = 1000;
const LARGEST: usize = 1 << 20;
/// Characters that a query may hold beside letters and digits.
const MARKS: &str = "!$&'()*+,/:;=@-._~%";
/// What is done with a page.
const PUT: u64 = 1;
const DELETE: u64 = 3;
/// Later than this no time is in seconds.
const LATEST: i64 = 100_000_000_000;

/// A page that was submitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page {
    pub path: String,
    pub query: String,
    pub is_test: bool,
    pub data: Value,
    /// When it was submitted first.
    pub at: Timestamp,
    pub submissions: u32,
}

impl Page {
    /// Its key.
    pub fn key(&self) -> String {
        format!("{}?{}", self.path, self.query)
    }

    pub fn text(&self, name: &str) -> &str {
        self.data[name].as_str().unwrap_or_default()
    }

    pub fn list(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.data[name].as_array().into_iter().flatten()
    }

    /// What became of it, in words.
    pub fn standing(&self, settings: &Settings, now: Timestamp) -> &'static str {
        let words = &settings.refused_words;
        let delay = Duration::from_secs(settings.search_delay_s);
        if self.is_test {
            "审核集"
        } else if words.iter().any(|word| self.text("title").contains(word)) {
            "未收录"
        } else if self.at.plus(delay) > now {
            "待收录"
        } else {
            FOUND
        }
    }
}

/// It is found.
const FOUND: &str = "已收录";

/// What a call wants of a page.
struct Wanted {
    page: Page,
    is_deletion: bool,
}

pub fn submit(state: &mut State, body: &Value, now: Timestamp) -> Result<Value, Refusal> {
    let settings = &state.settings;
    if !settings.mini_verified {
        return refuse(48001, "api unauthorized");
    }
    if settings.search_banned {
        return refuse(85083, "search function is banned");
    }
    if settings.search_off {
        return refuse(85091, "search switch is off");
    }
    if body.to_string().len() > settings.search_body_bytes {
        return refuse(45002, "content size out of limit");
    }
    let pages = body["pages"].as_array().map_or(&[][..], Vec::as_slice);
    if pages.is_empty() {
        return refuse(40219, "pages is empty");
    }
    if pages.len() > MOST {
        return refuse(47004, "too many pages in one request");
    }
    let wanted: Result<Vec<Wanted>, Refusal> =
        pages.iter().map(|page| read(settings, page, now)).collect();
    let wanted = wanted?;
    let today = day(now);
    if state.searched_on != today {
        (state.searched_on, state.searched) = (today, 0);
    }
    let count = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
    if state.searched.saturating_add(count) > state.settings.search_per_day {
        return refuse(47006, "submitted pages reach the daily quota");
    }
    state.searched += count;
    for Wanted { page, is_deletion } in wanted {
        let is_it = |known: &Page| known.is_test == page.is_test && known.key() == page.key();
        if is_deletion {
            // One that is not there is gone already.
            state.search_pages.retain(|known| !is_it(known));
        } else if let Some(known) = state.search_pages.iter_mut().find(|known| is_it(known)) {
            known.data = page.data;
            known.submissions += 1;
        } else {
            state.search_pages.push(page);
        }
    }
    Ok(fine())
}

fn read(settings: &Settings, page: &Value, now: Timestamp) -> Result<Wanted, Refusal> {
    let text = |name: &str| page[name].as_str().unwrap_or_default().to_owned();
    let (path, query) = (text("path"), text("query"));
    let known = &settings.search_paths;
    let is_known = known.is_empty() || known.contains(&path);
    if path.is_empty() || path.starts_with('/') || !is_known {
        return refuse(40210, format!("path {path} does not exist in the app"));
    }
    let is_plain = |character: char| character.is_ascii_alphanumeric() || MARKS.contains(character);
    let is_pair = |pair: &str| {
        pair.split_once('=')
            .is_some_and(|(name, _)| !name.is_empty())
    };
    if !query.chars().all(is_plain) || !query.split('&').all(is_pair) {
        return refuse(40212, format!("invalid query {query}"));
    }
    if settings.search_blocked.contains(&path) {
        return refuse(40066, format!("page {path} is blocked by sitemap"));
    }
    if page.to_string().len() > LARGEST {
        return refuse(108_002, format!("page {path}?{query} size out of limit"));
    }
    let data = match page["data_list"].as_array().map(Vec::as_slice) {
        Some([data]) => data.clone(),
        _ => return refuse(40211, "data_list must hold one entry"),
    };
    let broken = |name: &str| refuse(40211, format!("invalid {name} in data_list"));
    let is_test = match data["@type"].as_str() {
        Some("wxsearch_cpdata") => false,
        Some("wxsearch_testcpdata") => true,
        _ => return broken("@type"),
    };
    let Some(update @ (PUT | DELETE)) = data["update"].as_u64() else {
        return broken("update");
    };
    if let Some(name) = broken_field(&data, update) {
        return broken(name);
    }
    let is_open = match settings.search_access.as_str() {
        "production" => true,
        "review" => is_test,
        _ => false,
    };
    if !is_open {
        return refuse(108_003, "content access is not approved");
    }
    Ok(Wanted {
        page: Page {
            path,
            query,
            is_test,
            data,
            at: now,
            submissions: 1,
        },
        is_deletion: update == DELETE,
    })
}

/// The first field that is not as it must be.
fn broken_field(data: &Value, update: u64) -> Option<&'static str> {
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let is_kind = |name: &str, kinds: &[u64]| {
        data[name]
            .as_u64()
            .is_some_and(|kind| kinds.contains(&kind))
    };
    if !is_text(&data["content_id"]) {
        return Some("content_id");
    }
    if !is_kind("page_type", &[2, 4]) {
        return Some("page_type");
    }
    if !data["category_id"].is_u64() {
        return Some("category_id");
    }
    if update == DELETE {
        return None;
    }
    if !is_text(&data["title"]) {
        return Some("title");
    }
    let is_list = |list: &Vec<Value>| !list.is_empty() && list.iter().all(is_text);
    if !data["abstract"].as_array().is_some_and(is_list) {
        return Some("abstract");
    }
    if !is_text(&data["mainbody"]) || data["mainbody"].as_str().is_some_and(has_tag) {
        return Some("mainbody");
    }
    let is_cover = |cover: &Value| {
        let url = cover["cover_img_url"].as_str().unwrap_or_default();
        let size = cover["cover_img_size"].as_u64();
        (url.starts_with("http://") || url.starts_with("https://"))
            && size.is_some_and(|size| (1..=3).contains(&size))
    };
    let is_gallery = |list: &Vec<Value>| (1..=3).contains(&list.len()) && list.iter().all(is_cover);
    if !data["cover_img"].is_null() && !data["cover_img"].as_array().is_some_and(is_gallery) {
        return Some("cover_img");
    }
    let is_time = |name: &&str| {
        data[*name]
            .as_i64()
            .is_some_and(|at| (1..LATEST).contains(&at))
    };
    ["time_publish", "time_modify"]
        .into_iter()
        .find(|name| !is_time(name))
}

/// Whether something in a text looks like HTML.
fn has_tag(text: &str) -> bool {
    let mut behind = text.split('<').skip(1);
    behind.any(|rest| {
        rest.starts_with(|first: char| first.is_ascii_alphabetic() || "/!".contains(first))
    })
}

/// What somebody is asked for who searches.
#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
}

/// The pages in which every word of a question stands, the newest first.
pub async fn results(wechat: Shared, question: web::Query<Question>) -> HttpResponse {
    let now = wechat.now();
    let found: Vec<Page> = {
        let state = wechat.lock();
        let is_found = |page: &&Page| {
            let told = page.list("abstract").filter_map(Value::as_str);
            let told = told.collect::<String>() + page.text("title") + page.text("mainbody");
            let mut words = question.q.split_whitespace();
            page.standing(&state.settings, now) == FOUND && words.all(|word| told.contains(word))
        };
        let mut found: Vec<Page> = state
            .search_pages
            .iter()
            .filter(is_found)
            .cloned()
            .collect();
        found.sort_by_key(|page| std::cmp::Reverse(page.data["time_modify"].as_i64()));
        found
    };
    page::results(&question.q, &found)
}
