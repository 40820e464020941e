//! Works: creation, list, data, statistics.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{
    Shared, get, old, pairs,
    state::{Item, State},
};
use crate::{clock::Timestamp, text::characters};

pub async fn create(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    if let Err(refused) = douyin.enter(&request, "video.create.bind") {
        return *refused;
    }
    let Ok(body) = serde_json::from_str::<Value>(&body) else {
        return old(2_100_005, "body is not JSON", json!({}));
    };
    let field = |name: &str| {
        body.get(name)
            .and_then(Value::as_str)
            .map(ToOwned::to_owned)
            .filter(|text| !text.is_empty())
    };
    let Some(video_id) = field("video_id") else {
        return old(2_100_005, "video_id is required", json!({}));
    };
    let text = field("text").unwrap_or_default();
    if characters(&text) > 1000 {
        return old(2_100_005, "text too long", json!({}));
    }
    if body.get("poi_id").is_some() && body.get("micro_app_id").is_some() {
        return old(2_100_005, "only one anchor", json!({}));
    }
    let now = douyin.now();
    let made = douyin.change(|state| {
        let place = state
            .videos
            .iter()
            .position(|known| *known == video_id)
            .ok_or((2_190_007, "invalid video_id"))?;
        if let Some(cover) = field("custom_cover_image_url")
            && !state.images.contains(&cover)
        {
            return Err((2_100_005, "invalid image_id"));
        }
        if !state.take_create(now) {
            return Err((2_114_007, "75 works a day"));
        }
        // An uploaded video makes one work.
        state.videos.remove(place);
        let item = Item {
            item_id: state.next("@SIM/item+"),
            text: text.clone(),
            cover: field("custom_cover_image_url"),
            micro_app_url: field("micro_app_url"),
            created_at: now,
            source: "api".into(),
            deleted: false,
        };
        let id = item.item_id.clone();
        state.items.push(item);
        Ok(id)
    });
    match made {
        Ok(item_id) => old(
            0,
            "",
            json!({ "item_id": item_id, "video_id": "7400000000000000001" }),
        ),
        Err((code, text)) => old(code, text, json!({})),
    }
}

fn record(state: &State, item: &Item, now: Timestamp) -> Value {
    let seconds = item.created_at.unix_seconds();
    let mut record = json!({
        "item_id": item.item_id,
        "title": item.text,
        "cover": "",
        "is_top": false,
        "create_time": if state.settings.numbers_as_text { json!(seconds.to_string()) } else { json!(seconds) },
        "share_url": format!("https://www.iesdouyin.com/share/video/{}", item.item_id.trim_start_matches("@SIM/item+")),
        "media_type": 4,
        "statistics": { "digg_count": 0, "comment_count": 0, "play_count": 0, "share_count": 0, "download_count": 0, "forward_count": 0 },
    });
    if state.settings.profile == "classic" {
        let status = state.status(item, now);
        record["video_status"] = json!(status);
        record["is_reviewed"] = json!(status != 4);
    }
    record
}

fn readable(douyin: &Shared, request: &HttpRequest, scope: &str) -> Result<(), Box<HttpResponse>> {
    douyin.enter(request, scope)?;
    if douyin.lock().settings.profile == "offline" {
        let answer = json!({ "err_no": 28_001_056, "err_msg": "this api was taken offline", "log_id": super::log_id(), "data": {} });
        return Err(Box::new(HttpResponse::Ok().json(answer)));
    }
    Ok(())
}

pub async fn list(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = readable(&douyin, &request, "video.list.bind") {
        return *refused;
    }
    let query = pairs(request.query_string());
    let number = |name: &str| get(&query, name).and_then(|number| number.parse::<usize>().ok());
    let Some(count) = number("count").filter(|count| (1..=20).contains(count)) else {
        return old(2_100_005, "count must be 1 to 20", json!({}));
    };
    let cursor = number("cursor").unwrap_or(0);
    let now = douyin.now();
    let state = douyin.lock();
    let mut listed: Vec<&Item> = state
        .items
        .iter()
        .filter(|item| state.is_listed(item, now))
        .collect();
    listed.reverse();
    let page: Vec<Value> = listed
        .iter()
        .skip(cursor)
        .take(count)
        .map(|item| record(&state, item, now))
        .collect();
    let next = cursor + page.len();
    old(
        0,
        "",
        json!({ "list": page, "cursor": next, "has_more": next < listed.len() }),
    )
}

pub async fn data(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    if let Err(refused) = readable(&douyin, &request, "video.data.bind") {
        return *refused;
    }
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let wanted: Vec<&str> = body["item_ids"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let now = douyin.now();
    let state = douyin.lock();
    let found: Vec<Value> = state
        .items
        .iter()
        .filter(|item| wanted.contains(&item.item_id.as_str()) && state.is_listed(item, now))
        .map(|item| record(&state, item, now))
        .collect();
    old(0, "", json!({ "list": found }))
}

/// Totals from the day after on, for works of the last 30 days.
pub async fn statistics(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = readable(&douyin, &request, "data.external.item") {
        return *refused;
    }
    let query = pairs(request.query_string());
    let now = douyin.now();
    let state = douyin.lock();
    let Some(item) = state
        .items
        .iter()
        .find(|item| Some(item.item_id.as_str()) == get(&query, "item_id"))
    else {
        return old(2_100_005, "item_id invalid", json!({}));
    };
    let days = i64::try_from(now.since(item.created_at).as_secs() / 86_400).unwrap_or(0);
    if days > 30 {
        return old(
            2_100_005,
            "works older than 30 days have no data",
            json!({}),
        );
    }
    let plays = if days == 0 { 0 } else { days * 120 };
    old(
        0,
        "",
        json!({ "result": { "total_play": plays, "total_like": plays / 20, "total_comment": plays / 60, "total_share": plays / 100, "avg_play_duration": 5.2 } }),
    )
}
