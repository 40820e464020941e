//! Content safety: `riskDetection/v2/syncCheckText`, by two lists of words.

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::{
    Baidu,
    call::{Call, answer, business},
    gateway::Right,
};

/// Bytes of a text at most.
const LARGEST: usize = 10 * 1024;
/// What stands for a hit; the documents say only that 0 is none.
const HIT: i64 = 1;

/// Checks a text for each type that is asked about; names of types are case-sensitive.
pub async fn check_text(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    if let Err(refused) = baidu.admit(&call, Right::Search) {
        return refused;
    }
    let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
    let content = body["content"].as_str().unwrap_or_default();
    if content.is_empty() || content.len() > LARGEST {
        return business(40001, "content is empty or larger than 10 KB");
    }
    let types: Vec<&str> = match body.get("type").and_then(Value::as_array) {
        Some(types) => types.iter().filter_map(Value::as_str).collect(),
        None => vec!["risk"],
    };
    let settings = baidu.lock().settings.clone();
    let mut res = Vec::new();
    for name in types {
        let words = match name {
            "risk" => &settings.risky_words,
            "lead" => &settings.leading_words,
            _ => return business(40001, "unknown type"),
        };
        let hit = words.iter().find(|word| content.contains(word.as_str()));
        let (errno, msg) = hit.map_or((0, "success"), |word| (HIT, word.as_str()));
        res.push(json!({ "type": name, "errno": errno, "msg": msg }));
    }
    let data = json!({ "res": res, "retrieveId": uuid::Uuid::now_v7().simple().to_string() });
    answer(200, &json!({ "errno": 0, "msg": "success", "data": data }))
}
