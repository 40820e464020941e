//! A submission as Baijiahao takes it.

use serde_json::{Value, json};

use super::{
    super::adapter::{joined, text},
    BODY, COVER, ORIGINAL, PICTURE,
};
use crate::channels::{ContentKind, Intent, Submission};

/// The call that sends a submission.
pub fn call(submission: &Submission) -> &'static str {
    match (submission.kind, submission.intent) {
        (ContentKind::Video, _) => "video/publish",
        (ContentKind::Story, Intent::Update) => "article/republish",
        (ContentKind::Story, _) => "article/publish",
    }
}

/// What the list calls content of a kind.
pub const fn type_of(kind: ContentKind) -> &'static str {
    match kind {
        ContentKind::Story => "news",
        ContentKind::Video => "video",
    }
}

/// The form of an article or video, always the same bytes for the same submission. The story's address keeps a repeat from
/// becoming a second article, so nothing is ever added to it.
pub fn form(submission: &Submission) -> Vec<(&'static str, String)> {
    let fields = &submission.fields;
    let is_original = text(fields, "original") == ORIGINAL[1].zh;
    let mut form = vec![
        ("title", text(fields, "article_title").to_owned()),
        ("origin_url", submission.page_url.clone()),
        ("is_original", u8::from(is_original).to_string()),
    ];
    if submission.kind == ContentKind::Story {
        form.push(("content", content(submission)));
        form.push(("cover_images", covers(submission, PICTURE)));
        if submission.intent == Intent::Update {
            let id = submission.external_id.clone().unwrap_or_default();
            form.push(("article_id", id));
        }
        return form;
    }
    let file = submission.media.iter().find(|media| media.role == "video");
    form.push((
        "video_url",
        file.map_or_else(String::new, |file| file.url.clone()),
    ));
    form.push(("tag", joined(fields, "video_tags")));
    if submission.media.iter().any(|media| media.role == COVER) {
        form.push(("cover_images", covers(submission, COVER)));
    } else {
        // The platform takes a frame.
        form.push(("use_auto_cover", "1".to_owned()));
    }
    form
}

/// The text with the addresses of its pictures.
fn content(submission: &Submission) -> String {
    let mut content = text(&submission.fields, "content").to_owned();
    let pictures = submission.media.iter().filter(|media| media.role == BODY);
    for (place, picture) in pictures.enumerate() {
        let address = format!("\"{}\"", picture.url);
        content = content.replace(&format!("\"{BODY}/{place}\""), &address);
    }
    content
}

/// One or three: without a cover, a post lands among the drafts.
fn covers(submission: &Submission, role: &str) -> String {
    let covers: Vec<Value> = submission
        .media
        .iter()
        .filter(|media| media.role == role)
        .map(|media| json!({ "src": media.url }))
        .collect();
    Value::from(covers).to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::channels::Media;

    fn media(role: &str, name: &str) -> Media {
        Media {
            role: role.into(),
            key: name.into(),
            url: format!("https://www.example.cn/media/{name}"),
            mime: "image/jpeg".into(),
            sha256: String::new(),
            size_bytes: 1,
            width: 1068,
            height: 712,
            duration_ms: None,
        }
    }

    fn sent(
        kind: ContentKind,
        intent: Intent,
        media: Vec<Media>,
    ) -> BTreeMap<&'static str, String> {
        let fields = json!({
            "article_title": "老茶馆的一天：五点半的第一壶水",
            "content": "<p>茶</p><p><img src=\"baidu_body/0\" alt=\"\"></p><p><img src=\"baidu_body/1\" alt=\"\"></p>",
            "original": "声明原创",
            "video_tags": ["茶馆", "成都"],
        });
        let submission = Submission {
            delivery_id: "1".into(),
            intent,
            lane: "baijiahao".into(),
            kind,
            fields: serde_json::from_value(fields).expect("fields"),
            media,
            page_url: "https://www.example.cn/s/42".into(),
            marker: "m".into(),
            external_id: Some("900".into()),
            first_published_at: None,
            updated_at: None,
        };
        form(&submission).into_iter().collect()
    }

    #[test]
    fn an_article_carries_its_text_covers_and_address() {
        let pictures = vec![
            media(PICTURE, "a.jpg"),
            media(BODY, "b.jpg"),
            media(BODY, "c.jpg"),
            media(COVER, "d.jpg"),
        ];
        let form = sent(ContentKind::Story, Intent::Publish, pictures);

        assert_eq!(form["origin_url"], "https://www.example.cn/s/42");
        assert_eq!(form["is_original"], "1");
        assert_eq!(
            form["cover_images"],
            r#"[{"src":"https://www.example.cn/media/a.jpg"}]"#
        );
        assert_eq!(
            form["content"],
            "<p>茶</p><p><img src=\"https://www.example.cn/media/b.jpg\" alt=\"\"></p><p><img src=\"https://www.example.cn/media/c.jpg\" alt=\"\"></p>"
        );
        assert!(!form.contains_key("article_id") && !form.contains_key("tag"));

        let changed = sent(
            ContentKind::Story,
            Intent::Update,
            vec![media(PICTURE, "a.jpg")],
        );
        assert_eq!(changed["article_id"], "900");
    }

    #[test]
    fn a_video_without_a_cover_gets_one_of_its_frames() {
        let bare = sent(
            ContentKind::Video,
            Intent::Publish,
            vec![media("video", "v.mp4")],
        );
        assert_eq!(bare["video_url"], "https://www.example.cn/media/v.mp4");
        assert_eq!(
            (bare["use_auto_cover"].as_str(), bare["tag"].as_str()),
            ("1", "茶馆,成都")
        );
        assert!(!bare.contains_key("cover_images") && !bare.contains_key("content"));

        let covered = vec![media("video", "v.mp4"), media(COVER, "d.jpg")];
        let form = sent(ContentKind::Video, Intent::Publish, covered);
        assert_eq!(
            form["cover_images"],
            r#"[{"src":"https://www.example.cn/media/d.jpg"}]"#
        );
        assert!(!form.contains_key("use_auto_cover"));
    }
}
