//! Links and codes into the mini-program, and what is left of their allowances.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Refusal, Shared, answer::Family, mini, state::State};
use crate::{channels::draw, clock::Timestamp};

const BAD: Refusal = (28_001_007, "bad parameter");
const SPENT: Refusal = (28_003_017, "quota has used up");
const BAD_END: Refusal = (28_005_022, "expire_time is out of range");
const BAD_APP: Refusal = (28_005_006, "bad app_name");
/// Apps in which a URL link opens, and in which a code does.
const LINK_APPS: [&str; 4] = ["douyin", "douyinlite", "toutiao", "toutiaolite"];
const CODE_APPS: [&str; 7] = [
    "toutiao",
    "toutiao_lite",
    "douyin",
    "douyin_lite",
    "douyin_search",
    "huoshan",
    "all",
];
const HOUR_S: i64 = 3600;
const LONGEST_S: i64 = 180 * 24 * HOUR_S;
const LONGEST_QUERY: usize = 1024;

/// A link that was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    pub address: String,
    pub app_name: Option<String>,
    pub path: String,
    pub query: Value,
    pub made_at: Timestamp,
    /// Nothing: it does not end.
    pub ends_s: Option<i64>,
}

/// Which of the two calls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Schema,
    UrlLink,
}

/// When a link ends, rounded up to the hour.
fn end(body: &Value, now: i64) -> Result<i64, Refusal> {
    // The official library sends it as a text.
    let ends = &body["expire_time"];
    let ends = ends
        .as_i64()
        .or_else(|| ends.as_str()?.parse().ok())
        .ok_or(BAD)?;
    let rounded = ends.div_euclid(HOUR_S) * HOUR_S + if ends % HOUR_S == 0 { 0 } else { HOUR_S };
    let is_fine = ends > now && ends <= now + LONGEST_S;
    is_fine.then_some(rounded).ok_or(BAD_END)
}

fn make(state: &mut State, body: &Value, shape: Shape, now: Timestamp) -> Result<Value, Refusal> {
    let text = |name: &str| body[name].as_str().map(ToOwned::to_owned);
    let app_name = text("app_name");
    if shape == Shape::UrlLink && !LINK_APPS.map(Some).contains(&app_name.as_deref()) {
        return Err(BAD);
    }
    let query = text("query").unwrap_or_else(|| "{}".to_owned());
    if query.chars().count() > LONGEST_QUERY {
        return Err(BAD);
    }
    let query: Value = serde_json::from_str(&query).map_err(|_| BAD)?;
    if !query.is_object() {
        return Err(BAD);
    }
    let ends_s = match (shape, body["no_expire"].as_bool()) {
        (Shape::Schema, None) => return Err(BAD),
        (Shape::Schema, Some(true)) => None,
        _ => Some(end(body, now.unix_seconds())?),
    };
    let since = now.minus(Duration::from_hours(24));
    let made = state.links.iter().filter(|link| link.made_at > since);
    if made.count() >= state.settings.links_per_day {
        return Err(SPENT);
    }
    let ticket = state.next("sim");
    let (name, address) = match shape {
        Shape::Schema => ("schema", format!("sslocal://miniapp?ticket={ticket}")),
        Shape::UrlLink => ("url_link", format!("https://z.douyin.com/{ticket}")),
    };
    state.links.push(Link {
        address: address.clone(),
        app_name,
        path: text("path").unwrap_or_default(),
        query,
        made_at: now,
        ends_s,
    });
    Ok(json!({ name: address }))
}

fn respond(
    douyin: &Shared,
    request: &HttpRequest,
    body: &str,
    act: impl FnOnce(&mut State, &Value, Timestamp) -> Result<Value, Refusal>,
) -> HttpResponse {
    if let Err(refused) = douyin.enter_as_app(Family::New, request, "ma.jump.basic") {
        return *refused;
    }
    let now = douyin.now();
    let done =
        mini::read(douyin, body).and_then(|body| douyin.change(|state| act(state, &body, now)));
    match done {
        Ok(data) => douyin.ok(Family::New, data),
        Err(refusal) => douyin.refuse(Family::New, refusal),
    }
}

pub async fn schema(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    respond(&douyin, &request, &body, |state, body, now| {
        make(state, body, Shape::Schema, now)
    })
}

pub async fn url_link(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    respond(&douyin, &request, &body, |state, body, now| {
        make(state, body, Shape::UrlLink, now)
    })
}

/// What a link opens; the same for both shapes.
pub async fn query(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    respond(&douyin, &request, &body, |state, body, _| {
        let asked = body["url_link"]
            .as_str()
            .or_else(|| body["schema"].as_str());
        let link = state
            .links
            .iter()
            .find(|link| Some(link.address.as_str()) == asked);
        let link = link.ok_or(BAD)?;
        Ok(json!({
            "app_id": state.settings.mini_app_id,
            "app_name": link.app_name,
            "path": link.path,
            "query": link.query.to_string(),
            "create_time": link.made_at.unix_seconds(),
            "expire_time": link.ends_s.unwrap_or_default(),
        }))
    })
}

pub async fn quota(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    respond(&douyin, &request, &body, |state, _, now| {
        let since = now.minus(Duration::from_hours(24));
        let made = state.links.iter().filter(|link| link.made_at > since);
        Ok(json!({
            "url_link_limit": state.settings.links_per_day,
            "url_link_used": made.count(),
        }))
    })
}

/// A code; the picture stands in the answer.
pub async fn code(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    if let Err(refused) = douyin.enter_as_app(Family::New, &request, "apps.qrcode.create") {
        return *refused;
    }
    let drawn = serde_json::from_str::<Value>(&body)
        .map_err(|_| BAD)
        .and_then(|body| {
            let app_id = douyin.lock().settings.mini_app_id.clone();
            let app_name = body["app_name"].as_str().unwrap_or("toutiao");
            if body["appid"] != app_id.as_str() {
                return Err(BAD);
            }
            if !CODE_APPS.contains(&app_name) {
                return Err(BAD_APP);
            }
            let path = body["path"].as_str().unwrap_or_default();
            // A question mark that was not spelt out ends the parameter.
            if path.contains(['?', '&']) {
                return Err(BAD);
            }
            draw(&format!(
                "https://z.douyin.com/code?app={app_name}&app_id={app_id}&path={path}"
            ))
            .map_err(|_| BAD)
        });
    match drawn {
        Ok(picture) => douyin.ok(Family::New, json!({ "img": STANDARD.encode(picture) })),
        Err(refusal) => douyin.refuse(Family::New, refusal),
    }
}
