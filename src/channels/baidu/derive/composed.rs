//! Fields that repeat others: page information, structured data, the `ext` of a material. They are made of the values
//! that are sent, so that what a person changed stands in them too.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::time;
use crate::channels::{ContentKind, Source};

/// Fills in what is made of other fields.
pub fn compose(source: &Source, fields: &mut BTreeMap<String, Value>) {
    let composed = [
        ("page_info", page_info(source, fields)),
        ("json_ld", json_ld(source, fields)),
        ("material_type", material_type(source).into()),
        ("ext", ext(source, fields)),
    ];
    fields.extend(composed.map(|(name, value)| (name.to_owned(), value)));
}

fn value(fields: &BTreeMap<String, Value>, name: &str) -> Value {
    fields.get(name).cloned().unwrap_or_default()
}

fn joined(fields: &BTreeMap<String, Value>, name: &str) -> String {
    let list = fields.get(name).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.collect::<Vec<_>>().join(",")
}

fn images(fields: &BTreeMap<String, Value>) -> Vec<Value> {
    let list = fields.get("images").and_then(Value::as_array);
    list.cloned().unwrap_or_default()
}

/// What the mini-program hands to `swan.setPageInfo` (develop/api/open/swan-setPageInfo).
fn page_info(source: &Source, fields: &BTreeMap<String, Value>) -> Value {
    let mut info = json!({
        "title": value(fields, "title"),
        "keywords": joined(fields, "keywords"),
        "description": value(fields, "description"),
        "articleTitle": value(fields, "article_title"),
        "releaseDate": time::release_date(source.first_published_at),
    });
    let images = images(fields);
    if let Some(video) = &source.video {
        let seconds = time::seconds(video.duration_ms).to_string();
        let mut player = json!({ "url": video.url, "duration": seconds });
        if let Some(first) = images.first() {
            player["image"] = first.clone();
        }
        info["video"] = json!([player]);
    }
    if !images.is_empty() {
        info["image"] = images.into();
    }
    info
}

/// One object for the page's `application/ld+json` (ziyuan.baidu.com, structured data). It has no `@type`.
fn json_ld(source: &Source, fields: &BTreeMap<String, Value>) -> Value {
    let published = source.first_published_at;
    let mut object = json!({
        "@context": "https://ziyuan.baidu.com/contexts/cambrian.jsonld",
        "@id": source.page_url,
        "title": value(fields, "title"),
        "description": value(fields, "description"),
        "pubDate": time::json_ld(published),
        "upDate": time::json_ld(source.updated_at.max(published)),
    });
    let images = images(fields);
    if !images.is_empty() {
        object["images"] = images.into();
    }
    object
}

/// `mapp_sub_type` of content: 1001 article, 1002 video (develop/serverapi/submitresource).
fn material_type(source: &Source) -> &'static str {
    match source.kind {
        ContentKind::Story => "1001",
        ContentKind::Video => "1002",
    }
}

/// What else a material says (develop/serverapi/appendix).
fn ext(source: &Source, fields: &BTreeMap<String, Value>) -> Value {
    let mut ext = json!({ "publish_time": value(fields, "publish_time") });
    if let (ContentKind::Video, Some(video)) = (source.kind, &source.video) {
        ext["video_duration"] = time::length(video.duration_ms).into();
        ext["video_title"] = value(fields, "article_title");
        ext["h5_url"] = source.page_url.clone().into();
        ext["pc_url"] = source.page_url.clone().into();
    } else {
        ext["content_items"] = content_items(source, fields).into();
        if let Some(byline) = &source.byline {
            ext["author_name"] = byline.clone().into();
        }
    }
    ext
}

/// Lines and pictures in the order of the page: the lead, the pictures, the text.
fn content_items(source: &Source, fields: &BTreeMap<String, Value>) -> Vec<Value> {
    let body = fields.get("body").and_then(Value::as_str);
    let mut lines = body
        .unwrap_or_default()
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| json!({ "type": "text", "data": line }))
        .peekable();
    let lead = source.lead.trim();
    let first = lines.next_if(|line| {
        !lead.is_empty() && lead.starts_with(line["data"].as_str().unwrap_or("\n"))
    });
    let pictures = images(fields)
        .into_iter()
        .map(|image| json!({ "type": "image", "data": image }));
    first.into_iter().chain(pictures).chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::*, *};
    use crate::channels::SourceVideo;

    const TITLE: &str = "老茶馆的一天：五点半的第一壶水";

    #[test]
    fn page_information_and_structured_data_say_the_same() {
        let fields = fields(&source(TITLE, LEAD), &profile("蓉城故事"));
        let picture = json!([{ "picture": "baidu_3x2/0" }]);

        assert_eq!(
            fields["page_info"],
            json!({
                "title": "老茶馆的一天：五点半的第一壶水-人文-蓉城故事",
                "keywords": fields["keywords"].as_array().expect("a list").iter().map(|word| word.as_str().expect("text")).collect::<Vec<_>>().join(","),
                "description": LEAD,
                "articleTitle": TITLE,
                "releaseDate": "2026-03-01 08:00:00",
                "image": picture,
            })
        );
        assert_eq!(
            fields["json_ld"],
            json!({
                "@context": "https://ziyuan.baidu.com/contexts/cambrian.jsonld",
                "@id": "https://www.example.cn/s/lao-cha-guan",
                "title": "老茶馆的一天：五点半的第一壶水-人文-蓉城故事",
                "description": LEAD,
                "pubDate": "2026-03-01T08:00:00",
                "upDate": "2026-03-02T09:30:00",
                "images": picture,
            })
        );
    }

    #[test]
    fn a_page_without_pictures_names_none() {
        let mut bare = source(TITLE, LEAD);
        bare.pictures.clear();
        let fields = fields(&bare, &profile("蓉城故事"));

        assert!(fields["page_info"].get("image").is_none());
        assert!(fields["json_ld"].get("images").is_none());
    }

    #[test]
    fn what_a_person_changed_stands_in_what_repeats_it() {
        let source = source(TITLE, LEAD);
        let mut fields = super::super::derive(&source, &profile("蓉城故事")).fields;
        fields.insert("title".into(), "茶馆清晨-蓉城故事".into());
        fields.insert("keywords".into(), json!(["茶馆", "成都"]));
        compose(&source, &mut fields);

        assert_eq!(fields["page_info"]["title"], "茶馆清晨-蓉城故事");
        assert_eq!(fields["page_info"]["keywords"], "茶馆,成都");
        assert_eq!(fields["json_ld"]["title"], "茶馆清晨-蓉城故事");
    }

    #[test]
    fn a_material_tells_its_lines_in_the_order_of_the_page() {
        let mut written = source(TITLE, LEAD);
        written.byline = Some("李茶".into());
        let ext = fields(&written, &profile("蓉城故事"))["ext"].clone();

        assert_eq!(
            ext,
            json!({
                "publish_time": "2026年3月1日",
                "author_name": "李茶",
                "content_items": [
                    { "type": "text", "data": LEAD },
                    { "type": "image", "data": { "picture": "baidu_3x2/0" } },
                    { "type": "text", "data": "茶馆里的第一批茶客都是老街坊，他们带着自己的杯子来。" },
                ],
            })
        );
    }

    #[test]
    fn a_video_tells_its_length_in_each_interfaces_way() {
        let mut video = source(TITLE, LEAD);
        video.kind = ContentKind::Video;
        video.page_url = "https://www.example.cn/v/lao-cha-guan".into();
        video.paragraphs.clear();
        video.video = Some(SourceVideo {
            key: "v".into(),
            url: "https://www.example.cn/media/v.mp4".into(),
            duration_ms: 94_800,
            width: 1080,
            height: 1920,
            size_bytes: 1 << 20,
            container: "mp4".into(),
            video_codec: "h264".into(),
            audio_codec: "aac".into(),
            poster: None,
        });
        let fields = fields(&video, &profile("蓉城故事"));

        assert_eq!(fields["material_type"], "1002");
        assert_eq!(
            fields["ext"],
            json!({
                "publish_time": "2026年3月1日",
                "video_duration": "01:35",
                "video_title": TITLE,
                "h5_url": "https://www.example.cn/v/lao-cha-guan",
                "pc_url": "https://www.example.cn/v/lao-cha-guan",
            })
        );
        assert_eq!(
            fields["page_info"]["video"],
            json!([{ "url": "https://www.example.cn/media/v.mp4", "duration": "95", "image": { "picture": "baidu_3x2/0" } }])
        );
    }
}
