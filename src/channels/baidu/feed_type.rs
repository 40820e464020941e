//! Baidu's closed list of feed types, and which of them a story belongs to.

use std::sync::OnceLock;

use crate::{
    channels::{LocalText, Source},
    text::words,
};

/// Where nothing fits.
const OTHER: &str = "综合";

/// The first level, as editors choose from it.
pub const KINDS: &[LocalText] = &[
    LocalText::new("财经", "Finance"),
    LocalText::new("宠物", "Pets"),
    LocalText::new("动漫", "Animation and comics"),
    LocalText::new("搞笑", "Humour"),
    LocalText::new("国际", "World"),
    LocalText::new("家居", "Home"),
    LocalText::new("健康养生", "Health"),
    LocalText::new("教育", "Education"),
    LocalText::new("军事", "Military"),
    LocalText::new("科技", "Technology"),
    LocalText::new("数码", "Digital devices"),
    LocalText::new("科学", "Science"),
    LocalText::new("历史", "History"),
    LocalText::new("旅游", "Travel"),
    LocalText::new("美食", "Food"),
    LocalText::new("母婴育儿", "Parenting"),
    LocalText::new("汽车", "Cars"),
    LocalText::new("情感", "Relationships"),
    LocalText::new("社会", "Society"),
    LocalText::new("时尚", "Fashion"),
    LocalText::new("时事", "Current affairs"),
    LocalText::new("体育", "Sports"),
    LocalText::new("文化", "Culture"),
    LocalText::new("星座运势", "Horoscopes"),
    LocalText::new("音乐", "Music"),
    LocalText::new("游戏", "Games"),
    LocalText::new("娱乐", "Entertainment"),
    LocalText::new("综合", "General"),
];

fn list() -> &'static Vec<(&'static str, Vec<&'static str>)> {
    static LIST: OnceLock<Vec<(&str, Vec<&str>)>> = OnceLock::new();
    LIST.get_or_init(|| {
        lines(include_str!("feed_types.txt"))
            .filter_map(|line| line.split_once(": "))
            .map(|(kind, subs)| (kind, subs.split(", ").collect()))
            .collect()
    })
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether the pair is in the closed list.
pub fn is_known(kind: &str, sub: &str) -> bool {
    (kind == OTHER && sub == OTHER)
        || list()
            .iter()
            .any(|(known, subs)| *known == kind && (sub == OTHER || subs.contains(&sub)))
}

/// The pair for a story: by a word of its title or lead that leaves no doubt (川菜); else by the key of its category;
/// else a category or tag that is itself in the list.
pub fn of(source: &Source) -> (&'static str, &'static str) {
    let key = source
        .category_key
        .as_deref()
        .unwrap_or_default()
        .replace('_', "-");
    let head = format!("{}\n{}", source.title, source.lead);
    let said: Vec<&str> = words(&head).into_iter().map(|word| word.text).collect();
    let by_key = pairs(" = ").find(|(known, ..)| *known == key);
    let by_word = pairs(" ~ ").find(|(word, kind, _)| {
        // A word decides within the kind that the category names, not across kinds.
        let is_same_kind = by_key.is_none_or(|(_, known, _)| known == *kind);
        is_same_kind && said.contains(word)
    });
    if let Some((_, kind, sub)) = by_word.or(by_key) {
        return (kind, sub);
    }
    let mut words = source.category.iter().chain(&source.tags);
    words
        .find_map(|word| find_sub(word))
        .unwrap_or((OTHER, OTHER))
}

/// Lines of the mapping with this mark: what is mapped, kind and sub-kind.
fn pairs(mark: &'static str) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    lines(include_str!("feed_pairs.txt")).filter_map(move |line| {
        let (from, pair) = line.split_once(mark)?;
        let (kind, sub) = pair.split_once('/')?;
        Some((from, kind, sub))
    })
}

fn find_sub(word: &str) -> Option<(&'static str, &'static str)> {
    list().iter().find_map(|(kind, subs)| {
        let sub = subs.iter().find(|sub| **sub == word).copied();
        sub.map(|sub| (*kind, sub))
            .or_else(|| (*kind == word).then_some((*kind, OTHER)))
    })
}

#[cfg(test)]
mod tests {
    use super::{super::derive::tests::source, *};

    #[test]
    fn every_mapped_pair_is_in_the_closed_list() {
        let all: Vec<_> = pairs(" = ").chain(pairs(" ~ ")).collect();
        assert_eq!(
            all.len(),
            lines(include_str!("feed_pairs.txt")).count(),
            "each line is read"
        );
        for (from, kind, sub) in all {
            assert!(is_known(kind, sub), "{from}: {kind}/{sub}");
        }
        assert!(!is_known("美食", "足球"));
    }

    #[test]
    fn editors_choose_from_the_whole_list() {
        let known = list().iter().map(|(kind, _)| *kind);
        assert!(known.eq(KINDS.iter().map(|kind| kind.zh)));
    }

    #[test]
    fn a_word_of_the_lead_tells_more_than_the_category() {
        let mut fish = source("水煮鱼的做法", "水煮鱼是一道麻辣鲜香的经典川菜。");
        fish.category_key = Some("aquatic".into());
        assert_eq!(of(&fish), ("美食", "川菜"));

        fish.lead = "鱼片嫩滑。".into();
        assert_eq!(of(&fish), ("美食", "菜谱"));

        fish.lead = "有着川菜馆里常见的干香。".into();
        assert_eq!(of(&fish), ("美食", "菜谱"));

        fish.category_key = None;
        fish.category = Some("考古".into());
        assert_eq!(of(&fish), ("文化", "考古"));
    }
}
