//! Codes and tokens.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{
    Douyin, Refusal, Shared, get, pairs,
    state::{ClientToken, Code, Grant, Settings, State, seconds},
    webhook,
};
use crate::{
    channels::bytedance::simulator::consent::{Consent, UNKNOWN_KEY},
    clock::Timestamp,
};

const MISSING: Refusal = (10005, "missing parameter");
const OTHER_KEY: Refusal = (
    10014,
    "client_key is not the one that the token was made for",
);
const WRONG_SECRET: Refusal = (10013, "client_key and client_secret do not match");
const CODE_EXPIRED: Refusal = (10007, "code expired");
const REFRESH_EXPIRED: Refusal = (10010, "refresh_token expired");
/// The window in which fetched client tokens are counted.
const CLIENT_WINDOW_S: u64 = 300;

/// A code that lives ten minutes and works once, for some scopes; the earlier one dies.
pub fn new_code(state: &mut State, scopes: Vec<String>, now: Timestamp) -> String {
    state.codes.clear();
    let code = state.next("code");
    let ends = now.plus(seconds(state.settings.code_life_s));
    state.codes.insert(code.clone(), Code { ends, scopes });
    code
}

/// A grant for the one user.
fn new_grant(state: &mut State, scopes: Vec<String>, now: Timestamp) -> Grant {
    let grant = Grant {
        access_token: state.next("act.sim"),
        access_ends: now.plus(seconds(state.settings.access_life_s)),
        refresh_token: state.next("rft.sim"),
        refresh_ends: now.plus(seconds(state.settings.refresh_life_s)),
        renewals: 0,
        scopes,
        revoked: false,
    };
    state.first_granted_at.get_or_insert(now);
    state.grants.push(grant.clone());
    let content = json!({ "scopes": grant.scopes });
    webhook::enqueue(state, "authorize", &content, now);
    grant
}

fn consent(settings: &Settings) -> Consent<'_> {
    Consent {
        platform: "抖音",
        client_key: &settings.client_key,
        app_scopes: &settings.app_scopes,
        redirect_uris: &settings.redirect_uris,
        nickname: &settings.nickname,
        user_scopes: &settings.user_scopes,
        drops_fragment: true,
        tells_scopes: true,
    }
}

/// The page on which the user agrees or does not.
pub async fn connect(douyin: Shared, request: HttpRequest) -> HttpResponse {
    let settings = douyin.lock().settings.clone();
    consent(&settings).page(request.query_string())
}

/// The user's answer leads back.
pub async fn answer(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    let (now, settings) = (douyin.now(), douyin.lock().settings.clone());
    consent(&settings).answer(request.query_string(), &body, |granted| {
        douyin.change(|state| new_code(state, granted, now))
    })
}

/// Forms and JSON are both taken.
fn fields(body: &str) -> Vec<(String, String)> {
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(object)) => object
            .into_iter()
            .filter_map(|(name, value)| Some((name, text(value)?)))
            .collect(),
        _ => pairs(body),
    }
}

/// The fields of a call that must all be there, with the application's key first among them.
fn read<const N: usize>(
    douyin: &Douyin,
    body: &str,
    names: [&str; N],
) -> Result<[String; N], Refusal> {
    let fields = fields(body);
    let values = names.map(|name| get(&fields, name).unwrap_or_default().to_owned());
    if values.iter().any(String::is_empty) {
        return Err(MISSING);
    }
    let settings = douyin.lock().settings.clone();
    if get(&fields, "client_key").is_some_and(|key| key != settings.client_key) {
        return Err(UNKNOWN_KEY);
    }
    if get(&fields, "client_secret").is_some_and(|secret| secret != settings.client_secret) {
        return Err(WRONG_SECRET);
    }
    Ok(values)
}

fn granted(douyin: &Douyin, grant: &Grant) -> HttpResponse {
    let (now, settings) = (douyin.now(), douyin.lock().settings.clone());
    let refresh_token = if settings.empty_refresh_token {
        ""
    } else {
        &grant.refresh_token
    };
    let data = json!({
        "access_token": grant.access_token,
        "expires_in": grant.access_ends.since(now).as_secs(),
        "refresh_token": refresh_token,
        "refresh_expires_in": grant.refresh_ends.since(now).as_secs(),
        "open_id": settings.open_id,
        "scope": grant.scopes.join(","),
    });
    douyin.grant_answer((0, ""), data)
}

pub async fn access_token(douyin: Shared, body: String) -> HttpResponse {
    let names = ["client_key", "client_secret", "code", "grant_type"];
    let [_, _, code, kind] = match read(&douyin, &body, names) {
        Ok(values) => values,
        Err(refusal) => return douyin.grant_answer(refusal, json!({})),
    };
    if kind != "authorization_code" {
        return douyin.grant_answer((10002, "grant_type must be authorization_code"), json!({}));
    }
    let now = douyin.now();
    let grant = douyin.change(|state| {
        let code = state.codes.remove(&code)?;
        (code.ends > now).then(|| new_grant(state, code.scopes, now))
    });
    match grant {
        Some(grant) => {
            douyin.call_back();
            granted(&douyin, &grant)
        }
        None => douyin.grant_answer(CODE_EXPIRED, json!({})),
    }
}

/// A grant whose refresh token still lives.
fn living<'a>(
    state: &'a mut State,
    refresh_token: &str,
    now: Timestamp,
) -> Result<&'a mut Grant, Refusal> {
    state
        .grants
        .iter_mut()
        .find(|grant| grant.refresh_token == refresh_token && !grant.revoked)
        .filter(|grant| grant.refresh_ends > now)
        .ok_or(REFRESH_EXPIRED)
}

/// Refreshing a token that still lives extends it; one that has ended is replaced. The refresh token stays.
pub async fn refresh_token(douyin: Shared, body: String) -> HttpResponse {
    if douyin.lock().settings.refresh_busy {
        return douyin.grant_answer((10001, "system error"), json!({}));
    }
    let names = ["client_key", "grant_type", "refresh_token"];
    let now = douyin.now();
    let refreshed = read(&douyin, &body, names).and_then(|[_, kind, token]| {
        if kind != "refresh_token" {
            return Err((10002, "grant_type must be refresh_token"));
        }
        douyin.change(|state| {
            let fresh = state.next("act.sim");
            let life = seconds(state.settings.access_life_s);
            let grant = living(state, &token, now)?;
            if grant.access_ends <= now {
                grant.access_token = fresh;
            }
            grant.access_ends = now.plus(life);
            Ok(grant.clone())
        })
    });
    match refreshed {
        Ok(grant) => granted(&douyin, &grant),
        Err(UNKNOWN_KEY) => douyin.grant_answer(OTHER_KEY, json!({})),
        Err(refusal) => douyin.grant_answer(refusal, json!({})),
    }
}

/// A new refresh token for an old one, which dies; five times at most, and only for applications that hold it.
pub async fn renew_refresh_token(douyin: Shared, body: String) -> HttpResponse {
    let now = douyin.now();
    let renewed = read(&douyin, &body, ["client_key", "refresh_token"]).and_then(|[_, token]| {
        douyin.change(|state| {
            let scopes = &state.settings.app_scopes;
            if !scopes.iter().any(|scope| scope == "renew_refresh_token") {
                return Err((10004, "scope not held by the application"));
            }
            let fresh = state.next("rft.sim");
            let (life, most) = (state.settings.refresh_life_s, state.settings.most_renewals);
            let grant = living(state, &token, now)?;
            if grant.renewals >= most {
                return Err((10020, "the refresh_token cannot be renewed any more"));
            }
            grant.renewals += 1;
            grant.refresh_token = fresh;
            grant.refresh_ends = now.plus(seconds(life));
            Ok(grant.clone())
        })
    });
    match renewed {
        Ok(grant) => {
            let life = grant.refresh_ends.since(now).as_secs();
            let data = json!({ "refresh_token": grant.refresh_token, "expires_in": life });
            douyin.grant_answer((0, ""), data)
        }
        Err(refusal) => douyin.grant_answer(refusal, json!({})),
    }
}

/// A token of the application: only the newest two are good, and the one before the last for five minutes more.
pub async fn client_token(douyin: Shared, body: String) -> HttpResponse {
    client_answer(&douyin, &body, false)
}

/// The same token for everybody who asks within its life.
pub async fn stable_client_token(douyin: Shared, body: String) -> HttpResponse {
    client_answer(&douyin, &body, true)
}

fn client_answer(douyin: &Douyin, body: &str, stable: bool) -> HttpResponse {
    let names = ["client_key", "client_secret", "grant_type"];
    let now = douyin.now();
    let made = read(douyin, body, names).and_then(|[_, _, kind]| {
        if kind != "client_credential" {
            return Err((10002, "grant_type must be client_credential"));
        }
        douyin.change(|state| new_client_token(state, stable, now))
    });
    match made {
        Ok(made) => {
            let data =
                json!({ "access_token": made.token, "expires_in": made.ends.since(now).as_secs() });
            douyin.grant_answer((0, ""), data)
        }
        Err(refusal) => douyin.grant_answer(refusal, json!({})),
    }
}

fn new_client_token(
    state: &mut State,
    stable: bool,
    now: Timestamp,
) -> Result<ClientToken, Refusal> {
    let window = seconds(CLIENT_WINDOW_S);
    state.client_calls.retain(|at| now.since(*at) < window);
    if state.client_calls.len() >= state.settings.client_calls as usize {
        return Err((10020, "client_token is fetched too often"));
    }
    state.client_calls.push(now);
    state.client_tokens.retain(|token| token.ends > now);
    if stable && let Some(known) = state.client_tokens.iter().find(|token| token.stable) {
        return Ok(known.clone());
    }
    let (life, grace) = (state.settings.client_life_s, state.settings.client_grace_s);
    if !stable {
        let plain = state
            .client_tokens
            .iter()
            .filter(|token| !token.stable)
            .count();
        let mut to_drop = plain.saturating_sub(1);
        state.client_tokens.retain(|token| {
            let goes = !token.stable && to_drop > 0;
            to_drop -= usize::from(goes);
            !goes
        });
        for old in state.client_tokens.iter_mut().filter(|token| !token.stable) {
            old.ends = old.ends.min(now.plus(seconds(grace)));
        }
    }
    let token = ClientToken {
        token: state.next("clt.sim"),
        made_at: now,
        ends: now.plus(seconds(life)),
        stable,
    };
    state.client_tokens.push(token.clone());
    Ok(token)
}

/// Who granted: name and picture.
pub async fn userinfo(douyin: Shared, body: String) -> HttpResponse {
    let fields = fields(&body);
    let (token, open_id) = (get(&fields, "access_token"), get(&fields, "open_id"));
    let now = douyin.now();
    let (is_known, settings) = {
        let state = douyin.lock();
        let is_known = state.grants.iter().any(|grant| {
            Some(grant.access_token.as_str()) == token && !grant.revoked && grant.access_ends > now
        });
        (is_known, state.settings.clone())
    };
    if !is_known {
        return douyin.grant_answer((28_001_003, "access token invalid"), json!({}));
    }
    if open_id != Some(&settings.open_id) {
        return douyin.grant_answer(
            (2_190_015, "access_token does not match open_id"),
            json!({}),
        );
    }
    let data = json!({ "open_id": settings.open_id, "union_id": format!("union-{}", settings.open_id), "nickname": settings.nickname, "avatar": "" });
    douyin.grant_answer((0, ""), data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn living(state: &State, now: Timestamp) -> Vec<&str> {
        let tokens = state.client_tokens.iter();
        tokens
            .filter(|token| token.ends > now)
            .map(|token| token.token.as_str())
            .collect()
    }

    #[test]
    fn a_second_client_token_leaves_the_first_five_minutes_and_a_third_none() {
        let mut state = State::default();
        let start = Timestamp::from_unix_seconds(1_790_000_000);
        let mut fetch = |at| {
            new_client_token(&mut state, false, at)
                .expect("a token")
                .token
        };

        let first = fetch(start);
        let second = fetch(start);
        assert_eq!(living(&state, start), [&first, &second]);
        assert_eq!(living(&state, start.plus(seconds(301))), [&second]);
        let third = new_client_token(&mut state, false, start)
            .expect("a token")
            .token;

        assert_eq!(living(&state, start), [&second, &third]);
    }

    #[test]
    fn a_stable_client_token_is_one_for_all_and_five_hundred_calls_are_the_most() {
        let mut state = State::default();
        let start = Timestamp::from_unix_seconds(1_790_000_000);
        let mut fetch = |at| new_client_token(&mut state, true, at).map(|made| made.token);

        let first = fetch(start).expect("a token");
        for _ in 1..500 {
            assert_eq!(fetch(start).as_ref(), Ok(&first));
        }
        assert_eq!(fetch(start).map_err(|(code, _)| code), Err(10020));
        assert_eq!(fetch(start.plus(seconds(300))).as_ref(), Ok(&first));
        assert_ne!(fetch(start.plus(seconds(7200))).as_ref(), Ok(&first));
    }
}
