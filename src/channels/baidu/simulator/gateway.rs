//! Tokens, and what the gateway decides before a business service sees a call: token, address, right, pace, allowance.

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::{
    Baidu,
    call::{Call, answer, find},
};

/// What a call needs beyond a token of the application.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Right {
    Search,
    Feed,
}

impl Baidu {
    /// Lets a call through, or answers as the gateway does.
    #[expect(clippy::result_large_err, reason = "the answer is sent at once")]
    pub fn admit(&self, call: &Call, right: Right) -> Result<(), HttpResponse> {
        let now = self.now();
        self.change(|state| {
            let status = state.settings.gateway_status;
            let refuse = |code: i64, text: &str| {
                Err(answer(
                    status,
                    &json!({ "error_code": code, "error_msg": text }),
                ))
            };
            let settings = &state.settings;
            let in_query = find(&call.query, "access_token");
            let in_body = find(&call.form, "access_token");
            let is_misplaced = call
                .query
                .iter()
                .any(|(name, _)| name != "access_token" && !name.starts_with("sp_sdk"));
            let token = if settings.strict {
                in_query.filter(|_| !is_misplaced && in_body.is_none())
            } else {
                in_query.or(in_body)
            };
            let Some(token) = token else {
                return refuse(100, "Invalid parameter");
            };
            let Some(token) = state
                .tokens
                .iter()
                .find(|known| known.value == token && !known.revoked)
            else {
                return refuse(110, "Access token invalid or no longer valid");
            };
            if token.expires_at <= now {
                return refuse(111, "Access token expired");
            }
            if settings.ip_refused {
                return refuse(5, "Unauthorized client IP address");
            }
            let is_granted = right != Right::Feed || settings.feed_granted;
            if token.app != settings.app_key || !is_granted {
                return refuse(6, "No permission to access data");
            }
            let (a_second, a_day) = (settings.calls_per_second, settings.calls_per_day);
            let second = now.unix_seconds();
            if state.second.0 != second {
                state.second = (second, 0);
            }
            state.second.1 += 1;
            if a_second > 0 && state.second.1 > a_second {
                return refuse(18, "Open api qps request limit reached");
            }
            let is_over = state.count("calls", 1, now) > a_day && a_day > 0;
            if is_over || (right == Right::Feed && !state.take("feed_calls", 1, now)) {
                return refuse(17, "Open api daily request limit reached");
            }
            Ok(())
        })
    }
}

/// `oauth/2.0/token`: the application's own token, asked for by POST or GET.
pub async fn token(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    let get = |name: &str| {
        find(&call.form, name)
            .or_else(|| find(&call.query, name))
            .unwrap_or_default()
    };
    let refuse = |error: &str, text: &str| {
        answer(400, &json!({ "error": error, "error_description": text }))
    };
    let settings = baidu.lock().settings.clone();
    let (app, secret) = (get("client_id"), get("client_secret"));
    if get("grant_type").is_empty() || app.is_empty() || secret.is_empty() {
        return refuse("invalid_request", "a required parameter is missing");
    }
    if get("grant_type") != "client_credentials" {
        let text = "The authorization grant type is not supported";
        return refuse("unsupported_grant_type", text);
    }
    let known = if app == settings.app_key {
        Some(&settings.app_secret)
    } else {
        settings.other_apps.get(app)
    };
    match known {
        None => return refuse("invalid_client", "unknown client id"),
        Some(known) if known != secret => {
            return refuse("invalid_client", "Client authentication failed");
        }
        Some(_) => {}
    }
    if get("scope") != "smartapp_snsapi_base" {
        return refuse("invalid_scope", "The requested scope is invalid");
    }
    let now = baidu.now();
    let token = baidu.change(|state| state.issue_token(app, now));
    answer(
        200,
        &json!({
            "access_token": token.value,
            "expires_in": settings.token_life_s,
            "refresh_token": "25.unused",
            "scope": "smartapp_snsapi_base",
            "session_key": "",
            "session_secret": "",
        }),
    )
}
