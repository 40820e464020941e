//! What Douyin's rules for works refuse or hold back.

use serde_json::Value;

use super::{
    COVER, PUBLISH,
    derive::{HOOK, TOPIC},
};
use crate::{
    channels::{CheckInput, Finding, Severity},
    text::{ContactKind, characters, contact_range, find_contacts},
};

/// At most 15 minutes (openapi/status-code, 2190006).
pub const LONGEST_MS: u64 = 15 * 60 * 1000;
/// At least 3 seconds is advised; not published, so only a warning.
const SHORTEST_MS: u64 = 3000;
/// At most 4 GB (douyin-publish-solution).
pub const LARGEST: u64 = 4 << 30;
/// At least 720p (douyin-publish-solution).
const SMALLEST_SIDE: u32 = 720;

const WORKS: &str = "抖音开放平台：发布方案";
const USAGE: &str = "抖音开放平台：能力使用规范";

/// All checks of this channel.
pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    caption(input, &mut findings);
    video(input, &mut findings);
    if input.pictures.get(COVER).is_none_or(Vec::is_empty) {
        let cure = "为视频选一张封面图，或写明封面时刻。";
        findings.push(
            Finding::new(
                "DY-C01",
                Severity::Warning,
                "pictures",
                "没有封面，平台会自动截取一帧。",
                cure,
            )
            .on_lanes(&[PUBLISH])
            .because(WORKS),
        );
    }
    findings
}

fn finding(
    code: &str,
    severity: Severity,
    field: &str,
    reason: impl Into<String>,
    cure: &str,
    source: &str,
) -> Finding {
    Finding::new(code, severity, field, reason, cure)
        .on_lanes(&[PUBLISH])
        .because(source)
}

fn caption(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let text = input
        .fields
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    if characters(first) > HOOK {
        findings.push(finding(
            "DY-T01",
            Severity::Warning,
            "text",
            format!(
                "第一行有 {} 字，超过 {HOOK} 字会被折叠。",
                characters(first)
            ),
            "把最吸引人的话写在前面。",
            WORKS,
        ));
    }
    let contacts = find_contacts(text);
    let (from, to) = contact_range(text).unwrap_or_default();
    if contacts.iter().any(|kind| *kind != ContactKind::Url) {
        findings.push(
            finding(
                "DY-T02",
                Severity::Error,
                "text",
                "文案里有联系方式。",
                "删去电话、微信号、QQ 和邮箱。",
                USAGE,
            )
            .at(from, to),
        );
    }
    if contacts.contains(&ContactKind::Url) {
        findings.push(
            finding(
                "DY-T03",
                Severity::Error,
                "text",
                "文案里有网址，会被当作导流。",
                "删去网址，用小程序挂载。",
                USAGE,
            )
            .at(from, to),
        );
    }
    if text
        .chars()
        .any(|character| character.is_control() && character != '\n')
    {
        findings.push(finding(
            "DY-T04",
            Severity::Error,
            "text",
            "文案里有控制字符。",
            "删去。",
            WORKS,
        ));
    }
    let topics: Vec<&str> = text
        .split_whitespace()
        .filter_map(|word| word.strip_prefix('#'))
        .collect();
    if topics.len() > 5 {
        findings.push(finding(
            "DY-H01",
            Severity::Warning,
            "text",
            format!("有 {} 个话题，超过 5 个会降低分发。", topics.len()),
            "保留最相关的。",
            WORKS,
        ));
    }
    for topic in &topics {
        if topic.is_empty()
            || !topic.chars().all(char::is_alphanumeric)
            || characters(topic) > TOPIC
        {
            findings.push(
                finding(
                    "DY-H02",
                    Severity::Warning,
                    "text",
                    format!("话题「{topic}」含有标点、空格，或太长。"),
                    "话题只用文字和数字。",
                    WORKS,
                )
                .with("topic", *topic),
            );
        }
    }
}

fn video(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let Some(video) = &input.source.video else {
        findings.push(finding(
            "DY-V01",
            Severity::Error,
            "video",
            "没有视频。",
            "为内容添加一个竖屏视频并发布它。",
            WORKS,
        ));
        return;
    };
    if video.duration_ms > LONGEST_MS {
        findings.push(finding(
            "DY-V02",
            Severity::Error,
            "video",
            "视频超过 15 分钟。",
            "剪短后重新上传。",
            "openapi/status-code 2190006",
        ));
    } else if video.duration_ms < SHORTEST_MS {
        findings.push(finding(
            "DY-V03",
            Severity::Warning,
            "video",
            "视频不到 3 秒。",
            "用长一些的视频。",
            WORKS,
        ));
    }
    if video.size_bytes > LARGEST {
        findings.push(finding(
            "DY-V04",
            Severity::Error,
            "video",
            "视频超过 4 GB。",
            "压缩后重新上传。",
            WORKS,
        ));
    }
    if !matches!(video.container.as_str(), "mp4" | "webm" | "mov") {
        findings.push(finding(
            "DY-V05",
            Severity::Error,
            "video",
            format!("平台不收 {} 格式。", video.container),
            "转成 MP4（H.264 + AAC）。",
            WORKS,
        ));
    } else if video.container != "mp4" || video.video_codec != "h264" {
        findings.push(finding(
            "DY-V06",
            Severity::Warning,
            "video",
            "建议使用 MP4（H.264 + AAC）。",
            "转码后重新上传。",
            WORKS,
        ));
    }
    if video.width.min(video.height) < SMALLEST_SIDE {
        findings.push(finding(
            "DY-V07",
            Severity::Warning,
            "video",
            format!("视频只有 {}×{}。", video.width, video.height),
            "短边至少 720 像素。",
            WORKS,
        ));
    }
    if video.width > video.height {
        findings.push(finding(
            "DY-V08",
            Severity::Warning,
            "video",
            "视频是横屏，信息流里只占一小块。",
            "用 9:16 的竖屏视频。",
            WORKS,
        ));
    }
}
