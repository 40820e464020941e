//! Bodies as Douyin sends them. Integers may come as text; the code stands in one of three places.

use serde::Deserialize;
use serde_json::{Value, json};

/// A whole number, written as one or as text.
pub fn number(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// The code of an answer, in the order in which the envelopes are told apart. None at all means "unknown", never success.
pub fn code(body: &Value) -> Option<i64> {
    let places = [
        body.get("err_no"),
        body.pointer("/extra/error_code"),
        body.pointer("/data/error_code"),
    ];
    places.into_iter().flatten().find_map(number)
}

/// The text beside the code.
pub fn description(body: &Value) -> String {
    let places = [
        "/err_msg",
        "/err_tips",
        "/extra/description",
        "/data/description",
        "/message",
    ];
    places
        .iter()
        .filter_map(|place| body.pointer(place)?.as_str())
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned()
}

/// The platform's id of a call.
pub fn log_id(body: &Value) -> Option<String> {
    ["/extra/logid", "/log_id", "/data/log_id"]
        .iter()
        .find_map(|place| body.pointer(place)?.as_str())
        .map(ToOwned::to_owned)
}

/// What `/oauth/*` gives.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Grant {
    #[serde(default)]
    pub access_token: String,
    #[serde(default)]
    pub expires_in: Value,
    #[serde(default)]
    pub refresh_token: String,
    #[serde(default)]
    pub refresh_expires_in: Value,
    #[serde(default)]
    pub open_id: String,
    #[serde(default)]
    pub scope: String,
}

/// A work in a list.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Work {
    #[serde(default)]
    pub item_id: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub create_time: Value,
    #[serde(default)]
    pub share_url: String,
    /// Review has finished, either way; absent since December 2024.
    #[serde(default)]
    pub is_reviewed: Option<bool>,
    /// 1 or 5 to 7 published, 2 not suitable, 4 under review; absent since December 2024.
    #[serde(default)]
    pub video_status: Option<Value>,
}

/// The body of `create_video`.
pub fn create_body(
    video_id: &str,
    text: &str,
    cover: Option<&str>,
    fields: &std::collections::BTreeMap<String, Value>,
) -> Value {
    let mut body = json!({ "video_id": video_id, "text": text });
    let field = |name: &str| {
        fields
            .get(name)
            .and_then(Value::as_str)
            .filter(|value| !value.is_empty())
    };
    if let Some(cover) = cover {
        // Despite its name it takes the id of an uploaded picture.
        body["custom_cover_image_url"] = json!(cover);
    }
    for name in ["private_status", "download_type"] {
        if let Some(value) = field(name).and_then(|value| value.parse::<i64>().ok()) {
            body[name] = json!(value);
        }
    }
    if let Some(second) = field("cover_second").and_then(|value| value.parse::<f64>().ok()) {
        body["cover_tsp"] = json!(second);
    }
    for name in ["micro_app_id", "micro_app_title", "micro_app_url"] {
        if let Some(value) = field(name) {
            body[name] = json!(value);
        }
    }
    body
}
