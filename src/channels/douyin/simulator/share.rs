//! The hand-off route: tickets, share ids, and the telephone on which somebody opens a link and publishes.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    Shared,
    answer::Family,
    state::{Item, Origin, State, seconds},
    webhook,
};
use crate::{channels::douyin::handoff::signature, clock::Timestamp};

const TICKET_LIFE_S: u64 = 7200;

pub async fn ticket(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = douyin.enter_as_app(Family::Old, &request, "open.get.ticket") {
        return *refused;
    }
    let now = douyin.now();
    let ticket = douyin.change(|state| {
        state.tickets.retain(|_, ends| *ends > now);
        let ticket = state.next("@ticket/") + "+==";
        state
            .tickets
            .insert(ticket.clone(), now.plus(seconds(TICKET_LIFE_S)));
        ticket
    });
    douyin.ok(
        Family::Old,
        json!({ "ticket": ticket, "expires_in": TICKET_LIFE_S }),
    )
}

pub async fn share_id(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = douyin.enter_as_app(Family::Old, &request, "aweme.share") {
        return *refused;
    }
    let query = super::pairs(request.query_string());
    let wants_call = super::get(&query, "need_callback") == Some("true");
    let id = douyin.change(|state| {
        state.serial += 1;
        let id = (1_700_000_000_000_000 + state.serial).to_string();
        state.shares.insert(id.clone(), wants_call);
        id
    });
    douyin.ok(Family::Old, json!({ "share_id": id }))
}

/// What somebody does on a telephone: `POST /douyin/phone {"link": "snssdk1128://…", "text": "…", "publish": true}`. Not
/// a call of the platform.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    link: String,
    /// What the person writes in place of the prepared text.
    text: Option<String>,
    /// Whether the person goes through with it.
    #[serde(default)]
    publish: bool,
}

pub async fn phone(douyin: Shared, opened: web::Json<Opened>) -> HttpResponse {
    match open(&douyin, opened.into_inner()).await {
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err(message) => HttpResponse::BadRequest().json(json!({ "message": message })),
    }
}

/// The app checks the link, loads the media from our address, and shows the publish page.
async fn open(douyin: &Shared, opened: Opened) -> Result<Value, String> {
    let link = Url::parse(&opened.link).map_err(|error| format!("not a link: {error}"))?;
    let pairs: BTreeMap<String, String> = link.query_pairs().into_owned().collect();
    let pair = |name: &str| pairs.get(name).map(String::as_str).unwrap_or_default();
    let now = douyin.now();
    check(&douyin.lock(), &pairs, now)?;
    let pictures: Vec<String> = match (pair("image_path"), pair("image_list_path")) {
        ("", "") => Vec::new(),
        ("", list) => {
            serde_json::from_str(list).map_err(|_| "image_list_path is no list".to_owned())?
        }
        (picture, _) => vec![picture.to_owned()],
    };
    let video = Some(pair("video_path")).filter(|path| !path.is_empty());
    let (mut size_bytes, media) = (
        0,
        video
            .into_iter()
            .map(ToOwned::to_owned)
            .chain(pictures.clone()),
    );
    for address in media {
        size_bytes += load(douyin, &address, video.is_some()).await?;
    }
    if size_bytes == 0 {
        return Err("the link has no media".to_owned());
    }
    let topics: Vec<String> = serde_json::from_str(pair("hashtag_list")).unwrap_or_default();
    let topics: Vec<String> = topics.iter().map(|topic| format!("#{topic}")).collect();
    let prepared = format!("{}\n{}", pair("title"), topics.join(" "));
    if !opened.publish {
        return Ok(
            json!({ "text": prepared, "pictures": pictures.len(), "size_bytes": size_bytes }),
        );
    }
    let anchor: Value = serde_json::from_str(pair("micro_app_info")).unwrap_or_default();
    let anchored = |name: &str| anchor[name].as_str().map(ToOwned::to_owned);
    let share_id = pair("state").to_owned();
    let item_id = douyin.change(|state| {
        let serial = state.serial;
        let item = Item {
            item_id: state.next("@SIM/item+") + "==",
            video_id: (7_400_000_000_000_000_000 + serial).to_string(),
            text: opened.text.unwrap_or(prepared),
            cover: None,
            upload: video.map(ToOwned::to_owned),
            images: pictures,
            micro_app_id: anchored("appId"),
            micro_app_title: anchored("appTitle"),
            micro_app_url: anchored("appUrl"),
            private_status: pair("private_status").parse().unwrap_or(0),
            size_bytes,
            created_at: now,
            source: Origin::HandOff,
            pinned: false,
            taken_down: false,
            deleted: false,
        };
        let item_id = item.item_id.clone();
        state.items.push(item);
        if state.shares.get(&share_id) == Some(&true) {
            let content = json!({ "item_id": item_id, "share_id": share_id });
            webhook::enqueue(state, "create_video", &content, now);
        }
        item_id
    });
    douyin.call_back();
    Ok(json!({ "item_id": item_id }))
}

/// Only a link that the application signed with a living ticket opens.
fn check(state: &State, pairs: &BTreeMap<String, String>, now: Timestamp) -> Result<(), String> {
    let pair = |name: &str| pairs.get(name).map(String::as_str).unwrap_or_default();
    if pair("client_key") != state.settings.client_key {
        return Err("the application is unknown".to_owned());
    }
    if pair("share_type") != "h5" {
        return Err("share_type must be h5".to_owned());
    }
    let timestamp = pair("timestamp")
        .parse::<i64>()
        .map_err(|_| "no timestamp".to_owned())?;
    let is_signed = state
        .tickets
        .iter()
        .filter(|(_, ends)| **ends > now)
        .any(|(ticket, _)| signature(pair("nonce_str"), ticket, timestamp) == pair("signature"));
    if is_signed {
        Ok(())
    } else {
        Err("the signature fits no ticket that is still good".to_owned())
    }
}

/// Loads a file as the telephone does; its media type decides what it is.
async fn load(douyin: &Shared, address: &str, is_video: bool) -> Result<u64, String> {
    let http = &douyin.context.http;
    let response = http
        .get(address)
        .send()
        .await
        .map_err(|error| error.to_string())?;
    if !response.status().is_success() {
        return Err(format!("{address} answers {}", response.status()));
    }
    let mime = response.headers().get("content-type");
    let mime = mime
        .and_then(|mime| mime.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let is_taken = if is_video {
        ["video/mp4", "video/quicktime", "video/3gpp"].contains(&mime.as_str())
    } else {
        mime.starts_with("image/") && mime != "image/gif"
    };
    if !is_taken {
        return Err(format!("{address} is {mime}"));
    }
    let bytes = response.bytes().await.map_err(|error| error.to_string())?;
    Ok(bytes.len() as u64)
}
