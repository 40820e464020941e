//! Bodies as both platforms send them. Integers may come as text; the code stands in one of three places.

use serde::Deserialize;
use serde_json::Value;

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
