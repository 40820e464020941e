//! What Baijiahao is given beside the title: an article's text with its pictures, a video's tags and cover.

use serde_json::Value;

use super::super::baijiahao::{BODY, COVER, LONGEST_TAG, MOST_TAGS, ORIGINAL, SMALLEST_COVER};
use crate::{
    channels::{ContentKind, Derived, Source, SourcePicture, rich_text},
    text::characters,
};

/// Adds it to a variant; `tags` are those of the feed.
pub fn add(source: &Source, tags: &[String], derived: &mut Derived) {
    let mut set = |name: &str, value: Value| derived.fields.insert(name.to_owned(), value);
    set("original", ORIGINAL[0].zh.into());
    let (spec, keys) = match source.kind {
        ContentKind::Story => {
            let body = rich_text::write(BODY, &source.lead, &source.blocks, |key| {
                source.pictures.iter().any(|picture| picture.key == key)
            });
            set("content", body.html.into());
            (BODY, body.pictures)
        }
        ContentKind::Video => {
            set("video_tags", video_tags(tags).into());
            (COVER, cover(source).into_iter().collect())
        }
    };
    if !keys.is_empty() {
        derived.pictures.insert(spec.to_owned(), keys);
    }
}

/// As many tags as a video may have, none that is too long for one.
fn video_tags(tags: &[String]) -> Vec<String> {
    let short = tags.iter().filter(|tag| characters(tag) <= LONGEST_TAG);
    short.take(MOST_TAGS as usize).cloned().collect()
}

/// The still of a video, if it is large enough.
fn cover(source: &Source) -> Option<String> {
    let fit = source.pictures.iter().find(|picture| is_cover(picture));
    fit.map(|picture| picture.key.clone())
}

/// Whether a picture still has the least size of a video's cover once it is cut to 16:9.
pub fn is_cover(picture: &SourcePicture) -> bool {
    let (width, height) = (picture.width, picture.height);
    let cut = (width.min(height * 16 / 9), height.min(width * 9 / 16));
    !picture.animated && cut.0 >= SMALLEST_COVER.0 && cut.1 >= SMALLEST_COVER.1
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{
            derive,
            tests::{LEAD, profile, source},
        },
        *,
    };
    use crate::channels::{SourceBlock, SourceSpan, SourceVideo};

    const TITLE: &str = "老茶馆的一天：五点半的第一壶水";

    fn video(picture: (u32, u32)) -> Derived {
        let mut video = source(TITLE, LEAD);
        video.kind = ContentKind::Video;
        video.paragraphs.clear();
        (video.pictures[0].width, video.pictures[0].height) = picture;
        video.tags.push("一个长得放不进标签里的词".into());
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
        derive(&video, &profile("蓉城故事"))
    }

    #[test]
    fn an_article_is_the_whole_text_with_its_pictures() {
        let mut story = source(TITLE, "先说结论。");
        story.blocks = vec![
            SourceBlock::Paragraph(vec![SourceSpan {
                text: "清晨五点半，灶火亮了。".into(),
                ..SourceSpan::default()
            }]),
            SourceBlock::Picture("a".into(), "灶火".into()),
        ];

        let derived = derive(&story, &profile("蓉城故事"));

        assert_eq!(
            derived.fields["content"],
            "<p>先说结论。</p><p>清晨五点半，灶火亮了。</p><p><img src=\"baidu_body/0\" alt=\"灶火\"></p><p>灶火</p>"
        );
        assert_eq!(derived.pictures[BODY], ["a"]);
        assert_eq!(derived.fields["original"], "不声明");
        assert!(!derived.fields.contains_key("video_tags"));
        assert!(!derived.pictures.contains_key(COVER));
    }

    #[test]
    fn a_video_has_tags_that_are_short_enough_and_a_cover_that_is_large_enough() {
        let derived = video((660, 372));
        let tags = derived.fields["video_tags"].as_array().expect("a list");

        assert!(tags.contains(&json!("老茶馆")), "{tags:?}");
        let length = |tag: &Value| characters(tag.as_str().expect("a text"));
        assert!(tags.iter().all(|tag| length(tag) <= LONGEST_TAG));
        assert_eq!(derived.pictures[COVER], ["a"]);
        assert!(!derived.fields.contains_key("content"));

        for small in [(659, 800), (3000, 369)] {
            assert!(!video(small).pictures.contains_key(COVER), "{small:?}");
        }
    }
}
