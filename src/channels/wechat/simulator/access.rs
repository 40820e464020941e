//! Who calls, and how often they may: token, allowances of a path, what the account may do; then the call itself.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{
    Refusal, Shared, check, draft, figures, fine, link, mass, material, publish, refuse, search,
    state::{State, day},
};
use crate::{
    channels::{beijing, draw},
    clock::Timestamp,
};

/// Calls that read, and take no body.
const GETS: [&str; 3] = [
    "/cgi-bin/material/get_materialcount",
    "/cgi-bin/draft/count",
    "/cgi-bin/draft/switch",
];

/// Answers with a picture, unless it refuses.
const CODE: &str = "/wxa/getwxacodeunlimit";

/// The value of a query.
pub fn query(request: &HttpRequest, name: &str) -> String {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = pairs.map(web::Query::into_inner).unwrap_or_default();
    let found = pairs.into_iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value).unwrap_or_default()
}

/// The path of a call, without the folder in which the platform stands.
pub fn path(request: &HttpRequest) -> &str {
    request.path().trim_start_matches("/wechat")
}

/// Lets a call in: the token, then the allowances of its path.
pub fn admit(state: &mut State, token: &str, path: &str, now: Timestamp) -> Result<(), Refusal> {
    if token.is_empty() {
        return refuse(41001, "access_token missing");
    }
    let Some(known) = state.tokens.iter().find(|one| one.text == token) else {
        return refuse(40014, "invalid access_token");
    };
    // A token of the other application is none here.
    if known.superseded_at.is_some_and(|at| at <= now) || known.mini != path.starts_with("/wxa/") {
        return refuse(
            40001,
            "invalid credential, access_token is invalid or not latest",
        );
    }
    if known.ends <= now {
        return refuse(42001, "access_token expired");
    }
    let per_day = state.settings.quotas.get(path).copied();
    let per_day = per_day.unwrap_or(state.settings.calls_per_day);
    let (today, minute) = (day(now), now.unix_seconds().div_euclid(60));
    let calls = state.calls.entry(path.to_owned()).or_default();
    if calls.day != today {
        (calls.day, calls.of_day) = (today, 0);
    }
    if calls.minute != minute {
        (calls.minute, calls.of_minute) = (minute, 0);
    }
    if calls.of_day >= per_day {
        return refuse(45009, "reach max api daily quota limit");
    }
    if calls.of_minute >= state.settings.calls_per_minute {
        return refuse(
            45011,
            "api minute-quota reach limit, mustslower, retry next minute",
        );
    }
    calls.of_day += 1;
    calls.of_minute += 1;
    let gated = [
        "/cgi-bin/freepublish/",
        "/cgi-bin/message/mass/",
        "/datacube/",
    ];
    let is_gated = gated.iter().any(|family| path.starts_with(family));
    if is_gated && !state.settings.verified {
        return refuse(48001, "api unauthorized");
    }
    Ok(())
}

/// Any call with a token whose body is JSON, whatever its header says.
pub async fn call(wechat: Shared, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let (path, token, now) = (
        path(&request),
        query(&request, "access_token"),
        wechat.now(),
    );
    let is_post = request.method() == "POST";
    let made = wechat.change(|state| {
        state.settle(now);
        if !is_post && !GETS.contains(&path) {
            return refuse(43002, "require POST method");
        }
        admit(state, &token, path, now)?;
        let body = if GETS.contains(&path) {
            Value::Null
        } else {
            read(&body)?
        };
        carry_out(state, path, &body, now)
    });
    if path == "/cgi-bin/draft/get"
        && let Ok(body) = &made
    {
        // The header of this answer is wrong on the platform, too.
        return HttpResponse::Ok()
            .content_type("text/plain")
            .body(body.to_string());
    }
    if path == CODE
        && let Ok(body) = &made
        && let Ok(picture) = draw(body["code"].as_str().unwrap_or_default())
    {
        return HttpResponse::Ok().content_type("image/png").body(picture);
    }
    wechat.answer(made)
}

fn read(body: &[u8]) -> Result<Value, Refusal> {
    if body.is_empty() {
        return refuse(44002, "empty post data");
    }
    let text = std::str::from_utf8(body).or_else(|_| refuse(47001, "data format error"))?;
    let value: Value =
        serde_json::from_str(text).or_else(|_| refuse(47001, "data format error"))?;
    if !value.is_object() {
        return refuse(47001, "data format error");
    }
    Ok(value)
}

fn carry_out(
    state: &mut State,
    path: &str,
    body: &Value,
    now: Timestamp,
) -> Result<Value, Refusal> {
    match path {
        "/cgi-bin/openapi/quota/get" => Ok(quota(state, body)),
        "/cgi-bin/clear_quota" if body["appid"] != state.settings.app_id.as_str() => {
            refuse(40013, "invalid appid")
        }
        "/cgi-bin/clear_quota" => clear(state, now),
        "/cgi-bin/material/batchget_material" => material::list(state, body),
        "/cgi-bin/material/get_materialcount" => Ok(material::count(state)),
        "/cgi-bin/material/del_material" => material::delete(state, body),
        "/cgi-bin/draft/add" => draft::add(state, body, now),
        "/cgi-bin/draft/get" => draft::get(state, body),
        "/cgi-bin/draft/update" => draft::update(state, body, now),
        "/cgi-bin/draft/delete" => draft::delete(state, body),
        "/cgi-bin/draft/count" => Ok(json!({ "total_count": state.drafts.len() })),
        "/cgi-bin/draft/batchget" => draft::list(state, body),
        "/cgi-bin/draft/switch" => Ok(json!({ "errcode": 0, "errmsg": "ok", "is_open": 1 })),
        "/cgi-bin/freepublish/submit" => publish::submit(state, body, now),
        "/cgi-bin/freepublish/get" => publish::get(state, body),
        "/cgi-bin/freepublish/delete" => publish::delete(state, body),
        "/cgi-bin/freepublish/getarticle" => publish::article(state, body),
        "/cgi-bin/freepublish/batchget" => publish::list(state, body, now),
        "/cgi-bin/message/mass/sendall" => mass::send(state, body, now),
        "/cgi-bin/message/mass/preview" => mass::preview(state, body),
        "/cgi-bin/message/mass/get" => mass::get(state, body),
        "/cgi-bin/message/mass/delete" => mass::delete(state, body),
        "/cgi-bin/message/mass/speed/get" => mass::speed(state, body, false),
        "/cgi-bin/message/mass/speed/set" => mass::speed(state, body, true),
        "/wxa/msg_sec_check" => check::text(state, body),
        "/wxa/media_check_async" => check::picture(state, body, now),
        "/wxa/generate_urllink" => link::make(state, body, false, now),
        "/wxa/generatescheme" => link::make(state, body, true, now),
        "/wxa/query_urllink" => link::query(state, body, false, now),
        "/wxa/queryscheme" => link::query(state, body, true, now),
        CODE => link::code(state, body),
        "/wxa/search/wxaapi_submitpages" => search::submit(state, body, now),
        _ => figures::read(state, path, body, now),
    }
}

fn quota(state: &State, body: &Value) -> Value {
    let path = body["cgi_path"].as_str().unwrap_or_default();
    let limit = state
        .settings
        .quotas
        .get(path)
        .copied()
        .unwrap_or(state.settings.calls_per_day);
    let used = state.calls.get(path).map_or(0, |calls| calls.of_day);
    let remain = limit.saturating_sub(used);
    json!({ "errcode": 0, "errmsg": "ok", "quota": { "daily_limit": limit, "used": used, "remain": remain } })
}

fn clear(state: &mut State, now: Timestamp) -> Result<Value, Refusal> {
    use chrono::Datelike as _;
    let local = beijing(now);
    let month = i64::from(local.year()) * 12 + i64::from(local.month());
    let count = if state.clears.0 == month {
        state.clears.1
    } else {
        0
    };
    if count >= state.settings.clears_per_month {
        return refuse(48006, "forbid to clear quota because of reaching the limit");
    }
    state.clears = (month, count + 1);
    state.calls.clear();
    Ok(fine())
}

/// The same with the secret, for those who cannot even fetch a token.
pub async fn clear_with_secret(wechat: Shared, body: web::Bytes) -> HttpResponse {
    let now = wechat.now();
    let made = read(&body).and_then(|body| {
        wechat.change(|state| {
            if body["appid"] != state.settings.app_id.as_str() {
                return refuse(40013, "invalid appid");
            }
            if body["appsecret"] != state.settings.app_secret.as_str() {
                return refuse(40125, "invalid appsecret");
            }
            clear(state, now)
        })
    });
    wechat.answer(made)
}
