//! Tokens: `stable_token`, which gives the same to all, and `token`, of which each call makes a new one.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{
    Refusal, Shared, refuse,
    state::{Settings, State, Token, day},
};
use crate::clock::Timestamp;

/// A fetched token has at least this long left.
const LEAST_LEFT: Duration = Duration::from_mins(5);

pub async fn stable(wechat: Shared, request: HttpRequest, body: String) -> HttpResponse {
    let (caller, now) = (peer(&request), wechat.now());
    if request.method() != "POST" {
        return wechat.answer(refuse(43002, "require POST method"));
    }
    let made = read(&body).and_then(|body| {
        let text = |name: &str| body[name].as_str().unwrap_or_default();
        wechat.change(|state| {
            let given = [text("grant_type"), text("appid"), text("secret")];
            let is_mini = admit(&state.settings, given, &caller)?;
            Ok(give(state, is_mini, body["force_refresh"] == true, now))
        })
    });
    wechat.answer(made)
}

pub async fn legacy(
    wechat: Shared,
    request: HttpRequest,
    query: web::Query<BTreeMap<String, String>>,
) -> HttpResponse {
    let (caller, now) = (peer(&request), wechat.now());
    let text = |name: &str| query.get(name).map_or("", String::as_str);
    let made = wechat.change(|state| {
        let given = [text("grant_type"), text("appid"), text("secret")];
        let is_mini = admit(&state.settings, given, &caller)?;
        Ok(renew(state, is_mini, false, now))
    });
    wechat.answer(made)
}

fn peer(request: &HttpRequest) -> String {
    request
        .peer_addr()
        .map(|address| address.ip().to_string())
        .unwrap_or_default()
}

fn read(body: &str) -> Result<Value, Refusal> {
    if body.is_empty() {
        return refuse(44002, "empty post data");
    }
    serde_json::from_str(body).or_else(|_| refuse(47001, "data format error"))
}

/// Lets an application in, and says whether it is the mini-program, which needs no list of addresses.
fn admit(
    settings: &Settings,
    [grant, app_id, secret]: [&str; 3],
    caller: &str,
) -> Result<bool, Refusal> {
    if app_id.is_empty() {
        return refuse(41002, "appid missing");
    }
    if secret.is_empty() {
        return refuse(41004, "appsecret missing");
    }
    if grant != "client_credential" {
        return refuse(40002, "invalid grant_type");
    }
    let is_mini = app_id == settings.mini_app_id;
    if !is_mini && app_id != settings.app_id {
        return refuse(40013, "invalid appid");
    }
    let expected = if is_mini {
        &settings.mini_app_secret
    } else {
        &settings.app_secret
    };
    if secret != expected {
        return refuse(40125, "invalid appsecret");
    }
    if is_mini {
        return Ok(true);
    }
    if !settings.ip_whitelist.is_empty() && !settings.ip_whitelist.iter().any(|ip| ip == caller) {
        let words = format!("invalid ip {caller} ipv6 ::ffff:{caller}, not in whitelist");
        return refuse(40164, words);
    }
    Ok(false)
}

/// The one that all have, until its last minutes; a forced refresh makes another, so often a day.
fn give(state: &mut State, mini: bool, force: bool, now: Timestamp) -> Value {
    let known = state
        .tokens
        .iter()
        .rfind(|one| one.stable && one.mini == mini && one.superseded_at.is_none());
    let known = known.filter(|one| one.ends > now.plus(LEAST_LEFT)).cloned();
    let is_forced = force && take_forced(state, now);
    match known {
        Some(known) if !is_forced => {
            json!({ "access_token": known.text, "expires_in": known.ends.since(now).as_secs() })
        }
        _ => {
            let fresh = renew(state, mini, true, now);
            if is_forced {
                // The one that leaked is dead at once.
                for old in &mut state.tokens {
                    if old.superseded_at.is_some() && old.stable && old.mini == mini {
                        old.superseded_at = Some(now);
                    }
                }
            }
            fresh
        }
    }
}

fn take_forced(state: &mut State, now: Timestamp) -> bool {
    let (known_day, count, last) = state.forced;
    let count = if known_day == day(now) { count } else { 0 };
    let pause = Duration::from_secs(state.settings.forced_pause_s);
    if count >= state.settings.forced_per_day || last.is_some_and(|last| now.since(last) < pause) {
        return false;
    }
    state.forced = (day(now), count + 1, Some(now));
    true
}

/// A new token; the one before lives on for a while.
fn renew(state: &mut State, mini: bool, stable: bool, now: Timestamp) -> Value {
    let overlap = Duration::from_secs(state.settings.token_overlap_s);
    let old = state.tokens.iter_mut();
    let is_before =
        |one: &&mut Token| one.stable == stable && one.mini == mini && one.superseded_at.is_none();
    for old in old.filter(is_before) {
        old.superseded_at = Some(now.plus(overlap));
    }
    let life = state.settings.token_life_s;
    let token = format!(
        "71_sim{}{:012}",
        if stable { "S" } else { "L" },
        state.next()
    );
    state.tokens.push(Token {
        text: token.clone(),
        stable,
        mini,
        ends: now.plus(Duration::from_secs(life)),
        superseded_at: None,
    });
    json!({ "access_token": token, "expires_in": life })
}
