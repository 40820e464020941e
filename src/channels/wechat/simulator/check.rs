//! The mini-program's checks: of texts at once, of pictures by an event, once each was fetched and looked at.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Refusal, WeChat, event, fine, refuse, state::State};
use crate::{clock::Timestamp, text::characters};

/// Characters of a text.
const LONGEST: usize = 2500;

/// Bytes of a picture, and how long one may take to be fetched.
const LARGEST: usize = 10 << 20;
const PATIENCE: Duration = Duration::from_secs(5);
/// Beginnings of the files that are pictures: JPEG, PNG, BMP, GIF.
const MAGIC: [&[u8]; 4] = [b"\xff\xd8\xff", b"\x89PNG", b"BM", b"GIF8"];

/// A picture to be looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Check {
    pub trace_id: String,
    pub url: String,
    pub verdict: String,
    pub due: Timestamp,
}

/// Refuses whom neither check is for.
fn admit(state: &State, body: &Value) -> Result<(), Refusal> {
    let openid = body["openid"].as_str().unwrap_or_default();
    let scene = body["scene"].as_u64();
    if !scene.is_some_and(|scene| (1..=4).contains(&scene)) {
        return refuse(40129, "invalid scene");
    }
    if openid.is_empty() {
        return refuse(40003, "invalid openid");
    }
    let recent = &state.settings.recent_openids;
    if !recent.iter().any(|known| known == openid) {
        let words = "code is expired: the user was not active within two hours";
        return refuse(61010, words);
    }
    Ok(())
}

/// Takes a picture; what it says comes as an event.
pub fn picture(state: &mut State, body: &Value, now: Timestamp) -> Result<Value, Refusal> {
    let url = body["media_url"].as_str().unwrap_or_default();
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return refuse(47001, "invalid media_url");
    }
    if body["version"] != 2 || !matches!(body["media_type"].as_u64(), Some(1 | 2)) {
        return refuse(47001, "invalid version or media_type");
    }
    admit(state, body)?;
    let verdicts = &mut state.settings.picture_verdicts;
    let verdict = if verdicts.is_empty() {
        "pass".to_owned()
    } else {
        verdicts.remove(0)
    };
    let trace_id = format!("68aa0000-{:08x}", state.next());
    let delay = Duration::from_secs(state.settings.check_delay_s);
    state.checks.push(Check {
        trace_id: trace_id.clone(),
        url: url.to_owned(),
        verdict,
        due: now.plus(delay),
    });
    Ok(json!({ "errcode": 0, "errmsg": "ok", "trace_id": trace_id }))
}

/// Looks at the pictures whose time has come.
pub async fn look_at_due(wechat: &WeChat, now: Timestamp) {
    loop {
        let check = wechat.change(|state| {
            let due = state.checks.iter().position(|check| check.due <= now);
            due.map(|at| state.checks.remove(at))
        });
        let Some(check) = check else { return };
        let is_there = check.verdict != "unreachable" && is_picture(wechat, &check.url).await;
        wechat.change(|state| {
            if check.verdict != "silent" {
                let told = told(&state.settings.mini_app_id, &check, is_there);
                event::tell_of_check(state, &told, now);
            }
        });
    }
}

async fn is_picture(wechat: &WeChat, url: &str) -> bool {
    let request = wechat.context.http.get(url).timeout(PATIENCE);
    let Ok(answer) = request.send().await else {
        return false;
    };
    let is_found = answer.status().is_success();
    let bytes = answer.bytes().await.unwrap_or_default();
    is_found && bytes.len() <= LARGEST && MAGIC.iter().any(|magic| bytes.starts_with(magic))
}

/// What the event says beside what all events say.
fn told(app_id: &str, check: &Check, is_there: bool) -> Value {
    let (suggest, label) = match check.verdict.as_str() {
        "risky" => ("risky", 20002),
        "review" => ("review", 10001),
        _ => ("pass", 100),
    };
    let mut told = json!({
        "appid": app_id, "trace_id": check.trace_id, "version": 2,
        "detail": [{ "strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90 }],
        "errcode": 0, "errmsg": "ok",
        "result": { "suggest": suggest, "label": label },
    });
    if !is_there {
        told["errcode"] = json!(-1008);
        told["errmsg"] = json!("download failed");
        told["detail"] = json!([]);
        told["result"] = json!({ "suggest": "", "label": 0 });
    }
    told
}

/// What each part of the check says; the older shape of the call knows yes and no alone.
pub fn text(state: &mut State, body: &Value) -> Result<Value, Refusal> {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let settings = &state.settings;
    let all = format!("{}\n{}", text("title"), text("content"));
    let found = |words: &[String]| {
        words
            .iter()
            .find(|word| all.contains(word.as_str()))
            .cloned()
    };
    let (risky, doubtful) = (
        found(&settings.risky_words),
        found(&settings.doubtful_words),
    );
    if body["version"] != 2 && body["version"] != "2" {
        return match risky {
            Some(_) => refuse(87014, "risky content"),
            None => Ok(fine()),
        };
    }
    if text("content").is_empty() || characters(text("content")) > LONGEST {
        return refuse(47001, "content size out of limit");
    }
    admit(state, body)?;
    let (suggest, label, keyword) = match (risky, doubtful) {
        (Some(word), _) => ("risky", 20012, Some(word)),
        (None, Some(word)) => ("review", 10001, Some(word)),
        (None, None) => ("pass", 100, None),
    };
    let mut detail = vec![json!({
        "strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90,
    })];
    if let Some(keyword) = keyword {
        detail.push(json!({
            "strategy": "keyword", "errcode": 0, "suggest": suggest, "label": label, "level": 90, "keyword": keyword,
        }));
    }
    let trace = format!("68aa0000-{:08x}", state.next());
    Ok(json!({
        "errcode": 0, "errmsg": "ok", "trace_id": trace,
        "result": { "suggest": suggest, "label": label }, "detail": detail,
    }))
}
