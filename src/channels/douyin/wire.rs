//! Bodies as they are sent to Douyin.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::caption::{list_field, text_field};
use crate::channels::LocalText;

/// Who may see a work, in the order of our form; the platform's numbers are 0, 2 and 1.
pub const AUDIENCES: &[LocalText] = &[
    LocalText::new("所有人", "Everyone"),
    LocalText::new("好友", "Friends"),
    LocalText::new("仅自己", "Only the author"),
];
/// Whether a work may be saved: 1 and 2.
pub const DOWNLOADS: &[LocalText] = &[
    LocalText::new("允许", "Allowed"),
    LocalText::new("不允许", "Not allowed"),
];

/// The choices of the form, as the platform names and numbers them.
pub fn choices(fields: &BTreeMap<String, Value>) -> impl Iterator<Item = (&'static str, i64)> {
    let choices: [(&str, &[LocalText], &[i64]); 2] = [
        ("private_status", AUDIENCES, &[0, 2, 1]),
        ("download_type", DOWNLOADS, &[1, 2]),
    ];
    choices.into_iter().filter_map(|(name, options, numbers)| {
        let value = text_field(fields, name);
        let place = options.iter().position(|option| option.zh == value)?;
        Some((name, *numbers.get(place)?))
    })
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
}
