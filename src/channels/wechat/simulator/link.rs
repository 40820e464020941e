//! Links and codes into the mini-program: URL links, schemes, and the round code, drawn as a square one.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Refusal, refuse, state::State};
use crate::clock::Timestamp;

const DAY_S: i64 = 86_400;
const LONGEST_DAYS: i64 = 30;
const LONGEST_QUERY: usize = 1024;
const LONGEST_SCENE: usize = 32;
const SIGNS: &str = "!#$&'()*+,/:;=?@-._~%";

/// A link that was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    pub address: String,
    pub path: String,
    pub query: String,
    pub made_at: Timestamp,
    /// 0: it does not end.
    pub ends_s: i64,
}

fn is_spelt(text: &str, signs: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
}

/// The page and its parameters, checked as all three calls do.
fn target(state: &State, body: &Value) -> Result<(String, String), Refusal> {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (path, query) = (text("path"), text("query"));
    if !state.settings.mini_published {
        return refuse(85079, "miniprogram has no online release");
    }
    let pages = &state.settings.mini_pages;
    let is_known = pages.is_empty() || pages.contains(&path);
    if !path.is_empty() && (path.starts_with('/') || path.contains('?') || !is_known) {
        return refuse(40165, "invalid weapp pagepath");
    }
    if query.len() > LONGEST_QUERY || !is_spelt(&query, SIGNS) {
        return refuse(40212, "invalid query");
    }
    Ok((path, query))
}

/// When a link ends, in seconds since 1970.
fn end(body: &Value, now: i64) -> Result<i64, Refusal> {
    let number = |name: &str| body[name].as_i64().unwrap_or_default();
    let ends = match number("expire_type") {
        0 => number("expire_time"),
        1 => now + number("expire_interval") * DAY_S,
        _ => 0,
    };
    if ends <= now || ends > now + LONGEST_DAYS * DAY_S {
        return refuse(85401, "time limit between 1min and 1month");
    }
    Ok(ends)
}

fn admit(state: &State, now: Timestamp) -> Result<(), Refusal> {
    let second = now.unix_seconds();
    let links = state.links.iter().rev();
    let made = links.take_while(|link| link.made_at.unix_seconds() == second);
    if made.count() >= state.settings.links_per_second {
        return refuse(44990, "too much request per second");
    }
    Ok(())
}

/// Makes a URL link or a scheme.
pub fn make(
    state: &mut State,
    body: &Value,
    is_scheme: bool,
    now: Timestamp,
) -> Result<Value, Refusal> {
    admit(state, now)?;
    let (path, query) = target(state, if is_scheme { &body["jump_wxa"] } else { body })?;
    let may_last = is_scheme && body["is_expire"] != true;
    let ends_s = if may_last {
        let lasting = state.links.iter().filter(|link| link.ends_s == 0).count();
        if lasting >= state.settings.lasting_links {
            return refuse(85400, "long time scheme more than 100000");
        }
        0
    } else {
        end(body, now.unix_seconds())?
    };
    let serial = state.next();
    let address = if is_scheme {
        format!("weixin://dl/business/?t=sim{serial:08x}")
    } else {
        format!("https://wxaurl.cn/sim{serial:08x}")
    };
    state.links.push(Link {
        address: address.clone(),
        path,
        query,
        made_at: now,
        ends_s,
    });
    let name = if is_scheme { "openlink" } else { "url_link" };
    Ok(json!({ "errcode": 0, "errmsg": "ok", name: address }))
}

/// Tells what a link opens, and how many are left today.
pub fn query(
    state: &State,
    body: &Value,
    is_scheme: bool,
    now: Timestamp,
) -> Result<Value, Refusal> {
    let (asked, told) = if is_scheme {
        ("scheme", "scheme_info")
    } else {
        ("url_link", "url_link_info")
    };
    let address = body[asked].as_str().unwrap_or_default();
    let Some(link) = state.links.iter().find(|link| link.address == address) else {
        return refuse(40097, "invalid args");
    };
    let today = super::state::day(now);
    let made = state.links.iter();
    let made = made.filter(|link| super::state::day(link.made_at) == today);
    let left = state.settings.links_per_day.saturating_sub(made.count());
    Ok(json!({
        "errcode": 0,
        "errmsg": "ok",
        told: {
            "appid": state.settings.mini_app_id,
            "path": link.path,
            "query": link.query,
            "create_time": link.made_at.unix_seconds(),
            "expire_time": link.ends_s,
            "env_version": "release",
        },
        "quota_info": { "remain_visit_quota": 3_000_000, "remain_create_quota": left },
    }))
}

/// What stands in a code.
pub fn code(state: &State, body: &Value) -> Result<Value, Refusal> {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let (scene, page) = (text("scene"), text("page"));
    let signs = SIGNS.trim_end_matches('%');
    if scene.is_empty() || scene.len() > LONGEST_SCENE || !is_spelt(scene, signs) {
        return refuse(
            40169,
            "invalid length for scene, or the data is not json string",
        );
    }
    let checks = body["check_path"] != false;
    let pages = &state.settings.mini_pages;
    let is_known = pages.is_empty() || pages.iter().any(|known| known == page);
    if checks && (!state.settings.mini_published || page.starts_with('/') || !is_known) {
        return refuse(41030, "invalid page");
    }
    let width = body["width"].as_u64().unwrap_or(430);
    if !(280..=1280).contains(&width) {
        return refuse(40097, "invalid args");
    }
    let app_id = &state.settings.mini_app_id;
    Ok(json!({ "code": format!("https://wxaurl.cn/{app_id}/{page}?scene={scene}") }))
}
