//! Content safety: `riskDetection/v2`, `syncCheckText` by two lists of words, `syncCheckImage` by a list of verdicts.

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::{
    Baidu,
    call::{Call, answer, business},
    gateway::Right,
};

/// Bytes of a text at most.
const LARGEST: usize = 10 * 1024;
/// Bytes of a picture at most, how its file begins, and what may be asked of it.
const LARGEST_PICTURE: usize = 5 << 20;
const MAGIC: [&[u8]; 2] = [b"\xff\xd8\xff", b"\x89PNG"];
const OF_PICTURES: [&str; 3] = ["porn", "ocr-word", "ocr-lead"];
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
        res.push(said(name, hit.map(String::as_str)));
    }
    told(&res)
}

/// Looks at a picture for each type that is asked about; the next verdict of `picture_verdicts` says what is there.
pub async fn check_picture(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    if let Err(refused) = baidu.admit(&call, Right::Search) {
        return refused;
    }
    let picture = call.files.iter().find(|(name, _)| name == "image");
    let is_taken = picture.is_some_and(|(_, bytes)| {
        bytes.len() <= LARGEST_PICTURE && MAGIC.iter().any(|magic| bytes.starts_with(magic))
    });
    if !is_taken {
        return business(40001, "image is no PNG or JPEG, or larger than 5 MB");
    }
    let types = match call.field("type") {
        "" => "porn",
        types => types,
    };
    let types: Vec<&str> = types.split(',').collect();
    if types.iter().any(|name| !OF_PICTURES.contains(name)) {
        return business(40001, "unknown type");
    }
    let verdict = baidu.change(|state| {
        let verdicts = &mut state.settings.picture_verdicts;
        (!verdicts.is_empty()).then(|| verdicts.remove(0))
    });
    let res = types.iter().map(|name| {
        let hit = verdict.as_deref().filter(|verdict| verdict == name);
        said(name, hit)
    });
    told(&res.collect::<Vec<_>>())
}

/// What is said of one type.
fn said(name: &str, hit: Option<&str>) -> Value {
    let (errno, msg) = hit.map_or((0, "success"), |words| (HIT, words));
    json!({ "type": name, "errno": errno, "msg": msg })
}

fn told(res: &[Value]) -> HttpResponse {
    let data = json!({ "res": res, "retrieveId": uuid::Uuid::now_v7().simple().to_string() });
    answer(200, &json!({ "errno": 0, "msg": "success", "data": data }))
}
