//! Works: creation, list, data.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{
    Refusal, Shared,
    answer::Family,
    figures, get, pairs,
    state::{Item, Origin, Settings, State},
};
use crate::{clock::Timestamp, text::characters};

const BAD: i64 = 2_100_005;
/// Works on a page of the list at most.
const PAGE: usize = 20;

/// What a work is made of.
enum Material {
    Video(String),
    Pictures(Vec<String>),
}

/// The body of a creation, read strictly: a field of the wrong type is refused.
struct Wanted {
    material: Material,
    text: String,
    cover: Option<String>,
    micro_app: [Option<String>; 3],
    private_status: i64,
}

impl Wanted {
    fn read(body: &str, kind: Kind, settings: &Settings) -> Result<Self, Refusal> {
        let body: Value = serde_json::from_str(body).map_err(|_| (BAD, "body is not JSON"))?;
        let text = |name: &str| match body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(_) => Err((BAD, "a field has the wrong type")),
        };
        let choice = |name: &str| match body.get(name) {
            None | Some(Value::Null) => Ok(0),
            Some(value) => value
                .as_i64()
                .filter(|number| (0..=2).contains(number))
                .ok_or((BAD, "a choice is out of range")),
        };
        let list = |name: &str| match body.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(value) => serde_json::from_value::<Vec<String>>(value.clone())
                .map_err(|_| (BAD, "a field has the wrong type")),
        };
        let material = match kind {
            Kind::Video => Material::Video(text("video_id")?.ok_or((BAD, "video_id is required"))?),
            Kind::Pictures => {
                let pictures = list("image_list")?;
                if !(1..=settings.most_images).contains(&pictures.len()) {
                    return Err((BAD, "image_list must hold 1 to 30 pictures"));
                }
                Material::Pictures(pictures)
            }
        };
        let wanted = Self {
            material,
            text: text("text")?.unwrap_or_default(),
            cover: text("custom_cover_image_url")?,
            micro_app: [
                text("micro_app_id")?,
                text("micro_app_title")?,
                text("micro_app_url")?,
            ],
            private_status: choice("private_status")?,
        };
        choice("download_type")?;
        if body
            .get("cover_tsp")
            .is_some_and(|second| second.as_f64().is_none_or(|at| at < 0.0))
        {
            return Err((BAD, "cover_tsp must be a number of seconds"));
        }
        list("at_users")?;
        if characters(&wanted.text) > settings.most_text {
            return Err((BAD, "text too long"));
        }
        if text("poi_id")?.is_some() && wanted.micro_app[0].is_some() {
            return Err((BAD, "only one anchor"));
        }
        let is_address = |url: &String| url.starts_with("http");
        if wanted.micro_app[2].as_ref().is_some_and(is_address) {
            return Err((BAD, "micro_app_url must be a path of the mini-program"));
        }
        Ok(wanted)
    }
}

/// Which of the two calls that make works.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Video,
    Pictures,
}

pub async fn create_video(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    create(&douyin, &request, &body, Kind::Video)
}

pub async fn create_image_text(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    create(&douyin, &request, &body, Kind::Pictures)
}

fn create(douyin: &Shared, request: &HttpRequest, body: &str, kind: Kind) -> HttpResponse {
    if let Err(refused) = douyin.enter(Family::Old, request, "video.create.bind") {
        return *refused;
    }
    let (settings, now) = (douyin.lock().settings.clone(), douyin.now());
    let made = Wanted::read(body, kind, &settings)
        .and_then(|wanted| douyin.change(|state| make(state, wanted, now)));
    match made {
        Ok(data) => douyin.ok(Family::Old, data),
        Err(refusal) => douyin.refuse(Family::Old, refusal),
    }
}

/// An uploaded video makes one work; a creation that is refused leaves it as it was.
fn make(state: &mut State, wanted: Wanted, now: Timestamp) -> Result<Value, Refusal> {
    let (size_bytes, images) = match &wanted.material {
        Material::Video(id) => {
            let video = state.find_video(id, now);
            (
                video.ok_or((2_190_007, "invalid video_id"))?.size,
                Vec::new(),
            )
        }
        Material::Pictures(ids) => {
            let size = |id: &String| state.images.get(id).copied();
            let sizes: Option<Vec<u64>> = ids.iter().map(size).collect();
            let sizes = sizes.ok_or((BAD, "invalid image_id"))?;
            (sizes.iter().sum(), ids.clone())
        }
    };
    if let Some(cover) = &wanted.cover
        && !state.images.contains_key(cover)
    {
        return Err((BAD, "invalid image_id"));
    }
    if !state.take_create(now) {
        return Err((2_114_007, "the user made too many works today"));
    }
    if let Material::Video(id) = &wanted.material {
        state.videos.remove(id);
    }
    let upload = match wanted.material {
        Material::Video(id) => Some(id),
        Material::Pictures(_) => None,
    };
    let [micro_app_id, micro_app_title, micro_app_url] = wanted.micro_app;
    let serial = state.serial;
    let item = Item {
        item_id: state.next("@SIM/item+") + "==",
        video_id: (7_400_000_000_000_000_000 + serial).to_string(),
        text: wanted.text,
        cover: wanted.cover,
        upload,
        images,
        micro_app_id,
        micro_app_title,
        micro_app_url,
        private_status: wanted.private_status,
        size_bytes,
        created_at: now,
        source: Origin::Api,
        pinned: false,
        taken_down: false,
        deleted: false,
    };
    let answer = json!({ "item_id": item.item_id, "video_id": item.video_id });
    state.items.push(item);
    Ok(answer)
}

/// What list and data tell of a work. Status and review are no longer among it since December 2024.
fn record(state: &State, item: &Item, now: Timestamp) -> Value {
    let total = figures::total(item, now);
    let mut record = json!({
        "item_id": item.item_id,
        "video_id": item.video_id,
        "title": item.text,
        "cover": "",
        "is_top": item.pinned,
        "create_time": item.created_at.unix_seconds(),
        "share_url": format!("https://www.iesdouyin.com/share/video/{}", item.video_id),
        "media_type": if item.images.is_empty() { 4 } else { 2 },
        "statistics": { "digg_count": total.like, "comment_count": total.comment, "play_count": total.play, "share_count": total.share, "download_count": 0, "forward_count": 0 },
    });
    if state.settings.profile == "classic" {
        let status = state.status(item, now);
        record["video_status"] = json!(status);
        record["is_reviewed"] = json!(status != 4);
    }
    record
}

/// Newest first, pinned ones before all. The cursor is a place in the list as it is now, so a work that somebody makes
/// between two pages shifts the second.
pub async fn list(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = douyin.enter_to_read(Family::Old, &request, "video.list.bind") {
        return *refused;
    }
    let query = pairs(request.query_string());
    let number = |name: &str| get(&query, name).and_then(|number| number.parse::<usize>().ok());
    let Some(count) = number("count").filter(|count| (1..=PAGE).contains(count)) else {
        return douyin.refuse(Family::Old, (BAD, "count must be 1 to 20"));
    };
    let cursor = number("cursor").unwrap_or(0);
    let now = douyin.now();
    let data = {
        let state = douyin.lock();
        let mut listed: Vec<&Item> = state
            .items
            .iter()
            .filter(|item| state.is_listed(item, now))
            .collect();
        listed.reverse();
        listed.sort_by_key(|item| !item.pinned);
        let shown = listed.iter().skip(cursor).take(count);
        let page: Vec<Value> = shown.map(|item| record(&state, item, now)).collect();
        let next = cursor + page.len();
        json!({ "list": page, "cursor": next, "has_more": next < listed.len() })
    };
    douyin.ok(Family::Old, data)
}

/// Works by their ids. A private one is there, but made at no time.
pub async fn data(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    if let Err(refused) = douyin.enter_to_read(Family::Old, &request, "video.data.bind") {
        return *refused;
    }
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let ids = |name: &str| -> Vec<String> {
        let list = body[name].as_array().into_iter().flatten();
        list.filter_map(Value::as_str)
            .map(ToOwned::to_owned)
            .collect()
    };
    let (item_ids, video_ids) = (ids("item_ids"), ids("video_ids"));
    if item_ids.is_empty() && video_ids.is_empty() {
        return douyin.refuse(Family::Old, (BAD, "item_ids or video_ids is required"));
    }
    let now = douyin.now();
    let found: Vec<Value> = {
        let state = douyin.lock();
        let is_wanted = |item: &&Item| {
            (item_ids.contains(&item.item_id) || video_ids.contains(&item.video_id))
                && state.is_listed(item, now)
        };
        let wanted = state.items.iter().filter(is_wanted);
        wanted
            .map(|item| {
                let mut record = record(&state, item, now);
                if item.private_status == 1 {
                    record["create_time"] = json!(0);
                }
                record
            })
            .collect()
    };
    douyin.ok(Family::Old, json!({ "list": found }))
}
