//! Events: signed, plain or sealed, made again when nobody hears them.

use std::{fmt::Write as _, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{WeChat, publish, state::State};
use crate::{
    channels::envelope::{key, seal, signature},
    clock::Timestamp,
};

/// A call that is not answered in this time was not heard; it is made three times, five seconds apart.
const PATIENCE: Duration = Duration::from_secs(5);
const TRIES: u32 = 3;

/// A call to be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Call {
    pub message: String,
    /// The mini-program makes it.
    #[serde(default)]
    pub mini: bool,
    pub due: Timestamp,
    pub tries: u32,
}

/// Puts the end of a job into the queue, if somebody listens.
pub fn enqueue(state: &mut State, at: usize, now: Timestamp) {
    if state.settings.callback_url.is_empty() {
        return;
    }
    let told = publish::told(state, &state.jobs[at]);
    let mut info = String::new();
    let _ = write!(
        info,
        "<publish_id>{}</publish_id><publish_status>{}</publish_status>",
        told["publish_id"], told["publish_status"]
    );
    if let Some(id) = told["article_id"].as_str() {
        let _ = write!(info, "<article_id><![CDATA[{id}]]></article_id>");
        let items = told["article_detail"]["item"]
            .as_array()
            .into_iter()
            .flatten();
        let _ = write!(
            info,
            "<article_detail><count>{}</count>",
            told["article_detail"]["count"]
        );
        for item in items {
            let url = item["article_url"].as_str().unwrap_or_default();
            let _ = write!(
                info,
                "<item><idx>{}</idx><article_url><![CDATA[{url}]]></article_url></item>",
                item["idx"]
            );
        }
        info.push_str("</article_detail>");
    }
    if told.get("fail_idx").is_some() {
        info.push_str("<fail_idx>1</fail_idx>");
    }
    let name = state.settings.event_name.clone();
    let info = format!("<PublishEventInfo>{info}</PublishEventInfo>");
    call(state, &name, &info, now);
}

/// Puts the end of a sending into the queue, if somebody listens.
pub fn enqueue_sending(state: &mut State, at: usize, said: &str, now: Timestamp) {
    if state.settings.callback_url.is_empty() {
        return;
    }
    let sending = &state.sendings[at];
    let is_sent = sending.status == "SEND_SUCCESS";
    let total = if is_sent { 1200 } else { 0 };
    let mut info = format!(
        "<MsgID>{}</MsgID><Status><![CDATA[{said}]]></Status><TotalCount>{total}</TotalCount><FilterCount>{total}</FilterCount><SentCount>{total}</SentCount><ErrorCount>0</ErrorCount><CopyrightCheckResult><Count>0</Count><ResultList></ResultList><CheckState>1</CheckState></CopyrightCheckResult>",
        sending.msg_id
    );
    if is_sent {
        let url = publish::url(sending.msg_data_id, 1);
        let _ = write!(
            info,
            "<ArticleUrlResult><Count>1</Count><ResultList><item><ArticleIdx>1</ArticleIdx><ArticleUrl><![CDATA[{url}]]></ArticleUrl></item></ResultList></ArticleUrlResult>"
        );
    }
    call(state, "MASSSENDJOBFINISH", &info, now);
}

/// Puts an event into the queue.
pub fn call(state: &mut State, name: &str, info: &str, now: Timestamp) {
    let message = format!(
        "<xml><ToUserName><![CDATA[gh_sim00000001]]></ToUserName><FromUserName><![CDATA[o_mphelper_sim]]></FromUserName><CreateTime>{}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{name}]]></Event>{info}</xml>",
        now.unix_seconds()
    );
    queue(state, message, false, now);
}

/// Puts what a check of a picture found into the queue, if somebody listens.
pub fn tell_of_check(state: &mut State, told: &Value, now: Timestamp) {
    if state.settings.callback_url.is_empty() {
        return;
    }
    let mut message = json!({
        "ToUserName": "gh_simmini00001", "FromUserName": "o_reviewer_sim",
        "CreateTime": now.unix_seconds(), "MsgType": "event", "Event": "wxa_media_check",
    });
    if let (Some(message), Value::Object(told)) = (message.as_object_mut(), told.clone()) {
        message.extend(told);
    }
    let message = if state.settings.mini_event_format == "json" {
        message.to_string()
    } else {
        format!("<xml>{}</xml>", xml(&message))
    };
    queue(state, message, true, now);
}

/// Values as elements; one of a list each, under its name.
fn xml(value: &Value) -> String {
    match value {
        Value::Object(values) => {
            let element = |name: &String, value: &Value| format!("<{name}>{}</{name}>", xml(value));
            let elements = values.iter().map(|(name, value)| match value {
                Value::Array(list) => list.iter().map(|value| element(name, value)).collect(),
                value => element(name, value),
            });
            elements.collect()
        }
        Value::String(text) => format!("<![CDATA[{text}]]>"),
        other => other.to_string(),
    }
}

fn queue(state: &mut State, message: String, mini: bool, now: Timestamp) {
    let call = Call {
        message,
        mini,
        due: now,
        tries: 0,
    };
    let copies = match state.settings.callback_fault.as_str() {
        "lose" => 0,
        "repeat" => 2,
        _ => 1,
    };
    state.events.extend(std::iter::repeat_n(call, copies));
}

/// Makes what is due.
pub async fn make_due(wechat: &WeChat, now: Timestamp) {
    loop {
        let call = wechat.change(|state| {
            let due = state.events.iter().position(|call| call.due <= now);
            due.map(|at| state.events.remove(at))
        });
        let Some(call) = call else { return };
        if !make(wechat, &call, now).await && call.tries + 1 < TRIES {
            wechat.change(|state| {
                state.events.push(Call {
                    due: now.plus(PATIENCE),
                    tries: call.tries + 1,
                    ..call
                });
            });
        }
    }
}

async fn make(wechat: &WeChat, call: &Call, now: Timestamp) -> bool {
    let settings = wechat.lock().settings.clone();
    let token = if settings.callback_fault == "forge" {
        "somebody else's token"
    } else {
        settings.callback_token.as_str()
    };
    let (timestamp, nonce) = (now.unix_seconds().to_string(), "1234567890");
    let signed = signature(&[token, &timestamp, nonce]);
    let mut query = vec![
        ("signature", signed),
        ("timestamp", timestamp.clone()),
        ("nonce", nonce.to_owned()),
    ];
    let mut body = call.message.clone();
    let is_json = body.starts_with('{');
    if settings.callback_mode != "plain" {
        let Some(key) = key(&settings.aes_key) else {
            return false;
        };
        let owner = if call.mini {
            &settings.mini_app_id
        } else {
            &settings.app_id
        };
        let sealed = seal(&key, b"0123456789ABCDEF", &call.message, owner);
        query.push(("encrypt_type", "aes".to_owned()));
        query.push((
            "msg_signature",
            signature(&[token, &timestamp, nonce, &sealed]),
        ));
        let is_compatible = settings.callback_mode == "compatible";
        if is_json {
            let mut whole = json!({ "ToUserName": "gh_simmini00001" });
            if is_compatible {
                whole = serde_json::from_str(&call.message).unwrap_or(whole);
            }
            whole["Encrypt"] = json!(sealed);
            body = whole.to_string();
        } else {
            let rest = if is_compatible {
                call.message
                    .trim_start_matches("<xml>")
                    .trim_end_matches("</xml>")
            } else {
                "<ToUserName><![CDATA[gh_sim00000001]]></ToUserName>"
            };
            body = format!("<xml><Encrypt><![CDATA[{sealed}]]></Encrypt>{rest}</xml>");
        }
    }
    let request = wechat
        .context
        .http
        .post(&settings.callback_url)
        .timeout(PATIENCE);
    let answer = request
        .query(&query)
        .header(
            "content-type",
            if is_json {
                "application/json"
            } else {
                "text/xml"
            },
        )
        .body(body)
        .send()
        .await;
    match answer {
        Ok(answer) if answer.status().is_success() => answer
            .text()
            .await
            .is_ok_and(|text| text.is_empty() || text == "success"),
        _ => false,
    }
}
