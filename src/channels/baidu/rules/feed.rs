//! Material for the feed: age, class, tags, length of the text, a video's particulars.

use std::time::Duration;

use super::{
    super::{
        derive::{FEED_BODY, TAGS_TOTAL, feed_body, text_of},
        feed_type, time,
    },
    FEED, error, list, value, warning,
};
use crate::{
    channels::{CheckInput, ContentKind, Finding},
    text::characters,
};

const TYPES: &str = "develop/serverapi/type";

pub fn check(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let mut push = |finding: Finding, source: &str| {
        findings.push(finding.on_lanes(&[FEED]).because(source));
    };
    let spelled = time::publish_time(input.source.first_published_at);
    if value(input.fields, "publish_time") != spelled {
        let cure = "写成「2026年3月1日」的样子。";
        push(
            error("BD-F01", "publish_time", "发布时间的写法不对。", cure),
            "develop/serverapi/faq",
        );
    }
    // Original publication within 30 days for articles, three months for videos (develop/serverapi/type).
    let (days, name) = match input.source.kind {
        ContentKind::Story => (30, "30 天"),
        ContentKind::Video => (90, "3 个月"),
    };
    let age = input.now.since(input.source.first_published_at);
    if age > Duration::from_hours(days * 24) {
        let reason = format!("发布已超过 {name}，不会再进入信息流。");
        let cure = "只投搜索，或发布一篇新的。";
        let finding = error("BD-F01", "publish_time", reason, cure).with("case", "old");
        push(finding.with("days", days), TYPES);
    }
    let (kind, sub) = (
        value(input.fields, "feed_type"),
        value(input.fields, "feed_sub_type"),
    );
    if !feed_type::is_known(kind, sub) {
        let reason = format!("分类「{kind} / {sub}」不在百度的列表里。");
        let finding = error(
            "BD-F02",
            "feed_sub_type",
            reason,
            "从列表中选择，或用「综合」。",
        );
        let finding = finding.with("kind", kind).with("sub", sub);
        push(finding, "develop/serverapi/appendix");
    }
    let length = characters(&text_of(input.source));
    let derived = feed_body(input.source, value(input.fields, "description"));
    if length > FEED_BODY && value(input.fields, "body") == derived {
        let reason =
            format!("正文有 {length} 字，信息流最多 {FEED_BODY} 字；用的是导语和每段的第一句。");
        let finding = warning("BD-F03", "body", reason, "读一遍，需要时自己写一段。");
        push(
            finding.with("length", length).with("most", FEED_BODY),
            TYPES,
        );
    }
    let ext = input.fields.get("ext").cloned().unwrap_or_default();
    let is_playable = ["video_duration", "h5_url"]
        .iter()
        .all(|name| ext[*name].as_str().is_some_and(|text| !text.is_empty()));
    if input.source.kind == ContentKind::Video && !is_playable {
        let finding = error(
            "BD-F04",
            "ext",
            "视频物料缺少播放页或时长。",
            "重新上传视频。",
        );
        push(finding, TYPES);
    }
    let total: usize = list(input.fields, "tags")
        .iter()
        .map(|tag| characters(tag))
        .sum();
    if total > TAGS_TOTAL {
        let reason = format!("标签共 {total} 字，最多 {TAGS_TOTAL} 字。");
        let finding = error("BD-F05", "tags", reason, "删去一些标签。");
        let finding = finding.with("total", total).with("most", TAGS_TOTAL);
        push(finding, "develop/serverapi/submitresource");
    }
}
