//! What an article and a picture post are made of. Pure: the same source and site give the same bytes.

use serde_json::{Value, json};

use super::{BODY, COMMENTS, COVER, LONGEST_PAGE_TEXT, MOST_COVERS, MOST_PICTURES, PICTURE, html};
use crate::{
    channels::{Derived, SiteProfile, Source, SourcePicture},
    text::{characters, cut_to, one_line, sentences},
};

/// Characters of a title (draft/add); what accounts were seen to take is the field's own limit.
pub const TITLE: usize = 32;
/// Characters of an author's name (draft/add).
const AUTHOR: usize = 16;
/// Characters of a digest that are safe everywhere.
pub const DIGEST: usize = 120;
/// Characters of the title of a page in search (submitpages).
pub const SEARCH_TITLE: usize = 20;
/// Characters of the text of a picture post.
const TEXT: usize = 500;
/// The smallest cover, and the smallest picture of a post.
const SMALLEST_COVER: (u32, u32) = (235, 100);
const SMALLEST_PICTURE: (u32, u32) = (200, 200);

/// Makes the variant's fields.
pub fn derive(source: &Source, profile: &SiteProfile) -> Derived {
    let body = html::write(&source.lead, &source.blocks, |key| {
        source.pictures.iter().any(|picture| picture.key == key)
    });
    let fields: [(&str, Value); 11] = [
        ("title", cut(&one_line(&source.title), TITLE).into()),
        (
            "author",
            cut(&one_line(source.byline.as_deref().unwrap_or("")), AUTHOR).into(),
        ),
        ("digest", digest(source).into()),
        ("content", body.html.into()),
        ("text", post_text(source).into()),
        ("content_source_url", source.page_url.clone().into()),
        ("comment", COMMENTS[0].zh.into()),
        (
            "search_title",
            cut(&one_line(&source.title), SEARCH_TITLE).into(),
        ),
        ("search_abstract", plain(&digest(source)).into()),
        ("search_text", search_text(source).into()),
        (
            "search_path",
            profile
                .path(source.kind, &source.slug)
                .trim_start_matches('/')
                .into(),
        ),
    ];
    let mut derived = Derived::default();
    derived
        .fields
        .extend(fields.map(|(name, value)| (name.to_owned(), value)));
    let at_least = |least: (u32, u32)| {
        let pictures = source.pictures.iter();
        pictures
            .filter(move |one: &&SourcePicture| one.width >= least.0 && one.height >= least.1)
            .map(|one| one.key.clone())
    };
    let cover: Vec<String> = at_least(SMALLEST_COVER).take(1).collect();
    let posted: Vec<String> = at_least(SMALLEST_PICTURE).take(MOST_PICTURES).collect();
    // Addresses take the place of these when it is sent.
    let covers = (0..posted.len().min(MOST_COVERS))
        .map(|place| json!({ "picture": format!("{PICTURE}/{place}") }));
    derived
        .fields
        .insert("search_covers".to_owned(), covers.collect());
    for (name, keys) in [(COVER, cover), (BODY, body.pictures), (PICTURE, posted)] {
        if !keys.is_empty() {
            derived.pictures.insert(name.to_owned(), keys);
        }
    }
    derived
}

fn cut(text: &str, most: usize) -> String {
    cut_to(text, most, characters)
}

/// The lead, else the first sentences of the text, else the title: what stands below the title in a card.
fn digest(source: &Source) -> String {
    let texts = [&source.lead].into_iter().chain(&source.paragraphs);
    let told = texts
        .map(|text| one_line(text))
        .find(|text| !text.is_empty() && sentences(text).iter().any(|one| characters(one) >= 8))
        .unwrap_or_else(|| one_line(&source.title));
    cut(&told, DIGEST)
}

/// The lead and the paragraphs, as many as fit whole. It is plain text (draft/add, 45166), and what looks like a tag in
/// it is written so that it does not.
fn post_text(source: &Source) -> String {
    let mut text = String::new();
    let texts = [&source.lead].into_iter().chain(&source.paragraphs);
    for one in texts
        .map(|text| one_line(text))
        .filter(|one| !one.is_empty())
    {
        if characters(&text) + characters(&one) + 1 > TEXT {
            if text.is_empty() {
                text = cut(&one, TEXT);
            }
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&one);
    }
    if text.is_empty() {
        text = one_line(&source.title);
    }
    plain(&text)
}

/// What looks like a tag is written so that it does not.
fn plain(text: &str) -> String {
    text.replace('<', "＜").replace('>', "＞")
}

/// The lead and the paragraphs as plain text, as many as a page has room for.
fn search_text(source: &Source) -> String {
    let mut text = String::new();
    let texts = [&source.lead].into_iter().chain(&source.paragraphs);
    for one in texts.map(|text| plain(text.trim())) {
        if text.len() + one.len() >= LONGEST_PAGE_TEXT as usize {
            break;
        }
        if !text.is_empty() && !one.is_empty() {
            text.push('\n');
        }
        text.push_str(&one);
    }
    if text.is_empty() {
        text = plain(&one_line(&source.title));
    }
    text
}

/// The middle of a cover as a square: what a list shows (`pic_crop_1_1`), and the whole of it (`pic_crop_235_1`).
pub fn crops(width: u32, height: u32) -> Value {
    let square = |long: u32, short: u32| {
        let side = f64::from(short) / f64::from(long);
        let from = (1.0 - side) / 2.0;
        (from, from + side)
    };
    let ((left, right), (top, bottom)) = if width >= height {
        (square(width, height), (0.0, 1.0))
    } else {
        ((0.0, 1.0), square(height, width))
    };
    json!({
        "pic_crop_235_1": "0_0_1_1",
        "pic_crop_1_1": format!("{left:.6}_{top:.6}_{right:.6}_{bottom:.6}"),
    })
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::{
        channels::{ContentKind, SourceBlock, SourceSpan},
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

    pub fn source() -> Source {
        Source {
            kind: ContentKind::Story,
            slug: "lu-yu".into(),
            title: "清蒸鲈鱼的做法".into(),
            lead: "清蒸鲈鱼鲜嫩少刺，二十分钟就能上桌。".into(),
            paragraphs: vec!["鲈鱼洗净，两面划刀。".into()],
            blocks: vec![
                SourceBlock::Paragraph(vec![SourceSpan {
                    text: "鲈鱼洗净，两面划刀。".into(),
                    ..SourceSpan::default()
                }]),
                SourceBlock::Picture("b".into(), String::new()),
            ],
            core_phrase: None,
            byline: Some("编辑部".into()),
            category: None,
            category_key: None,
            tags: Vec::new(),
            pictures: vec![picture("a", 960, 640), picture("b", 960, 1280)],
            video: None,
            products: Vec::new(),
            first_published_at: Timestamp(0),
            updated_at: Timestamp(0),
            page_url: "https://www.example.cn/s/lu-yu".into(),
        }
    }

    pub fn profile() -> SiteProfile {
        SiteProfile {
            name: "厨房".into(),
            base_url: String::new(),
            is_official: false,
            brand_words: Vec::new(),
            path_template: "/pages/story/index?id={slug}".into(),
            mini_programs: std::collections::BTreeMap::new(),
            zone: "Asia/Shanghai".into(),
        }
    }

    #[test]
    fn an_article_has_title_author_digest_body_and_its_pictures() {
        let derived = derive(&source(), &profile());

        assert_eq!(derived.fields["title"], "清蒸鲈鱼的做法");
        assert_eq!(derived.fields["author"], "编辑部");
        assert_eq!(
            derived.fields["digest"],
            "清蒸鲈鱼鲜嫩少刺，二十分钟就能上桌。"
        );
        assert_eq!(
            derived.fields["text"],
            "清蒸鲈鱼鲜嫩少刺，二十分钟就能上桌。\n鲈鱼洗净，两面划刀。"
        );
        let content = derived.fields["content"].as_str().expect("a text");
        assert!(content.contains("src=\"wechat_body/0\""), "{content}");
        assert_eq!(derived.pictures[COVER], ["a"]);
        assert_eq!(derived.pictures[BODY], ["b"]);
        assert_eq!(derived.pictures[PICTURE], ["a", "b"]);
    }

    #[test]
    fn a_page_in_search_has_a_short_title_plain_text_its_key_and_up_to_three_covers() {
        let many = Source {
            title: "一条清蒸鲈鱼从市场到餐桌要经过的二十三个步骤".into(),
            lead: String::new(),
            paragraphs: vec!["韭叶或二细<解释见下方>都可以。".into(), "第二段。".into()],
            pictures: (0..5)
                .map(|key| picture(&key.to_string(), 960, 640))
                .collect(),
            ..source()
        };

        let fields = derive(&many, &profile()).fields;

        let title = fields["search_title"].as_str().expect("a text");
        assert!((1..=20).contains(&characters(title)), "{title}");
        assert_eq!(
            fields["search_text"],
            "韭叶或二细＜解释见下方＞都可以。\n第二段。"
        );
        assert_eq!(fields["search_path"], "pages/story/index?id=lu-yu");
        assert_eq!(
            fields["search_covers"],
            json!([
                { "picture": "wechat_picture/0" },
                { "picture": "wechat_picture/1" },
                { "picture": "wechat_picture/2" },
            ])
        );
        let long = Source {
            paragraphs: vec!["茶".repeat(100_000); 3],
            ..many
        };
        let fields = derive(&long, &profile()).fields;
        let text = fields["search_text"].as_str().expect("a text");
        assert_eq!(characters(text), 100_000, "whole paragraphs");
    }

    #[test]
    fn what_is_too_long_is_cut_and_what_is_missing_is_taken_from_elsewhere() {
        let long = Source {
            title: "一条清蒸鲈鱼从市场到餐桌要经过的二十三个步骤，以及每一步都可能出错的地方"
                .into(),
            lead: "先把鱼里外洗净擦干。".repeat(30),
            ..source()
        };
        let derived = derive(&long, &profile());
        let chars = |name: &str| characters(derived.fields[name].as_str().expect("a text"));
        assert!(chars("title") <= TITLE && chars("digest") <= DIGEST && chars("text") <= TEXT);

        let odd = Source {
            lead: "韭叶或二细<解释见下方>都可以。".into(),
            ..source()
        };
        let text = &derive(&odd, &profile()).fields["text"];
        assert!(
            text.as_str()
                .expect("a text")
                .starts_with("韭叶或二细＜解释见下方＞都可以。")
        );

        let bare = Source {
            lead: String::new(),
            paragraphs: Vec::new(),
            ..source()
        };
        assert_eq!(derive(&bare, &profile()).fields["digest"], "清蒸鲈鱼的做法");
    }

    #[test]
    fn the_square_of_a_cover_is_its_middle_and_square_in_pixels() {
        let crops = crops(940, 400);

        assert_eq!(crops["pic_crop_1_1"], "0.287234_0.000000_0.712766_1.000000");
        assert_eq!(crops["pic_crop_235_1"], "0_0_1_1");
    }
}
