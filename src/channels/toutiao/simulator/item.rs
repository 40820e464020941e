//! Videos: creation, list, data. Nothing is told of a review.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{
    Refusal, Shared, get, pairs,
    state::{Item, State, seconds},
};
use crate::{clock::Timestamp, text::characters};

/// The scopes of the calls that write and of those that read.
pub const CREATE: &str = "toutiao.video.create";
const READ: &str = "toutiao.video.data";
const BAD: i64 = 2_100_005;
/// Works on a page of the list at most.
const PAGE: usize = 20;

pub async fn create(toutiao: Shared, request: HttpRequest, body: String) -> HttpResponse {
    let now = toutiao.now();
    let told = toutiao.enter(&request, CREATE).and_then(|()| {
        let body: Value = serde_json::from_str(&body).map_err(|_| (BAD, "body is not JSON"))?;
        toutiao.change(|state| make(state, &body, now))
    });
    toutiao.answer(told)
}

/// An uploaded video makes one work; a creation that is refused leaves it as it was.
fn make(state: &mut State, body: &Value, now: Timestamp) -> Result<Value, Refusal> {
    let video_id = body["video_id"]
        .as_str()
        .ok_or((BAD, "video_id is required"))?;
    let text = match &body["text"] {
        Value::Null => "",
        text => text.as_str().ok_or((BAD, "text must be a text"))?,
    };
    if characters(text) > state.settings.most_text {
        return Err((BAD, "text too long"));
    }
    let life = seconds(state.settings.video_life_s);
    let video = state.videos.get(video_id);
    let size_bytes = video
        .filter(|video| now.since(video.made_at) < life)
        .ok_or((2_190_007, "invalid video_id"))?
        .size;
    state.videos.remove(video_id);
    let item = Item {
        id: state.next_number(),
        text: text.to_owned(),
        upload: Some(video_id.to_owned()),
        size_bytes,
        created_at: now,
        is_foreign: false,
        is_deleted: false,
    };
    let answer = json!({ "item_id": item.id });
    state.items.push(item);
    Ok(answer)
}

/// What list and data tell: the counters are the same at each asking.
fn record(item: &Item, now: Timestamp) -> Value {
    let hours = now.since(item.created_at).as_secs() / 3600;
    json!({
        "item_id": item.id,
        "title": item.text,
        "cover": "",
        "create_time": item.created_at.unix_seconds(),
        "statistics": {
            "play_count": hours * 30,
            "digg_count": hours * 2,
            "comment_count": hours / 2,
            "share_count": hours / 4,
            "forward_count": hours / 8,
        },
    })
}

/// Newest first. The cursor is a place in the list as it is now.
pub async fn list(toutiao: Shared, request: HttpRequest) -> HttpResponse {
    let query = pairs(request.query_string());
    let number = |name: &str| get(&query, name).and_then(|number| number.parse::<usize>().ok());
    let now = toutiao.now();
    let told = toutiao.enter(&request, READ).and_then(|()| {
        let count = number("count").filter(|count| (1..=PAGE).contains(count));
        let count = count.ok_or((BAD, "count must be 1 to 20"))?;
        let cursor = number("cursor").unwrap_or(0);
        let state = toutiao.lock();
        let mut listed: Vec<&Item> = state
            .items
            .iter()
            .filter(|item| state.is_listed(item, now))
            .collect();
        listed.sort_by_key(|item| std::cmp::Reverse(item.created_at));
        let page: Vec<Value> = listed
            .iter()
            .skip(cursor)
            .take(count)
            .map(|item| record(item, now))
            .collect();
        let next = cursor + page.len();
        Ok(json!({ "list": page, "cursor": next, "has_more": next < listed.len() }))
    });
    toutiao.answer(told)
}

/// Videos by their ids.
pub async fn data(toutiao: Shared, request: HttpRequest, body: String) -> HttpResponse {
    let now = toutiao.now();
    let told = toutiao.enter(&request, READ).and_then(|()| {
        let body: Value = serde_json::from_str(&body).map_err(|_| (BAD, "body is not JSON"))?;
        let ids = body["item_ids"].as_array();
        let ids = ids.filter(|ids| !ids.is_empty());
        let ids = ids.ok_or((BAD, "item_ids is required"))?;
        let state = toutiao.lock();
        let is_wanted = |item: &&Item| {
            ids.iter().any(|id| *id == item.id.as_str()) && state.is_listed(item, now)
        };
        let wanted = state.items.iter().filter(is_wanted);
        let found: Vec<Value> = wanted.map(|item| record(item, now)).collect();
        Ok(json!({ "list": found }))
    });
    toutiao.answer(told)
}
