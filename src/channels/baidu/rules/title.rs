//! Titles: that of the page, which search shows, and that of the article, which the feed and Baijiahao show.

use std::collections::{BTreeMap, HashSet};

use super::{
    super::derive::{ARTICLE_TITLE, TITLE_TARGET, is_decoration, text_of},
    BARE_TITLE, DRIZZLE, PAGES, TITLE_STANDARD, error, value, warning,
};
use crate::{
    channels::{CheckInput, Finding},
    text::{
        characters, contact_range, cut_to, display_width, fold, has_chinese, has_emoji,
        is_traditional, word_similarity, words,
    },
};

/// Columns at which a title is surely cut.
const TITLE_MOST: usize = 63;
/// Columns within which the core phrase should begin.
const CORE_EARLY: usize = 20;
/// Marks that part the phrases of a list of keywords.
const SEPARATORS: &[char] = &['-', '_', '|', '｜', ',', '，', '、', '/'];
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
    "%的人",
    "惊呆",
    "必看",
    "万万没想到",
    "吓傻",
];

pub fn check(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    page_title(input, findings);
    similarity(input, findings);
    article_title(input, findings);
    for (field, lanes) in [("title", PAGES), ("article_title", BARE_TITLE)] {
        wording(input, field, lanes, findings);
    }
}

/// The title without the site's name and the category, which we put behind it.
fn story<'a>(title: &'a str, input: &CheckInput<'_>) -> &'a str {
    let joints: &[char] = &['-', '_', ' '];
    let without = |title: &'a str, tail: &str| {
        let rest = title.strip_suffix(tail.trim())?;
        let rest = rest
            .strip_suffix(joints)
            .or(rest.is_empty().then_some(rest));
        rest.map(|rest| rest.trim_end_matches(joints))
    };
    let title = without(title, &input.profile.name).unwrap_or(title);
    let category = input.source.category.as_deref().unwrap_or_default();
    without(title, category)
        .filter(|_| !category.is_empty())
        .unwrap_or(title)
}

fn page_title(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let title = value(input.fields, "title");
    let site = input.profile.name.trim();
    let story = story(title, input);
    let width = display_width(title);
    if story.trim_matches(SEPARATORS).trim().is_empty() {
        let cure = "写出这篇内容自己的标题。";
        findings.push(
            error("BD-T01", "title", "标题里只有站点名或分类。", cure)
                .on_lanes(PAGES)
                .because(TITLE_STANDARD),
        );
    }
    if width > TITLE_MOST {
        let from = cut_to(title, TITLE_MOST, display_width).chars().count();
        let reason = format!("标题宽 {width}，超过桌面结果能显示的 {TITLE_MOST}。");
        let finding = error("BD-T02", "title", reason, "缩短标题。");
        findings.push(
            finding
                .at(from, title.chars().count())
                .on_lanes(PAGES)
                .with("width", width)
                .with("most", TITLE_MOST),
        );
    } else if width > TITLE_TARGET {
        let reason = format!("标题宽 {width}，手机上会在 {TITLE_TARGET} 处被截断。");
        let finding = warning("BD-T02", "title", reason, "缩短标题。");
        let finding = finding.on_lanes(PAGES).with("case", "phone");
        findings.push(finding.with("width", width).with("most", TITLE_TARGET));
    }
    if !site.is_empty() && !title.ends_with(site) {
        let cure = "以「-站点名」结尾。";
        findings.push(
            error("BD-T03", "title", "标题末尾缺少站点名。", cure)
                .on_lanes(PAGES)
                .because(TITLE_STANDARD),
        );
    }
    if let Some(term) = repeated(story) {
        let reason = format!("「{term}」在标题里重复。");
        findings.push(
            error("BD-T04", "title", reason, "同一个词只写一次。")
                .on_lanes(PAGES)
                .because(DRIZZLE)
                .with("term", term),
        );
    }
    let separators = story.matches(SEPARATORS).count();
    if separators > 2 {
        let cure = "写成一句话，分隔符不超过两个。";
        findings.push(
            error("BD-T05", "title", "标题像一串关键词。", cure)
                .on_lanes(PAGES)
                .because(DRIZZLE)
                .with("separators", separators),
        );
    }
    let core = value(input.fields, "core");
    let starts_early = title
        .find(core)
        .is_some_and(|at| display_width(&title[..at]) < CORE_EARLY);
    if !core.is_empty() && !starts_early {
        let reason = format!("核心搜索词「{core}」没有出现在标题开头。");
        findings.push(
            warning("BD-T10", "title", reason, "把核心词放到前 20 个宽度之内。")
                .on_lanes(PAGES)
                .with("core", core),
        );
    }
}

/// The page must be about what its title says.
fn similarity(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let story = story(value(input.fields, "title"), input);
    let heading = input.source.title.trim();
    let differs = word_similarity(story, heading) < 0.6 && !story.contains(heading);
    if differs {
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
        return;
    }
    let early: String = fold(&text_of(input.source)).chars().take(500).collect();
    let folded = fold(story);
    // Two characters of a word are enough: 麻婆豆腐 is told of where 豆腐 is.
    let mut pairs = words(&folded)
        .into_iter()
        .flat_map(|word| {
            let characters: Vec<char> = word.text.chars().collect();
            let pairs = characters.windows(2).map(|pair| pair.iter().collect());
            pairs.collect::<Vec<String>>()
        })
        .peekable();
    if !early.is_empty() && pairs.peek().is_some() && !pairs.any(|pair| early.contains(&pair)) {
        findings.push(
            warning(
                "BD-T11",
                "title",
                "标题里的词在正文前 500 字里一个也没有。",
                "在开头写出标题所说的内容。",
            )
            .on_lanes(PAGES)
            .because(TITLE_STANDARD)
            .with("case", "body"),
        );
    }
}

/// What no title may say, wherever it is shown.
fn wording(input: &CheckInput<'_>, field: &str, lanes: &[&str], findings: &mut Vec<Finding>) {
    let title = value(input.fields, field);
    if let Some((from, to)) = contact_range(title) {
        let cure = "删去电话、微信号、网址等。";
        findings.push(
            error("BD-T06", field, "标题里有联系方式。", cure)
                .at(from, to)
                .on_lanes(lanes)
                .because(DRIZZLE),
        );
    }
    let pairs = title.matches('【').count();
    let decorated = title.chars().position(is_decoration);
    let second_pair = (pairs > 1).then(|| {
        let at = title.rfind('【').unwrap_or_default();
        title[..at].chars().count()
    });
    if let Some(at) = decorated.or(second_pair) {
        findings.push(
            error("BD-T07", field, "标题里有装饰符号或表情。", "删去符号。")
                .at(at, at + 1)
                .on_lanes(lanes)
                .because(TITLE_STANDARD),
        );
    }
    let official = ["官网", "官方"].iter().find_map(|word| title.find(word));
    if let Some(at) = official.filter(|_| !input.profile.is_official) {
        let from = title[..at].chars().count();
        findings.push(
            error(
                "BD-T08",
                field,
                "标题称「官网」或「官方」，但站点没有声明是官方。",
                "删去，或由管理员在站点设置里声明。",
            )
            .at(from, from + 2)
            .on_lanes(lanes)
            .because(TITLE_STANDARD),
        );
    }
    let body = text_of(input.source);
    for promise in PROMISES
        .iter()
        .filter(|promise| title.contains(**promise) && !body.contains(**promise))
    {
        let reason = format!("标题承诺了「{promise}」，正文里没有。");
        findings.push(
            error("BD-T09", field, reason, "删去，或在正文里给出。")
                .on_lanes(lanes)
                .because("百度清风算法")
                .with("word", *promise),
        );
    }
    let is_loud = title.matches(['！', '!']).count() > 1 || title.matches(['？', '?']).count() > 1;
    if is_loud || CLICKBAIT.iter().any(|word| title.contains(word)) {
        findings.push(
            warning("BD-T13", field, "标题像「标题党」。", "平实地写出内容。")
                .on_lanes(lanes)
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
    let title = value(input.fields, "article_title");
    let length = characters(title);
    let (least, most) = ARTICLE_TITLE;
    let mut refuse = |case: &str, reason: String, cure: &str| {
        findings.push(
            error("BD-T14", "article_title", reason, cure)
                .on_lanes(BARE_TITLE)
                .because("develop/serverapi/type")
                .with("case", case)
                .with("length", length)
                .with("least", least)
                .with("most", most),
        );
    };
    if !(least..=most).contains(&length) {
        let reason = format!("文章标题有 {length} 字，应为 {least} 到 {most} 字。");
        refuse("length", reason, "补充或缩短。");
    }
    if has_full_stop(title) {
        refuse("stop", "文章标题不能有句号。".to_owned(), "删去句号。");
    }
    if !has_chinese(title) {
        refuse("foreign", "文章标题不能全是外文。".to_owned(), "写成中文。");
    }
    if has_emoji(title) {
        refuse("emoji", "文章标题里有表情。".to_owned(), "删去表情。");
    }
    if is_traditional(title) {
        refuse(
            "traditional",
            "文章标题不能用繁体。".to_owned(),
            "改成简体。",
        );
    }
}

/// `。`, or a point that is neither in a number nor in a name such as `v2.0`.
pub fn has_full_stop(title: &str) -> bool {
    let is_inner = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric());
    title.contains('。')
        || title.match_indices('.').any(|(at, _)| {
            !is_inner(title[..at].chars().next_back()) || !is_inner(title[at + 1..].chars().next())
        })
}
