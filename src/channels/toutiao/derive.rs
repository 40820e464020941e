//! What a video and an article are made of. Pure: the same source and site give the same bytes.

use serde_json::{Value, json};

use super::{
    BODY, COVER, COVER_MODES, COVERS_OF_MODES, LONGEST_TEXT, MOST_COVERS, SMALLEST_COVER, TITLE,
};
use crate::{
    channels::{ContentKind, Derived, SiteProfile, Source, SourcePicture, rich_text},
    text::{characters, clauses, cut_to, one_line},
};

/// Tags of an article; how many the console takes is not published.
const MOST_TAGS: usize = 5;

/// Makes the variant's fields: those of the lane that takes this kind of content.
pub fn derive(source: &Source, _: &SiteProfile) -> Derived {
    let mut derived = Derived::default();
    if source.kind == ContentKind::Video {
        let text = cut_to(&one_line(&source.title), LONGEST_TEXT as usize, characters);
        derived.fields.insert("text".to_owned(), text.into());
        return derived;
    }
    let body = rich_text::write(BODY, &source.lead, &source.blocks, |key| {
        source.pictures.iter().any(|picture| picture.key == key)
    });
    let covers: Vec<String> = source
        .pictures
        .iter()
        .filter(|picture| is_cover(picture))
        .map(|picture| picture.key.clone())
        .take(MOST_COVERS)
        .collect();
    // As many as there are; the first mode that has enough.
    let mode = COVERS_OF_MODES
        .iter()
        .position(|most| covers.len() >= *most);
    let fields: [(&str, Value); 4] = [
        ("title", title(source).into()),
        ("html", body.html.into()),
        ("cover_mode", COVER_MODES[mode.unwrap_or(0)].zh.into()),
        ("tags", json!(tags(source))),
    ];
    derived
        .fields
        .extend(fields.map(|(name, value)| (name.to_owned(), value)));
    for (name, keys) in [(COVER, covers), (BODY, body.pictures)] {
        if !keys.is_empty() {
            derived.pictures.insert(name.to_owned(), keys);
        }
    }
    derived
}

/// Whether a picture still has the least size of a cover once it is cut to 16:9.
pub fn is_cover(picture: &SourcePicture) -> bool {
    let (width, height) = (picture.width, picture.height);
    let cut = (width.min(height * 16 / 9), height.min(width * 9 / 16));
    !picture.animated && cut.0 >= SMALLEST_COVER.0 && cut.1 >= SMALLEST_COVER.1
}

/// The title; one that is too short for the console goes on with what the lead begins with.
fn title(source: &Source) -> String {
    let (least, most) = (TITLE.0 as usize, TITLE.1 as usize);
    let title = cut_to(&one_line(&source.title), most, characters);
    if characters(&title) >= least || title.is_empty() {
        return title;
    }
    let lead = one_line(&source.lead);
    let first = clauses(&lead).into_iter().find_map(|clause| {
        let clause = clause.trim_end_matches(|end: char| !end.is_alphanumeric());
        let whole = format!("{title}：{clause}");
        (!clause.is_empty() && (least..=most).contains(&characters(&whole))).then_some(whole)
    });
    first.unwrap_or(title)
}

/// The editor's tags and search phrase: letters and digits only, none twice.
fn tags(source: &Source) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in source.tags.iter().chain(&source.core_phrase) {
        let tag: String = tag.chars().filter(|one| one.is_alphanumeric()).collect();
        if !tag.is_empty() && !tags.contains(&tag) && tags.len() < MOST_TAGS {
            tags.push(tag);
        }
    }
    tags
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::{
        channels::{SourceBlock, SourceSpan, SourceVideo},
        clock::Timestamp,
    };

    pub fn picture(key: &str, width: u32, height: u32) -> SourcePicture {
        SourcePicture {
            key: key.into(),
            width,
            height,
            animated: false,
            alt: String::new(),
        }
    }

    /// A story with these pictures.
    pub fn story(pictures: Vec<SourcePicture>) -> Source {
        Source {
            kind: ContentKind::Story,
            slug: "lu-yu".into(),
            title: "清蒸鲈鱼的做法".into(),
            lead: "鲜嫩少刺，二十分钟就能上桌。".into(),
            paragraphs: vec!["鲈鱼洗净，两面划刀。".into()],
            blocks: vec![
                SourceBlock::Paragraph(vec![SourceSpan {
                    text: "鲈鱼洗净，两面划刀。".into(),
                    ..SourceSpan::default()
                }]),
                SourceBlock::Picture("b".into(), String::new()),
            ],
            core_phrase: Some("清蒸鲈鱼".into()),
            byline: None,
            category: None,
            category_key: None,
            tags: vec!["家常菜".into(), "清蒸 鲈鱼".into()],
            pictures,
            video: None,
            products: Vec::new(),
            first_published_at: Timestamp(0),
            updated_at: Timestamp(0),
            page_url: "https://www.example.cn/s/lu-yu".into(),
        }
    }

    /// A short video.
    pub fn video() -> Source {
        Source {
            kind: ContentKind::Video,
            video: Some(SourceVideo {
                key: "v".into(),
                url: String::new(),
                duration_ms: 12_000,
                width: 1080,
                height: 1920,
                size_bytes: 1 << 20,
                container: "mp4".into(),
                video_codec: "h264".into(),
                audio_codec: "aac".into(),
                poster: None,
            }),
            ..story(Vec::new())
        }
    }

    pub fn profile() -> SiteProfile {
        SiteProfile {
            name: "厨房".into(),
            base_url: String::new(),
            is_official: false,
            brand_words: Vec::new(),
            path_template: String::new(),
            mini_programs: std::collections::BTreeMap::new(),
            zone: "Asia/Shanghai".into(),
        }
    }

    #[test]
    fn a_story_becomes_an_article_with_three_covers_where_it_has_them() {
        let wide = |key: &str| picture(key, 1280, 800);
        let derived = derive(
            &story(vec![
                wide("a"),
                picture("b", 600, 800),
                wide("c"),
                wide("d"),
                wide("e"),
            ]),
            &profile(),
        );

        assert_eq!(derived.fields["title"], "清蒸鲈鱼的做法");
        assert_eq!(derived.fields["cover_mode"], "三图");
        assert_eq!(derived.fields["tags"], json!(["家常菜", "清蒸鲈鱼"]));
        assert_eq!(derived.pictures[COVER], ["a", "c", "d"]);
        assert_eq!(derived.pictures[BODY], ["b"]);
        assert!(!derived.fields.contains_key("text"));
    }

    #[test]
    fn with_fewer_pictures_there_is_one_cover_or_none() {
        let mode = |pictures| derive(&story(pictures), &profile()).fields["cover_mode"].clone();

        assert_eq!(
            mode(vec![picture("a", 660, 372), picture("b", 900, 900)]),
            "单图"
        );
        assert_eq!(mode(vec![picture("a", 600, 800)]), "无封面");
        // Wide enough, but 16:9 of it is not.
        assert_eq!(mode(vec![picture("a", 3000, 370)]), "无封面");
    }

    #[test]
    fn a_title_that_is_too_short_goes_on_with_the_lead_and_a_long_one_is_cut() {
        let title = |title: &str, lead: &str| {
            let source = Source {
                title: title.into(),
                lead: lead.into(),
                ..story(Vec::new())
            };
            super::title(&source)
        };

        assert_eq!(title("鲈鱼", "鲜嫩少刺，二十分钟。"), "鲈鱼：鲜嫩少刺");
        assert_eq!(title("鲈鱼", ""), "鲈鱼");
        let long = title(&"清蒸一条新鲜的鲈鱼，".repeat(9), "");
        assert!((5..=30).contains(&characters(&long)), "{long}");
    }

    #[test]
    fn a_video_has_a_text_of_thirty_characters() {
        let long = Source {
            title: "一条清蒸鲈鱼从市场到餐桌要经过的二十三个步骤，以及每一步都可能出错的地方"
                .into(),
            ..video()
        };

        let derived = derive(&long, &profile());

        let text = derived.fields["text"].as_str().expect("a text");
        assert!((1..=30).contains(&characters(text)), "{text}");
        assert!(derived.pictures.is_empty() && derived.fields.len() == 1);
    }
}
