//! The mini-program's side: checks of texts.

use serde_json::{Value, json};

use super::{Refusal, fine, refuse, state::State};
use crate::text::characters;

/// Characters of a text.
const LONGEST: usize = 2500;

/// What each part of the check says; the older shape of the call knows yes and no alone.
pub fn check_text(state: &mut State, body: &Value) -> Result<Value, Refusal> {
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
    if !body["scene"]
        .as_u64()
        .is_some_and(|scene| (1..=4).contains(&scene))
    {
        return refuse(40129, "invalid scene");
    }
    if text("openid").is_empty() {
        return refuse(40003, "invalid openid");
    }
    if !settings
        .recent_openids
        .iter()
        .any(|known| known == text("openid"))
    {
        return refuse(
            61010,
            "code is expired: the user was not active within two hours",
        );
    }
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
