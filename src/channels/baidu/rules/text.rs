//! Texts: summary, keywords, and what readers see on the page.

use super::{
    super::derive::{DESCRIPTION, KEYWORDS, text_of},
    BASICS, DRIZZLE, PAGES, error, list, value, warning,
};
use crate::{
    channels::{CheckInput, Finding},
    text::{characters, contact_range, count_in_folded, count_occurrences, fold, sentences, words},
};

/// Characters that the first paragraph should have, and that a page must have.
const FIRST_LEAST: usize = 80;
const PAGE_LEAST: usize = 200;

pub fn check(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    description(input, findings);
    keywords(input, findings);
    body(input, findings);
}

fn description(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let description = value(input.fields, "description");
    let length = characters(description);
    let (least, most) = DESCRIPTION;
    let cure = "写一两句完整的话。";
    if !(20..=120).contains(&length) {
        let reason = format!("摘要有 {length} 字，应在 20 到 120 字之间。");
        findings.push(
            error("BD-D01", "description", reason, cure)
                .on_lanes(PAGES)
                .because(BASICS)
                .with("length", length)
                .with("least", 20)
                .with("most", 120),
        );
    } else if !(least..=most).contains(&length) {
        let reason = format!("摘要有 {length} 字，{least} 到 {most} 字最好。");
        findings.push(
            warning("BD-D01", "description", reason, cure)
                .on_lanes(PAGES)
                .because(BASICS)
                .with("case", "better")
                .with("length", length)
                .with("least", least)
                .with("most", most),
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

fn keywords(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let keywords = list(input.fields, "keywords");
    let (least, most) = KEYWORDS;
    let count = keywords.len();
    if count > 10 {
        let reason = format!("有 {count} 个关键词，太多会被当作堆砌。");
        findings.push(
            error("BD-K01", "keywords", reason, "保留 3 到 5 个。")
                .on_lanes(PAGES)
                .because(BASICS)
                .with("case", "many")
                .with("count", count),
        );
    } else if !(least..=most).contains(&count) {
        let reason = format!("有 {count} 个关键词，3 到 5 个最好。");
        findings.push(
            warning("BD-K01", "keywords", reason, "补充或删去。")
                .on_lanes(PAGES)
                .because(BASICS)
                .with("count", count),
        );
    }
    let folded = fold(&format!(
        "{}\n{}",
        input.source.title,
        text_of(input.source)
    ));
    for keyword in &keywords {
        if keyword.trim().is_empty() || keyword.contains([',', '，']) {
            let cure = "每个关键词单独写。";
            findings.push(
                error("BD-K03", "keywords", "关键词为空，或含有逗号。", cure).on_lanes(PAGES),
            );
        } else if count_in_folded(&folded, keyword) == 0 {
            let reason = format!("「{keyword}」没有出现在标题或正文里。");
            findings.push(
                warning("BD-K02", "keywords", reason, "换一个正文里有的词。")
                    .on_lanes(PAGES)
                    .with("keyword", *keyword),
            );
        }
    }
}

fn body(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let text = text_of(input.source);
    let length = characters(&text);
    let core = value(input.fields, "core");
    let first = text.lines().next().unwrap_or_default();
    let is_short = characters(first) < FIRST_LEAST;
    if is_short || count_occurrences(first, core) == 0 {
        let (case, reason) = if is_short {
            ("short", format!("第一段不到 {FIRST_LEAST} 字。"))
        } else {
            ("core", format!("第一段里没有核心搜索词「{core}」。"))
        };
        findings.push(
            warning(
                "BD-B01",
                "body",
                reason,
                "在第一段讲清要点，并写出核心搜索词。",
            )
            .on_lanes(PAGES)
            .because(BASICS)
            .with("case", case)
            .with("least", FIRST_LEAST)
            .with("core", core),
        );
    }
    if length < PAGE_LEAST && input.source.video.is_none() {
        let reason = format!("正文只有 {length} 字，会被当作空短页面。");
        findings.push(
            error("BD-B02", "body", reason, "正文至少 200 字。")
                .because("搜索落地页体验白皮书")
                .with("length", length),
        );
    }
    let all = words(&text)
        .iter()
        .filter(|word| word.text.chars().any(char::is_alphanumeric))
        .count();
    let folded = fold(&text);
    for keyword in list(input.fields, "keywords") {
        let count = count_in_folded(&folded, keyword);
        let is_dense = all >= 100 && count * 20 > all;
        let thrice = sentences(&folded)
            .into_iter()
            .any(|sentence| count_in_folded(sentence, keyword) >= 3);
        let (case, reason) = match (is_dense, thrice) {
            (true, _) => ("dense", format!("「{keyword}」占了正文的 5% 以上。")),
            (_, true) => ("thrice", format!("「{keyword}」在一句话里出现了三次。")),
            _ => continue,
        };
        findings.push(
            warning("BD-B03", "body", reason, "换一些说法。")
                .because(DRIZZLE)
                .with("case", case)
                .with("keyword", keyword),
        );
    }
}
