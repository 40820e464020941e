//! What the gateway refuses of a post, before any call. Lengths are bounds of the fields.

use super::{ARTICLE, COVER, LARGEST_FILE, MOST_PICTURES, PICTURE, POST, POSTER, item};
use crate::channels::{CheckInput, Finding, Severity};

const PUBLISH: &str = "支付宝开放平台：内容发布接口";
const UPLOAD: &str = "支付宝开放平台：支付宝文件上传接口";
const UNPUBLISHED: &str = "支付宝没有公布；按控制台的发布页";
/// At least 720p, says the console.
const SMALLEST_SIDE: u32 = 720;

/// All checks of this channel.
pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let count = |name: &str| input.pictures.get(name).map_or(0, Vec::len);
    let finding = |severity, code: &str, field: &str, reason: String, cure: &str, source: &str| {
        Finding::new(code, severity, field, reason, cure).because(source)
    };
    if let Some(video) = &input.source.video {
        if count(POSTER) != 1 {
            let reason = "视频没有封面，支付宝要求一个视频配一张静态封面。";
            let cure = "给视频选一张封面。";
            let found = finding(
                Severity::Error,
                "AL-V01",
                POSTER,
                reason.into(),
                cure,
                PUBLISH,
            );
            findings.push(found.on_lanes(&[POST]));
        }
        if video.size_bytes > LARGEST_FILE {
            let reason = format!(
                "视频有 {} 字节，最多 {LARGEST_FILE} 字节。",
                video.size_bytes
            );
            let found = finding(
                Severity::Error,
                "AL-V02",
                "video",
                reason,
                "压缩视频。",
                UPLOAD,
            );
            let found = found
                .with("size", video.size_bytes)
                .with("most", LARGEST_FILE);
            findings.push(found.on_lanes(&[POST]));
        }
        if video.container != "mp4" {
            let reason = format!("视频是 {} 格式，支付宝可能只收 MP4。", video.container);
            let cure = "换成 MP4。";
            let found = finding(
                Severity::Warning,
                "AL-V03",
                "video",
                reason,
                cure,
                UNPUBLISHED,
            );
            let found = found.with("container", video.container.clone());
            findings.push(found.on_lanes(&[POST]));
        }
        let side = video.width.min(video.height);
        if side < SMALLEST_SIDE {
            let reason = format!("视频短边只有 {side} 像素，低于 {SMALLEST_SIDE}。");
            let cure = "换一个 720p 以上的视频。";
            let found = finding(
                Severity::Warning,
                "AL-V04",
                "video",
                reason,
                cure,
                UNPUBLISHED,
            );
            let found = found.with("side", side).with("least", SMALLEST_SIDE);
            findings.push(found.on_lanes(&[POST]));
        }
    } else if !(1..=MOST_PICTURES).contains(&count(PICTURE)) {
        let reason = format!(
            "短图文要有 1 到 {MOST_PICTURES} 张图片，现在能用的有 {} 张。",
            count(PICTURE)
        );
        let cure = "换成宽 360、高 480 像素以上的静态图片，或改发长图文。";
        let found = finding(Severity::Error, "AL-P01", PICTURE, reason, cure, PUBLISH);
        let found = found
            .with("count", count(PICTURE))
            .with("most", MOST_PICTURES);
        findings.push(found.on_lanes(&[POST]));
    }
    if input.source.kind == crate::channels::ContentKind::Story && count(COVER) == 0 {
        let reason = "长图文没有封面。";
        let cure = "加一张宽 450、高 250 像素以上的图片。";
        let found = finding(
            Severity::Error,
            "AL-P02",
            COVER,
            reason.into(),
            cure,
            PUBLISH,
        );
        findings.push(found.on_lanes(&[ARTICLE]));
    }
    findings.extend(item::check(input));
    findings
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            CHANNEL, derive,
            derive::tests::{profile, story, video},
        },
        *,
    };
    use crate::{
        channels::{ContentKind, Source},
        clock::Timestamp,
        text::characters,
    };

    fn codes(source: &Source) -> Vec<String> {
        let profile = profile();
        let derived = derive::derive(source, &profile);
        let input = CheckInput {
            source,
            profile: &profile,
            lane: None,
            fields: &derived.fields,
            pictures: &derived.pictures,
            twins: &[],
            now: Timestamp(0),
        };
        check(&input)
            .into_iter()
            .filter(|finding| finding.severity != Severity::Closed)
            .map(|finding| finding.code)
            .collect()
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(codes(&story(3)), [] as [&str; 0]);
        assert_eq!(codes(&story(0)), ["AL-P01", "AL-P02"]);
        assert_eq!(codes(&video(Some("still"))), [] as [&str; 0]);
        let mut bare = video(None);
        assert_eq!(codes(&bare), ["AL-V01"]);
        let file = bare.video.as_mut().expect("a video");
        (file.size_bytes, file.width) = (LARGEST_FILE + 1, 480);
        file.container = "webm".into();
        assert_eq!(codes(&bare), ["AL-V01", "AL-V02", "AL-V03", "AL-V04"]);
    }

    proptest::proptest! {
        #[test]
        fn every_variant_keeps_the_hard_limits(
            title in "[\\p{Han}a-zA-Z <>&]{1,90}",
            lead in "[\\p{Han}，。]{0,400}",
            paragraphs in proptest::collection::vec("[\\p{Han}，。a-z\\n]{0,1500}", 0..20),
            tags in proptest::collection::vec("[\\p{Han}# a-z]{0,120}", 0..12),
            byline in proptest::option::of("[\\p{Han}]{1,900}"),
            pictures in 0_usize..20,
        ) {
            let source = Source { title, lead, paragraphs, byline, tags, ..story(pictures) };
            let derived = derive::derive(&source, &profile());
            for (name, most) in [("title", 30), ("text", 1000), ("article", 10_000)] {
                let length = characters(derived.fields[name].as_str().expect("a text"));
                let least = usize::from(!source.title.trim().is_empty());
                proptest::prop_assert!((least..=most).contains(&length), "{name}: {length}");
                let limit = CHANNEL.field(name).and_then(|field| field.limit).expect("a limit");
                proptest::prop_assert_eq!(limit.max as usize, most);
            }
            let count = derived.pictures.get(PICTURE).map_or(0, Vec::len);
            proptest::prop_assert!(count <= 9 && source.kind == ContentKind::Story);
        }
    }
}
