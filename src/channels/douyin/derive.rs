//! What a feed-shaped variant is: a hook, a few sentences, topics, an anchor, a cover. Pure.

use serde_json::{Value, json};

use super::{
    COVER, MOST_PICTURES, PICTURE, POSTER, SMALLEST,
    wire::{AUDIENCES, DOWNLOADS},
};
use crate::{
    channels::{Derived, SiteProfile, Source, SourcePicture},
    text::{characters, cut_to, find_contacts, fold, has_chinese, keywords, one_line, sentences},
};

/// Characters of the first line: what the console takes as a title.
pub const HOOK: usize = 30;
/// Sentences between hook and topics, and their characters.
const SENTENCES: usize = 3;
const DETAIL: usize = 120;
/// Marks that end a sentence.
const END: [char; 6] = ['。', '！', '？', '!', '?', '…'];
/// Topics that a work has; the marker is the fifth.
pub const MOST_TOPICS: usize = 4;
/// Words of a text that are looked at for topics.
const KEYWORDS: usize = 20;
/// With fewer topics, words of the text are taken.
const LEAST_TOPICS: usize = 2;
/// A whole title of so many characters is a topic.
const SUBJECT: usize = 8;
/// Characters of one topic (the only published bound, for interact tasks).
pub const TOPIC: usize = 20;
/// Characters of an anchor's title that a screen shows.
pub const ANCHOR: usize = 12;

/// Makes the variant's fields.
pub fn derive(source: &Source, profile: &SiteProfile) -> Derived {
    let mut derived = Derived::default();
    let anchor = profile.mini_programs.get("douyin");
    let anchored = |value: String| anchor.map_or(Value::Null, |_| json!(value));
    let path = profile.path_template.trim_start_matches('/');
    let fields: [(&str, Value); 9] = [
        ("text", caption(source).into()),
        ("topics", topics(source).into()),
        ("at_users", Value::Null),
        ("micro_app_id", anchor.map_or(Value::Null, |id| json!(id))),
        ("micro_app_title", anchored(anchor_title(source))),
        (
            "micro_app_url",
            anchored(path.replace("{slug}", &source.slug)),
        ),
        ("private_status", AUDIENCES[0].zh.into()),
        ("download_type", DOWNLOADS[0].zh.into()),
        ("cover_second", Value::Null),
    ];
    derived
        .fields
        .extend(fields.map(|(name, value)| (name.to_owned(), value)));
    let stills = source.pictures.iter().filter(|picture| is_usable(picture));
    let mut stills = stills.map(|picture| picture.key.clone());
    if let Some(video) = &source.video {
        if let Some(key) = video.poster.clone().or_else(|| stills.next()) {
            derived.pictures.insert(COVER.to_owned(), vec![key.clone()]);
            derived.pictures.insert(POSTER.to_owned(), vec![key]);
        }
    } else {
        // A story without a video becomes a picture post.
        let keys: Vec<String> = stills.take(MOST_PICTURES).collect();
        if !keys.is_empty() {
            derived.pictures.insert(PICTURE.to_owned(), keys);
        }
    }
    derived
}

/// Large enough (see the specifications), and standing still.
pub const fn is_usable(picture: &SourcePicture) -> bool {
    !picture.animated && picture.width >= SMALLEST.0 && picture.height >= SMALLEST.1
}

/// Hook; blank line; one to three sentences. Topics and marker come behind it when it is sent.
fn caption(source: &Source) -> String {
    let hook = cut_to(&line(&source.title), HOOK, characters);
    let parts = [hook.as_str(), &detail(source, &hook)];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

/// The first sentences of the lead; without one, those of the first paragraph that is prose. Headings and entries of
/// lists are no sentences, and two paragraphs do not run into each other.
fn detail(source: &Source, hook: &str) -> String {
    let texts = [&source.lead].into_iter().chain(&source.paragraphs);
    let is_said = |sentence: &str| sentence.trim_end_matches(END) == hook.trim_end_matches(END);
    texts
        .map(|text| {
            let text = line(text);
            let is_lead = !source.lead.is_empty() && text == line(&source.lead);
            let all = sentences(&text);
            // A bracket that a sentence opens may close in the next: neither reads well alone.
            let whole = all.iter().take_while(|sentence| is_closed(sentence));
            let told = whole.enumerate().filter(|(index, sentence)| {
                // What people leave open at the end of a lead is still a sentence.
                let is_ended = sentence.ends_with(END) || sentence.ends_with(['”', '」', '）']);
                is_prose(sentence)
                    && !is_said(sentence)
                    && (is_ended || (is_lead && index + 1 == all.len()))
            });
            join(told.map(|(_, sentence)| *sentence).take(SENTENCES))
        })
        .find(|told| !told.is_empty())
        .unwrap_or_default()
}

/// As many whole sentences as there is room for; of a first one that is too long, its first clauses.
fn join<'s>(sentences: impl Iterator<Item = &'s str>) -> String {
    let mut detail = String::new();
    for sentence in sentences {
        if characters(&detail) + characters(sentence) > DETAIL {
            if detail.is_empty() {
                detail = cut_to(sentence, DETAIL - 1, characters);
            }
            break;
        }
        detail.push_str(sentence);
    }
    // What leads on to a sentence that is not there any more ends here.
    let cut = detail
        .trim_end_matches(['；', ';', '，', '、', '：'])
        .to_owned();
    if cut.is_empty() || cut.ends_with(END) || cut.ends_with(['”', '」', '）']) {
        cut
    } else {
        cut + "。"
    }
}

fn is_closed(sentence: &str) -> bool {
    let count = |marks: [char; 2]| sentence.matches(marks).count();
    count(['（', '(']) == count(['）', ')'])
        && sentence.matches('“').count() == sentence.matches('”').count()
}

fn is_prose(sentence: &str) -> bool {
    has_chinese(sentence)
        && characters(sentence) >= 6
        && find_contacts(sentence).is_empty()
        && !sentence.contains(['★', '[', '|'])
}

/// A text on one line, without the marks that would make topics and mentions of its words.
fn line(text: &str) -> String {
    one_line(text).replace(['#', '@'], "")
}

/// What people look for: the editor's tags and search phrase, what the title is about, the category. Words of letters
/// and digits only, none twice. Only when these are too few, what the text speaks of most.
fn topics(source: &Source) -> Vec<String> {
    let title = line(&source.title);
    let text = format!("{title}\n{}\n{}", source.lead, source.paragraphs.join("\n"));
    let weighty: Vec<String> = keywords(&text, KEYWORDS)
        .iter()
        .filter_map(|word| whole_term(word, &text))
        .collect();
    let (of_title, others): (Vec<&String>, Vec<&String>) = weighty
        .iter()
        .partition(|word| title.contains(word.as_str()));
    let mut topics: Vec<String> = Vec::new();
    let mut add = |word: &str, most: usize| {
        let word: String = word
            .chars()
            .filter(|character| character.is_alphanumeric())
            .collect();
        let is_new = !topics.iter().any(|known| fold(known) == fold(&word));
        if is_new && (2..=TOPIC).contains(&characters(&word)) && topics.len() < most {
            topics.push(word);
        }
    };
    for tag in source.tags.iter().chain(&source.core_phrase) {
        add(tag, MOST_TOPICS);
    }
    if let Some(subject) = subject(&title) {
        add(subject, MOST_TOPICS);
    }
    // One place is the category's.
    for word in of_title {
        add(word, MOST_TOPICS - usize::from(source.category.is_some()));
    }
    if let Some(category) = &source.category {
        add(category, MOST_TOPICS);
    }
    for word in others {
        add(word, LEAST_TOPICS);
    }
    topics
}

/// The whole term that a word is a piece of: 娃娃 stands before 菜 wherever it stands, so the term is 娃娃菜. A word that
/// stands in a text only once may be a piece of anything.
fn whole_term(word: &str, text: &str) -> Option<String> {
    let mut term = word.to_owned();
    loop {
        let places: Vec<usize> = text.match_indices(&term).map(|(at, _)| at).collect();
        if places.len() < 2 {
            return None;
        }
        let behind = places
            .iter()
            .map(|at| text[at + term.len()..].chars().next());
        let before = places.iter().map(|at| text[..*at].chars().next_back());
        if let Some(next) = always(behind) {
            term.push(next);
        } else if let Some(first) = always(before) {
            term.insert(0, first);
        } else {
            return Some(term);
        }
        if characters(&term) > TOPIC {
            return None;
        }
    }
}

/// The one letter that stands at all of these places.
fn always(mut places: impl Iterator<Item = Option<char>>) -> Option<char> {
    let first = places.next()??;
    (first.is_alphanumeric() && places.all(|other| other == Some(first))).then_some(first)
}

/// What a title is about, without the words that say what kind of text it is; `None` for a whole sentence.
fn subject(title: &str) -> Option<&str> {
    const KINDS: &[&str] = &[
        "的家常做法",
        "的制作方法",
        "的做法",
        "怎么做",
        "的方法",
        "的技巧",
        "教程",
        "攻略",
        "指南",
    ];
    const QUESTIONS: &[&str] = &["如何", "怎么", "怎样", "为什么", "什么", "哪", "使用"];
    let named = KINDS.iter().find_map(|kind| title.strip_suffix(kind));
    let subject = named.unwrap_or(title).trim();
    let is_plain = subject.chars().all(char::is_alphanumeric)
        && !QUESTIONS
            .iter()
            .any(|question| subject.starts_with(question));
    let most = if named.is_some() { TOPIC } else { SUBJECT };
    (is_plain && (2..=most).contains(&characters(subject))).then_some(subject)
}

fn anchor_title(source: &Source) -> String {
    let title = line(&source.title);
    let fits = |text: &&str| (1..=ANCHOR).contains(&characters(text));
    let short = [Some(title.as_str()), subject(&title)]
        .into_iter()
        .flatten()
        .find(fits);
    short.unwrap_or("查看完整内容").to_owned()
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
            blocks: Vec::new(),
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

        assert_eq!(
            derived.fields["text"],
            "清蒸鲈鱼的做法\n\n清蒸鲈鱼鲜嫩少刺，二十分钟就能上桌。新手也不会失败。"
        );
        assert_eq!(
            derived.fields["topics"],
            json!(["家常菜", "清蒸鲈鱼", "鲈鱼", "水产"])
        );
        assert_eq!(
            derived.fields["micro_app_url"],
            "pages/story/index?id=lu-yu"
        );
        assert_eq!(derived.fields["micro_app_title"], "清蒸鲈鱼的做法");
    }

    fn caption_of(lead: &str, paragraphs: &[&str]) -> String {
        let story = Source {
            lead: lead.into(),
            paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
            ..source()
        };
        let text = caption(&story);
        text.strip_prefix("清蒸鲈鱼的做法")
            .expect("the hook")
            .trim()
            .to_owned()
    }

    #[test]
    fn headings_and_lists_do_not_run_into_sentences() {
        let paragraphs = [
            "什么是清蒸",
            "清蒸是用蒸汽加热的做法。火要一直开大。",
            "鲈鱼 1 条",
            "先把鱼洗净。",
        ];

        assert_eq!(
            caption_of("", &paragraphs),
            "清蒸是用蒸汽加热的做法。火要一直开大。"
        );
        assert_eq!(
            caption_of("需要准备的东西：", &paragraphs),
            "需要准备的东西。"
        );
        assert_eq!(caption_of("", &["鲈鱼 1 条", "预估难度：★★"]), "");
    }

    #[test]
    fn half_a_bracket_ends_what_is_told() {
        let lead = "外壳酥脆，内里多汁。全程约一小时（不算腌制；腌过夜更好），适合周末。";

        assert_eq!(caption_of(lead, &[]), "外壳酥脆，内里多汁。");
    }

    #[test]
    fn a_lead_that_is_left_open_is_closed_and_a_long_one_cut_between_clauses() {
        assert_eq!(
            caption_of("二十分钟上桌的一条鱼", &[]),
            "二十分钟上桌的一条鱼。"
        );
        assert_eq!(
            caption_of("清蒸鲈鱼的做法。二十分钟上桌的一条鱼！", &[]),
            "二十分钟上桌的一条鱼！"
        );
        let long = "先把鱼里外洗净擦干，".repeat(13) + "上锅蒸八分钟。";
        let cut = caption_of(&long, &[]);
        assert_eq!(
            cut,
            "先把鱼里外洗净擦干，".repeat(10) + "先把鱼里外洗净擦干。"
        );
        assert_eq!(characters(&cut), 110);
    }

    #[test]
    fn topics_are_words_that_people_look_for() {
        let check = |title: &str, tags: &[&str], expected: &[&str]| {
            let story = Source {
                title: title.into(),
                tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
                category: Some("水产".into()),
                lead: String::new(),
                paragraphs: vec![
                    "鲤鱼、生抽、老抽、生抽、老抽。".into(),
                    "给鲤鱼抹上生抽，用量随意。".into(),
                ],
                ..source()
            };
            assert_eq!(topics(&story), expected, "{title}");
        };

        check("红烧鲤鱼的做法", &[], &["红烧鲤鱼", "鲤鱼", "水产"]);
        check("如何挑鲤鱼", &[], &["鲤鱼", "水产"]);
        check("鱼", &[], &["水产", "生抽"]);
        check(
            "鲤鱼",
            &["#家常 菜", "下饭菜", "家常菜", "鱼", "年夜饭", "快手菜"],
            &["家常菜", "下饭菜", "年夜饭", "快手菜"],
        );
    }

    #[test]
    fn a_piece_of_a_term_is_not_taken_for_a_topic() {
        let text = "蒜蓉娃娃菜\n娃娃菜洗净，娃娃菜切开，蒜蓉炒香，蒜末留着。用空气炸锅烤，空气炸锅先预热。";

        assert_eq!(whole_term("娃娃", text).as_deref(), Some("娃娃菜"));
        assert_eq!(whole_term("炸锅", text).as_deref(), Some("空气炸锅"));
        assert_eq!(whole_term("蒜蓉", text).as_deref(), Some("蒜蓉"));
        assert_eq!(whole_term("蒜末", text), None);
    }

    #[test]
    fn an_anchor_is_as_long_as_a_screen_shows() {
        let check = |title: &str, expected: &str| {
            let story = Source {
                title: title.into(),
                ..source()
            };
            assert_eq!(anchor_title(&story), expected);
        };

        check("清蒸鲈鱼的做法", "清蒸鲈鱼的做法");
        check("微波炉葱姜清蒸黑鳕鱼的做法", "微波炉葱姜清蒸黑鳕鱼");
        check("一条鱼从下锅到上桌，你需要知道的八件事", "查看完整内容");
    }

    #[test]
    fn a_story_without_a_video_becomes_a_picture_post_of_its_usable_pictures() {
        let picture = |key: usize, width, animated| SourcePicture {
            key: key.to_string(),
            width,
            height: 800,
            animated,
            alt: String::new(),
        };
        let mut pictures = vec![picture(100, 359, false), picture(101, 900, true)];
        pictures.extend((0..40).map(|key| picture(key, 900, false)));
        let story = Source {
            pictures,
            ..source()
        };

        let derived = derive(&story, &profile());

        let keys = &derived.pictures[PICTURE];
        assert_eq!(
            (keys.len(), keys[0].as_str(), keys[29].as_str()),
            (30, "0", "29")
        );
        assert!(!derived.pictures.contains_key(COVER));
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
