//! The platform's own switches, and what readers would see.
//!
//! | `POST /control/wechat` | what it does |
//! | --- | --- |
//! | `{"set": {"verified": false, …}}` | changes [`Settings`](super::state::Settings); the answer holds them all |
//! | `{"expire": "tokens"}` | all tokens end now (42001) |
//! | `{"revoke": "tokens"}` | all tokens are superseded now (40001) |
//! | `{"publish": "media_id"}`, `{"throw_away": "media_id"}` | a person publishes a draft in the console, or deletes it |
//! | `{"ban": "article_id"}`, `{"delete": "article_id"}` | the platform bans an article, its owner deletes it |
//! | `{"confirm": msg_id}` | the administrator confirms a sending |
//! | `{"state": true}` | everything that the simulator knows |

use serde_json::{Value, json};

use super::{mass, publish, state::State};
use crate::{
    channels::{
        simulator::change_settings,
        wechat::{DRAFT, MASS, PICTURES, PUBLISH, SEARCH},
    },
    clock::Timestamp,
};

const KNOWN: &str =
    "known commands: set, expire, revoke, publish, throw_away, ban, delete, confirm, state";

/// What readers would see, and drafts that wait for a person; what an editor made of a draft is shown as a draft's.
pub fn ledger(state: &State, now: Timestamp) -> Value {
    let line = |lane: &str, key: &str, shown: &str, article: &Value| {
        json!({
            "lane": lane,
            "key": key,
            "title": article["title"],
            "digest": article["digest"],
            "content": article["content"],
            "source_url": article["content_source_url"],
            "state": shown,
            "submissions": 1,
        })
    };
    let mut items: Vec<Value> = state
        .articles
        .iter()
        .filter(|one| !one.deleted && !one.banned)
        .map(|one| {
            let article = &one.articles[0];
            let is_by_api = state
                .jobs
                .iter()
                .any(|job| job.article_id.as_ref() == Some(&one.id));
            let way = match (is_by_api, article["article_type"] == "newspic") {
                _ if one.msg_id.is_some() => MASS,
                (true, true) => PICTURES,
                (true, false) => PUBLISH,
                _ => DRAFT,
            };
            let mut sendings = state.sendings.iter();
            let sending = sendings.find(|sent| Some(sent.msg_id) == one.msg_id);
            let key = sending.map_or_else(|| one.id.clone(), mass::Sending::key);
            line(way, &key, "已发布", article)
        })
        .collect();
    items.extend(
        state
            .drafts
            .iter()
            .map(|one| line("box", &one.media_id, "草稿", &one.articles[0])),
    );
    items.extend(state.search_pages.iter().map(|page| {
        json!({
            "lane": SEARCH,
            "key": page.key(),
            "title": page.data["title"],
            "digest": page.data["abstract"],
            "content": page.data["mainbody"],
            "source_url": page.data["h5_url"],
            "covers": page.list("cover_img").count(),
            "state": page.standing(&state.settings, now),
            "submissions": page.submissions,
        })
    }));
    json!({ "items": items })
}

/// Throws a switch.
pub fn throw(state: &mut State, command: &Value, now: Timestamp) -> Result<Value, String> {
    let Some((name, value)) = command.as_object().and_then(|object| object.iter().next()) else {
        return Err(KNOWN.to_owned());
    };
    let id = value.as_str().unwrap_or_default();
    match name.as_str() {
        "set" => change_settings(&mut state.settings, value),
        "expire" => {
            state.tokens.iter_mut().for_each(|token| token.ends = now);
            Ok(json!({}))
        }
        "revoke" => {
            // All but the stable call still gives them out.
            state
                .tokens
                .iter_mut()
                .for_each(|token| token.superseded_at = Some(now));
            Ok(json!({}))
        }
        "confirm" => {
            mass::confirm(state, value, now)?;
            state.settle(now);
            Ok(json!({}))
        }
        "publish" => publish::by_hand(state, id, now),
        "throw_away" => {
            state.drafts.retain(|draft| draft.media_id != id);
            Ok(json!({}))
        }
        "ban" | "delete" => {
            let found = state.articles.iter_mut().find(|one| one.id == id);
            let article = found.ok_or_else(|| format!("there is no article {id}"))?;
            if name == "ban" {
                article.banned = true;
            } else {
                article.deleted = true;
            }
            Ok(json!({}))
        }
        "state" => serde_json::to_value(&*state).map_err(|error| error.to_string()),
        _ => Err(KNOWN.to_owned()),
    }
}
