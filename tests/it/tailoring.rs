//! What a channel would get of 359 real stories, against each hard limit of the platforms' rules. The limits below are
//! written from the platforms' documents, not from the channels' descriptors.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use fenfa::{
    auth::{Actor, SiteChanges},
    channels::{Finding, Media, Severity},
    content::{CorpusFiles, ImportOptions, ItemChanges, ItemFilter, Story, StoryContent},
    error::Result,
    page::PageRequest,
    tailoring::{Frozen, SourceRef, Variant},
    text,
};
use serde_json::{Value, json};

use crate::harness::TestApp;

/// The real texts, from `tests/fixtures`; each picture is a stand-in of its own, large enough for every channel.
struct Texts;

impl CorpusFiles for Texts {
    fn read(&self, path: &str) -> Result<Option<Bytes>> {
        Ok(match path.strip_prefix("images/") {
            // With the corpus at hand, its own pictures.
            Some(_) if corpus().is_some() => {
                Some(std::fs::read(corpus().unwrap().join(path)).unwrap().into())
            }
            Some(name) => Some(picture(name)),
            None if path == "stories.jsonl" => Some(Bytes::from_static(include_bytes!(
                "../fixtures/howtocook/stories.jsonl"
            ))),
            None => None,
        })
    }

    fn list(&self, _: &str) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// The folder of the whole corpus, when `FENFA_CORPUS` names it.
fn corpus() -> Option<std::path::PathBuf> {
    std::env::var_os("FENFA_CORPUS").map(Into::into)
}

/// A picture whose bytes differ by name.
fn picture(name: &str) -> Bytes {
    let sum = name.bytes().fold(7_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    let [_, red, green, blue] = sum.to_be_bytes();
    let picture = image::RgbImage::from_pixel(1200, 900, image::Rgb([red, green, blue]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner().into()
}

/// Every story of the fixture, published.
async fn stories(app: &TestApp, actor: &Actor) -> Vec<Story> {
    let options = ImportOptions { publish: true };
    let report = app
        .app
        .content
        .import_corpus(actor, &Texts, options, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(report.stories.created, 359, "{:?}", report.refusals);
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = PageRequest::new(Some(100), after.as_deref()).unwrap();
        let filter = ItemFilter::default();
        let page = app
            .app
            .content
            .list::<StoryContent>(actor, &filter, &page)
            .await
            .unwrap();
        after = page.edges.last().map(|(cursor, _)| cursor.encode());
        all.extend(page.edges.into_iter().map(|(_, story)| story));
        if !page.has_next {
            return all;
        }
    }
}

/// Gives the site a mini-program on Douyin, which posts are tied to; the site's name.
async fn with_mini_program(app: &TestApp, actor: &Actor) -> String {
    let auth = &app.app.auth;
    let site = auth.site(actor).await.unwrap();
    let programs = [("douyin".to_owned(), "tt0000sim".to_owned())];
    let changes = SiteChanges {
        mini_programs: Some(programs.into()),
        ..SiteChanges::default()
    };
    auth.update_site(actor, site.version, changes)
        .await
        .unwrap()
        .name
}

fn value<'v>(variant: &'v Variant, name: &str) -> &'v Value {
    let field = variant.fields.iter().find(|field| field.name == name);
    field.unwrap_or_else(|| panic!("no field {name}")).value()
}

fn line<'v>(variant: &'v Variant, name: &str) -> &'v str {
    value(variant, name).as_str().unwrap_or_default()
}

fn list<'v>(variant: &'v Variant, name: &str) -> Vec<&'v str> {
    let items = value(variant, name).as_array().unwrap();
    items.iter().map(|item| item.as_str().unwrap()).collect()
}

/// Scalar values, the unit that Baidu calls a character.
fn ch(text: &str) -> usize {
    text.chars().count()
}

/// Columns: Chinese and full-width 2, others 1. Counted here by the bytes that GBK would take.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn is_date(text: &str, pattern: &str) -> bool {
    ch(text) == ch(pattern)
        && text
            .chars()
            .zip(pattern.chars())
            .all(|(c, p)| if p == '0' { c.is_ascii_digit() } else { c == p })
}

fn is_error_on(variant: &Variant, field: &str) -> bool {
    variant
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Error && finding.field == field)
}

/// Whether `cut`, a beginning of `full`, ends where a word of `full` ends.
fn ends_at_a_word(full: &str, cut: &str) -> bool {
    let end = ch(cut);
    end == ch(full) || text::words(full).iter().any(|word| word.end == end)
}

/// Everything that readers can see of a story, as one text.
fn whole(story: &Story) -> String {
    let content = &story.content;
    let paragraphs = content.body.paragraphs().join("\n");
    format!("{}\n{}\n{paragraphs}", content.title, content.lead)
}

/// Numbers of a text, each with the character behind it: 10:30, 1,000, 3-5, 3.5.
fn numbers(text: &str) -> Vec<(String, Option<char>)> {
    let characters: Vec<char> = text.chars().collect();
    let digit = |at: usize| characters.get(at).is_some_and(char::is_ascii_digit);
    let mut found = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        if !digit(at) {
            at += 1;
            continue;
        }
        let start = at;
        while digit(at) || (",:.-~/".contains(characters[at]) && digit(at + 1)) {
            at += 1;
            if at == characters.len() {
                break;
            }
        }
        let number = characters[start..at].iter().collect();
        found.push((number, characters.get(at).copied()));
    }
    found
}

/// Whether each number of `text` stands in `source`, whole and with its unit.
fn keeps_numbers(source: &str, text: &str) -> bool {
    let known = numbers(source);
    numbers(text).iter().all(|(number, behind)| {
        known.iter().any(|(whole, unit)| {
            whole == number && (unit == behind || !unit.is_some_and(char::is_alphabetic))
        })
    })
}

/// Whether a text made of pieces of `story` is cut between words: each sentence of it ends where a word ends.
fn is_cut_between_words(story: &Story, text: &str) -> bool {
    let whole = whole(story);
    text::sentences(text).iter().all(|sentence| {
        let sentence = sentence.trim_end_matches('。');
        let mut places = whole.match_indices(sentence).peekable();
        places.peek().is_none()
            || places.any(|(at, _)| {
                let end = at + sentence.len();
                let start = whole[..at].rfind('\n').map_or(0, |newline| newline + 1);
                let stop = whole[end..]
                    .find('\n')
                    .map_or(whole.len(), |newline| end + newline);
                ends_at_a_word(&whole[start..stop], &whole[start..end])
            })
    })
}

/// The row of the contract's Appendix A that food stories belong to, and its way out.
const FOOD: &[&str] = &[
    "水果",
    "菜谱",
    "蔬菜",
    "海鲜",
    "调味品",
    "小吃",
    "甜品",
    "烹饪技巧",
    "咖啡",
    "葡萄酒",
    "麻辣美食",
    "糕点",
    "中餐",
    "日本料理",
    "烘焙",
    "美食节目",
    "西餐",
    "饮品",
    "川菜",
    "鲁菜",
    "粤菜",
    "苏菜",
    "浙菜",
    "闽菜",
    "湘菜",
    "徽菜",
    "综合",
];

/// Rows 1 to 26 of the contract for lanes S, F and W: what is broken.
fn broken_for_baidu(story: &Story, variant: &Variant, site: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            broken.push(what.to_owned());
        }
    };
    let title = line(variant, "title");
    must((1..=63).contains(&width(title)), "1: title ≤ 63 columns");
    let separators = title.matches(['-', '_', '|', '｜']).count();
    must(
        title.ends_with(&format!("-{site}")),
        "title ends in the site's name",
    );
    must(
        separators <= 2 + story.content.title.matches(['-', '_', '|', '｜']).count(),
        "at most 2 separators",
    );
    must(!title.contains("官网"), "3: no false 官网");
    must(
        title
            .chars()
            .all(|c| !c.is_control() && !"★☆◆■→①②③".contains(c)),
        "3: no decoration",
    );

    let article = line(variant, "article_title");
    let brackets =
        |open: &str, close: &str| article.matches(open).count() == article.matches(close).count();
    must(
        brackets("（", "）")
            && brackets("“", "”")
            && !article.ends_with(['的', '、', '，', '：', '是', '与']),
        "article title is whole",
    );
    let length = ch(article);
    must(length <= 40, "13: article title ≤ 40");
    must(
        length >= 8 || is_error_on(variant, "article_title"),
        "13: article title ≥ 8, or a person is asked",
    );
    must(!article.ends_with(['。', '.']), "14: no full stop");
    must(
        article
            .chars()
            .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
        "4: not all foreign",
    );

    let description = line(variant, "description");
    must(ch(description) <= 120, "5: description ≤ 120");
    must(
        ch(description) >= 20 || is_error_on(variant, "description"),
        "5: description ≥ 20, or a person is asked",
    );
    must(!description.ends_with('…'), "description is not cut off");
    must(
        !description.contains("http") && !description.contains("点击查看"),
        "description has no address",
    );

    must(
        description.ends_with(['。', '！', '？', '!', '?', '；', '”', '」'])
            || is_error_on(variant, "description"),
        "description ends with its sentence",
    );
    must(
        is_cut_between_words(story, description)
            && is_cut_between_words(story, line(variant, "body")),
        "no cut inside a word",
    );
    for name in ["article_title", "description", "body"] {
        must(
            keeps_numbers(&whole(story), line(variant, name)),
            "no cut inside a number",
        );
    }

    let keywords = list(variant, "keywords");
    let said = text::fold(&whole(story));
    must(
        keywords
            .iter()
            .all(|word| (2..=12).contains(&ch(word)) && said.contains(&text::fold(word))),
        "6: keywords of 2 to 12 that stand in the text",
    );
    must((1..=10).contains(&keywords.len()), "6: 1 to 10 keywords");
    must(
        keywords
            .iter()
            .all(|word| !word.trim().is_empty() && !word.contains([',', '，'])),
        "6: keywords hold no comma",
    );
    let folded: BTreeSet<String> = keywords.iter().map(|word| text::fold(word)).collect();
    must(folded.len() == keywords.len(), "6: no keyword twice");

    let images = value(variant, "images").as_array().unwrap().len();
    must(
        matches!(images, 1 | 3) || is_error_on(variant, "pictures"),
        "7: exactly 1 or 3 pictures, or a person is asked",
    );
    must(
        variant.pictures.len() == images,
        "8: the pictures are the page's",
    );

    let info = value(variant, "page_info");
    must(
        is_date(info["releaseDate"].as_str().unwrap(), "0000-00-00 00:00:00"),
        "10: releaseDate",
    );
    must(
        info["articleTitle"] == json!(article) && info["title"] == json!(title),
        "page info says the same",
    );

    let path = line(variant, "path");
    must(
        ch(path) <= 194 && path.is_ascii() && !path.contains(['#', ' ', ',']),
        "11: path",
    );

    must(ch(line(variant, "body")) <= 2000, "15: body ≤ 2000");
    let tags = list(variant, "tags");
    must(
        tags.len() <= 10 && tags.iter().map(|tag| ch(tag)).sum::<usize>() <= 100,
        "17: tags",
    );
    must(
        line(variant, "feed_type") == "美食" && FOOD.contains(&line(variant, "feed_sub_type")),
        "19: feed pair",
    );
    let published = line(variant, "publish_time");
    let digits: Vec<&str> = published.split(['年', '月', '日']).collect();
    must(
        digits.len() == 4
            && digits[3].is_empty()
            && digits[..3]
                .iter()
                .all(|part| part.parse::<u32>().is_ok_and(|n| n.to_string() == *part)),
        "18: YYYY年M月D日",
    );

    let canonical = line(variant, "canonical");
    must(
        canonical.len() <= 256 && canonical.starts_with("http"),
        "24: loc ≤ 256 bytes",
    );
    let json_ld = value(variant, "json_ld");
    must(
        json_ld["@context"] == "https://ziyuan.baidu.com/contexts/cambrian.jsonld",
        "25: context",
    );
    must(json_ld["@id"] == json!(canonical), "25: @id is the page");
    must(json_ld.get("@type").is_none(), "25: no @type");
    let (at, changed) = (
        json_ld["pubDate"].as_str().unwrap(),
        json_ld["upDate"].as_str().unwrap(),
    );
    must(
        is_date(at, "0000-00-00T00:00:00") && is_date(changed, "0000-00-00T00:00:00"),
        "25: dates",
    );
    must(changed >= at, "26: upDate ≥ pubDate");
    broken
}

/// Rows 9 and 16: pictures as they would be sent to the feed.
fn broken_pictures(frozen: &Frozen) -> Vec<String> {
    let images = frozen.fields["images"].as_array().unwrap();
    assert_eq!(frozen.media.len(), images.len());
    let is_fit = |(media, image): (&Media, &Value)| {
        media.width >= 375
            && media.height >= 250
            // 3:2, off by at most one in twenty.
            && (media.width * 2).abs_diff(media.height * 3) * 20 <= media.height * 3
            && media.size_bytes <= 2 << 20
            && media.mime == "image/jpeg"
            && media.url.rsplit('.').next() == Some("jpg")
            && image == &json!(media.url)
    };
    let mut broken: Vec<String> = frozen
        .media
        .iter()
        .zip(images)
        .filter(|pair| !is_fit(*pair))
        .map(|(media, _)| format!("{}: {media:?}", frozen.title))
        .collect();
    if !matches!(images.len(), 1 | 3) {
        broken.push(format!("{}: {} pictures", frozen.title, images.len()));
    }
    broken
}

/// Section 12 of the contract: what is broken.
fn broken_for_douyin(story: &Story, variant: &Variant) -> Vec<String> {
    let mut broken = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            broken.push(what.to_owned());
        }
    };
    let text = line(variant, "text");
    let topics = list(variant, "topics");
    // Caption and topics are one text on the platform; the marker that finds a lost post again takes part of the 1,000.
    let sent = ch(text) + topics.iter().map(|topic| ch(topic) + 2).sum::<usize>();
    must(
        !text.is_empty() && sent <= 980,
        "text ≤ 1000 with topics and marker",
    );
    must(
        ch(text.lines().next().unwrap_or_default()) <= 30,
        "first line ≤ 30",
    );
    must(topics.len() <= 4, "at most 5 topics with the marker");
    must(!text.contains(['#', '@']), "topics stand in their field");
    for topic in list(variant, "topics") {
        must(ch(topic) <= 20, "a topic ≤ 20");
        must(
            !topic.contains(|c: char| {
                c.is_whitespace() || c.is_ascii_punctuation() || "，。！？、".contains(c)
            }),
            "a topic has no spaces or marks",
        );
    }
    must(
        keeps_numbers(&whole(story), text) && is_cut_between_words(story, text),
        "no cut inside a word or number",
    );
    let anchor = line(variant, "micro_app_title");
    must(ch(anchor) <= 12, "anchor's title ≤ 12");
    must(
        !line(variant, "micro_app_url").starts_with("http"),
        "anchor's path is no address",
    );
    must(
        !text.contains("http") && !text.contains("微信"),
        "no contacts",
    );
    broken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_variant_of_every_story_keeps_each_hard_limit() {
    let app = TestApp::start(crate::harness::Backend::Sqlite).await;
    let actor = app.system().await;
    let site = with_mini_program(&app, &actor).await;
    let mut broken = Vec::new();
    let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // Pictures take their time: some of them always, all with the corpus at hand.
    let mut to_render = if corpus().is_some() { usize::MAX } else { 5 };

    for story in stories(&app, &actor).await {
        let title = &story.content.title;
        let source = SourceRef::Story(story.id);
        let baidu = app
            .app
            .tailoring
            .variant(&actor, source, "baidu")
            .await
            .unwrap();
        let douyin = app
            .app
            .tailoring
            .variant(&actor, source, "douyin")
            .await
            .unwrap();
        broken.extend(
            broken_for_baidu(&story, &baidu, &site)
                .iter()
                .map(|what| format!("{title}: baidu {what}")),
        );
        broken.extend(
            broken_for_douyin(&story, &douyin)
                .iter()
                .map(|what| format!("{title}: douyin {what}")),
        );
        if to_render > 0
            && let Ok(frozen) = (app.app.tailoring)
                .freeze(&actor, source, "baidu", "feed")
                .await
        {
            to_render -= 1;
            broken.extend(broken_pictures(&frozen));
        }
        let page = line(&baidu, "title").trim_end_matches(&format!("-{site}"));
        let page = page.trim_end_matches(&format!("-{}", "家常菜"));
        for (what, cut) in [
            ("title", page),
            ("article title", line(&baidu, "article_title")),
            ("anchor", line(&douyin, "micro_app_title")),
            (
                "hook",
                line(&douyin, "text").lines().next().unwrap_or_default(),
            ),
        ] {
            if !cut.is_empty() && title.starts_with(cut) && !ends_at_a_word(title, cut) {
                broken.push(format!("{title}: {what} is cut inside a word: {cut}"));
            }
        }
        for finding in baidu
            .findings
            .iter()
            .chain(&douyin.findings)
            .filter(|finding| finding.severity == Severity::Error)
        {
            errors
                .entry(finding.code.clone())
                .or_default()
                .push(format!("{title}: {} {}", finding.field, finding.reason));
        }
    }

    assert!(broken.is_empty(), "{} broken: {broken:#?}", broken.len());
    // The corpus's own pictures may be too small for a feed; the stand-ins are not.
    let too_small = errors.remove("BD-I02");
    assert!(too_small.is_none() || corpus().is_some(), "{too_small:#?}");
    // A page too short, no picture for a feed, a title like a list, a title that says nothing of a text without a
    // sentence, nothing to show in a feed of videos: only a person can mend these. Two stories have one title: their pages compete.
    let counts: Vec<(&str, usize)> = errors
        .iter()
        .map(|(code, found)| (code.as_str(), found.len()))
        .collect();
    let expected = [
        ("BD-B02", 1),
        ("BD-I01", 309),
        ("BD-T05", 1),
        ("BD-T12", 2),
        ("BD-T14", 2),
        ("DY-V01", 309),
    ];
    assert_eq!(counts, expected, "{errors:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_live_pages_of_one_title_are_refused_until_one_is_gone() {
    let app = TestApp::start(crate::harness::Backend::Sqlite).await;
    let actor = app.system().await;
    let first = app.story("清蒸鲈鱼的做法").await;
    let second = app.story("清蒸鲈鱼的做法").await;
    let service = &app.app.tailoring;

    let variant = service.variant(&actor, second, "baidu").await.unwrap();
    let refused = service.freeze(&actor, second, "baidu", "search").await;
    let feed = service.freeze(&actor, second, "baidu", "feed").await;

    assert_eq!(errors(&variant.findings), ["BD-T12"]);
    let codes: BTreeSet<&str> = variant
        .findings
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    assert!(
        codes.contains("BD-D04") && codes.contains("BD-B05"),
        "{codes:?}"
    );
    let SourceRef::Story(id) = first else {
        unreachable!()
    };
    let slug = app
        .app
        .content
        .item::<StoryContent>(&actor, id)
        .await
        .unwrap()
        .slug;
    let finding = variant
        .findings
        .iter()
        .find(|one| one.code == "BD-T12")
        .unwrap();
    assert!(finding.reason.contains(&slug), "{}", finding.reason);
    assert!(
        refused.is_err() && feed.is_ok(),
        "a feed knows no page titles"
    );
    app.app
        .content
        .unpublish::<StoryContent>(&actor, id)
        .await
        .unwrap();
    service
        .freeze(&actor, second, "baidu", "search")
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_title_of_ones_own_tells_two_pages_apart() {
    let app = TestApp::start(crate::harness::Backend::Sqlite).await;
    let actor = app.system().await;
    app.story("清蒸鲈鱼的做法").await;
    let second = app.story("清蒸鲈鱼的做法").await;
    let site = app.app.auth.site(&actor).await.unwrap().name;
    let title = json!(format!("清蒸鲈鱼的做法（少油版）-{site}"));

    let variant = app
        .app
        .tailoring
        .set_override(&actor, second, "baidu", "title", title, 0)
        .await
        .unwrap();

    assert!(
        errors(&variant.findings).is_empty(),
        "{:?}",
        variant.findings
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_wrote_stays_when_the_story_changes_and_says_that_it_did() {
    let app = TestApp::start(crate::harness::Backend::Sqlite).await;
    let actor = app.system().await;
    let story = app.story("清蒸鲈鱼的做法").await;
    let SourceRef::Story(id) = story else {
        unreachable!()
    };
    let service = &app.app.tailoring;

    let overridden = service
        .set_override(
            &actor,
            story,
            "baidu",
            "article_title",
            json!("八分钟蒸好一条鲈鱼"),
            0,
        )
        .await
        .unwrap();
    assert_eq!(line(&overridden, "article_title"), "八分钟蒸好一条鲈鱼");
    let before = app
        .app
        .content
        .item::<StoryContent>(&actor, id)
        .await
        .unwrap();
    let mut content = before.content.clone();
    content.title = "红烧鲈鱼的家常做法".to_owned();
    let changes = ItemChanges {
        content,
        base_version: before.version,
        slug: None,
    };
    app.app.content.update(&actor, id, changes).await.unwrap();
    let after = service.variant(&actor, story, "baidu").await.unwrap();
    let field = after
        .fields
        .iter()
        .find(|field| field.name == "article_title")
        .unwrap();

    assert_eq!(line(&after, "article_title"), "八分钟蒸好一条鲈鱼");
    assert!(field.source_changed);
    assert!(
        line(&after, "title").contains("红烧鲈鱼"),
        "what nobody touched follows the story"
    );
    let cleared = service
        .clear_override(&actor, story, "baidu", "article_title", after.version)
        .await
        .unwrap();
    assert!(line(&cleared, "article_title").contains("红烧鲈鱼"));
}

fn errors(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.code.as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contact_data_blocks_and_says_where_it_stands() {
    let app = TestApp::start(crate::harness::Backend::Sqlite).await;
    let actor = app.system().await;
    let story = app.story("加微信 dishes8888 学做菜").await;

    let variant = app
        .app
        .tailoring
        .variant(&actor, story, "baidu")
        .await
        .unwrap();

    assert!(
        errors(&variant.findings).contains(&"BD-T06"),
        "{:?}",
        variant.findings
    );
    let finding = variant
        .findings
        .iter()
        .find(|finding| finding.code == "BD-T06")
        .unwrap();
    let (from, to) = finding.range.unwrap();
    let title: Vec<char> = line(&variant, "title").chars().collect();
    let found: String = title[from as usize..to as usize].iter().collect();
    assert!(found.contains("dishes8888"), "{found}");
    assert!(!finding.cure.is_empty() && !finding.source.is_empty());
}
