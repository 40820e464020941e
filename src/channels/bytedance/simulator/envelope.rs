//! The envelopes in which both simulators answer. Application errors are HTTP 200; a code stands in the body.

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use crate::clock::Timestamp;

/// Why a call is refused: the code and the words beside it.
pub type Refusal = (i64, &'static str);

/// The platform's id of a call.
pub fn log_id(now: Timestamp) -> String {
    let time = now.to_utc().format("%Y%m%d%H%M%S");
    let number = uuid::Uuid::now_v7().simple().to_string();
    format!("{time}SIM{}", &number[20..]).to_uppercase()
}

/// The old envelope: the code stands in `data` and again in `extra`.
pub fn old((code, text): Refusal, mut data: Value, now: Timestamp) -> Value {
    data["error_code"] = json!(code);
    data["description"] = json!(text);
    let extra = json!({ "error_code": code, "description": text, "sub_error_code": 0, "sub_description": "", "logid": log_id(now), "now": now.unix_seconds() });
    json!({ "data": data, "extra": extra })
}

/// The envelope of `/oauth/*`: the code stands in `data` alone.
pub fn grant((code, text): Refusal, mut data: Value, now: Timestamp) -> Value {
    data["error_code"] = json!(code);
    data["description"] = json!(text);
    data["log_id"] = json!(log_id(now));
    if code != 0 {
        data["captcha"] = json!("");
        data["desc_url"] = json!("");
    }
    let message = if code == 0 { "success" } else { "error" };
    json!({ "data": data, "message": message })
}

/// The page that the gateway shows in place of an answer.
pub fn too_large() -> HttpResponse {
    HttpResponse::PayloadTooLarge()
        .content_type("text/html")
        .body("<html><body><h1>413 Request Entity Too Large</h1></body></html>")
}

/// The pairs of a query or a form.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    web::Query::from_query(query)
        .map(web::Query::into_inner)
        .unwrap_or_default()
}

/// The value of a name.
pub fn get<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}
