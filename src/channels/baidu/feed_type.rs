//! Baidu's closed list of feed types, and which of them a story belongs to.

use std::sync::OnceLock;

use crate::channels::Source;

/// Where nothing fits.
const OTHER: &str = "综合";

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

/// The pair for a story: by the key of its category; else a category or tag that is itself in the list.
pub fn of(source: &Source) -> (&'static str, &'static str) {
    let key = source
        .category_key
        .as_deref()
        .unwrap_or_default()
        .replace('_', "-");
    let by_key = lines(include_str!("feed_pairs.txt"))
        .filter_map(|line| line.split_once(" = "))
        .find(|(known, _)| *known == key)
        .and_then(|(_, pair)| pair.split_once('/'));
    by_key.unwrap_or_else(|| {
        let mut words = source.category.iter().chain(&source.tags);
        words
            .find_map(|word| find_sub(word))
            .unwrap_or((OTHER, OTHER))
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
    use super::*;

    #[test]
    fn every_mapped_pair_is_in_the_closed_list() {
        for (_, pair) in
            lines(include_str!("feed_pairs.txt")).filter_map(|line| line.split_once(" = "))
        {
            let (kind, sub) = pair.split_once('/').expect("a pair");
            assert!(is_known(kind, sub), "{pair}");
        }
        assert!(!is_known("美食", "足球"));
    }
}
