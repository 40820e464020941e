//! What a search-optimized variant is: title, description, keywords, pictures, page information, structured data.
//! Pure: the same source and site give the same bytes.

mod article;
mod composed;
mod description;
mod keyword;
mod title;

use serde_json::{Value, json};

pub use article::is_cover;
pub use composed::compose;

use super::{PICTURE, feed_type, time};
use crate::{
    channels::{ContentKind, Derived, SiteProfile, Source, SourcePicture},
    text::{characters, cut_to, one_line, sentences},
};

// The numbers below are the defaults of the channel's contract, section 15, unless another source is named.

/// Columns that a phone shows of a title; the whole should fit (measured by webmasters).
pub const TITLE_TARGET: usize = 52;
/// Columns that a title may have.
const TITLE_BUDGET: usize = 60;
/// Characters of an article title: 6 to 40 in the feed, 8 to 40 with Baijiahao.
pub const ARTICLE_TITLE: (usize, usize) = (8, 40);
/// Characters of a description.
pub const DESCRIPTION: (usize, usize) = (45, 75);
/// Characters of a feed body (develop/serverapi/type).
pub const FEED_BODY: usize = 2000;
/// Characters of a core phrase that is taken from a title.
const CORE: usize = 12;
/// Characters of one keyword.
const KEYWORD: std::ops::RangeInclusive<usize> = 2..=12;
/// Keywords that a page should have.
pub const KEYWORDS: (usize, usize) = (3, 5);
/// Tags of a material, and all of them together (develop/serverapi/submitresource).
const TAGS_MOST: usize = 10;
pub const TAGS_TOTAL: usize = 100;
/// The smallest crop that Baidu takes: 375×250 (introduction/rank_setimage).
const SMALLEST_WIDTH: f64 = 375.0;

/// Makes the variant's fields; those that repeat others are for [`compose`].
pub fn derive(source: &Source, profile: &SiteProfile) -> Derived {
    let story = plain(&source.title);
    let phrases = title::phrases(source, &story);
    let keywords = keyword::page_keywords(source, &phrases);
    let tags = keyword::tags(source, &keywords, &phrases);
    let (feed_type, feed_sub_type) = feed_type::of(source);
    let pictures = pictures(source);
    let images: Vec<Value> = (0..pictures.len())
        .map(|index| json!({ "picture": format!("{PICTURE}/{index}") }))
        .collect();
    let description = description::description(source, &phrases.core, &story);
    let fields = [
        ("title", title::page_title(source, &story, profile).into()),
        (
            "article_title",
            title::article_title(source, &story, &phrases.core).into(),
        ),
        ("body", feed_body(source, &description).into()),
        ("description", description.into()),
        ("keywords", keywords.into()),
        ("core", phrases.core.into()),
        ("tags", tags.clone().into()),
        ("feed_type", feed_type.into()),
        ("feed_sub_type", feed_sub_type.into()),
        (
            "publish_time",
            time::publish_time(source.first_published_at).into(),
        ),
        ("path", profile.path(source.kind, &source.slug).into()),
        ("canonical", source.page_url.clone().into()),
        ("images", images.into()),
    ];
    let mut derived = Derived::default();
    derived
        .fields
        .extend(fields.map(|(name, value): (&str, Value)| (name.to_owned(), value)));
    derived.pictures.insert(PICTURE.to_owned(), pictures);
    article::add(source, &tags, &mut derived);
    derived
}

/// Whether a character is decoration that Baidu's title rules forbid.
pub fn is_decoration(character: char) -> bool {
    matches!(u32::from(character), 0x2190..=0x21ff | 0x2460..=0x24ff | 0x2500..=0x27bf | 0x2b00..=0x2bff | 0xe000..=0xf8ff | 0x1f000..=0x1faff | 0xfe0f)
        || character.is_control()
}

/// One line without decoration.
fn plain(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|character| {
            if character.is_whitespace() {
                ' '
            } else {
                character
            }
        })
        .filter(|character| !is_decoration(*character))
        .collect();
    one_line(&line)
}

/// Everything that readers see below the title.
pub fn text_of(source: &Source) -> String {
    let mut text = source.lead.clone();
    for paragraph in &source.paragraphs {
        text.push('\n');
        text.push_str(paragraph);
    }
    text.trim().to_owned()
}

/// The text for the feed: all of it; of a long one the lead and each paragraph's first sentence, as far as there is
/// room. A video without words is described by its summary or title.
pub fn feed_body(source: &Source, description: &str) -> String {
    let text = text_of(source);
    if text.is_empty() && source.kind == ContentKind::Video {
        return [description, source.title.as_str()]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default()
            .to_owned();
    }
    if characters(&text) <= FEED_BODY {
        return text;
    }
    let mut summary = source.lead.trim().to_owned();
    for paragraph in &source.paragraphs {
        if let Some(first) = sentences(paragraph).first() {
            if !summary.is_empty() {
                summary.push('\n');
            }
            summary.push_str(first);
        }
    }
    cut_to(&summary, FEED_BODY, characters)
}

/// Three pictures if three are good enough, else one: Baidu shows one or three, never two.
fn pictures(source: &Source) -> Vec<String> {
    let good: Vec<&SourcePicture> = source
        .pictures
        .iter()
        .filter(|picture| is_usable(picture))
        .collect();
    let count = if good.len() >= 3 {
        3
    } else {
        good.len().min(1)
    };
    good.iter()
        .take(count)
        .map(|picture| picture.key.clone())
        .collect()
}

/// Whether a picture is still and large enough to be cropped to 3:2.
pub fn is_usable(picture: &SourcePicture) -> bool {
    let crop_width = f64::from(picture.width).min(f64::from(picture.height) * 1.5);
    !picture.animated && crop_width >= SMALLEST_WIDTH
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{clock::Timestamp, text::display_width};

    pub fn profile(name: &str) -> SiteProfile {
        SiteProfile {
            name: name.to_owned(),
            base_url: "https://www.example.cn".into(),
            is_official: false,
            brand_words: Vec::new(),
            path_template: "/pages/story/index?id={slug}".into(),
            mini_programs: std::collections::BTreeMap::new(),
            zone: "Asia/Shanghai".into(),
        }
    }

    pub fn source(title: &str, lead: &str) -> Source {
        Source {
            kind: ContentKind::Story,
            slug: "lao-cha-guan".into(),
            title: title.into(),
            lead: lead.into(),
            paragraphs: vec!["茶馆里的第一批茶客都是老街坊，他们带着自己的杯子来。".into()],
            blocks: Vec::new(),
            core_phrase: None,
            byline: None,
            category: Some("人文".into()),
            category_key: None,
            tags: vec!["老茶馆".into()],
            pictures: vec![SourcePicture {
                key: "a".into(),
                width: 1200,
                height: 900,
                animated: false,
                alt: String::new(),
            }],
            video: None,
            products: Vec::new(),
            first_published_at: "2026-03-01T00:00:00Z"
                .parse::<Timestamp>()
                .expect("an instant"),
            updated_at: "2026-03-02T01:30:00Z"
                .parse::<Timestamp>()
                .expect("an instant"),
            page_url: "https://www.example.cn/s/lao-cha-guan".into(),
        }
    }

    /// All fields, composed ones too.
    pub fn fields(source: &Source, profile: &SiteProfile) -> serde_json::Map<String, Value> {
        let mut fields = derive(source, profile).fields;
        compose(source, &mut fields);
        fields.into_iter().collect()
    }

    pub const LEAD: &str = "成都彭镇的老茶馆每天清晨五点半开门。本文跟拍一整天，记录第一壶水、第一批茶客，以及一位老堂倌守了三十年的规矩。";

    #[test]
    fn the_contracts_worked_example_comes_out() {
        let fields = fields(
            &source("老茶馆的一天：五点半的第一壶水", LEAD),
            &profile("蓉城故事"),
        );

        assert_eq!(
            fields["title"],
            "老茶馆的一天：五点半的第一壶水-人文-蓉城故事"
        );
        assert_eq!(display_width(fields["title"].as_str().expect("text")), 44);
        assert_eq!(fields["core"], "老茶馆");
        assert_eq!(fields["description"], LEAD);
    }

    #[test]
    fn a_long_title_keeps_the_site_and_loses_no_half_word() {
        let derived = derive(
            &source(
                "成都彭镇观音阁老茶馆清晨五点半开门的一天里发生的那些关于盖碗茶与老堂倌的故事",
                LEAD,
            ),
            &profile("蓉城故事"),
        );

        let title = derived.fields["title"].as_str().expect("text").to_owned();
        assert!(title.ends_with("-蓉城故事"), "{title}");
        assert!(display_width(&title) <= TITLE_BUDGET, "{title}");
    }

    #[test]
    fn two_pictures_become_one() {
        let mut two = source("老茶馆的一天：五点半的第一壶水", LEAD);
        two.pictures.push(SourcePicture {
            key: "b".into(),
            ..two.pictures[0].clone()
        });
        assert_eq!(derive(&two, &profile("x")).pictures[PICTURE], ["a"]);

        two.pictures.push(SourcePicture {
            key: "c".into(),
            ..two.pictures[0].clone()
        });
        assert_eq!(
            derive(&two, &profile("x")).pictures[PICTURE],
            ["a", "b", "c"]
        );
    }

    #[test]
    fn a_long_text_is_summed_up_for_the_feed() {
        let mut long = source("老茶馆的一天：五点半的第一壶水", LEAD);
        long.paragraphs = (0..40)
            .map(|hour| {
                format!(
                    "第{hour}位茶客推门进来，先看一眼灶上的水。{}",
                    "他坐下，慢慢地等水开。".repeat(6)
                )
            })
            .collect();

        let body = derive(&long, &profile("x")).fields["body"].clone();

        let body = body.as_str().expect("text");
        assert!(body.starts_with(LEAD) && characters(body) <= FEED_BODY);
        assert!(
            body.ends_with("第39位茶客推门进来，先看一眼灶上的水。"),
            "the end is told too: {body}"
        );
    }

    #[test]
    fn a_video_has_a_path_of_its_own() {
        let profile = profile("x");
        assert_eq!(
            profile.path(ContentKind::Story, "a"),
            "/pages/story/index?id=a"
        );
        assert_eq!(
            profile.path(ContentKind::Video, "a"),
            "/pages/story/index?id=a&kind=video"
        );
        let named = SiteProfile {
            path_template: "/pages/{kind}/index?id={slug}".into(),
            ..profile
        };
        assert_eq!(
            named.path(ContentKind::Video, "a"),
            "/pages/video/index?id=a"
        );
    }

    #[test]
    fn the_same_source_gives_the_same_bytes() {
        let bytes = || {
            serde_json::to_vec(&fields(
                &source("老茶馆的一天：五点半的第一壶水", LEAD),
                &profile("蓉城故事"),
            ))
            .expect("json")
        };

        assert_eq!(bytes(), bytes());
    }
}
