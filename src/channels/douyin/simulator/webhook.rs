//! Calls that the platform makes: the verification of an address, and events, signed, with their repeats.

use std::{sync::Weak, time::Duration};

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Douyin, Shared, state::State};
use crate::{channels::douyin::webhook::sign, clock::Timestamp};

/// An address must answer within this time.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the queue is looked through while something waits in it.
const GLANCE: Duration = Duration::from_millis(20);

/// A call that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub message_id: String,
    /// Exactly what is sent, and signed.
    pub body: String,
    pub due: Timestamp,
    pub tries: usize,
}

/// Puts an event into the queue, if somebody listens.
pub fn enqueue(state: &mut State, event: &str, content: &Value, now: Timestamp) {
    if state.settings.webhook_url.is_empty() {
        return;
    }
    let body = json!({
        "event": event,
        "from_user_id": state.settings.open_id,
        "to_user_id": "",
        "client_key": state.settings.client_key,
        "content": content,
        "log_id": state.next("20260101000000SIM"),
    });
    let call = Call {
        message_id: uuid::Uuid::now_v7().to_string(),
        body: body.to_string(),
        due: now,
        tries: 0,
    };
    let copies = match state.settings.webhook_fault.as_str() {
        "lose" => 0,
        "repeat" => 2,
        _ => 1,
    };
    state.calls.extend(std::iter::repeat_n(call, copies));
}

/// Makes what is due, in the background.
pub fn start(douyin: Weak<Douyin>) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(work_off(douyin));
    }
}

/// Makes calls until none waits any more; what is repeated later waits for the clock.
async fn work_off(douyin: Weak<Douyin>) {
    while let Some(douyin) = douyin.upgrade() {
        let now = douyin.now();
        let (call, is_empty) = douyin.change(|state| {
            let due = state.calls.iter().position(|call| call.due <= now);
            (due.map(|at| state.calls.remove(at)), state.calls.is_empty())
        });
        match call {
            Some(call) => make(&douyin, call).await,
            None if is_empty => return,
            None => {
                drop(douyin);
                tokio::time::sleep(GLANCE).await;
            }
        }
    }
}

/// Makes a call; one that is not answered with 200 in time is made again, three times at most.
async fn make(douyin: &Douyin, call: Call) {
    let settings = douyin.lock().settings.clone();
    let secret = if settings.webhook_fault == "forge" {
        "somebody else's secret"
    } else {
        &settings.client_secret
    };
    let request = douyin
        .context
        .http
        .post(&settings.webhook_url)
        .timeout(PATIENCE)
        .header("content-type", "application/json")
        .header("X-Douyin-Signature", sign(secret, call.body.as_bytes()))
        .header("Msg-Id", &call.message_id)
        .body(call.body.clone());
    let is_heard = request
        .send()
        .await
        .is_ok_and(|response| response.status() == reqwest::StatusCode::OK);
    let now = douyin.now();
    douyin.change(|state| {
        if is_heard {
            state.webhook_failures = 0;
            return;
        }
        if let Some(pause) = state.settings.webhook_retry_s.get(call.tries).copied() {
            state.calls.push(Call {
                due: now.plus(Duration::from_secs(pause)),
                tries: call.tries + 1,
                ..call
            });
            return;
        }
        state.webhook_failures += 1;
        // An address that keeps failing is not called any more.
        if state.webhook_failures >= state.settings.webhook_most_failures {
            state.settings.webhook_url.clear();
            state.calls.clear();
        }
    });
}

/// What the console is told: `POST /douyin/console/webhook {"url": "…"}`. Not a call of the platform.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    url: String,
}

/// Sets the address to which events go; it must answer the challenge.
pub async fn set_address(douyin: Shared, address: web::Json<Address>) -> HttpResponse {
    match verify(&douyin, &address.url).await {
        Ok(()) => HttpResponse::Ok().json(json!({})),
        Err(message) => HttpResponse::BadRequest().json(json!({ "message": message })),
    }
}

async fn verify(douyin: &Douyin, url: &str) -> Result<(), String> {
    let (secret, key) = {
        let state = douyin.lock();
        (
            state.settings.client_secret.clone(),
            state.settings.client_key.clone(),
        )
    };
    let challenge = 12345;
    let body = json!({ "event": "verify_webhook", "client_key": key, "content": { "challenge": challenge } });
    let body = body.to_string();
    let request = douyin
        .context
        .http
        .post(url)
        .timeout(PATIENCE)
        .header("content-type", "application/json")
        .header("X-Douyin-Signature", sign(&secret, body.as_bytes()))
        .body(body);
    let response = request.send().await.map_err(|error| error.to_string())?;
    let answer: Value = response.json().await.map_err(|error| error.to_string())?;
    if answer["challenge"] != challenge {
        return Err(format!("the address answers {answer}"));
    }
    douyin.change(|state| {
        url.clone_into(&mut state.settings.webhook_url);
        state.webhook_failures = 0;
    });
    Ok(())
}
