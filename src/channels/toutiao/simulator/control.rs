//! The platform's own switches, and what readers would see.
//!
//! | `POST /control/toutiao` | what it does |
//! | --- | --- |
//! | `{"set": {"list_delay_s": 60, …}}` | changes [`Settings`](super::state::Settings); the answer holds them all |
//! | `{"authorize": true}` | the user agrees: gives a `code` |
//! | `{"revoke": true}` | the user withdraws what was granted: tokens are dead at once |
//! | `{"withdraw": "toutiao.video.data"}` | the user withdraws one scope |
//! | `{"expire": "access"}`, `"refresh"`, `"uploads"`, `"videos"` | those that are out end now |
//! | `{"insert_foreign": {"text": "…", "age_s": 0}}` | the owner posts a video by hand, so long ago: gives an `item_id` |
//! | `{"delete": "id"}` | the owner deletes a video or an article by hand |
//! | `{"state": true}` | everything that the simulator knows |
//!
//! An article is pasted with `POST /toutiao/console/article`.

use serde_json::{Value, json};

use super::{
    oauth,
    state::{Item, State, seconds},
};
use crate::{
    channels::{
        simulator::change_settings,
        toutiao::{ARTICLE, VIDEO},
    },
    clock::Timestamp,
};

const KNOWN: &str =
    "known commands: set, authorize, revoke, withdraw, expire, insert_foreign, delete, state";

/// What readers would see: videos of the API and articles that somebody pasted, unless they were deleted.
pub fn ledger(state: &State) -> Value {
    let videos = state
        .items
        .iter()
        .filter(|item| !item.is_deleted && !item.is_foreign);
    let videos = videos.map(|item| {
        json!({
            "lane": VIDEO,
            "key": item.id,
            "title": item.text,
            "state": "公开",
            "size_bytes": item.size_bytes,
            "submissions": 1,
        })
    });
    let articles = state.articles.iter().filter(|article| !article.is_deleted);
    let articles = articles.map(|article| {
        json!({
            "lane": ARTICLE,
            "key": article.id,
            "title": article.title,
            "state": "公开",
            "html": article.html,
            "covers": article.covers.len(),
            "tags": article.tags,
            "submissions": 1,
        })
    });
    json!({ "items": videos.chain(articles).collect::<Vec<_>>() })
}

/// Throws a switch.
pub fn throw(state: &mut State, command: &Value, now: Timestamp) -> Result<Value, String> {
    let Some((name, value)) = command.as_object().and_then(|object| object.iter().next()) else {
        return Err(KNOWN.to_owned());
    };
    match name.as_str() {
        "set" => return change_settings(&mut state.settings, value),
        "authorize" => {
            let scopes = state.settings.user_scopes.clone();
            return Ok(json!({ "code": oauth::new_code(state, scopes, now) }));
        }
        "revoke" => state
            .grants
            .iter_mut()
            .for_each(|grant| grant.revoked = true),
        "withdraw" => {
            let scope = value.as_str().ok_or("withdraw takes the name of a scope")?;
            for grant in &mut state.grants {
                grant.scopes.retain(|known| known != scope);
            }
        }
        "expire" => expire(state, value.as_str().unwrap_or_default(), now)?,
        "insert_foreign" => {
            let age = seconds(value["age_s"].as_u64().unwrap_or(0));
            let id = state.next_number();
            state.items.push(Item {
                id: id.clone(),
                text: value["text"].as_str().unwrap_or_default().to_owned(),
                upload: None,
                size_bytes: 0,
                created_at: now.minus(age),
                is_foreign: true,
                is_deleted: false,
            });
            return Ok(json!({ "item_id": id }));
        }
        "delete" => {
            let id = value
                .as_str()
                .ok_or("give the id of a video or an article")?;
            let item = state.items.iter_mut().find(|item| item.id == id);
            let article = state.articles.iter_mut().find(|article| article.id == id);
            match (item, article) {
                (Some(item), _) => item.is_deleted = true,
                (None, Some(article)) => article.is_deleted = true,
                (None, None) => return Err(format!("there is nothing of id {id}")),
            }
        }
        "state" => return serde_json::to_value(&*state).map_err(|error| error.to_string()),
        _ => return Err(KNOWN.to_owned()),
    }
    Ok(json!({}))
}

fn expire(state: &mut State, what: &str, now: Timestamp) -> Result<(), String> {
    let grants = state.grants.iter_mut();
    match what {
        "access" => grants.for_each(|grant| grant.access_ends = now),
        "refresh" => grants.for_each(|grant| grant.refresh_ends = now),
        "uploads" => state.uploads.clear(),
        "videos" => state.videos.clear(),
        _ => return Err("expire takes access, refresh, uploads or videos".to_owned()),
    }
    Ok(())
}
