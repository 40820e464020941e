//! What Baidu's title standard, its algorithms and its forms refuse (codes of the channel contract, section 15.3).

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::{
    FEED, PICTURE, SEARCH, WEBSITE,
    derive::{ARTICLE_TITLE, DESCRIPTION, KEYWORDS, TAGS_TOTAL, TITLE_TARGET, is_decoration},
    feed_type, twin,
};
use crate::{
    channels::{CheckInput, Finding, Severity, Source},
    text::{
        characters, contact_range, count_in_folded, count_occurrences, cut_to, display_width, fold,
        has_chinese, has_emoji, word_similarity, words,
    },
};

pub(super) const TITLE_STANDARD: &str = "百度搜索网页标题规范";
const DRIZZLE: &str = "百度细雨算法";
const BASICS: &str = "百度基础信息设置规范";
pub(super) const PAGES: &[&str] = &[SEARCH, WEBSITE];

/// Columns at which a title is surely cut.
const TITLE_MOST: usize = 63;
/// Words that promise what a page must hold.
const PROMISES: &[&str] = &[
    "下载",
    "全集",
    "在线观看",
    "百度云",
    "免费",
    "价格表",
    "排名第一",
];
/// Words that lure.
const CLICKBAIT: &[&str] = &[
    "震惊",
    "不看后悔",
    "竟然",
    "99%的人",
    "惊呆",
    "必看",
    "万万没想到",
    "吓傻",
];

/// All checks of this channel.
pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    title(input, &mut findings);
    article_title(input, &mut findings);
    description(input, &mut findings);
    page_keywords(input, &mut findings);
    body(input, &mut findings);
    pictures(input, &mut findings);
    path(input, &mut findings);
    structured_data(input, &mut findings);
    feed(input, &mut findings);
    twin::check(input, &mut findings);
    findings
}

pub(super) fn text<'a>(fields: &'a BTreeMap<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(fields: &'a BTreeMap<String, Value>, name: &str) -> Vec<&'a str> {
    fields
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

pub(super) fn error(code: &str, field: &str, reason: impl Into<String>, cure: &str) -> Finding {
    Finding::new(code, Severity::Error, field, reason, cure)
}

pub(super) fn warning(code: &str, field: &str, reason: impl Into<String>, cure: &str) -> Finding {
    Finding::new(code, Severity::Warning, field, reason, cure)
}

pub(super) fn text_of(source: &Source) -> String {
    let mut text = source.lead.clone();
    text.extend(source.paragraphs.iter().map(String::as_str));
    text
}

fn visible_text(input: &CheckInput<'_>) -> String {
    text_of(input.source)
}

fn title(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let title = text(input.fields, "title");
    let site = input.profile.name.trim();
    let story = title
        .strip_suffix(site)
        .unwrap_or(title)
        .trim_end_matches(['-', '_', ' ']);
    let width = display_width(title);
    if story.trim().is_empty() {
        findings.push(
            error(
                "BD-T01",
                "title",
                "标题里只有站点名。",
                "写出这篇内容自己的标题。",
            )
            .on_lanes(PAGES)
            .because(TITLE_STANDARD),
        );
    }
    if width > TITLE_MOST {
        let from = cut_to(title, TITLE_MOST, display_width).chars().count();
        let finding = error(
            "BD-T02",
            "title",
            format!("标题宽 {width}，超过桌面结果能显示的 {TITLE_MOST}。"),
            "缩短标题。",
        );
        findings.push(
            finding
                .at(from, title.chars().count())
                .on_lanes(PAGES)
                .with("width", width),
        );
    } else if width > TITLE_TARGET {
        let finding = warning(
            "BD-T02",
            "title",
            format!("标题宽 {width}，手机上会在 {TITLE_TARGET} 处被截断。"),
            "缩短标题。",
        );
        findings.push(finding.on_lanes(PAGES).with("width", width));
    }
    if !site.is_empty() && !title.ends_with(site) {
        findings.push(
            error(
                "BD-T03",
                "title",
                "标题末尾缺少站点名。",
                "以「-站点名」结尾。",
            )
            .on_lanes(PAGES)
            .because(TITLE_STANDARD),
        );
    }
    if let Some(term) = repeated(story) {
        findings.push(
            error(
                "BD-T04",
                "title",
                format!("「{term}」在标题里重复。"),
                "同一个词只写一次。",
            )
            .on_lanes(PAGES)
            .because(DRIZZLE)
            .with("term", term),
        );
    }
    let separators = story
        .chars()
        .filter(|character| matches!(character, '-' | '_' | '|' | '｜' | ',' | '，' | '、' | '/'))
        .count();
    if separators > 2 {
        let finding = error(
            "BD-T05",
            "title",
            "标题像一串关键词。",
            "写成一句话，分隔符不超过两个。",
        );
        findings.push(
            finding
                .on_lanes(PAGES)
                .because(DRIZZLE)
                .with("separators", separators),
        );
    }
    if let Some((from, to)) = contact_range(title) {
        findings.push(
            error(
                "BD-T06",
                "title",
                "标题里有联系方式。",
                "删去电话、微信号、网址等。",
            )
            .at(from, to)
            .because(DRIZZLE),
        );
    }
    if let Some(at) = title.chars().position(is_decoration) {
        findings.push(
            error("BD-T07", "title", "标题里有装饰符号或表情。", "删去符号。")
                .at(at, at + 1)
                .on_lanes(PAGES)
                .because(TITLE_STANDARD),
        );
    }
    if !input.profile.is_official && (title.contains("官网") || title.contains("官方")) {
        findings.push(
            error(
                "BD-T08",
                "title",
                "标题称「官网」或「官方」，但站点没有声明是官方。",
                "删去，或由管理员在站点设置里声明。",
            )
            .because(TITLE_STANDARD),
        );
    }
    let body = visible_text(input);
    for promise in PROMISES
        .iter()
        .filter(|promise| title.contains(**promise) && !body.contains(**promise))
    {
        findings.push(
            error(
                "BD-T09",
                "title",
                format!("标题承诺了「{promise}」，正文里没有。"),
                "删去，或在正文里给出。",
            )
            .on_lanes(PAGES)
            .because("百度清风算法")
            .with("word", *promise),
        );
    }
    let core = text(input.fields, "core");
    let starts_early = title
        .find(core)
        .is_some_and(|at| display_width(&title[..at]) < 20);
    if !core.is_empty() && !starts_early {
        findings.push(
            warning(
                "BD-T10",
                "title",
                "核心搜索词没有出现在标题开头。",
                "把核心词放到前 20 个宽度之内。",
            )
            .on_lanes(PAGES)
            .with("core", core),
        );
    }
    if word_similarity(story, &input.source.title) < 0.6
        && !story.contains(input.source.title.trim())
    {
        findings.push(
            warning(
                "BD-T11",
                "title",
                "网页标题和文章标题差别很大。",
                "让两者说同一件事。",
            )
            .on_lanes(PAGES)
            .because(TITLE_STANDARD),
        );
    }
    let marks = title
        .chars()
        .filter(|character| matches!(character, '！' | '!' | '？' | '?'))
        .count();
    if marks > 1 || CLICKBAIT.iter().any(|word| title.contains(word)) {
        findings.push(
            warning("BD-T13", "title", "标题像「标题党」。", "平实地写出内容。")
                .because("百度清风算法"),
        );
    }
}

/// A term that stands three times in a title, or a run of four characters that stands twice.
fn repeated(title: &str) -> Option<String> {
    let folded = fold(title);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in words(&folded).iter().filter(|word| {
        word.text.chars().count() >= 2 && word.text.chars().all(char::is_alphanumeric)
    }) {
        *counts.entry(word.text).or_default() += 1;
    }
    if let Some((word, _)) = counts.iter().find(|(_, count)| **count >= 3) {
        return Some((*word).to_owned());
    }
    let letters: Vec<char> = folded.chars().collect();
    let mut seen = HashSet::new();
    letters
        .windows(4)
        .filter(|run| run.iter().all(|character| character.is_alphanumeric()))
        .find(|run| !seen.insert(run.to_vec()))
        .map(|run| run.iter().collect())
}

fn article_title(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let title = text(input.fields, "article_title");
    let length = characters(title);
    let (least, most) = ARTICLE_TITLE;
    let mut refuse = |reason: String, cure: &str| {
        findings.push(
            error("BD-T14", "article_title", reason, cure)
                .on_lanes(&[FEED])
                .because("develop/serverapi/type"),
        );
    };
    if !(least..=most).contains(&length) {
        refuse(
            format!("信息流标题有 {length} 字，应为 {least} 到 {most} 字。"),
            "补充或缩短。",
        );
    }
    if title.contains(['。', '.']) {
        refuse("信息流标题不能有句号。".to_owned(), "删去句号。");
    }
    if !has_chinese(title) {
        refuse("信息流标题不能全是外文。".to_owned(), "写成中文。");
    }
    if has_emoji(title) {
        refuse("信息流标题里有表情。".to_owned(), "删去表情。");
    }
}

fn description(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let description = text(input.fields, "description");
    let length = characters(description);
    let (least, most) = DESCRIPTION;
    if !(20..=120).contains(&length) {
        findings.push(
            error(
                "BD-D01",
                "description",
                format!("摘要有 {length} 字，应在 20 到 120 字之间。"),
                "写一两句完整的话。",
            )
            .on_lanes(PAGES)
            .because(BASICS)
            .with("length", length),
        );
    } else if !(least..=most).contains(&length) {
        findings.push(
            warning(
                "BD-D01",
                "description",
                format!("摘要有 {length} 字，{least} 到 {most} 字最好。"),
                "写一两句完整的话。",
            )
            .on_lanes(PAGES)
            .because(BASICS)
            .with("length", length),
        );
    }
    let title = input.source.title.trim();
    let start: String = title.chars().take(16).collect();
    if description == title || (start.chars().count() == 16 && description.starts_with(&start)) {
        findings.push(
            warning(
                "BD-D02",
                "description",
                "摘要重复了标题。",
                "写标题里没有的信息。",
            )
            .on_lanes(PAGES),
        );
    }
    if let Some((from, to)) = contact_range(description) {
        findings.push(
            error(
                "BD-D03",
                "description",
                "摘要里有联系方式或网址。",
                "删去。",
            )
            .at(from, to)
            .on_lanes(PAGES)
            .because(DRIZZLE),
        );
    }
}

fn page_keywords(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let keywords = list(input.fields, "keywords");
    let (least, most) = KEYWORDS;
    if keywords.len() > 10 {
        findings.push(
            error(
                "BD-K01",
                "keywords",
                format!("有 {} 个关键词，太多会被当作堆砌。", keywords.len()),
                "保留 3 到 5 个。",
            )
            .on_lanes(PAGES)
            .because(BASICS),
        );
    } else if !(least..=most).contains(&keywords.len()) {
        findings.push(
            warning(
                "BD-K01",
                "keywords",
                format!("有 {} 个关键词，3 到 5 个最好。", keywords.len()),
                "补充或删去。",
            )
            .on_lanes(PAGES)
            .because(BASICS),
        );
    }
    let folded = fold(&format!("{}{}", input.source.title, visible_text(input)));
    for keyword in &keywords {
        if keyword.trim().is_empty() || keyword.contains([',', '，']) {
            findings.push(
                error(
                    "BD-K03",
                    "keywords",
                    "关键词为空，或含有逗号。",
                    "每个关键词单独写。",
                )
                .on_lanes(PAGES),
            );
        } else if count_in_folded(&folded, keyword) == 0 {
            findings.push(
                warning(
                    "BD-K02",
                    "keywords",
                    format!("「{keyword}」没有出现在标题或正文里。"),
                    "换一个正文里有的词。",
                )
                .on_lanes(PAGES)
                .with("keyword", *keyword),
            );
        }
    }
}

fn body(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let text_ = visible_text(input);
    let length = characters(&text_);
    let core = text(input.fields, "core");
    let first = if input.source.lead.is_empty() {
        input.source.paragraphs.first().map_or("", String::as_str)
    } else {
        &input.source.lead
    };
    if characters(first) < 80 || count_occurrences(first, core) == 0 {
        findings.push(
            warning(
                "BD-B01",
                "body",
                "第一段不到 80 字，或没有核心搜索词。",
                "在第一段讲清要点。",
            )
            .on_lanes(PAGES)
            .because(BASICS),
        );
    }
    if length < 200 && input.source.video.is_none() {
        findings.push(
            error(
                "BD-B02",
                "body",
                format!("正文只有 {length} 字，会被当作空短页面。"),
                "正文至少 200 字。",
            )
            .because("搜索落地页体验白皮书")
            .with("length", length),
        );
    }
    let all = words(&text_)
        .iter()
        .filter(|word| word.text.chars().any(char::is_alphanumeric))
        .count();
    let folded = fold(&text_);
    for keyword in list(input.fields, "keywords") {
        let count = count_in_folded(&folded, keyword);
        if all >= 100 && count * 20 > all {
            findings.push(
                warning(
                    "BD-B03",
                    "body",
                    format!("「{keyword}」占了正文的 5% 以上。"),
                    "换一些说法。",
                )
                .because(DRIZZLE)
                .with("keyword", keyword),
            );
        }
    }
}

fn pictures(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let count = input.pictures.get(PICTURE).map_or(0, Vec::len);
    let source = "introduction/rank_setimage";
    if count == 0 {
        let cure = "上传一张至少 375×250 的静态图片。";
        findings.push(
            error("BD-I01", "pictures", "信息流物料至少要有一张图片。", cure)
                .on_lanes(&[FEED])
                .because(source),
        );
        findings.push(
            warning(
                "BD-I01",
                "pictures",
                "没有图片，搜索结果不会显示缩略图。",
                cure,
            )
            .on_lanes(PAGES)
            .because(source),
        );
    } else if count == 2 || count > 3 {
        findings.push(
            error(
                "BD-I01",
                "pictures",
                format!("有 {count} 张图片，只有 1 或 3 张会显示。"),
                "保留 1 张或 3 张。",
            )
            .because(source),
        );
    }
}

fn path(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let path = text(input.fields, "path");
    let values = path.split_once('?').map_or("", |(_, query)| query);
    let is_bad = path.contains(['#', ',', ' '])
        || !path.is_ascii()
        || characters(path) > 194
        || values.contains(['/', ':'])
        || path.contains("//");
    if is_bad {
        findings.push(
            error(
                "BD-P01",
                "path",
                "小程序路径不规范。",
                "由管理员修改站点的路径模板。",
            )
            .on_lanes(&[SEARCH, FEED])
            .because("introduction/rank_url"),
        );
    }
}

fn structured_data(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let data = input.fields.get("json_ld").cloned().unwrap_or_default();
    let published = data["pubDate"].as_str().unwrap_or_default();
    let updated = data["upDate"].as_str().unwrap_or_default();
    let now = super::time::json_ld(input.now);
    let images = data["images"].as_array().map_or(0, Vec::len);
    let is_wrong = data["@context"] != "https://ziyuan.baidu.com/contexts/cambrian.jsonld"
        || data["@id"] != text(input.fields, "canonical")
        || published.len() != 19
        || updated < published
        || published > now.as_str()
        || !matches!(images, 0 | 1 | 3);
    if is_wrong {
        findings.push(
            error(
                "BD-S01",
                "json_ld",
                "结构化数据与页面不一致，或时间在将来。",
                "检查发布时间和站点地址。",
            )
            .on_lanes(PAGES)
            .because("百度时间因子"),
        );
    }
}

fn feed(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    // Original publication within 30 days for articles (develop/serverapi/type).
    let age = input.now.since(input.source.first_published_at);
    if age > std::time::Duration::from_hours(30 * 24) {
        let finding = error(
            "BD-F01",
            "publish_time",
            "发布已超过 30 天，不会再进入信息流。",
            "只投搜索，或发布一篇新的。",
        );
        findings.push(finding.on_lanes(&[FEED]).because("develop/serverapi/type"));
    }
    if !feed_type::is_known(
        text(input.fields, "feed_type"),
        text(input.fields, "feed_sub_type"),
    ) {
        findings.push(
            error(
                "BD-F02",
                "feed_type",
                "分类不在百度的列表里。",
                "从列表中选择，或用「综合」。",
            )
            .on_lanes(&[FEED])
            .because("develop/serverapi/appendix"),
        );
    }
    let total: usize = list(input.fields, "tags")
        .iter()
        .map(|tag| characters(tag))
        .sum();
    if total > TAGS_TOTAL {
        findings.push(
            error(
                "BD-F05",
                "tags",
                format!("标签共 {total} 字，最多 {TAGS_TOTAL} 字。"),
                "删去一些标签。",
            )
            .on_lanes(&[FEED])
            .because("develop/serverapi/submitresource"),
        );
    }
}
