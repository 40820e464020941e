//! What a text is about in few words, and the titles made of it.

use crate::{
    channels::{SiteProfile, Source},
    text::{
        characters, clauses, cut_to, display_width, find_contacts, fold, has_chinese, is_balanced,
        is_prose, sentences,
    },
};

use super::{ARTICLE_TITLE, CORE, TITLE_BUDGET, TITLE_TARGET, plain, text_of};

/// What ends a title but only says what kind of text it is; the longest first.
const KINDS: &[&str] = &[
    "的家常做法",
    "的简单做法",
    "的制作方法",
    "的制作教程",
    "的做法大全",
    "的正确做法",
    "的做法",
    "的制作",
    "的方法",
    "的教程",
    "的攻略",
    "怎么做",
    "使用教程",
    "做法大全",
    "入门指南",
    "全攻略",
    "教程",
    "攻略",
    "指南",
];
/// Marks at which a phrase ends.
const MARKS: &[char] = &[
    '，', ',', '。', '.', '：', ':', '；', ';', '、', '！', '!', '？', '?', '—', '…', ' ',
];

/// What people type into a search box to find the text.
pub struct Phrases {
    /// The main one.
    pub core: String,
    /// The title's first clause, where it says more: the core and the kind of text.
    pub query: String,
}

/// The main search phrase: the editor's; else the longest tag that stands in the title and early in the text; else the
/// title's first clause, without the kind of text if the text itself is silent about that.
pub fn phrases(source: &Source, title: &str) -> Phrases {
    let clause = clauses(title)
        .into_iter()
        .flat_map(str::split_whitespace)
        .next()
        .unwrap_or(title);
    let clause = clause.trim_end_matches(MARKS);
    let query = cut_to(clause, CORE, characters);
    let editors = source.core_phrase.as_deref().map(str::trim);
    if let Some(phrase) = editors.filter(|phrase| !phrase.is_empty()) {
        return Phrases {
            core: phrase.to_owned(),
            query,
        };
    }
    let early: String = fold(&text_of(source)).chars().take(200).collect();
    let folded = fold(title);
    let tag = source
        .tags
        .iter()
        .filter(|tag| folded.contains(&fold(tag)) && early.contains(&fold(tag)))
        .max_by_key(|tag| characters(tag));
    let subject = KINDS.iter().find_map(|kind| clause.strip_suffix(kind));
    // 酸梅汤（半成品加工）: the remark is none of what people look for.
    let subject = subject.map(|subject| {
        let remark = subject.find(['（', '(']).unwrap_or(subject.len());
        let bare = subject[..remark].trim_end();
        if characters(bare) >= 2 { bare } else { subject }
    });
    let core = match (tag, subject.filter(|subject| characters(subject) >= 2)) {
        (Some(tag), _) => cut_to(tag.trim_end_matches(MARKS), CORE, characters),
        (None, Some(subject)) if !early.contains(&fold(clause)) => {
            cut_to(subject, CORE, characters)
        }
        (None, _) => query.clone(),
    };
    Phrases { core, query }
}

/// `{story title}-{category}-{site name}`, the category only where all of it stays within what a phone shows.
pub fn page_title(source: &Source, story: &str, profile: &SiteProfile) -> String {
    let site = plain(&profile.name);
    let category = source
        .category
        .as_deref()
        .map(plain)
        .filter(|category| !category.is_empty() && !story.contains(category.as_str()));
    if let Some(category) = category {
        let long = format!("{story}-{category}-{site}");
        if display_width(&long) <= TITLE_TARGET && separators(&long) <= 2 {
            return long;
        }
    }
    let room = TITLE_BUDGET.saturating_sub(display_width(&site) + 1);
    let story = cut_to(story, room, display_width);
    format!("{story}-{site}")
}

fn separators(title: &str) -> usize {
    title.matches(['-', '_', '|', '｜']).count()
}

/// The story's title without the site, 8 to 40 characters. A shorter one is completed with what the text says of its
/// subject, since Baidu wants a complete statement of the main point; where it says nothing, a person has to.
pub fn article_title(source: &Source, story: &str, core: &str) -> String {
    let (least, most) = ARTICLE_TITLE;
    let title = single_marks(&cut_to(story, most, characters));
    if characters(&title) >= least && has_chinese(&title) {
        return title;
    }
    let texts =
        std::iter::once(source.lead.as_str()).chain(source.paragraphs.iter().map(String::as_str));
    let room = most.saturating_sub(characters(&title) + 1);
    let statements = texts
        .filter(|text| is_prose(text))
        .take(2)
        .flat_map(|text| sentences(text).into_iter().take(2))
        .flat_map(clauses)
        .filter_map(|clause| statement(&plain(clause), core))
        .filter(|statement| {
            (4..=room).contains(&characters(statement))
                && has_chinese(statement)
                // 由他发明的, without its 是, ends in the air.
                && !statement.ends_with(['的', '是', '与'])
                && find_contacts(statement).is_empty()
                && !fold(statement).contains(&fold(core))
        });
    let mut whole = title.clone();
    let mut mark = '：';
    for statement in statements {
        if characters(&whole) + 1 + characters(&statement) > most {
            break;
        }
        whole.push(mark);
        whole.push_str(&statement);
        mark = '，';
        if characters(&whole) >= least {
            return single_marks(&whole);
        }
    }
    title
}

/// A clause without its subject: of 水煮鱼是一道麻辣鲜香的川菜, 麻辣鲜香的川菜. Nothing, where it makes no sense alone.
fn statement(clause: &str, core: &str) -> Option<String> {
    const LINKS: &[&str] = &[
        "是一道",
        "是一款",
        "是一种",
        "是一份",
        "是一碗",
        "是一杯",
        "是一个",
        "是",
        "一道",
        "一款",
        "一种",
    ];
    const SUBJECTS: &[&str] = &["这道菜品", "这道菜", "这道汤", "本文", "它"];
    /// What hangs on another clause.
    const HANGING: &[&str] = &[
        "也", "却", "就", "都", "还", "但", "而", "并", "且", "再", "由于", "因为", "因此", "所以",
        "如果", "虽然", "只要", "只有", "在", "当",
    ];
    if clause.ends_with(['：', ':']) || clause.contains(['[', ']', '★']) {
        return None;
    }
    let clause = clause.trim().trim_end_matches(MARKS);
    let whole_core = (characters(core) >= 2).then_some(core);
    let mut subjects = whole_core.into_iter().chain(SUBJECTS.iter().copied());
    let rest = subjects
        .find_map(|subject| clause.strip_prefix(subject))
        .unwrap_or(clause);
    let rest = match rest.strip_prefix('这') {
        Some(rest) if rest.starts_with('是') => rest,
        // 这道甜品: readers of a title have not heard of it yet.
        Some(_) => return None,
        None => rest,
    };
    let link = LINKS.iter().find_map(|link| rest.strip_prefix(link));
    let rest = link.unwrap_or(rest).trim_matches(MARKS);
    let is_hanging = HANGING.iter().any(|word| rest.starts_with(word));
    (!is_hanging && is_balanced(rest)).then(|| rest.to_owned())
}

/// No full stop at the end, at most one question mark and one exclamation mark.
fn single_marks(title: &str) -> String {
    let mut seen = Vec::new();
    title
        .trim_end_matches(['。', '.', ' '])
        .chars()
        .filter(|character| {
            let mark = match character {
                '？' | '?' => '?',
                '！' | '!' => '!',
                '。' => '.',
                _ => return true,
            };
            let is_new = mark != '.' && !seen.contains(&mark);
            seen.push(mark);
            is_new
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::*, *};

    fn check_core(title: &str, lead: &str, expected: &str) {
        let mut source = source(title, lead);
        source.tags.clear();
        assert_eq!(phrases(&source, title).core, expected, "{title}");
    }

    #[test]
    fn the_core_is_what_the_text_itself_calls_it() {
        check_core("水煮鱼的做法", "水煮鱼是一道麻辣鲜香的川菜。", "水煮鱼");
        check_core("水煮鱼的做法", "水煮鱼的做法不止一种。", "水煮鱼的做法");
        check_core("酸梅汤（半成品加工）的做法", "一包原料煮一锅。", "酸梅汤");
        check_core("如何洗碗", "碗要趁早洗。", "如何洗碗");
        check_core(
            "葱、姜、蒜的切法：三分钟学会",
            "刀工不难。",
            "葱、姜、蒜的切法",
        );
        check_core("的做法", "没有主语。", "的做法");
    }

    fn check_article(title: &str, lead: &str, core: &str, expected: &str) {
        assert_eq!(
            article_title(&source(title, lead), title, core),
            expected,
            "{lead}"
        );
    }

    #[test]
    fn a_short_title_is_completed_with_what_the_text_says() {
        check_article(
            "水煮鱼的做法",
            "水煮鱼是一道麻辣鲜香、鱼肉嫩滑的经典川菜。",
            "水煮鱼",
            "水煮鱼的做法：麻辣鲜香、鱼肉嫩滑的经典川菜",
        );
        check_article(
            "小龙虾的做法",
            "这道菜麻辣鲜香，虾肉细嫩多汁。",
            "小龙虾",
            "小龙虾的做法：麻辣鲜香",
        );
        check_article(
            "炒青菜的做法",
            "这是一道清爽可口的家常素菜，口感脆嫩。",
            "炒青菜",
            "炒青菜的做法：清爽可口的家常素菜",
        );
        check_article(
            "懒人蛋挞的做法",
            "这道甜品利用现成的蛋挞皮，外皮酥香、内馅嫩滑。",
            "懒人蛋挞",
            "懒人蛋挞的做法：外皮酥香、内馅嫩滑",
        );
        check_article(
            "凉拌木耳的做法",
            "凉拌木耳，由于发放物资中有很多干货，木耳是较为健康的食物。",
            "凉拌木耳",
            "凉拌木耳的做法：木耳是较为健康的食物",
        );
        check_article(
            "烤鱼",
            "外焦里嫩的家常烤鱼，一个烤箱就能做。",
            "烤鱼",
            "烤鱼：一个烤箱就能做",
        );
    }

    #[test]
    fn where_the_text_says_nothing_the_title_stays_for_a_person() {
        let mut silent = source("焯水", "");
        silent.paragraphs = vec!["流程".into(), "开火——水开".into()];

        assert_eq!(article_title(&silent, "焯水", "焯水"), "焯水");
        let mut invented = source("使用微波炉", "微波炉是 1945 年由珀西·勒巴朗·斯宾塞发明的。");
        invented.paragraphs.clear();
        let title = article_title(&invented, "使用微波炉", "使用微波炉");
        assert_eq!(title, "使用微波炉");
    }

    #[test]
    fn marks_stand_once_and_no_full_stop_ends_a_title() {
        assert_eq!(
            single_marks("真的吗？！真的吗？好吃！。"),
            "真的吗？！真的吗好吃"
        );
    }
}
