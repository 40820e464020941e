//! Calls that the platform makes: it looks whether an address answers, and tells of events in sealed messages, which are made
//! again when nobody hears them.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{super::time, Baidu, settings::Settings, state::State};
use crate::{
    channels::envelope::{key, seal, signature},
    clock::Timestamp,
};

/// A call that is not answered in this time was not heard (develop/serverapi/contact_api).
const PATIENCE: Duration = Duration::from_secs(2);
/// The answer that ends the repeats.
const HEARD: &str = "success";

/// A call to be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Notice {
    pub message: String,
    pub due: Timestamp,
    pub tries: usize,
}

/// The event of an application that is taken offline.
pub fn offline(state: &mut State, now: Timestamp) {
    if !state.settings.callback_url.is_empty() {
        let event = json!({ "event": "APP_FORCE_OFFLINE", "reason": "违反平台规范" });
        enqueue(state, &event, now);
    }
}

/// Puts an event into the queue, with what all events say.
pub fn enqueue(state: &mut State, event: &Value, now: Timestamp) {
    let settings = &state.settings;
    let mut message = json!({
        "appId": settings.app_number, "tpAppId": 9, "eventTime": time::release_date(now),
    });
    if let (Some(message), Some(event)) = (message.as_object_mut(), event.as_object()) {
        message.extend(event.clone());
    }
    let notice = Notice {
        message: message.to_string(),
        due: now.plus(Duration::from_secs(settings.callback_delay_s)),
        tries: 0,
    };
    let copies = match settings.callback_fault.as_str() {
        "lose" => 0,
        "repeat" => 2,
        _ => 1,
    };
    state.notices.extend(std::iter::repeat_n(notice, copies));
}

/// Makes the calls whose time has come.
pub async fn make_due(baidu: &Baidu) {
    let now = baidu.now();
    loop {
        let notice = baidu.change(|state| {
            let due = state.notices.iter().position(|notice| notice.due <= now);
            due.map(|at| state.notices.remove(at))
        });
        let Some(notice) = notice else { return };
        if make(baidu, &notice, now).await {
            continue;
        }
        baidu.change(|state| {
            if let Some(pause) = state.settings.callback_retry_s.get(notice.tries).copied() {
                state.notices.push(Notice {
                    due: now.plus(Duration::from_secs(pause)),
                    tries: notice.tries + 1,
                    ..notice
                });
            }
        });
    }
}

async fn make(baidu: &Baidu, notice: &Notice, now: Timestamp) -> bool {
    let settings = baidu.lock().settings.clone();
    let Some(key) = key(&settings.aes_key) else {
        return false;
    };
    let random = uuid::Uuid::now_v7().into_bytes();
    let sealed = seal(&key, &random, &notice.message, settings.client_id());
    let (time, nonce) = signed_parts(now);
    let body = json!({
        "Nonce": nonce,
        "TimeStamp": time,
        "MsgSignature": signature(&[token(&settings), &time, &nonce, &sealed]),
        "Encrypt": sealed,
    });
    let request = baidu.context.http.post(&settings.callback_url);
    let answer = request.timeout(PATIENCE).json(&body).send().await;
    match answer {
        Ok(answer) if answer.status().is_success() => {
            answer.text().await.is_ok_and(|text| text == HEARD)
        }
        _ => false,
    }
}

/// The token that signs.
fn token(settings: &Settings) -> &str {
    if settings.callback_fault == "forge" {
        return "somebody else's token";
    }
    &settings.callback_token
}

/// What is signed beside the token: the time and a word of its own.
fn signed_parts(now: Timestamp) -> (String, String) {
    let nonce = uuid::Uuid::now_v7().simple().to_string();
    (now.unix_seconds().to_string(), nonce)
}

/// What the console is told: `POST /baidu/console/message {"url": "…"}`. Not a call of the platform.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    url: String,
}

/// Sets the address to which events go; it must answer with the text that it is sent.
pub async fn set_address(baidu: web::Data<Baidu>, address: web::Json<Address>) -> HttpResponse {
    match verify(&baidu, &address.url).await {
        Ok(()) => HttpResponse::Ok().json(json!({})),
        Err(message) => HttpResponse::BadRequest().json(json!({ "message": message })),
    }
}

async fn verify(baidu: &Baidu, url: &str) -> Result<(), String> {
    let settings = baidu.lock().settings.clone();
    let (time, nonce) = signed_parts(baidu.now());
    let echo = uuid::Uuid::now_v7().simple().to_string();
    let form = [
        ("signature", signature(&[token(&settings), &time, &nonce])),
        ("timestamp", time),
        ("nonce", nonce),
        ("echoStr", echo.clone()),
    ];
    let request = baidu.context.http.post(url).timeout(PATIENCE).form(&form);
    let answer = request.send().await.map_err(|error| error.to_string())?;
    let told = answer.text().await.map_err(|error| error.to_string())?;
    if told != echo {
        return Err(format!("the address answers {told}"));
    }
    baidu.change(|state| url.clone_into(&mut state.settings.callback_url));
    Ok(())
}
