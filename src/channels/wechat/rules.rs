//! What WeChat refuses, cuts or silently drops. Errors are what it would refuse for sure.

use serde_json::Value;

use super::{
    ARTICLES, COVER, PICTURE, PICTURES, SEARCH,
    derive::{DIGEST, SEARCH_TITLE, TITLE},
    html, search,
};
use crate::{
    channels::{CheckInput, Finding, Severity, SourceBlock, SourceSpan},
    text::{characters, escape_html},
};

/// Bytes of a title that a share card shows.
const CARD: usize = 64;
/// Bytes of a body (draft/add).
const LARGEST: usize = 1 << 20;

const DRAFT_ADD: &str = "微信公众号：新增草稿";
const SUBMIT_PAGES: &str = "微信小程序：内容接入";
const EDITOR: &str = "微信没有公布；按公开客户端的经验";

fn value<'a>(input: &'a CheckInput<'_>, name: &str) -> &'a str {
    input.fields.get(name).and_then(Value::as_str).unwrap_or("")
}

/// All checks of this channel.
pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    title(value(input, "title"), &mut findings);
    digest(value(input, "digest"), &mut findings);
    content(value(input, "content"), &mut findings);
    page(input, &mut findings);
    links(&input.source.blocks, &mut findings);
    let text = value(input, "text");
    if escape_html(text) != text && text.contains('<') {
        let finding = Finding::new(
            "WX-N01",
            Severity::Error,
            "text",
            "图片消息只收纯文字，这里像是有 HTML。",
            "去掉尖括号。",
        );
        findings.push(finding.on_lanes(&[PICTURES]).because(DRAFT_ADD));
    }
    let missing = |name: &str| input.pictures.get(name).is_none_or(Vec::is_empty);
    if missing(COVER) {
        let finding = Finding::new(
            "WX-P01",
            Severity::Error,
            "pictures",
            "图文没有封面：没有图片，或图片小于 235×100 像素。",
            "给故事配一张大一些的封面。",
        );
        findings.push(finding.on_lanes(ARTICLES).because(DRAFT_ADD));
    }
    if missing(PICTURE) {
        let finding = Finding::new(
            "WX-P02",
            Severity::Error,
            "pictures",
            "图片消息没有图片：没有图片，或图片小于 200×200 像素。",
            "给故事配至少一张大一些的图片。",
        );
        findings.push(finding.on_lanes(&[PICTURES]).because(DRAFT_ADD));
    }
    findings
}

fn title(title: &str, findings: &mut Vec<Finding>) {
    let length = characters(title);
    if length > TITLE {
        let finding = Finding::new(
            "WX-T01",
            Severity::Warning,
            "title",
            format!("标题有 {length} 字，文档规定最多 {TITLE} 字；有的账号会拒收（45003）。"),
            "缩短标题。",
        );
        let finding = finding.at(TITLE, title.chars().count()).because(DRAFT_ADD);
        findings.push(finding.with("length", length).with("most", TITLE));
    }
    if title.len() > CARD {
        let end = title
            .char_indices()
            .take_while(|(at, _)| *at < CARD)
            .count();
        let finding = Finding::new(
            "WX-T02",
            Severity::Warning,
            "title",
            format!(
                "标题有 {} 字节，分享卡片只显示约 {CARD} 字节。",
                title.len()
            ),
            "把要紧的话写在前 21 个字里。",
        );
        let finding = finding.at(end.saturating_sub(1), title.chars().count());
        let finding = finding.because(EDITOR).with("bytes", title.len());
        findings.push(finding.with("most", CARD));
    }
}

fn digest(digest: &str, findings: &mut Vec<Finding>) {
    let length = characters(digest);
    if length > DIGEST {
        let finding = Finding::new(
            "WX-D01",
            Severity::Warning,
            "digest",
            format!("摘要有 {length} 字，超过 {DIGEST} 字可能被拒收（45004）。"),
            "缩短摘要。",
        );
        findings.push(
            finding
                .on_lanes(ARTICLES)
                .because(DRAFT_ADD)
                .with("length", length)
                .with("most", DIGEST),
        );
    }
}

fn content(content: &str, findings: &mut Vec<Finding>) {
    let mut error = |code: &str, reason: String, cure: &str| {
        let finding = Finding::new(code, Severity::Error, "content", reason, cure);
        findings.push(finding.on_lanes(ARTICLES).because(DRAFT_ADD));
    };
    let length = html::length(content);
    if length > html::LONGEST || content.len() > LARGEST {
        error(
            "WX-C01",
            format!(
                "正文连同样式和图片地址有 {length} 字，最多 {} 字。",
                html::LONGEST
            ),
            "缩短正文，或分成几篇。",
        );
    }
    if !content.is_empty() && !has_substance(content) {
        error(
            "WX-C02",
            "正文是空的。".into(),
            "写一段正文，或放一张图片。",
        );
    }
    if content.contains("（未完，点击“阅读原文”看全文）") {
        let finding = Finding::new(
            "WX-C03",
            Severity::Warning,
            "content",
            format!(
                "正文超过 {} 字，后面的部分只在“阅读原文”里。",
                html::LONGEST
            ),
            "需要完整发布时，请分成几篇。",
        );
        let finding = finding.on_lanes(ARTICLES).because(DRAFT_ADD);
        findings.push(finding.with("most", html::LONGEST));
    }
}

/// A page of the mini-program, as the platform's search takes it.
fn page(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let mut found = |finding: Finding| {
        findings.push(finding.on_lanes(&[SEARCH]).because(SUBMIT_PAGES));
    };
    let title = value(input, "search_title");
    let length = characters(title);
    if length > SEARCH_TITLE {
        let finding = Finding::new(
            "WX-S01",
            Severity::Warning,
            "search_title",
            format!("搜索标题有 {length} 字，平台建议 {SEARCH_TITLE} 字以内，更长的会显示不全。"),
            "缩短搜索标题。",
        );
        let finding = finding.at(SEARCH_TITLE, title.chars().count());
        found(finding.with("length", length).with("most", SEARCH_TITLE));
    }
    for name in ["search_title", "search_abstract", "search_text"] {
        if value(input, name).contains('<') {
            found(Finding::new(
                "WX-S02",
                Severity::Error,
                name,
                "搜一搜只收纯文字，这里像是有 HTML。",
                "去掉尖括号。",
            ));
        }
    }
    // Of no interest to who does not submit pages.
    if input.lane.is_none_or(|lane| lane.id != SEARCH) {
        return;
    }
    let address = value(input, "search_path");
    let (path, query) = search::key(address);
    let is_pair = |pair: &str| {
        pair.split_once('=')
            .is_some_and(|(name, _)| !name.is_empty())
    };
    let is_query = !query.is_empty() && query.split('&').all(is_pair);
    if path.is_empty() || address.contains("://") || !address.is_ascii() || !is_query {
        found(Finding::new(
            "WX-S03",
            Severity::Error,
            "search_path",
            "小程序页面不是「路径?名称=值」的形式，微信分不清这是哪一篇。",
            "在站点设置里把小程序路径写成 pages/…?id={slug} 的形式。",
        ));
    }
    if input.pictures.get(PICTURE).is_none_or(Vec::is_empty) {
        found(Finding::new(
            "WX-S04",
            Severity::Warning,
            "pictures",
            "搜索结果里没有封面：没有图片，或图片小于 200×200 像素。",
            "给故事配至少一张大一些的图片。",
        ));
    }
}

/// Whether there is a text or a picture between the tags.
fn has_substance(content: &str) -> bool {
    let mut is_tag = false;
    content.contains("<img")
        || content.chars().any(|character| {
            match character {
                '<' => is_tag = true,
                '>' => is_tag = false,
                other => return !is_tag && !other.is_whitespace(),
            }
            false
        })
}

/// Links that lead nowhere any more.
fn links(blocks: &[SourceBlock], findings: &mut Vec<Finding>) {
    let count = dropped(blocks);
    if count > 0 {
        let finding = Finding::new(
            "WX-L01",
            Severity::Warning,
            "content",
            format!("正文里有 {count} 个外部链接，微信只保留文字。"),
            "需要读者打开的链接，请用“阅读原文”。",
        );
        findings.push(
            finding
                .on_lanes(ARTICLES)
                .because(EDITOR)
                .with("count", count),
        );
    }
}

fn dropped(blocks: &[SourceBlock]) -> usize {
    let of_line = |spans: &[SourceSpan]| {
        let links = spans.iter().filter_map(|span| span.link.as_deref());
        links.filter(|href| !html::is_kept(href)).count()
    };
    let of_block = |block: &SourceBlock| match block {
        SourceBlock::Paragraph(spans) | SourceBlock::Heading(_, spans) => of_line(spans),
        SourceBlock::List(_, entries) => entries.iter().map(|entry| dropped(entry)).sum(),
        SourceBlock::Quote(blocks) => dropped(blocks),
        SourceBlock::Code(_) | SourceBlock::Picture(..) | SourceBlock::Rule => 0,
    };
    blocks.iter().map(of_block).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        channels::{
            LaneDescriptor, Source,
            wechat::{
                CHANNEL,
                derive::{derive, tests as made},
            },
        },
        clock::Timestamp,
    };

    fn codes(source: &Source, changed: &[(&str, &str)]) -> Vec<String> {
        codes_on(None, source, changed)
    }

    fn codes_on(
        lane: Option<&'static LaneDescriptor>,
        source: &Source,
        changed: &[(&str, &str)],
    ) -> Vec<String> {
        let profile = made::profile();
        let mut derived = derive(source, &profile);
        for (name, value) in changed {
            derived.fields.insert((*name).to_owned(), (*value).into());
        }
        let input = CheckInput {
            source,
            profile: &profile,
            lane,
            fields: &derived.fields,
            pictures: &derived.pictures,
            twins: &[],
            now: Timestamp(0),
        };
        check(&input)
            .into_iter()
            .map(|finding| finding.code)
            .collect()
    }

    #[test]
    fn a_story_with_cover_and_text_has_nothing_to_mend() {
        assert_eq!(codes(&made::source(), &[]), [] as [&str; 0]);
    }

    #[test]
    fn what_the_page_forbids_is_told_though_accounts_were_seen_to_take_it() {
        let title = "鲈".repeat(33);
        assert_eq!(
            codes(&made::source(), &[("title", &title)]),
            ["WX-T01", "WX-T02"]
        );
        assert_eq!(
            codes(&made::source(), &[("digest", &"鲜".repeat(121))]),
            ["WX-D01"]
        );
    }

    #[test]
    fn pictures_links_and_bodies_that_do_not_arrive_are_told_before() {
        let source = made::source();
        let bare = Source {
            pictures: Vec::new(),
            blocks: vec![SourceBlock::Quote(vec![SourceBlock::Paragraph(vec![
                SourceSpan {
                    text: "看这里".into(),
                    link: Some("https://example.cn".into()),
                    ..SourceSpan::default()
                },
            ])])],
            ..source.clone()
        };
        assert_eq!(codes(&bare, &[]), ["WX-L01", "WX-P01", "WX-P02"]);
        assert_eq!(
            codes(&source, &[("content", "<section><p> </p></section>")]),
            ["WX-C02"]
        );
        assert_eq!(
            codes(&source, &[("content", &"茶".repeat(20_001))]),
            ["WX-C01"]
        );
        assert_eq!(codes(&source, &[("text", "<b>鱼</b>")]), ["WX-N01"]);
        let long = Source {
            blocks: vec![SourceBlock::Code("茶".repeat(20_000)); 2],
            ..source
        };
        assert_eq!(codes(&long, &[]), ["WX-C03"]);
    }

    #[test]
    fn a_page_for_search_is_plain_has_a_key_and_better_a_short_title_and_a_cover() {
        let source = made::source();
        let on_search = |source: &Source, changed: &[(&str, &str)]| {
            codes_on(CHANNEL.lane(SEARCH), source, changed)
        };
        assert_eq!(on_search(&source, &[]), [] as [&str; 0]);
        assert_eq!(
            codes(&source, &[("search_title", &"鲈".repeat(21))]),
            ["WX-S01"]
        );
        assert_eq!(codes(&source, &[("search_text", "<p>鱼</p>")]), ["WX-S02"]);
        for path in [
            "pages/story/lu-yu",
            "https://example.cn/s?id=lu-yu",
            "pages/story/index?lu-yu",
            "pages/story/index?id=鲈鱼",
            "",
        ] {
            let found = on_search(&source, &[("search_path", path)]);
            assert_eq!(found, ["WX-S03"], "{path}");
        }
        let bare = Source {
            pictures: Vec::new(),
            ..source
        };
        assert!(on_search(&bare, &[]).contains(&"WX-S04".to_owned()));
    }
}
