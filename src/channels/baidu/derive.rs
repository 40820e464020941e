//! What a search-optimized variant is: title, description, keywords, pictures, page information, structured data.
//! Pure: the same source and site give the same bytes.

use serde_json::{Value, json};

use super::{PICTURE, feed_type, time};
use crate::{
    channels::{Derived, SiteProfile, Source, SourcePicture},
    text::{
        characters, clauses, count_occurrences, cut_to, display_width, find_contacts, fold,
        has_chinese, has_emoji, keywords, sentences,
    },
};

/// Columns that a phone shows of a title; the whole should fit (measured, see the contract).
pub const TITLE_TARGET: usize = 52;
/// Columns that a title may have.
const TITLE_BUDGET: usize = 60;
/// Characters of an article title.
pub const ARTICLE_TITLE: (usize, usize) = (8, 40);
/// Characters of a description.
pub const DESCRIPTION: (usize, usize) = (45, 75);
/// Characters of a feed body (develop/serverapi/type).
pub const FEED_BODY: usize = 2000;
/// Characters of one keyword.
const KEYWORD: std::ops::RangeInclusive<usize> = 2..=12;
/// Keywords that a page should have.
pub const KEYWORDS: (usize, usize) = (3, 5);
/// All tags together (develop/serverapi/submitresource).
pub const TAGS_TOTAL: usize = 100;
/// The smallest crop that Baidu takes: 375×250 (introduction/rank_setimage).
const SMALLEST_WIDTH: f64 = 375.0;

/// Makes the variant's fields.
pub fn derive(source: &Source, profile: &SiteProfile) -> Derived {
    let clean_title = plain(&source.title);
    let core = core(source, &clean_title);
    let title = title(source, &clean_title, profile);
    let article_title = article_title(source, &clean_title);
    let description = description(source, &core, &clean_title);
    let keywords = page_keywords(source, &core);
    let tags = tags(source, &keywords);
    let (feed_type, feed_sub_type) = feed_type::of(source);
    let pictures = pictures(source);
    let images: Vec<Value> = (0..pictures.len())
        .map(|index| json!({ "picture": format!("{PICTURE}/{index}") }))
        .collect();
    let mut derived = Derived::default();
    let fields = [
        (
            "page_info",
            page_info(
                source,
                &title,
                &article_title,
                &description,
                &keywords,
                &images,
            ),
        ),
        (
            "json_ld",
            json_ld(source, profile, &title, &description, &images),
        ),
        ("title", title.into()),
        ("article_title", article_title.into()),
        ("description", description.into()),
        ("keywords", keywords.into()),
        ("core", core.into()),
        ("body", feed_body(source).into()),
        ("tags", tags.into()),
        ("feed_type", feed_type.into()),
        ("feed_sub_type", feed_sub_type.into()),
        (
            "publish_time",
            time::publish_time(source.first_published_at).into(),
        ),
        (
            "path",
            profile.path_template.replace("{slug}", &source.slug).into(),
        ),
        ("canonical", source.page_url.clone().into()),
        ("images", images.into()),
    ];
    derived
        .fields
        .extend(fields.map(|(name, value)| (name.to_owned(), value)));
    derived.pictures.insert(PICTURE.to_owned(), pictures);
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
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The main search phrase: the editor's; else the longest tag that stands in the title and early in the text; else the
/// title's first clause.
fn core(source: &Source, title: &str) -> String {
    if let Some(phrase) = source
        .core_phrase
        .as_deref()
        .map(str::trim)
        .filter(|phrase| !phrase.is_empty())
    {
        return phrase.to_owned();
    }
    let early: String = fold(&text_of(source)).chars().take(200).collect();
    let folded = fold(title);
    let tag = source
        .tags
        .iter()
        .filter(|tag| folded.contains(&fold(tag)) && early.contains(&fold(tag)))
        .max_by_key(|tag| characters(tag));
    let phrase = tag.map_or_else(
        || clauses(title).first().copied().unwrap_or(title),
        String::as_str,
    );
    let phrase = phrase.trim_end_matches([
        '，', ',', '：', ':', '。', '！', '!', '？', '?', '；', '、', ' ',
    ]);
    cut_to(phrase, 12, characters)
}

fn text_of(source: &Source) -> String {
    let mut text = source.lead.clone();
    for paragraph in &source.paragraphs {
        text.push('\n');
        text.push_str(paragraph);
    }
    text
}

/// `{story title}-{category}-{site name}`, the category only where all of it stays within what a phone shows.
fn title(source: &Source, story: &str, profile: &SiteProfile) -> String {
    let site = plain(&profile.name);
    let category = source
        .category
        .as_deref()
        .map(plain)
        .filter(|category| !category.is_empty() && !story.contains(category.as_str()));
    if let Some(category) = category {
        let long = format!("{story}-{category}-{site}");
        if display_width(&long) <= TITLE_TARGET && !long_separators(&long) {
            return long;
        }
    }
    let room = TITLE_BUDGET.saturating_sub(display_width(&site) + 1);
    let story = cut_to(story, room, display_width);
    format!("{story}-{site}")
}

fn long_separators(title: &str) -> bool {
    title
        .chars()
        .filter(|character| matches!(character, '-' | '_' | '|' | '｜'))
        .count()
        > 2
}

/// The story's title without the site, 8 to 40 characters. A shorter one is completed from the lead, since Baidu wants a
/// complete statement of the main point.
fn article_title(source: &Source, story: &str) -> String {
    let mut title = single_marks(&cut_to(story, ARTICLE_TITLE.1, characters));
    if characters(&title) >= ARTICLE_TITLE.0 && has_chinese(&title) {
        return title;
    }
    let texts =
        std::iter::once(source.lead.as_str()).chain(source.paragraphs.iter().map(String::as_str));
    let parts = texts
        .flat_map(clauses)
        .map(|clause| {
            plain(clause)
                .trim_end_matches([
                    '，', ',', '。', '：', ':', '；', ';', '、', '！', '？', '!', '?',
                ])
                .to_owned()
        })
        .filter(|clause| {
            characters(clause) >= 4
                && has_chinese(clause)
                && find_contacts(clause).is_empty()
                && !title.contains(clause.as_str())
        });
    let mut mark = '：';
    for part in parts.collect::<Vec<_>>() {
        let room = ARTICLE_TITLE.1 - characters(&title) - 1;
        let part = cut_to(&part, room, characters);
        if characters(&part) < 4 {
            continue;
        }
        title.push(mark);
        title.push_str(&part);
        mark = '，';
        if characters(&title) >= ARTICLE_TITLE.0 {
            break;
        }
    }
    single_marks(&title)
}

/// No full stop at the end, at most one question mark and one exclamation mark.
fn single_marks(title: &str) -> String {
    let mut seen = Vec::new();
    let kept: String = title
        .trim_end_matches(['。', '.', ' '])
        .chars()
        .filter(|character| {
            let mark = match character {
                '？' | '?' => '?',
                '！' | '!' => '!',
                '。' => '.',
                _ => return true,
            };
            let is_new = mark != '.' && !seen.contains(&mark);
            seen.push(mark);
            is_new
        })
        .collect();
    kept
}

/// One or two whole sentences of the lead (else of the text) with the core phrase, without contact data.
fn description(source: &Source, core: &str, title: &str) -> String {
    let (least, most) = DESCRIPTION;
    let texts: Vec<&str> = std::iter::once(source.lead.as_str())
        .chain(source.paragraphs.iter().map(String::as_str))
        .collect();
    let mut good = texts
        .iter()
        .flat_map(|text| sentences(text))
        .map(plain)
        .filter(|sentence| {
            let is_prose = has_chinese(sentence)
                && characters(sentence) >= 8
                && find_contacts(sentence).is_empty();
            is_prose && !has_emoji(sentence) && !sentence.contains("点击") && *sentence != title
        })
        .peekable();
    let lead_in = if good.peek().is_some_and(|first| first.contains(core)) || core.is_empty() {
        String::new()
    } else {
        format!("{core}：")
    };
    let mut text = lead_in.clone();
    for sentence in good {
        let whole = if sentence.ends_with(['。', '！', '？', '!', '?', '；', '…', '”', '」'])
        {
            sentence.clone()
        } else {
            format!("{}。", sentence.trim_end_matches(['：', ':', '，', ',']))
        };
        if characters(&text) + characters(&whole) <= most {
            text.push_str(&whole);
        } else if text == lead_in {
            let cut = cut_to(&whole, most - characters(&text) - 1, characters);
            text.push_str(cut.trim_end_matches(['，', ',', '、', '：', '；', '。']));
            text.push('。');
        }
        if characters(&text) >= least {
            break;
        }
    }
    if count_occurrences(&text, core) == 0
        && !core.is_empty()
        && characters(&text) + characters(core) < most
    {
        text = format!("{core}：{text}");
    }
    text
}

/// The core phrase, then what the text is about, each present in title or text, none twice.
fn page_keywords(source: &Source, core: &str) -> Vec<String> {
    let text = format!("{}\n{}", source.title, text_of(source));
    let folded = fold(&text);
    let mut found: Vec<String> = Vec::new();
    let tags = source.tags.iter().cloned();
    let candidates = std::iter::once(core.to_owned())
        .chain(keywords(&text, 12))
        .chain(tags)
        .chain(source.category.iter().cloned());
    for word in candidates {
        let word = word.trim().to_owned();
        let is_fit = KEYWORD.contains(&characters(&word))
            && folded.contains(&fold(&word))
            && !word.contains([',', '，', '、', '\n']);
        let is_new = !found.iter().any(|known| fold(known) == fold(&word));
        if is_fit && is_new && find_contacts(&word).is_empty() {
            found.push(word);
        }
        if found.len() == KEYWORDS.1 {
            break;
        }
    }
    found
}

fn tags(source: &Source, keywords: &[String]) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let mut total = 0;
    for tag in keywords.iter().chain(&source.category).chain(&source.tags) {
        let tag = plain(tag).replace([',', '，'], "");
        if tag.is_empty()
            || tags.contains(&tag)
            || tags.len() == 10
            || total + characters(&tag) > TAGS_TOTAL
        {
            continue;
        }
        total += characters(&tag);
        tags.push(tag);
    }
    tags
}

/// The text for the feed: all of it, or whole sentences from the start up to the limit.
fn feed_body(source: &Source) -> String {
    let text = text_of(source);
    cut_to(text.trim(), FEED_BODY, characters)
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

fn is_usable(picture: &SourcePicture) -> bool {
    let crop_width = f64::from(picture.width).min(f64::from(picture.height) * 1.5);
    !picture.animated && crop_width >= SMALLEST_WIDTH
}

/// What the mini-program hands to `swan.setPageInfo` (develop/api/open/swan-setPageInfo).
fn page_info(
    source: &Source,
    title: &str,
    article_title: &str,
    description: &str,
    keywords: &[String],
    images: &[Value],
) -> Value {
    let mut info = json!({
        "title": title,
        "keywords": keywords.join(","),
        "description": description,
        "articleTitle": article_title,
        "releaseDate": time::release_date(source.first_published_at),
        "image": images,
    });
    if let Some(video) = &source.video {
        let seconds = video.duration_ms.div_ceil(1000).to_string();
        info["video"] = json!([{ "url": video.url, "duration": seconds, "image": images.first() }]);
    }
    info
}

/// One object for the page's `application/ld+json` (ziyuan.baidu.com, structured data). It has no `@type`.
fn json_ld(
    source: &Source,
    profile: &SiteProfile,
    title: &str,
    description: &str,
    images: &[Value],
) -> Value {
    let published = source.first_published_at;
    let mut object = json!({
        "@context": "https://ziyuan.baidu.com/contexts/cambrian.jsonld",
        "@id": source.page_url,
        "title": title,
        "images": images,
        "description": description,
        "pubDate": time::json_ld(published),
        "upDate": time::json_ld(source.updated_at.max(published)),
    });
    if let Some(app) = profile.mini_programs.get("baidu") {
        object["appid"] = json!(app);
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{channels::ContentKind, clock::Timestamp};

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

    const LEAD: &str = "成都彭镇的老茶馆每天清晨五点半开门。本文跟拍一整天，记录第一壶水、第一批茶客，以及一位老堂倌守了三十年的规矩。";

    #[test]
    fn the_contracts_worked_example_comes_out() {
        let derived = derive(
            &source("老茶馆的一天：五点半的第一壶水", LEAD),
            &profile("蓉城故事"),
        );

        assert_eq!(
            derived.fields["title"],
            "老茶馆的一天：五点半的第一壶水-人文-蓉城故事"
        );
        assert_eq!(
            display_width(derived.fields["title"].as_str().expect("text")),
            44
        );
        assert_eq!(derived.fields["core"], "老茶馆");
        assert_eq!(derived.fields["description"], LEAD);
        assert_eq!(derived.fields["json_ld"]["pubDate"], "2026-03-01T08:00:00");
        assert_eq!(derived.fields["json_ld"]["upDate"], "2026-03-02T09:30:00");
        assert_eq!(
            derived.fields["page_info"]["releaseDate"],
            "2026-03-01 08:00:00"
        );
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
    fn a_short_title_is_completed_for_the_feed() {
        let derived = derive(
            &source("烤鱼", "外焦里嫩的家常烤鱼，一个烤箱就能做。"),
            &profile("厨房"),
        );

        assert_eq!(derived.fields["article_title"], "烤鱼：外焦里嫩的家常烤鱼");
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
    fn the_same_source_gives_the_same_bytes() {
        let bytes = || {
            serde_json::to_vec(&derive(
                &source("老茶馆的一天：五点半的第一壶水", LEAD),
                &profile("蓉城故事"),
            ))
            .expect("json")
        };

        assert_eq!(bytes(), bytes());
    }
}
