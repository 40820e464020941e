//! Codes and tokens. Unlike at Douyin, calls for tokens are asked with GET.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{
    Refusal, Shared, Toutiao, get, pairs,
    state::{Code, Grant, Settings, State, seconds},
};
use crate::{
    channels::bytedance::simulator::consent::{Consent, UNKNOWN_KEY},
    clock::Timestamp,
};

const MISSING: Refusal = (10005, "missing parameter");

/// A code that lives ten minutes and works once, for some scopes; the earlier one dies.
pub fn new_code(state: &mut State, scopes: Vec<String>, now: Timestamp) -> String {
    state.codes.clear();
    let code = state.next("code");
    let ends = now.plus(seconds(state.settings.code_life_s));
    state.codes.insert(code.clone(), Code { ends, scopes });
    code
}

fn consent(settings: &Settings) -> Consent<'_> {
    Consent {
        platform: "头条",
        client_key: &settings.client_key,
        app_scopes: &settings.app_scopes,
        redirect_uris: &settings.redirect_uris,
        nickname: &settings.nickname,
        user_scopes: &settings.user_scopes,
        drops_fragment: false,
        tells_scopes: false,
    }
}

/// The page on which the user agrees or does not.
pub async fn authorize(toutiao: Shared, request: HttpRequest) -> HttpResponse {
    let settings = toutiao.lock().settings.clone();
    consent(&settings).page(request.query_string())
}

/// The user's answer leads back.
pub async fn answer(toutiao: Shared, request: HttpRequest, body: String) -> HttpResponse {
    let (now, settings) = (toutiao.now(), toutiao.lock().settings.clone());
    consent(&settings).answer(request.query_string(), &body, |granted| {
        toutiao.change(|state| new_code(state, granted, now))
    })
}

/// The values of a call that must all be there; key and secret must be the application's.
fn read<const N: usize>(
    toutiao: &Toutiao,
    request: &HttpRequest,
    names: [&str; N],
) -> Result<[String; N], Refusal> {
    let query = pairs(request.query_string());
    let values = names.map(|name| get(&query, name).unwrap_or_default().to_owned());
    if values.iter().any(String::is_empty) {
        return Err(MISSING);
    }
    let state = toutiao.lock();
    let is_other = |name, known: &String| get(&query, name).is_some_and(|given| given != known);
    if is_other("client_key", &state.settings.client_key) {
        return Err(UNKNOWN_KEY);
    }
    if is_other("client_secret", &state.settings.client_secret) {
        return Err((10013, "client_key and client_secret do not match"));
    }
    Ok(values)
}

fn is_kind(kind: &str, wanted: &str) -> Result<(), Refusal> {
    if kind == wanted {
        Ok(())
    } else {
        Err((10002, "grant_type is another"))
    }
}

fn tokens(state: &State, grant: &Grant, now: Timestamp) -> Value {
    json!({
        "access_token": grant.access_token,
        "expires_in": grant.access_ends.since(now).as_secs(),
        "refresh_token": grant.refresh_token,
        "refresh_expires_in": grant.refresh_ends.since(now).as_secs(),
        "open_id": state.settings.open_id,
        "scope": grant.scopes.join(","),
    })
}

/// A code becomes tokens.
pub async fn access_token(toutiao: Shared, request: HttpRequest) -> HttpResponse {
    let names = ["client_key", "client_secret", "code", "grant_type"];
    let now = toutiao.now();
    let told = read(&toutiao, &request, names).and_then(|[_, _, code, kind]| {
        is_kind(&kind, "authorization_code")?;
        toutiao.change(|state| {
            let code = state.codes.remove(&code).filter(|code| code.ends > now);
            let code = code.ok_or((10007, "code expired"))?;
            let settings = &state.settings;
            let (access, refresh) = (settings.access_life_s, settings.refresh_life_s);
            let grant = Grant {
                access_token: state.next("act.tt"),
                access_ends: now.plus(seconds(access)),
                refresh_token: state.next("rft.tt"),
                refresh_ends: now.plus(seconds(refresh)),
                renewals: 0,
                scopes: code.scopes,
                revoked: false,
            };
            state.grants.push(grant.clone());
            Ok(tokens(state, &grant, now))
        })
    });
    toutiao.granted(told)
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
        .ok_or((10010, "refresh_token expired"))
}

/// A token that still lives lives longer; one that has ended becomes another. The refresh token stays as it is.
pub async fn refresh_token(toutiao: Shared, request: HttpRequest) -> HttpResponse {
    let names = ["client_key", "grant_type", "refresh_token"];
    let now = toutiao.now();
    let told = read(&toutiao, &request, names).and_then(|[_, kind, token]| {
        is_kind(&kind, "refresh_token")?;
        toutiao.change(|state| {
            let fresh = state.next("act.tt");
            let life = seconds(state.settings.access_life_s);
            let grant = living(state, &token, now)?;
            if grant.access_ends <= now {
                grant.access_token = fresh;
            }
            grant.access_ends = now.plus(life);
            let grant = grant.clone();
            Ok(tokens(state, &grant, now))
        })
    });
    toutiao.granted(told)
}

/// A new refresh token for an old one, which dies; five times at most.
pub async fn renew_refresh_token(toutiao: Shared, request: HttpRequest) -> HttpResponse {
    let now = toutiao.now();
    let told = read(&toutiao, &request, ["client_key", "refresh_token"]).and_then(|[_, token]| {
        toutiao.change(|state| {
            let fresh = state.next("rft.tt");
            let (life, most) = (state.settings.refresh_life_s, state.settings.most_renewals);
            let grant = living(state, &token, now)?;
            if grant.renewals >= most {
                return Err((10020, "the refresh_token cannot be renewed any more"));
            }
            grant.renewals += 1;
            grant.refresh_token = fresh;
            grant.refresh_ends = now.plus(seconds(life));
            Ok(json!({ "refresh_token": grant.refresh_token, "expires_in": life }))
        })
    });
    toutiao.granted(told)
}

/// A token of the application. Nothing that is simulated here takes one.
pub async fn client_token(toutiao: Shared, request: HttpRequest) -> HttpResponse {
    let names = ["client_key", "client_secret", "grant_type"];
    let told = read(&toutiao, &request, names).and_then(|[_, _, kind]| {
        is_kind(&kind, "client_credential")?;
        Ok(toutiao.change(|state| {
            json!({ "access_token": state.next("clt.tt"), "expires_in": state.settings.client_life_s })
        }))
    });
    toutiao.granted(told)
}

/// Who granted.
pub async fn userinfo(toutiao: Shared, request: HttpRequest, body: String) -> HttpResponse {
    let fields = [pairs(request.query_string()), pairs(&body)].concat();
    let now = toutiao.now();
    let told = {
        let state = toutiao.lock();
        let token = get(&fields, "access_token").unwrap_or_default();
        let is_known = state
            .grants
            .iter()
            .any(|grant| grant.access_token == token && !grant.revoked && grant.access_ends > now);
        if token.is_empty() || get(&fields, "open_id").is_none() {
            Err(MISSING)
        } else if !is_known {
            Err((10008, "access_token invalid"))
        } else if get(&fields, "open_id") != Some(&state.settings.open_id) {
            Err((2_190_015, "access_token does not match open_id"))
        } else {
            Ok(
                json!({ "open_id": state.settings.open_id, "nickname": state.settings.nickname, "avatar": "" }),
            )
        }
    };
    toutiao.granted(told)
}
