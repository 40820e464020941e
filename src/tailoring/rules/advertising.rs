//! Absolute claims that the Advertising Law of the People's Republic of China forbids (article 9, item 3), with the
//! exceptions that its practice knows. Warnings: a person decides.
//!
//! Example: 全国第一的凉茶 is found; 第一步 and 最后 are not.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::channels::{CheckInput, Finding, Severity};

/// The word list, with its sources.
const WORDS: &str = include_str!("advertising.toml");

#[derive(Deserialize)]
struct WordList {
    /// Claims, each with the beginnings of innocent continuations and innocent endings before it.
    claim: Vec<Claim>,
}

#[derive(Deserialize)]
struct Claim {
    /// The words.
    words: Vec<String>,
    /// Harmless when this follows.
    #[serde(default)]
    unless_before: Vec<String>,
    /// Harmless when this precedes.
    #[serde(default)]
    unless_after: Vec<String>,
    /// The rule that forbids it.
    rule: String,
}

fn list() -> &'static WordList {
    static LIST: OnceLock<WordList> = OnceLock::new();
    LIST.get_or_init(|| toml::from_str(WORDS).expect("the word list is checked by a test"))
}

pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let texts = input
        .fields
        .iter()
        .filter_map(|(name, value)| value.as_str().map(|text| (name.as_str(), text)));
    // Fields that repeat the story's text word by word would repeat the finding.
    for (field, text) in texts.filter(|(name, _)| !matches!(*name, "body" | "path" | "canonical")) {
        for (word, rule, from, to) in find(text) {
            findings.push(
                Finding::new(
                    "AD-9-3",
                    Severity::Warning,
                    field,
                    format!("「{word}」是绝对化用语，广告法禁止用于商品和服务。"),
                    "改为可以证实的具体说法，或删去。",
                )
                .at(from, to)
                .because(rule)
                .with("word", word),
            );
        }
    }
    findings
}

/// Claims in a text: the word, the rule, and where (in characters).
pub fn find(text: &str) -> Vec<(String, &'static str, usize, usize)> {
    let mut found: Vec<(String, &'static str, usize, usize)> = Vec::new();
    for claim in &list().claim {
        for word in &claim.words {
            for (index, _) in text.match_indices(word.as_str()) {
                let (before, after) = (&text[..index], &text[index + word.len()..]);
                let is_innocent = claim
                    .unless_before
                    .iter()
                    .any(|next| after.starts_with(next.as_str()))
                    || claim
                        .unless_after
                        .iter()
                        .any(|last| before.ends_with(last.as_str()));
                let from = before.chars().count();
                let to = from + word.chars().count();
                let is_known = found
                    .iter()
                    .any(|(_, _, known_from, known_to)| *known_from <= from && to <= *known_to);
                if !is_innocent && !is_known {
                    found.push((word.clone(), claim.rule.as_str(), from, to));
                }
            }
        }
    }
    found.sort_by_key(|(_, _, from, _)| *from);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let words: Vec<String> = find(text).into_iter().map(|(word, ..)| word).collect();
        assert_eq!(words, expected, "{text}");
    }

    #[test]
    fn absolute_claims_are_found_where_they_stand() {
        check("全国第一的凉茶", &["全国第一"]);
        check("国家级品质，顶级食材", &["国家级", "顶级"]);
        check("最好吃的面", &["最好"]);
    }

    #[test]
    fn ordinary_words_are_left_alone() {
        check("第一步，把鱼洗净；最后撒葱花，最少蒸八分钟", &[]);
        check("最好提前一晚泡发", &[]);
    }

    #[test]
    fn a_range_counts_characters() {
        assert_eq!(
            find("这是顶级的").first().map(|found| (found.2, found.3)),
            Some((2, 4))
        );
    }
}
