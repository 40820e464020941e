//! What the console refuses of an article and the API of a video, before anybody tries. Errors are refused for sure; what
//! only costs distribution, or is not published, is a warning. Lengths are bounds of the fields.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{ARTICLE, BODY, COVER, SMALLEST_COVER, VIDEO, covers_of, derive::is_cover};
use crate::{
    channels::{CheckInput, ContentKind, Finding, Severity, SourceVideo, rich_text},
    text::{contact_range, find_contacts, has_chinese},
};

const COVERS: &str = "头条号：封面规范";
const CONSOLE: &str = "头条号后台：发布文章";
const VIDEOS: &str = "头条没有公布；按同门的抖音开放平台";
const HABIT: &str = "头条没有公布；按创作者的经验";

/// At most 15 minutes and 4 GB, as Douyin has it.
const LONGEST_MS: u64 = 15 * 60 * 1000;
const LARGEST: u64 = 4 << 30;
/// At least 720p.
const SMALLEST_SIDE: u32 = 720;
/// Words that send readers to a code or another account.
const DIVERSIONS: &[&str] = &[
    "二维码",
    "扫码",
    "扫一扫",
    "公众号",
    "加微信",
    "加群",
    "私信我",
    "小程序码",
];
/// Words that review takes for clickbait.
const CLICKBAIT: &[&str] = &["震惊", "惊呆", "不转不是", "看完秒懂", "99%的人", "出大事"];

/// All checks of this channel.
pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if input.source.kind == ContentKind::Story {
        words(input, "title", ARTICLE, &mut findings);
        covers(input, &mut findings);
        body(input, &mut findings);
    } else {
        words(input, "text", VIDEO, &mut findings);
        if let Some(file) = &input.source.video {
            video(file, &mut findings);
        }
    }
    findings
}

fn finding(
    severity: Severity,
    (code, field, lane): (&str, &str, &str),
    reason: impl Into<String>,
    cure: &str,
    source: &str,
) -> Finding {
    Finding::new(code, severity, field, reason, cure)
        .on_lanes(&[lane])
        .because(source)
}

/// The title of either lane.
fn words(input: &CheckInput<'_>, field: &str, lane: &str, findings: &mut Vec<Finding>) {
    let text = input.fields.get(field).and_then(Value::as_str);
    let text = text.unwrap_or_default();
    if text.is_empty() {
        return;
    }
    let found = |severity, code: &str, reason: &str, cure: &str, source: &str| {
        finding(severity, (code, field, lane), reason, cure, source)
    };
    if !find_contacts(text).is_empty() {
        let (from, to) = contact_range(text).unwrap_or_default();
        let reason = "标题里有联系方式或网址，会被当作导流。";
        let cure = "删去电话、微信号、QQ、邮箱和网址。";
        findings.push(found(Severity::Error, "TT-T01", reason, cure, COVERS).at(from, to));
    }
    if let Some(word) = DIVERSIONS.iter().find(|word| text.contains(**word)) {
        let reason = format!("标题里的「{word}」会被当作导流。");
        let cure = "删去引导读者离开头条的话。";
        findings.push(found(Severity::Error, "TT-T02", &reason, cure, COVERS).with("word", *word));
    }
    if !text.chars().any(char::is_alphanumeric) {
        let reason = "标题全是符号。";
        findings.push(found(
            Severity::Error,
            "TT-T03",
            reason,
            "用文字写标题。",
            CONSOLE,
        ));
    } else if !has_chinese(text) {
        let reason = "标题里没有中文。";
        let cure = "用中文写标题，读者和推荐才知道讲什么。";
        findings.push(found(Severity::Warning, "TT-T05", reason, cure, HABIT));
    }
    let shouts = ["！！", "!!", "？？", "??", "!?", "！？", "？！"];
    let is_bait = shouts.iter().any(|marks| text.contains(marks))
        || CLICKBAIT.iter().any(|word| text.contains(word));
    if is_bait {
        let reason = "标题像标题党：夸张的标点或说法会减少推荐。";
        let cure = "把关键信息写进标题，标点只用一个。";
        findings.push(found(Severity::Warning, "TT-T04", reason, cure, HABIT));
    }
}

fn covers(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let mode = input.fields.get("cover_mode").and_then(Value::as_str);
    let mode = mode.unwrap_or_default();
    let wanted = covers_of(mode);
    let keys = input.pictures.get(COVER).map_or(&[][..], Vec::as_slice);
    let (least_width, least_height) = SMALLEST_COVER;
    if keys.len() < wanted {
        let reason = format!("「{mode}」要 {wanted} 张封面，能用的有 {} 张。", keys.len());
        let cure = "添加宽 660、高 370 像素以上的横图，或换一种封面。";
        findings.push(
            finding(
                Severity::Error,
                ("TT-C01", COVER, ARTICLE),
                reason,
                cure,
                COVERS,
            )
            .with("count", keys.len())
            .with("wanted", wanted),
        );
    }
    let shown = &keys[..wanted.min(keys.len())];
    if shown.iter().collect::<BTreeSet<_>>().len() < shown.len() {
        let reason = "三张封面里有相同的图片，会被退回并扣 10 分。";
        let cure = "换成三张不同的图片。";
        findings.push(finding(
            Severity::Error,
            ("TT-C02", COVER, ARTICLE),
            reason,
            cure,
            COVERS,
        ));
    }
    let small = input.source.pictures.iter().filter(|picture| {
        let is_shown = shown.contains(&picture.key);
        is_shown && !is_cover(picture)
    });
    if let Some(picture) = small.into_iter().next() {
        let reason = format!(
            "封面有 {}×{} 像素，裁成 16:9 后小于 {least_width}×{least_height}，或是动图。",
            picture.width, picture.height
        );
        let cure = "换成大一些的横图，不要放大或拉伸。";
        findings.push(
            finding(
                Severity::Error,
                ("TT-C03", COVER, ARTICLE),
                reason,
                cure,
                COVERS,
            )
            .with("width", picture.width)
            .with("height", picture.height),
        );
    }
    if wanted == 0 {
        let reason = "没有封面，推荐会少很多。";
        let cure = "添加一张宽 660、高 370 像素以上的横图。";
        findings.push(finding(
            Severity::Warning,
            ("TT-C04", "cover_mode", ARTICLE),
            reason,
            cure,
            HABIT,
        ));
    }
}

/// What the body loses, or what review may take for diversion.
fn body(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let links = rich_text::write(BODY, "", &input.source.blocks, |_| true).links;
    if !links.is_empty() {
        let reason = format!(
            "正文有 {} 个链接；头条不收外部链接，导出时只留文字。",
            links.len()
        );
        let cure = "检查只留文字后读起来是否通顺。";
        findings.push(
            finding(
                Severity::Warning,
                ("TT-B01", "body", ARTICLE),
                reason,
                cure,
                HABIT,
            )
            .with("count", links.len()),
        );
    }
    let texts = [&input.source.lead]
        .into_iter()
        .chain(&input.source.paragraphs);
    let held = texts.filter(|text| {
        !find_contacts(text).is_empty() || DIVERSIONS.iter().any(|word| text.contains(word))
    });
    let count = held.count();
    if count > 0 {
        let reason = format!("正文有 {count} 段写了联系方式、网址或二维码，可能被当作推广。");
        let cure = "删去，或确认它们与内容有关。";
        findings.push(
            finding(
                Severity::Warning,
                ("TT-B02", "body", ARTICLE),
                reason,
                cure,
                HABIT,
            )
            .with("count", count),
        );
    }
}

fn video(video: &SourceVideo, findings: &mut Vec<Finding>) {
    let mut add = |severity, code: &str, reason: String, cure: &str| {
        findings.push(finding(
            severity,
            (code, "video", VIDEO),
            reason,
            cure,
            VIDEOS,
        ));
    };
    if video.duration_ms > LONGEST_MS {
        let reason = "视频超过 15 分钟。".to_owned();
        add(Severity::Error, "TT-V01", reason, "剪短后重新上传。");
    }
    if video.size_bytes > LARGEST {
        let reason = "视频超过 4 GB。".to_owned();
        add(Severity::Error, "TT-V02", reason, "压缩后重新上传。");
    }
    if video.container != "mp4" || video.video_codec != "h264" {
        let reason = format!(
            "视频是 {}（{}），平台可能只收 MP4（H.264）。",
            video.container, video.video_codec
        );
        add(
            Severity::Warning,
            "TT-V03",
            reason,
            "转成 MP4（H.264 + AAC）。",
        );
    }
    let side = video.width.min(video.height);
    if side < SMALLEST_SIDE {
        let reason = format!("视频短边只有 {side} 像素，不够清晰。");
        add(Severity::Warning, "TT-V04", reason, "短边至少 720 像素。");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{
            CHANNEL, MOST_COVERS,
            derive::{
                self,
                tests::{picture, profile, story, video},
            },
        },
        *,
    };
    use crate::{
        channels::{Derived, Source, SourceBlock, SourceSpan},
        clock::Timestamp,
        text::characters,
    };

    fn found(source: &Source, change: impl FnOnce(&mut Derived)) -> Vec<Finding> {
        let profile = profile();
        let mut derived = derive::derive(source, &profile);
        change(&mut derived);
        check(&CheckInput {
            source,
            profile: &profile,
            lane: None,
            fields: &derived.fields,
            pictures: &derived.pictures,
            twins: &[],
            now: Timestamp(0),
        })
    }

    fn codes(source: &Source, change: impl FnOnce(&mut Derived)) -> Vec<String> {
        let findings = found(source, change);
        assert!(findings.iter().all(|one| {
            !one.reason.is_empty()
                && !one.cure.is_empty()
                && !one.source.is_empty()
                && one.lanes.len() == 1
        }));
        findings.into_iter().map(|finding| finding.code).collect()
    }

    fn wide() -> Vec<crate::channels::SourcePicture> {
        ["a", "b", "c"].map(|key| picture(key, 1280, 720)).into()
    }

    #[test]
    fn what_is_right_is_not_found() {
        assert_eq!(codes(&story(wide()), |_| ()), [] as [&str; 0]);
        assert_eq!(codes(&video(), |_| ()), [] as [&str; 0]);
    }

    #[test]
    fn a_title_holds_no_contacts_no_codes_and_more_than_symbols() {
        let with = |title: &str| {
            codes(&story(wide()), |derived| {
                derived.fields.insert("title".into(), json!(title));
            })
        };

        assert_eq!(with("订蛋糕请打 13800138000"), ["TT-T01"]);
        assert_eq!(with("扫码领取鲈鱼菜谱"), ["TT-T02"]);
        assert_eq!(with("★★★★★★"), ["TT-T03"]);
        assert_eq!(with("这条鱼太香了！！"), ["TT-T04"]);
        assert_eq!(with("Steamed bass"), ["TT-T05"]);
        let text = codes(&video(), |derived| {
            derived
                .fields
                .insert("text".into(), json!("加微信 abc12345"));
        });
        assert_eq!(text, ["TT-T01", "TT-T02"]);
    }

    #[test]
    fn covers_are_as_many_as_the_mode_says_all_different_and_large_enough() {
        let covers = |keys: &[&str], mode: &str, source: Source| {
            codes(&source, |derived| {
                derived.fields.insert("cover_mode".into(), json!(mode));
                let keys = keys.iter().map(|key| (*key).to_owned()).collect();
                derived.pictures.insert(COVER.into(), keys);
            })
        };

        assert_eq!(covers(&["a", "b"], "三图", story(wide())), ["TT-C01"]);
        assert_eq!(covers(&[], "单图", story(wide())), ["TT-C01"]);
        assert_eq!(covers(&["a", "b", "a"], "三图", story(wide())), ["TT-C02"]);
        let small = story(vec![picture("a", 640, 360)]);
        assert_eq!(covers(&["a"], "单图", small), ["TT-C03"]);
        assert_eq!(covers(&[], "无封面", story(wide())), ["TT-C04"]);
    }

    #[test]
    fn links_and_contacts_in_the_body_are_named() {
        let linked = SourceSpan {
            text: "官网".into(),
            link: Some("https://www.example.cn".into()),
            ..SourceSpan::default()
        };
        let source = Source {
            blocks: vec![SourceBlock::Paragraph(vec![linked])],
            paragraphs: vec!["订座电话 13800138000".into()],
            ..story(wide())
        };

        assert_eq!(codes(&source, |_| ()), ["TT-B01", "TT-B02"]);
    }

    #[test]
    fn a_video_keeps_to_what_its_sister_takes() {
        let mut source = video();
        let file = source.video.as_mut().expect("a video");
        (file.duration_ms, file.size_bytes, file.width) = (901_000, LARGEST + 1, 480);
        file.container = "webm".into();

        assert_eq!(
            codes(&source, |_| ()),
            ["TT-V01", "TT-V02", "TT-V03", "TT-V04"]
        );
    }

    proptest::proptest! {
        #[test]
        fn every_variant_keeps_the_hard_limits(
            title in "[\\p{Han}a-zA-Z，。 <>&]{1,90}",
            lead in "[\\p{Han}，。]{0,100}",
            tags in proptest::collection::vec("[\\p{Han}# a-z]{0,40}", 0..12),
            pictures in 0_usize..6,
        ) {
            let pictures: Vec<_> = (0..pictures).map(|key| picture(&key.to_string(), 1280, 720)).collect();
            let source = Source { title: title.clone(), lead, tags, ..story(pictures) };
            let derived = derive::derive(&source, &profile());
            let chars = |derived: &Derived, name: &str| characters(derived.fields[name].as_str().expect("a text"));
            proptest::prop_assert!(chars(&derived, "title") <= 30);
            let covers = derived.pictures.get(COVER).map_or(0, Vec::len);
            let mode = derived.fields["cover_mode"].as_str().expect("a mode");
            proptest::prop_assert!(covers >= covers_of(mode) && covers <= MOST_COVERS);
            let field = CHANNEL.field("cover_mode").expect("a field");
            proptest::prop_assert!(field.offers(mode));
            let of_video = derive::derive(&Source { title, ..video() }, &profile());
            proptest::prop_assert!(chars(&of_video, "text") <= 30);
        }
    }
}
