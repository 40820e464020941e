//! What a feed-shaped variant is: a hook, a few sentences, topics, an anchor, a cover. Pure.

use serde_json::{Value, json};

use super::{COVER, POSTER};
use crate::{
    channels::{Derived, SiteProfile, Source},
    text::{characters, cut_to, find_contacts, fold, has_chinese, keywords, sentences},
};

/// Characters of the first line: what the console takes as a title.
pub const HOOK: usize = 30;
/// Characters of the sentences between hook and topics.
const DETAIL: usize = 120;
/// Topics that a caption has.
pub const TOPICS: (usize, usize) = (2, 4);
/// Characters of one topic (the only published bound, for interact tasks).
pub const TOPIC: usize = 20;
/// Characters of an anchor's title that a screen shows.
const ANCHOR: usize = 12;

/// Makes the variant's fields.
pub fn derive(source: &Source, profile: &SiteProfile) -> Derived {
    let mut derived = Derived::default();
    let topics = topics(source);
    let anchor = profile.mini_programs.get("douyin");
    let fields: [(&str, Value); 8] = [
        ("text", caption(source, &topics).into()),
        ("topics", topics.into()),
        ("micro_app_id", anchor.map_or(Value::Null, |id| json!(id))),
        (
            "micro_app_title",
            anchor.map_or(Value::Null, |_| json!(anchor_title(source))),
        ),
        (
            "micro_app_url",
            anchor.map_or(Value::Null, |_| {
                json!(
                    profile
                        .path_template
                        .trim_start_matches('/')
                        .replace("{slug}", &source.slug)
                )
            }),
        ),
        ("private_status", "0".into()),
        ("download_type", "1".into()),
        ("cover_second", Value::Null),
    ];
    derived
        .fields
        .extend(fields.map(|(name, value)| (name.to_owned(), value)));
    let poster = source.video.as_ref().and_then(|video| video.poster.clone());
    let still = poster.or_else(|| {
        source
            .pictures
            .iter()
            .find(|picture| is_usable(picture.width, picture.height, picture.animated))
            .map(|picture| picture.key.clone())
    });
    if let Some(key) = still {
        derived.pictures.insert(COVER.to_owned(), vec![key.clone()]);
        derived.pictures.insert(POSTER.to_owned(), vec![key]);
    }
    derived
}

fn is_usable(width: u32, height: u32, is_animated: bool) -> bool {
    !is_animated && width >= 360 && height >= 360
}

/// Hook; blank line; one to three sentences; last line topics. The marker joins the topics when it is sent.
fn caption(source: &Source, topics: &[String]) -> String {
    let hook = cut_to(&line(&source.title), HOOK, characters);
    let mut detail = String::new();
    let texts =
        std::iter::once(source.lead.as_str()).chain(source.paragraphs.iter().map(String::as_str));
    for sentence in texts
        .flat_map(sentences)
        .map(line)
        .filter(|sentence| is_prose(sentence))
        .take(3)
    {
        if sentence.trim_end_matches('。') == hook.trim_end_matches('。') {
            continue;
        }
        if characters(&detail) + characters(&sentence) > DETAIL {
            if detail.is_empty() {
                detail = cut_to(&sentence, DETAIL, characters);
            }
            break;
        }
        detail.push_str(&sentence);
    }
    let tags = topics
        .iter()
        .map(|topic| format!("#{topic}"))
        .collect::<Vec<_>>()
        .join(" ");
    let parts: Vec<String> = [hook, detail]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    format!("{}\n\n{tags}", parts.join("\n\n"))
        .trim()
        .to_owned()
}

fn is_prose(sentence: &str) -> bool {
    has_chinese(sentence)
        && characters(sentence) >= 6
        && find_contacts(sentence).is_empty()
        && !sentence.contains(['#', '@', '★'])
}

fn line(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace(['#', '@'], "")
}

/// Tags first, then what the text is about; words of letters and digits only, none twice.
fn topics(source: &Source) -> Vec<String> {
    let text = format!(
        "{}\n{}\n{}",
        source.title,
        source.lead,
        source.paragraphs.join("\n")
    );
    let mut topics: Vec<String> = Vec::new();
    let category = source.category.iter().cloned();
    for word in source
        .tags
        .iter()
        .cloned()
        .chain(keywords(&text, 6))
        .chain(category)
    {
        let word: String = word
            .chars()
            .filter(|character| character.is_alphanumeric())
            .collect();
        let is_new = !topics.iter().any(|known| fold(known) == fold(&word));
        if is_new && (2..=TOPIC).contains(&characters(&word)) && topics.len() < TOPICS.1 {
            topics.push(word);
        }
    }
    topics
}

fn anchor_title(source: &Source) -> String {
    let title = line(&source.title);
    if characters(&title) <= ANCHOR {
        title
    } else {
        "查看完整内容".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        channels::{ContentKind, SourcePicture},
        clock::Timestamp,
    };

    fn source() -> Source {
        Source {
            kind: ContentKind::Story,
            slug: "lu-yu".into(),
            title: "清蒸鲈鱼的做法".into(),
            lead: "清蒸鲈鱼鲜嫩少刺，二十分钟就能上桌。新手也不会失败。".into(),
            paragraphs: vec!["鲈鱼洗净，两面划刀。".into()],
            core_phrase: None,
            byline: None,
            category: Some("水产".into()),
            category_key: Some("aquatic".into()),
            tags: vec!["家常菜".into(), "清蒸 鲈鱼".into()],
            pictures: vec![SourcePicture {
                key: "a".into(),
                width: 960,
                height: 1280,
                animated: false,
                alt: String::new(),
            }],
            video: None,
            products: Vec::new(),
            first_published_at: Timestamp(0),
            updated_at: Timestamp(0),
            page_url: "https://www.example.cn/s/lu-yu".into(),
        }
    }

    fn profile() -> SiteProfile {
        SiteProfile {
            name: "厨房".into(),
            base_url: String::new(),
            is_official: false,
            brand_words: Vec::new(),
            path_template: "/pages/story/index?id={slug}".into(),
            mini_programs: [("douyin".to_owned(), "tt01".to_owned())].into(),
            zone: "Asia/Shanghai".into(),
        }
    }

    #[test]
    fn a_caption_has_hook_detail_and_topics() {
        let derived = derive(&source(), &profile());

        let text = derived.fields["text"].as_str().expect("text");
        assert!(
            text.starts_with(
                "清蒸鲈鱼的做法\n\n清蒸鲈鱼鲜嫩少刺，二十分钟就能上桌。新手也不会失败。"
            ),
            "{text}"
        );
        assert!(
            text.lines()
                .last()
                .is_some_and(|line| line.starts_with("#家常菜 #清蒸鲈鱼")),
            "{text}"
        );
        assert_eq!(
            derived.fields["micro_app_url"],
            "pages/story/index?id=lu-yu"
        );
        assert_eq!(derived.fields["micro_app_title"], "清蒸鲈鱼的做法");
    }

    #[test]
    fn without_a_mini_program_there_is_no_anchor() {
        let derived = derive(
            &source(),
            &SiteProfile {
                mini_programs: std::collections::BTreeMap::new(),
                ..profile()
            },
        );

        assert_eq!(derived.fields["micro_app_id"], Value::Null);
    }
}
