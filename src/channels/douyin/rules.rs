//! What Douyin's rules for works refuse or hold back. Errors are what the platform or its review would refuse for sure;
//! what only costs distribution, or is not published, is a warning.

use serde_json::Value;

use super::{
    COVER, LANES, MOST_PICTURES, PICTURE, PUBLISH, SEARCH,
    caption::{self, MARKER_ROOM, compose, inline_topics, list_field, text_field},
    derive::{ANCHOR, HOOK, MOST_TOPICS, TOPIC},
};
use crate::{
    channels::{CheckInput, Finding, Severity, SourceVideo},
    text::{ContactKind, characters, contact_range, find_contacts, has_chinese},
};

/// At most 15 minutes (openapi/status-code, 2190006).
const LONGEST_MS: u64 = 15 * 60 * 1000;
/// At least 3 seconds is advised; not published, so only a warning.
const SHORTEST_MS: u64 = 3000;
/// At most 4 GB (douyin-publish-solution).
const LARGEST: u64 = 4 << 30;
/// At least 720p (douyin-publish-solution).
const SMALLEST_SIDE: u32 = 720;

/// A path in a sitemap is shorter than this (submit-paths).
const LONGEST_PATH: usize = 200;

const SITEMAP: &str = "抖音开放平台：提交收录页面";
const CREATE: &str = "抖音开放平台：创建视频";
const WORKS: &str = "抖音开放平台：发布方案";
const IMAGES: &str = "抖音开放平台：创建图文";
const USAGE: &str = "抖音开放平台：能力使用规范";
const HABIT: &str = "抖音没有公布；按创作者的经验";

/// All checks of this channel.
pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    caption_of(input, &mut findings);
    topics(input, &mut findings);
    contacts(input, &mut findings);
    anchor(input, &mut findings);
    search(input, &mut findings);
    match &input.source.video {
        Some(found) => {
            video(found, &mut findings);
            cover(input, found, &mut findings);
        }
        None => pictures(input, &mut findings),
    }
    findings
}

fn finding(
    severity: Severity,
    code: &str,
    field: &str,
    reason: impl Into<String>,
    cure: &str,
    source: &str,
) -> Finding {
    // What is wrong with a field is wrong wherever it is sent.
    let lanes = match field {
        "at_users" | "cover_second" => &[PUBLISH][..],
        _ => LANES,
    };
    Finding::new(code, severity, field, reason, cure)
        .on_lanes(lanes)
        .because(source)
}

fn error(code: &str, field: &str, reason: impl Into<String>, cure: &str, source: &str) -> Finding {
    finding(Severity::Error, code, field, reason, cure, source)
}

fn warning(
    code: &str,
    field: &str,
    reason: impl Into<String>,
    cure: &str,
    source: &str,
) -> Finding {
    finding(Severity::Warning, code, field, reason, cure, source)
}

fn caption_of(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let text = text_field(input.fields, "text");
    let first = text.lines().next().unwrap_or_default();
    let length = characters(first);
    if length > HOOK {
        findings.push(
            warning(
                "DY-T01",
                "text",
                format!("第一行有 {length} 字，超过 {HOOK} 字会被折叠。"),
                "把最吸引人的话写在前面，之后换行。",
                HABIT,
            )
            .at(HOOK, first.chars().count())
            .with("length", length)
            .with("most", HOOK),
        );
    }
    if !text.is_empty() && !has_chinese(text) {
        findings.push(warning(
            "DY-T06",
            "text",
            "文案里没有中文。",
            "写一句让人想看下去的话。",
            HABIT,
        ));
    }
    let (whole, most) = (
        characters(&compose(input.fields, "")),
        caption::LONGEST - MARKER_ROOM,
    );
    if whole > most {
        findings.push(
            error(
                "DY-T05",
                "text",
                format!(
                    "文案连同话题有 {whole} 字，最多 {most} 字（另留 {MARKER_ROOM} 字给追踪话题）。"
                ),
                "缩短文案，或减少话题。",
                CREATE,
            )
            .with("length", whole)
            .with("most", most),
        );
    }
    let control = |character: char| character.is_control() && character != '\n';
    if let Some(at) = text.chars().position(control) {
        let reason = "文案里有控制字符。";
        findings.push(error("DY-T04", "text", reason, "删去。", CREATE).at(at, at + 1));
    }
    let (names, ids) = (
        text.matches('@').count(),
        list_field(input.fields, "at_users").count(),
    );
    if names != ids && find_contacts(text).is_empty() {
        findings.push(
            warning(
                "DY-M01",
                "at_users",
                format!(
                    "文案里有 {names} 个 @，给出了 {ids} 个 open_id；对不上的只显示为普通文字。"
                ),
                "按出现的先后为每个 @昵称 填写 open_id，或删去 @。",
                CREATE,
            )
            .with("names", names)
            .with("ids", ids),
        );
    }
}

fn topics(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let text = text_field(input.fields, "text");
    let listed: Vec<&str> = list_field(input.fields, "topics").collect();
    let inline = inline_topics(text);
    let count = inline_topics(&compose(input.fields, "")).len();
    if count > MOST_TOPICS {
        findings.push(
            warning(
                "DY-H01",
                "topics",
                format!("有 {count} 个话题，加上追踪话题超过 5 个会降低分发。"),
                "保留最相关的 2 到 4 个。",
                HABIT,
            )
            .with("count", count),
        );
    }
    let in_field = listed.iter().map(|topic| ("topics", *topic));
    for (field, topic) in in_field.chain(inline.iter().map(|topic| ("text", *topic))) {
        let topic = topic.trim_start_matches('#');
        let is_plain = !topic.is_empty() && topic.chars().all(char::is_alphanumeric);
        if !is_plain || characters(topic) > TOPIC {
            findings.push(
                warning(
                    "DY-H02",
                    field,
                    format!("话题「{topic}」含有标点、空格或表情，或超过 {TOPIC} 字。"),
                    "话题只用文字和数字。",
                    WORKS,
                )
                .with("topic", topic),
            );
        }
    }
}

/// Contact data anywhere in what readers see: review refuses it as diversion.
fn contacts(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let topics: Vec<&str> = list_field(input.fields, "topics").collect();
    let topics = topics.join(" ");
    for (field, text) in [
        ("text", text_field(input.fields, "text")),
        ("topics", topics.as_str()),
        (
            "micro_app_title",
            text_field(input.fields, "micro_app_title"),
        ),
    ] {
        let found = find_contacts(text);
        let is_address = |kind: &ContactKind| *kind == ContactKind::Url;
        // An e-mail address holds a domain; that is one finding, not two.
        let finding = if found.iter().any(|kind| !is_address(kind)) {
            error(
                "DY-T02",
                field,
                "有联系方式，会被当作导流。",
                "删去电话、微信号、QQ 和邮箱。",
                USAGE,
            )
        } else if found.iter().any(is_address) {
            error(
                "DY-T03",
                field,
                "有网址，会被当作导流。",
                "删去网址，用小程序挂载。",
                USAGE,
            )
        } else {
            continue;
        };
        let (from, to) = contact_range(text).unwrap_or_default();
        findings.push(if field == "topics" {
            finding
        } else {
            finding.at(from, to)
        });
    }
}

fn anchor(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    if text_field(input.fields, "micro_app_id").is_empty() {
        return;
    }
    let length = characters(text_field(input.fields, "micro_app_title"));
    if length > ANCHOR {
        findings.push(
            warning(
                "DY-A01",
                "micro_app_title",
                format!("挂载标题有 {length} 字，屏幕上只显示约 {ANCHOR} 字。"),
                "缩短到看得完的长度。",
                HABIT,
            )
            .with("length", length)
            .with("most", ANCHOR),
        );
    }
    let path = text_field(input.fields, "micro_app_url");
    if path.is_empty() || path.contains("://") {
        findings.push(error(
            "DY-A02",
            "micro_app_url",
            "挂载的路径不是小程序里的页面。",
            "在站点设置里把小程序路径写成 pages/… 的形式，不要写网址。",
            CREATE,
        ));
    }
}

/// A page of the mini-program, as its search takes it.
fn search(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let finding = |code: &str, field: &str, reason: String, cure: &str| {
        Finding::new(code, Severity::Error, field, reason, cure)
            .on_lanes(&[SEARCH])
            .because(SITEMAP)
    };
    if text_field(input.fields, "micro_app_id").is_empty() {
        // Of no interest to who does not submit pages.
        if input.lane.is_some_and(|lane| lane.id == SEARCH) {
            findings.push(finding(
                "DY-S01",
                "micro_app_id",
                "站点还没有抖音小程序，没有页面可以收录。".to_owned(),
                "在站点设置里填写抖音小程序的 AppID。",
            ));
        }
        return;
    }
    let path = text_field(input.fields, "micro_app_url");
    let length = path.chars().count();
    if length >= LONGEST_PATH || !path.is_ascii() {
        findings.push(
            finding(
                "DY-S02",
                "micro_app_url",
                format!("小程序路径有 {length} 字；须短于 {LONGEST_PATH} 字，且不含未编码的中文。"),
                "缩短内容的地址，或改写站点设置里的小程序路径。",
            )
            .with("length", length)
            .with("most", LONGEST_PATH),
        );
    }
}

/// A story without a video goes as a picture post, so it needs pictures.
fn pictures(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let used = input.pictures.get(PICTURE).map_or(0, Vec::len);
    let shown = input.source.pictures.len();
    if used == 0 {
        let reason = if shown == 0 {
            "既没有视频，也没有图片。".to_owned()
        } else {
            format!("没有视频，{shown} 张图片都太小或是动图。")
        };
        findings.push(error(
            "DY-V01",
            "video",
            reason,
            "添加一个竖屏视频并发布它，或至少一张 360×480 以上的图片。",
            WORKS,
        ));
    } else if used < shown.min(MOST_PICTURES) {
        let left = shown - used;
        findings.push(
            warning(
                "DY-I01",
                "pictures",
                format!("{left} 张图片太小或是动图，没有用上。"),
                "换成 360×480 以上的静态图片。",
                IMAGES,
            )
            .with("count", left),
        );
    } else if shown > MOST_PICTURES {
        findings.push(
            warning(
                "DY-I02",
                "pictures",
                format!("有 {shown} 张图片，只发前 {MOST_PICTURES} 张。"),
                "把最好的图片排在前面。",
                IMAGES,
            )
            .with("count", shown)
            .with("most", MOST_PICTURES),
        );
    }
}

fn cover(input: &CheckInput<'_>, video: &SourceVideo, findings: &mut Vec<Finding>) {
    let second = input.fields.get("cover_second").and_then(Value::as_str);
    let second = second.map(str::trim).filter(|second| !second.is_empty());
    if let Some(second) = second {
        let length_s = std::time::Duration::from_millis(video.duration_ms).as_secs_f64();
        let is_inside = |at: f64| (0.0..=length_s).contains(&at);
        if !second.parse::<f64>().is_ok_and(is_inside) {
            findings.push(
                error(
                    "DY-C02",
                    "cover_second",
                    format!("封面时刻「{second}」不在视频之内（全长 {length_s:.1} 秒）。"),
                    "写视频里的一个时刻，以秒为单位，例如 2.3。",
                    CREATE,
                )
                .with("second", second),
            );
        }
    } else if input.pictures.get(COVER).is_none_or(Vec::is_empty) {
        findings.push(warning(
            "DY-C01",
            "pictures",
            "没有封面，平台会自动截取一帧。",
            "为视频选一张封面图（至少 360×480），或写明封面时刻。",
            WORKS,
        ));
    }
}

fn video(video: &SourceVideo, findings: &mut Vec<Finding>) {
    if video.duration_ms > LONGEST_MS {
        findings.push(error(
            "DY-V02",
            "video",
            "视频超过 15 分钟。",
            "剪短后重新上传。",
            "抖音开放平台：状态码 2190006",
        ));
    } else if video.duration_ms < SHORTEST_MS {
        findings.push(warning(
            "DY-V03",
            "video",
            "视频不到 3 秒。",
            "用长一些的视频。",
            HABIT,
        ));
    }
    if video.size_bytes > LARGEST {
        findings.push(error(
            "DY-V04",
            "video",
            "视频超过 4 GB。",
            "压缩后重新上传。",
            WORKS,
        ));
    }
    if !matches!(video.container.as_str(), "mp4" | "webm" | "mov") {
        findings.push(error(
            "DY-V05",
            "video",
            format!("平台不收 {} 格式。", video.container),
            "转成 MP4（H.264 + AAC）。",
            WORKS,
        ));
    } else if !(video.container == "mp4" && video.video_codec == "h264"
        || video.container == "webm")
    {
        findings.push(warning(
            "DY-V06",
            "video",
            format!(
                "视频是 {}（{}）；平台建议 MP4（H.264 + AAC）或 WebM。",
                video.container, video.video_codec
            ),
            "转码后重新上传，免得平台再压一次。",
            WORKS,
        ));
    }
    let side = video.width.min(video.height);
    if side < SMALLEST_SIDE {
        findings.push(warning(
            "DY-V07",
            "video",
            format!("视频只有 {}×{}，不够清晰。", video.width, video.height),
            "短边至少 720 像素。",
            WORKS,
        ));
    }
    if video.width > video.height {
        findings.push(warning(
            "DY-V08",
            "video",
            "视频是横屏，信息流里只占一小块。",
            "用 9:16 的竖屏视频。",
            WORKS,
        ));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::{
        channels::{
            ContentKind, LaneDescriptor, Severity, SiteProfile, Source, SourcePicture,
            douyin::CHANNEL,
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
}
