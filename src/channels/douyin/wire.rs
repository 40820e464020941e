//! Bodies as Douyin sends them. Integers may come as text; the code stands in one of three places.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::caption::{list_field, text_field};

/// Who may see a work, in the order of our form; the platform's numbers are 0, 2 and 1.
pub const AUDIENCES: &[&str] = &["所有人", "好友", "仅自己"];
/// Whether a work may be saved: 1 and 2.
pub const DOWNLOADS: &[&str] = &["允许", "不允许"];

/// The choices of the form, as the platform names and numbers them.
pub fn choices(fields: &BTreeMap<String, Value>) -> impl Iterator<Item = (&'static str, i64)> {
    let choices: [(&str, &[&str], &[i64]); 2] = [
        ("private_status", AUDIENCES, &[0, 2, 1]),
        ("download_type", DOWNLOADS, &[1, 2]),
    ];
    choices.into_iter().filter_map(|(name, options, numbers)| {
        let value = text_field(fields, name);
        let place = options.iter().position(|option| *option == value)?;
        Some((name, *numbers.get(place)?))
    })
}

/// A whole number, written as one or as text.
pub fn number(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// The code of an answer, wherever its envelope has it; one that says "error" counts before one that says "fine". None
/// at all means "unknown", never success. (Wrapped calls hold an old envelope inside a new one.)
pub fn code(body: &Value) -> Option<i64> {
    let places = [
        "/err_no",
        "/extra/error_code",
        "/data/error_code",
        "/data/extra/error_code",
        "/data/data/error_code",
    ];
    let codes = || {
        let found = places.iter().filter_map(|place| body.pointer(place));
        found.filter_map(number)
    };
    codes().find(|code| *code != 0).or_else(|| codes().next())
}

/// The text beside the code.
pub fn description(body: &Value) -> String {
    let places = [
        "/err_msg",
        "/err_tips",
        "/extra/description",
        "/data/description",
        "/data/extra/description",
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

/// Yes or no, however it is written.
fn flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| match value.as_str() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => number(value).map(|number| number != 0),
    })
}

/// A work in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    pub item_id: String,
    pub title: String,
    /// Seconds since 1970; 0 for a private one.
    pub create_time: i64,
    pub share_url: String,
    /// Stands before newer works.
    pub is_top: bool,
    /// Review has finished, either way; absent since December 2024.
    pub is_reviewed: Option<bool>,
    /// 1 or 5 to 7 published, 2 not suitable, 4 under review; absent since December 2024.
    pub video_status: Option<i64>,
    /// Plays, likes, comments, shares up to now.
    pub counts: [Option<i64>; 4],
}

impl Work {
    fn read(value: &Value) -> Self {
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let count = |name: &str| number(&value["statistics"][name]);
        Self {
            item_id: text("item_id"),
            title: text("title"),
            create_time: number(&value["create_time"]).unwrap_or_default(),
            share_url: text("share_url"),
            is_top: flag(&value["is_top"]).unwrap_or(false),
            is_reviewed: flag(&value["is_reviewed"]),
            video_status: number(&value["video_status"]),
            counts: ["play_count", "digg_count", "comment_count", "share_count"].map(count),
        }
    }
}

/// A page of the list of works.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkPage {
    pub works: Vec<Work>,
    pub cursor: i64,
    pub has_more: bool,
}

impl WorkPage {
    /// Reads a page; `None` when there is no list in it. An empty one may be written as `null`.
    pub fn read(body: &Value) -> Option<Self> {
        let works = match body.pointer("/data/list")? {
            Value::Null => Vec::new(),
            Value::Array(works) => works.iter().map(Work::read).collect(),
            _ => return None,
        };
        let data = &body["data"];
        Some(Self {
            works,
            cursor: number(&data["cursor"]).unwrap_or_default(),
            has_more: flag(&data["has_more"]).unwrap_or(false),
        })
    }
}

/// The body of `create_video`: only what has a value.
pub fn video_body(
    video_id: &str,
    text: &str,
    cover: Option<&str>,
    fields: &BTreeMap<String, Value>,
) -> Value {
    let mut body = work_body(text, fields);
    body["video_id"] = json!(video_id);
    if let Some(cover) = cover {
        // Despite its name it takes the id of an uploaded picture.
        body["custom_cover_image_url"] = json!(cover);
    }
    if let Ok(second) = text_field(fields, "cover_second").trim().parse::<f64>() {
        body["cover_tsp"] = json!(second);
    }
    body
}

/// The body of `create_image_text`.
pub fn picture_body(image_ids: &[String], text: &str, fields: &BTreeMap<String, Value>) -> Value {
    let mut body = work_body(text, fields);
    body["image_list"] = json!(image_ids);
    body
}

/// What works of both kinds have.
fn work_body(text: &str, fields: &BTreeMap<String, Value>) -> Value {
    let mut body = json!({ "text": text });
    let field = |name: &str| Some(text_field(fields, name)).filter(|value| !value.is_empty());
    for (name, number) in choices(fields) {
        body[name] = json!(number);
    }
    let mentioned: Vec<&str> = list_field(fields, "at_users").collect();
    if !mentioned.is_empty() {
        body["at_users"] = json!(mentioned);
    }
    // Without a mini-program its title and path say nothing.
    if field("micro_app_id").is_some() {
        for name in ["micro_app_id", "micro_app_title", "micro_app_url"] {
            if let Some(value) = field(name) {
                body[name] = json!(value);
            }
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_holds_what_has_a_value_and_numbers_are_numbers() {
        let fields = [
            ("private_status", json!("好友")),
            ("download_type", json!("允许")),
            ("cover_second", json!("2.3")),
            ("at_users", json!(["_000a"])),
            ("micro_app_id", json!("tt0000sim")),
            ("micro_app_title", json!("")),
            ("micro_app_url", json!("pages/story/index?s=ST42&a=7")),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value)).into();

        assert_eq!(
            video_body("@SIMUP0001==", "春日市集", Some("@SIMIMG01=="), &fields),
            json!({
                "video_id": "@SIMUP0001==",
                "text": "春日市集",
                "custom_cover_image_url": "@SIMIMG01==",
                "private_status": 2,
                "download_type": 1,
                "cover_tsp": 2.3,
                "at_users": ["_000a"],
                "micro_app_id": "tt0000sim",
                "micro_app_url": "pages/story/index?s=ST42&a=7",
            })
        );
        assert_eq!(
            video_body("@v", "x", None, &BTreeMap::new()),
            json!({ "video_id": "@v", "text": "x" })
        );
        assert_eq!(
            picture_body(&["@a".into(), "@b".into()], "x", &BTreeMap::new()),
            json!({ "image_list": ["@a", "@b"], "text": "x" })
        );
    }

    #[test]
    fn a_list_is_read_in_every_spelling_and_an_absent_status_stays_absent() {
        let body = json!({ "data": {
            "list": [{ "item_id": "@8x/+==", "title": null, "create_time": "1772524800", "is_reviewed": "true", "statistics": { "play_count": "12" } }],
            "cursor": "20", "has_more": "true",
        } });

        let page = WorkPage::read(&body).expect("a page");

        assert_eq!((page.cursor, page.has_more), (20, true));
        let work = &page.works[0];
        assert_eq!(
            (work.item_id.as_str(), work.create_time),
            ("@8x/+==", 1_772_524_800)
        );
        assert_eq!((work.is_reviewed, work.video_status), (Some(true), None));
        assert_eq!(work.counts, [Some(12), None, None, None]);
        let empty = WorkPage::read(&json!({ "data": { "list": null, "has_more": false } }));
        assert_eq!(empty, Some(WorkPage::default()));
        assert_eq!(WorkPage::read(&json!({ "data": {} })), None);
    }

    #[test]
    fn a_code_that_says_error_counts_wherever_it_stands() {
        let check = |body: &str, expected| {
            let body: Value = serde_json::from_str(body).expect("JSON");
            assert_eq!(code(&body), expected, "{body}");
        };

        check(
            r#"{"data":{"error_code":0},"extra":{"error_code":0}}"#,
            Some(0),
        );
        check(
            r#"{"data":{"error_code":"7"},"extra":{"error_code":0}}"#,
            Some(7),
        );
        check(r#"{"err_no":0,"data":{"extra":{"error_code":9}}}"#, Some(9));
        check(r#"{"data":{"item_id":"@x"}}"#, None);
    }
}
