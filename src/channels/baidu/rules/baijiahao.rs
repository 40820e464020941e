//! Articles and videos for Baijiahao: length of the text, links, a video's file, tags and cover.

use super::{
    super::{
        baijiahao::{ADDRESS, BODY, COVER, LONGEST, LONGEST_TAG},
        derive::is_cover,
    },
    BAIJIAHAO, error, list, value, warning,
};
use crate::{
    channels::{CheckInput, ContentKind, Finding, SourceVideo, rich_text},
    text::characters,
};

const ARTICLE: &str = "百家号：article/publish";
const VIDEO: &str = "百家号：video/publish";
const HABIT: &str = "百家号没有公布；按作者的经验";

pub fn check(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let mut push = |finding: Finding, source: &str| {
        findings.push(finding.on_lanes(&[BAIJIAHAO]).because(source));
    };
    match input.source.kind {
        ContentKind::Story => article(input, &mut push),
        ContentKind::Video => video(input, &mut push),
    }
}

/// How long a text is once its pictures have their addresses.
fn length(content: &str) -> usize {
    characters(content) + content.matches(&format!("\"{BODY}/")).count() * ADDRESS
}

fn article(input: &CheckInput<'_>, push: &mut impl FnMut(Finding, &str)) {
    let content = value(input.fields, "content");
    let (long, most) = (length(content), LONGEST as usize);
    if long > most {
        let reason = format!("正文连同图片地址有 {long} 字，最多 {most} 字。");
        let finding = error("BD-J01", "content", reason, "缩短正文，或分成几篇。");
        // The field's own bound measures the text alone.
        let finding = finding.with("length", characters(content));
        push(finding.with("total", long).with("most", most), ARTICLE);
    }
    let links = rich_text::write(BODY, "", &input.source.blocks, |_| true)
        .links
        .len();
    if links > 0 {
        let reason = format!("正文里有 {links} 个链接，百家号不收外部链接，只保留文字。");
        let finding = warning("BD-J02", "content", reason, "要紧的内容写在正文里。");
        push(finding.with("count", links), HABIT);
    }
}

fn video(input: &CheckInput<'_>, push: &mut impl FnMut(Finding, &str)) {
    let is_right = |file: &SourceVideo| file.container == "mp4";
    if !input.source.video.as_ref().is_some_and(is_right) {
        let finding = error(
            "BD-J03",
            "video",
            "百家号只收 mp4 视频。",
            "转换成 mp4 后重新上传。",
        );
        push(finding, VIDEO);
    }
    for tag in list(input.fields, "video_tags") {
        if characters(tag) > LONGEST_TAG || tag.contains([',', '，']) {
            let reason = format!("标签「{tag}」不能用：最多 {LONGEST_TAG} 字，不能有逗号。");
            let finding = error("BD-J04", "video_tags", reason, "换一个短一些的词。");
            push(finding.with("tag", tag), VIDEO);
        }
    }
    if input.pictures.get(COVER).is_none_or(Vec::is_empty) {
        let has_bad = input
            .source
            .pictures
            .iter()
            .any(|picture| !is_cover(picture));
        let why = if has_bad {
            "视频的封面太小（不到 660×370）或是动图"
        } else {
            "视频没有封面"
        };
        let reason = format!("{why}，百家号会自己截一帧。");
        let finding = warning(
            "BD-J05",
            "pictures",
            reason,
            "给视频配一张大一些的静态封面。",
        );
        push(finding, VIDEO);
    }
}
