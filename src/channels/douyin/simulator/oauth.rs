//! Codes and tokens.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{
    Shared, get, grant_answer, pairs,
    state::{Grant, State},
};
use crate::clock::Timestamp;

/// A code that lives ten minutes and works once; the earlier one dies.
pub fn new_code(state: &mut State, now: Timestamp) -> String {
    state.codes.clear();
    let code = state.next("code");
    let ends = now.plus(State::seconds(state.settings.code_life_s));
    state.codes.insert(code.clone(), ends);
    code
}

/// The page on which the user agrees; here the user always does.
pub async fn connect(douyin: Shared, request: HttpRequest) -> HttpResponse {
    let query = pairs(request.query_string());
    let now = douyin.now();
    if get(&query, "client_key") != Some(&douyin.lock().settings.client_key) {
        return grant_answer(10003, "client_key invalid", json!({}));
    }
    let Some(redirect) = get(&query, "redirect_uri").filter(|uri| uri.starts_with("http")) else {
        return grant_answer(10006, "redirect_uri not allowed", json!({}));
    };
    let code = douyin.change(|state| new_code(state, now));
    let target = format!(
        "{redirect}?code={code}&state={}",
        get(&query, "state").unwrap_or_default()
    );
    HttpResponse::Found()
        .insert_header(("location", target))
        .finish()
}

/// Forms and JSON are both taken.
fn fields(body: &str) -> Vec<(String, String)> {
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(object)) => object
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
            .collect(),
        _ => pairs(body),
    }
}

fn granted(douyin: &Shared, grant: &Grant, now: Timestamp) -> HttpResponse {
    let settings = douyin.lock().settings.clone();
    let number = |value: u64| {
        if settings.numbers_as_text {
            json!(value.to_string())
        } else {
            json!(value)
        }
    };
    grant_answer(
        0,
        "",
        json!({
            "access_token": grant.access_token,
            "expires_in": number(grant.access_ends.since(now).as_secs()),
            "refresh_token": if settings.empty_refresh_token { "" } else { &grant.refresh_token },
            "refresh_expires_in": number(grant.refresh_ends.since(now).as_secs()),
            "open_id": settings.open_id,
            "scope": settings.scopes.join(","),
        }),
    )
}

pub async fn access_token(douyin: Shared, body: String) -> HttpResponse {
    let fields = fields(&body);
    let now = douyin.now();
    let settings = douyin.lock().settings.clone();
    if ["client_key", "client_secret", "code"]
        .iter()
        .any(|name| get(&fields, name).is_none_or(str::is_empty))
    {
        return grant_answer(10005, "missing parameter", json!({}));
    }
    if get(&fields, "client_key") != Some(&settings.client_key) {
        return grant_answer(10003, "client_key invalid", json!({}));
    }
    if get(&fields, "client_secret") != Some(&settings.client_secret) {
        return grant_answer(
            10013,
            "client_key and client_secret do not match",
            json!({}),
        );
    }
    let code = get(&fields, "code").unwrap_or_default().to_owned();
    let grant = douyin.change(|state| {
        let ends = state.codes.remove(&code)?;
        (ends > now).then(|| state.grant(now))
    });
    match grant {
        Some(grant) => granted(&douyin, &grant, now),
        None => grant_answer(10007, "code expired", json!({})),
    }
}

pub async fn refresh_token(douyin: Shared, body: String) -> HttpResponse {
    let fields = fields(&body);
    let now = douyin.now();
    if douyin.lock().settings.refresh_busy {
        return grant_answer(10001, "system error", json!({}));
    }
    let Some(token) = get(&fields, "refresh_token")
        .filter(|token| !token.is_empty())
        .map(ToOwned::to_owned)
    else {
        return grant_answer(10005, "missing parameter", json!({}));
    };
    match douyin.change(|state| state.refresh(&token, now)) {
        Some(grant) => granted(&douyin, &grant, now),
        None => grant_answer(10010, "refresh_token expired", json!({})),
    }
}

pub async fn renew_refresh_token(douyin: web::Data<super::Douyin>, body: String) -> HttpResponse {
    let fields = fields(&body);
    let now = douyin.now();
    let token = get(&fields, "refresh_token").unwrap_or_default().to_owned();
    let renewed = douyin.change(|state| {
        let fresh = state.next("rft.sim");
        let life = State::seconds(state.settings.refresh_life_s);
        let grant = state
            .grants
            .iter_mut()
            .find(|grant| {
                grant.refresh_token == token && !grant.revoked && grant.refresh_ends > now
            })
            .ok_or(10010)?;
        if grant.renewals >= 5 {
            return Err(10020);
        }
        grant.renewals += 1;
        grant.refresh_token = fresh;
        grant.refresh_ends = now.plus(life);
        Ok(grant.clone())
    });
    match renewed {
        Ok(grant) => grant_answer(
            0,
            "",
            json!({ "refresh_token": grant.refresh_token, "expires_in": grant.refresh_ends.since(now).as_secs() }),
        ),
        Err(10020) => grant_answer(10020, "more than 5 renewals", json!({})),
        Err(code) => grant_answer(code, "refresh_token expired", json!({})),
    }
}
