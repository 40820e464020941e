//! The platform's own switches, and what readers would see.
//!
//! | `POST /control/douyin` | what it does |
//! | --- | --- |
//! | `{"set": {"profile": "offline", …}}` | changes [`Settings`](super::state::Settings); the answer holds them all |
//! | `{"authorize": true}` | the user agrees: gives a `code` |
//! | `{"revoke": true}` | the user withdraws what was granted: tokens are dead at once |
//! | `{"withdraw": "video.create.bind"}` | the user withdraws one scope |
//! | `{"expire": "access"}`, `"refresh"`, `"uploads"`, `"videos"` | those that are out end now |
//! | `{"insert_foreign": {"text": "…", "pinned": false}}` | the owner posts by hand: gives an `item_id` |
//! | `{"pin": "item_id"}`, `{"take_down": "item_id"}`, `{"delete": "item_id"}` | a work stands first; is taken down after its review; is deleted by its owner |
//! | `{"state": true}` | everything that the simulator knows |
//!
//! What people do beside the platform has addresses of its own: `POST /douyin/phone` opens a link
//! ([`Opened`](super::share::Opened)), `POST /douyin/console/webhook` sets where events go.

use serde_json::{Value, json};

use super::{
    oauth,
    state::{Item, Origin, State},
    webhook,
};
use crate::{
    channels::{
        douyin::{HAND_OFF, PUBLISH, SEARCH},
        simulator::change_settings,
    },
    clock::Timestamp,
};

const KNOWN: &str = "known commands: set, authorize, revoke, withdraw, expire, insert_foreign, pin, take_down, delete, state";

/// What readers would see: works that are still there, of the API and of links that somebody opened, and pages for search.
pub fn ledger(state: &State, now: Timestamp) -> Value {
    let mut items: Vec<Value> = state
        .items
        .iter()
        .filter(|item| !item.deleted && item.source != Origin::Foreign)
        .map(|item| {
            let shown = match state.status(item, now) {
                4 => "审核中",
                2 => "不适宜公开",
                6 => "好友可见",
                7 => "私密",
                _ => "公开",
            };
            json!({
                "lane": if item.source == Origin::HandOff { HAND_OFF } else { PUBLISH },
                "key": item.item_id,
                "title": item.text,
                "state": shown,
                "cover": item.cover,
                "images": item.images.len(),
                "anchor": item.micro_app_url,
                "anchor_title": item.micro_app_title,
                "size_bytes": item.size_bytes,
                "submissions": 1,
            })
        })
        .collect();
    items.extend(state.pages.iter().map(|(path, submissions)| {
        json!({ "lane": SEARCH, "key": path, "title": path, "state": "已提交", "submissions": submissions })
    }));
    json!({ "items": items })
}

/// Throws a switch.
pub fn throw(state: &mut State, command: &Value, now: Timestamp) -> Result<Value, String> {
    let Some((name, value)) = command.as_object().and_then(|object| object.iter().next()) else {
        return Err(KNOWN.to_owned());
    };
    match name.as_str() {
        "set" => change_settings(&mut state.settings, value),
        "authorize" => {
            let scopes = state.settings.user_scopes.clone();
            Ok(json!({ "code": oauth::new_code(state, scopes, now) }))
        }
        "revoke" => {
            for grant in &mut state.grants {
                grant.revoked = true;
            }
            let content = json!({ "scopes": state.settings.user_scopes });
            webhook::enqueue(state, "unauthorize", &content, now);
            Ok(json!({}))
        }
        "withdraw" => {
            let scope = value.as_str().ok_or("withdraw takes the name of a scope")?;
            for grant in &mut state.grants {
                grant.scopes.retain(|known| known != scope);
            }
            Ok(json!({}))
        }
        "expire" => expire(state, value.as_str().unwrap_or_default(), now),
        "insert_foreign" => Ok(insert_foreign(state, value, now)),
        "pin" => mark(state, value, |item| item.pinned = true),
        "take_down" => mark(state, value, |item| item.taken_down = true),
        "delete" => mark(state, value, |item| item.deleted = true),
        "state" => serde_json::to_value(&*state).map_err(|error| error.to_string()),
        _ => Err(KNOWN.to_owned()),
    }
}

fn expire(state: &mut State, what: &str, now: Timestamp) -> Result<Value, String> {
    match what {
        "access" => state
            .grants
            .iter_mut()
            .for_each(|grant| grant.access_ends = now),
        "refresh" => state
            .grants
            .iter_mut()
            .for_each(|grant| grant.refresh_ends = now),
        "uploads" => state.uploads.clear(),
        "videos" => state.videos.clear(),
        _ => return Err("expire takes access, refresh, uploads or videos".to_owned()),
    }
    Ok(json!({}))
}

fn insert_foreign(state: &mut State, wanted: &Value, now: Timestamp) -> Value {
    let serial = state.serial;
    let item = Item {
        item_id: state.next("@foreign"),
        video_id: (7_300_000_000_000_000_000 + serial).to_string(),
        text: wanted["text"].as_str().unwrap_or_default().to_owned(),
        cover: None,
        upload: None,
        images: Vec::new(),
        micro_app_id: None,
        micro_app_title: None,
        micro_app_url: None,
        private_status: 0,
        size_bytes: 0,
        created_at: now,
        source: Origin::Foreign,
        pinned: wanted["pinned"].as_bool().unwrap_or(false),
        taken_down: false,
        deleted: false,
    };
    let answer = json!({ "item_id": item.item_id });
    state.items.push(item);
    answer
}

fn mark(state: &mut State, id: &Value, change: impl FnOnce(&mut Item)) -> Result<Value, String> {
    let id = id.as_str().ok_or("give the item_id of a work")?;
    let item = state
        .find_item_mut(id)
        .ok_or_else(|| format!("there is no item {id}"))?;
    change(item);
    Ok(json!({}))
}
