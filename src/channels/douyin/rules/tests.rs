//! Each rule with what it finds, and what every variant keeps.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{CHANNEL, COVER, PICTURE, SEARCH};
use crate::{
    channels::{
        CheckInput, ContentKind, LaneDescriptor, Severity, SiteProfile, Source, SourcePicture,
        SourceVideo,
    },
    clock::Timestamp,
};

fn video() -> SourceVideo {
    SourceVideo {
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
    }
}

fn source(video: Option<SourceVideo>, pictures: usize) -> Source {
    Source {
        kind: ContentKind::Video,
        slug: "a".into(),
        title: "一杯绿茶".into(),
        lead: String::new(),
        paragraphs: Vec::new(),
        blocks: Vec::new(),
        core_phrase: None,
        byline: None,
        category: None,
        category_key: None,
        tags: Vec::new(),
        pictures: vec![
            SourcePicture {
                key: "p".into(),
                width: 900,
                height: 1200,
                animated: false,
                alt: "茶".into(),
            };
            pictures
        ],
        video,
        products: Vec::new(),
        first_published_at: Timestamp(0),
        updated_at: Timestamp(0),
        page_url: String::new(),
    }
}

/// Codes that a change of a flawless variant brings.
fn codes_of(
    video: Option<SourceVideo>,
    changes: &[(&str, Value)],
    shown: usize,
    used: usize,
) -> Vec<(String, Severity)> {
    codes_on(None, video, changes, shown, used)
}

fn codes_on(
    lane: Option<&'static LaneDescriptor>,
    video: Option<SourceVideo>,
    changes: &[(&str, Value)],
    shown: usize,
    used: usize,
) -> Vec<(String, Severity)> {
    let mut fields: BTreeMap<String, Value> = [
        ("text", json!("一杯绿茶\n\n水温八十五度。")),
        ("topics", json!(["绿茶", "泡茶"])),
        ("micro_app_id", json!("tt01")),
        ("micro_app_title", json!("一杯绿茶")),
        ("micro_app_url", json!("pages/story/index?id=a")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let changes = changes.iter().cloned();
    fields.extend(changes.map(|(name, value)| (name.to_owned(), value)));
    let profile = SiteProfile {
        name: String::new(),
        base_url: String::new(),
        is_official: false,
        brand_words: Vec::new(),
        path_template: String::new(),
        mini_programs: BTreeMap::new(),
        zone: "Asia/Shanghai".into(),
    };
    let input = CheckInput {
        source: &source(video, shown),
        profile: &profile,
        lane,
        fields: &fields,
        pictures: &[
            (COVER.to_owned(), vec!["p".to_owned()]),
            (PICTURE.to_owned(), vec!["p".to_owned(); used]),
        ]
        .into(),
        twins: &[],
        now: Timestamp(0),
    };
    let found = super::check(&input).into_iter();
    found.map(|one| (one.code, one.severity)).collect()
}

fn check(changes: &[(&str, Value)], expected: &[(&str, Severity)]) {
    let expected: Vec<(String, Severity)> = expected
        .iter()
        .map(|(code, severity)| ((*code).to_owned(), *severity))
        .collect();
    assert_eq!(
        codes_of(Some(video()), changes, 0, 0),
        expected,
        "{changes:?}"
    );
}

fn check_video(change: impl FnOnce(&mut SourceVideo), expected: &[(&str, Severity)]) {
    let mut changed = video();
    change(&mut changed);
    let codes = codes_of(Some(changed), &[], 0, 0);
    let codes: Vec<(&str, Severity)> = codes
        .iter()
        .map(|(code, severity)| (code.as_str(), *severity))
        .collect();
    assert_eq!(codes, expected);
}

use Severity::{Error, Warning};

#[test]
fn a_caption_is_held_against_what_readers_see_and_review_refuses() {
    check(&[], &[]);
    check(&[("text", json!("鲜".repeat(31)))], &[("DY-T01", Warning)]);
    check(&[("text", json!("vertical-2s"))], &[("DY-T06", Warning)]);
    check(
        &[("text", json!("茶，打 13812345678"))],
        &[("DY-T02", Error)],
    );
    check(
        &[("text", json!("写信 a@example.com"))],
        &[("DY-T02", Error)],
    );
    check(&[("text", json!("看 example.cn"))], &[("DY-T03", Error)]);
    check(&[("text", json!("茶\u{7}"))], &[("DY-T04", Error)]);
    check(&[("text", json!("和 @小茶 喝"))], &[("DY-M01", Warning)]);
    let mention = [
        ("text", json!("和 @小茶 喝")),
        ("at_users", json!(["_000x"])),
    ];
    check(&mention, &[]);
}

#[test]
fn the_whole_text_keeps_its_bound_with_room_for_the_marker() {
    let long = |count| json!(format!("茶\n{}", "鲜".repeat(count)));
    // Two characters stand before it and eight behind it: a new line, and the topics.
    check(&[("text", long(970))], &[]);
    check(&[("text", long(971))], &[("DY-T05", Error)]);
    let emoji = json!(format!("茶\n{}", "👨‍👩‍👧".repeat(200)));
    check(&[("text", emoji)], &[("DY-T05", Error)]);
}

#[test]
fn topics_are_few_and_plain() {
    let topics = |topics: &[&str]| [("topics", json!(topics))];
    check(&topics(&["绿茶", "泡茶", "春茶", "下午茶"]), &[]);
    check(
        &topics(&["绿茶", "泡茶", "春茶", "下午茶", "茶艺"]),
        &[("DY-H01", Warning)],
    );
    check(&topics(&["绿 茶"]), &[("DY-H02", Warning)]);
    check(&topics(&["绿茶🍵"]), &[("DY-H02", Warning)]);
    check(&topics(&[&"茶".repeat(21)]), &[("DY-H02", Warning)]);
    check(
        &topics(&["加微信 tea_house88"]),
        &[("DY-H02", Warning), ("DY-T02", Error)],
    );
    check(&[("text", json!("一杯 #绿茶！"))], &[("DY-H02", Warning)]);
}

#[test]
fn an_anchor_leads_into_the_mini_program() {
    check(
        &[("micro_app_title", json!("一杯绿茶的水温和出汤时间"))],
        &[],
    );
    check(
        &[("micro_app_title", json!("一杯绿茶的水温和出汤时间表"))],
        &[("DY-A01", Warning)],
    );
    check(
        &[("micro_app_url", json!("https://example.org/a"))],
        &[("DY-A02", Error)],
    );
    check(
        &[
            ("micro_app_id", Value::Null),
            ("micro_app_url", Value::Null),
        ],
        &[],
    );
}

#[test]
fn only_a_site_with_a_mini_program_has_pages_for_search() {
    let none = [("micro_app_id", Value::Null)];
    let search = CHANNEL.lane(SEARCH);

    let codes = codes_on(search, Some(video()), &none, 0, 0);
    assert_eq!(codes, [("DY-S01".to_owned(), Error)]);
    assert_eq!(codes_on(search, Some(video()), &[], 0, 0), []);
}

#[test]
fn a_cover_second_lies_in_the_video() {
    check(&[("cover_second", json!("2.3"))], &[]);
    check(&[("cover_second", json!("12"))], &[]);
    for wrong in ["12.1", "-1", "two", "NaN"] {
        check(&[("cover_second", json!(wrong))], &[("DY-C02", Error)]);
    }
}

#[test]
fn a_story_without_a_video_has_pictures() {
    let codes = |shown, used| codes_of(None, &[], shown, used);

    assert_eq!(codes(0, 0), [("DY-V01".to_owned(), Error)]);
    assert_eq!(codes(2, 0), [("DY-V01".to_owned(), Error)]);
    assert_eq!(codes(3, 1), [("DY-I01".to_owned(), Warning)]);
    assert_eq!(codes(30, 30), []);
    assert_eq!(codes(31, 30), [("DY-I02".to_owned(), Warning)]);
}

#[test]
fn a_video_is_one_that_the_platform_takes_and_a_feed_shows_well() {
    check_video(|video| video.duration_ms = 900_000, &[]);
    check_video(|video| video.duration_ms = 900_001, &[("DY-V02", Error)]);
    check_video(|video| video.duration_ms = 2_999, &[("DY-V03", Warning)]);
    check_video(|video| video.size_bytes = 4 << 30, &[]);
    check_video(
        |video| video.size_bytes = (4 << 30) + 1,
        &[("DY-V04", Error)],
    );
    check_video(|video| video.container = "avi".into(), &[("DY-V05", Error)]);
    check_video(
        |video| video.video_codec = "hevc".into(),
        &[("DY-V06", Warning)],
    );
    check_video(
        |video| video.container = "mov".into(),
        &[("DY-V06", Warning)],
    );
    let webm = |video: &mut SourceVideo| {
        video.container = "webm".into();
        video.video_codec = "vp9".into();
    };
    check_video(webm, &[]);
    check_video(|video| video.width = 540, &[("DY-V07", Warning)]);
    let landscape = |video: &mut SourceVideo| {
        (video.width, video.height) = (1280, 720);
    };
    check_video(landscape, &[("DY-V08", Warning)]);
}
