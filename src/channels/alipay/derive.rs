//! What a post and a long article are made of. Pure.

use serde_json::{Value, json};

use super::{
    AUDIENCES, COVER, LONGEST_ARTICLE, LONGEST_TEXT, LONGEST_TITLE, MINI_APP, MOST_PICTURES,
    PICTURE, POSTER, item,
};
use crate::{
    channels::{Derived, SiteProfile, Source, SourcePicture},
    text::{characters, cut_to, escape_html, one_line},
};

/// Tags behind the text of a post.
const MOST_TAGS: usize = 5;

/// Makes the variant's fields.
pub fn derive(source: &Source, profile: &SiteProfile) -> Derived {
    let mut derived = Derived::default();
    let title = cut_to(&one_line(&source.title), LONGEST_TITLE, characters);
    let mini_app = profile.mini_programs.get("alipay").cloned();
    let fields: [(&str, Value); 5] = [
        ("title", title.into()),
        ("text", text(source).into()),
        ("article", article(source).into()),
        ("audience", json!(AUDIENCES[0].zh)),
        (MINI_APP, mini_app.unwrap_or_default().into()),
    ];
    derived
        .fields
        .extend(fields.map(|(name, value)| (name.to_owned(), value)));
    let usable = |least: (u32, u32)| {
        let fits = move |picture: &&SourcePicture| {
            !picture.animated && picture.width >= least.0 && picture.height >= least.1
        };
        source
            .pictures
            .iter()
            .filter(fits)
            .map(|picture| picture.key.clone())
    };
    let mut use_for = |name: &str, keys: Vec<String>| {
        if !keys.is_empty() {
            derived.pictures.insert(name.to_owned(), keys);
        }
    };
    if let Some(video) = &source.video {
        let still = video.poster.clone().or_else(|| usable((360, 480)).next());
        use_for(POSTER, still.into_iter().collect());
    } else {
        use_for(PICTURE, usable((360, 480)).take(MOST_PICTURES).collect());
    }
    if source.kind == crate::channels::ContentKind::Story {
        use_for(COVER, usable((450, 250)).take(1).collect());
    }
    item::derive(source, profile, &mut derived);
    derived
}

/// Readers see neither summary nor author, so the text begins with the lead and names who wrote it. Whole paragraphs;
/// tags behind them as far as there is room, none of them cut.
fn text(source: &Source) -> String {
    let byline = source.byline.as_deref().map(one_line).unwrap_or_default();
    let byline = cut_to(&byline, LONGEST_TEXT / 4, characters);
    let mut tail = String::new();
    if !byline.is_empty() {
        tail.push_str("\n\n文：");
        tail.push_str(&byline);
    }
    let tags: Vec<String> = source
        .tags
        .iter()
        .map(|tag| {
            tag.chars()
                .filter(|c| c.is_alphanumeric())
                .collect::<String>()
        })
        .filter(|tag| !tag.is_empty())
        .take(MOST_TAGS)
        .map(|tag| format!("#{tag}"))
        .collect();
    if !tags.is_empty() && characters(&tags.join(" ")) < LONGEST_TEXT / 4 {
        tail.push_str("\n\n");
        tail.push_str(&tags.join(" "));
    }
    let room = LONGEST_TEXT - characters(&tail);
    let mut text = joined(paragraphs(source), room);
    if text.is_empty() {
        text = one_line(&source.title);
    }
    text + &tail
}

/// Lead and paragraphs, without a lead that the body repeats.
pub fn paragraphs(source: &Source) -> impl Iterator<Item = String> {
    let lead = one_line(&source.lead);
    let body = source.paragraphs.iter().map(|text| one_line(text));
    let rest: Vec<String> = body
        .filter(|text| !text.is_empty() && *text != lead)
        .collect();
    Some(lead)
        .filter(|lead| !lead.is_empty())
        .into_iter()
        .chain(rest)
}

/// Whole paragraphs as far as there is room.
pub fn joined(paragraphs: impl Iterator<Item = String>, room: usize) -> String {
    let mut text = String::new();
    for paragraph in paragraphs {
        let gap = if text.is_empty() { "" } else { "\n\n" };
        if characters(&text) + characters(gap) + characters(&paragraph) > room {
            if text.is_empty() {
                text = cut_to(&paragraph, room, characters);
            }
            break;
        }
        text.push_str(gap);
        text.push_str(&paragraph);
    }
    text
}

/// The long article as plain paragraphs; [`html`] makes of it what is sent.
fn article(source: &Source) -> String {
    let byline = source
        .byline
        .as_deref()
        .map(|name| format!("文：{}", one_line(name)));
    let all = byline.into_iter().chain(paragraphs(source));
    let mut article = joined(all, LONGEST_ARTICLE);
    if article.is_empty() {
        article = one_line(&source.title);
    }
    article
}

/// Paragraphs as HTML that every reader of rich text takes.
pub fn html(article: &str) -> String {
    article
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| format!("<p>{}</p>", escape_html(paragraph).replace('\n', "<br>")))
        .collect()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::{
        channels::{ContentKind, SourceVideo},
        clock::Timestamp,
    };

    /// A story with so many usable pictures.
    pub fn story(pictures: usize) -> Source {
        let picture = |key: usize| SourcePicture {
            key: key.to_string(),
            width: 960,
            height: 1280,
            animated: false,
            alt: String::new(),
        };
        Source {
            kind: ContentKind::Story,
            slug: "long-jing".into(),
            title: "明前龙井".into(),
            lead: "春茶上市，今年头采。".into(),
            paragraphs: vec!["水温以八十五度为宜。".into()],
            blocks: Vec::new(),
            core_phrase: None,
            byline: Some("陈 茶".into()),
            category: None,
            category_key: None,
            tags: vec!["绿茶".into(), "春 茶".into()],
            pictures: (0..pictures).map(picture).collect(),
            video: None,
            products: Vec::new(),
            first_published_at: Timestamp(0),
            updated_at: Timestamp(0),
            page_url: "https://www.example.cn/s/long-jing".into(),
        }
    }

    /// A short video.
    pub fn video(poster: Option<&str>) -> Source {
        Source {
            kind: ContentKind::Video,
            video: Some(SourceVideo {
                key: "v".into(),
                url: String::new(),
                duration_ms: 2000,
                width: 720,
                height: 1280,
                size_bytes: 1000,
                container: "mp4".into(),
                video_codec: "h264".into(),
                audio_codec: "aac".into(),
                poster: poster.map(ToOwned::to_owned),
            }),
            ..story(0)
        }
    }

    pub fn profile() -> SiteProfile {
        SiteProfile {
            name: "茶馆".into(),
            base_url: String::new(),
            is_official: false,
            brand_words: Vec::new(),
            path_template: "/pages/story/index?id={slug}".into(),
            mini_programs: std::collections::BTreeMap::new(),
            zone: "Asia/Shanghai".into(),
        }
    }

    #[test]
    fn a_post_tells_who_wrote_it_and_carries_whole_tags() {
        let derived = derive(&story(12), &profile());

        assert_eq!(
            derived.fields["text"],
            "春茶上市，今年头采。\n\n水温以八十五度为宜。\n\n文：陈 茶\n\n#绿茶 #春茶"
        );
        assert_eq!(derived.pictures[PICTURE].len(), MOST_PICTURES);
        assert_eq!(derived.pictures[COVER].len(), 1);
    }

    #[test]
    fn a_long_story_ends_with_a_whole_paragraph_in_a_post_and_is_whole_in_an_article() {
        let paragraph = "茶".repeat(300);
        let long = Source {
            paragraphs: (0..9)
                .map(|number| format!("{number}{paragraph}"))
                .collect(),
            ..story(1)
        };

        let derived = derive(&long, &profile());

        let text = derived.fields["text"].as_str().expect("a text");
        assert!(characters(text) <= LONGEST_TEXT && text.contains("2茶") && !text.contains("3茶"));
        let article = derived.fields["article"].as_str().expect("an article");
        assert!(article.ends_with(&format!("8{paragraph}")));
    }

    #[test]
    fn a_video_has_the_still_that_was_chosen() {
        let derived = derive(&video(Some("still")), &profile());

        assert_eq!(derived.pictures[POSTER], ["still"]);
        assert!(!derived.pictures.contains_key(PICTURE));
    }

    #[test]
    fn an_article_is_sent_as_paragraphs_in_which_nothing_is_markup() {
        assert_eq!(
            html("一 <b> & \"二\"\n三\n\n\n\n四"),
            "<p>一 &lt;b&gt; &amp; &quot;二&quot;<br>三</p><p>四</p>"
        );
    }
}
