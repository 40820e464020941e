//! What the Advertising Law of the People's Republic of China and the rules beside it forbid in a text that sells, with
//! the exceptions that the law and its practice know. A finding says "look at this, and why"; a person decides.
//!
//! Example: 全国销量第一的凉茶 is found; 第一步, 最佳食用时间 and 顶级域名 are not.

mod pattern;
mod view;

use std::{collections::HashMap, sync::OnceLock};

use serde::Deserialize;

use self::view::View;
use crate::{
    channels::{CheckInput, Finding, Severity, Source},
    text::dictionary_words,
};

/// The rules, with their sources.
const RULES: &str = include_str!("claims.toml");

#[derive(Deserialize)]
struct Table {
    /// Guards that several rules share, by name.
    guard: HashMap<String, Guard>,
    rule: Vec<Rule>,
}

/// What makes a hit innocent.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Guard {
    /// This stands right behind it.
    after: Vec<String>,
    /// This stands right before it.
    before: Vec<String>,
    /// This stands in the same clause, before it.
    clause_before: Vec<String>,
    /// This stands in the same clause.
    clause: Vec<String>,
    /// This stands in the same sentence.
    sentence: Vec<String>,
    /// All of these stand in the same sentence: one of each line, parted by spaces.
    all: Vec<String>,
    /// It stands within 《》.
    named: bool,
    /// It stands within quotation marks.
    quoted: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// Code of the law's article or of the kind of platform rule.
    code: String,
    /// Which of the code's sentences it is, where it has several.
    #[serde(default)]
    case: String,
    /// The law, as editors read it.
    law: String,
    /// `error` where the wording alone is forbidden in advertising; `warning` where it depends on facts.
    severity: Severity,
    /// Why, with `{}` for the words.
    reason: String,
    /// How to mend it.
    cure: String,
    /// What is looked for, parted by spaces; `#` is a number, `*` a gap.
    heads: String,
    /// Names of shared guards.
    #[serde(default)]
    guards: Vec<String>,
    /// A guard of its own.
    #[serde(default)]
    unless: Guard,
    /// Only where one of these stands in the same sentence.
    #[serde(default)]
    only_with: Vec<String>,
}

impl Table {
    /// What is looked for is written as people write, and compared as texts are folded.
    fn fold(&mut self) {
        for guard in self.guard.values_mut() {
            guard.fold();
        }
        for rule in &mut self.rule {
            rule.heads = view::folded(&rule.heads);
            fold(&mut rule.only_with);
            rule.unless.fold();
        }
    }
}

impl Guard {
    fn fold(&mut self) {
        for list in [
            &mut self.after,
            &mut self.before,
            &mut self.clause_before,
            &mut self.clause,
            &mut self.sentence,
            &mut self.all,
        ] {
            fold(list);
        }
    }
}

fn fold(list: &mut [String]) {
    for text in list {
        *text = view::folded(text);
    }
}

struct Rules {
    table: Table,
    /// Heads by their first character: rule and pattern.
    by_first: HashMap<char, Vec<(usize, Vec<char>)>>,
    /// Heads that begin with a number.
    by_number: Vec<(usize, Vec<char>)>,
}

fn rules() -> &'static Rules {
    static RULES_READ: OnceLock<Rules> = OnceLock::new();
    RULES_READ.get_or_init(|| {
        let mut table: Table = toml::from_str(RULES).expect("the rules are checked by a test");
        table.fold();
        let mut by_first: HashMap<char, Vec<(usize, Vec<char>)>> = HashMap::new();
        let mut by_number = Vec::new();
        for (index, rule) in table.rule.iter().enumerate() {
            for head in rule.heads.split_whitespace() {
                let head: Vec<char> = head.chars().collect();
                match head.first() {
                    Some('#') => by_number.push((index, head)),
                    Some(first) => by_first.entry(*first).or_default().push((index, head)),
                    None => {}
                }
            }
        }
        Rules {
            table,
            by_first,
            by_number,
        }
    })
}

/// Words that a text must not use, or only with proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// As they stand in the text.
    words: String,
    /// Index of the rule.
    rule: usize,
    /// First character, and the one behind the last.
    from: usize,
    to: usize,
    /// They were disguised.
    is_hidden: bool,
}

/// Findings in the variant's texts, and in the story's own where they say more.
pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    // What sells is advertising; another text is only looked at with the same eyes.
    let sells = !input.source.products.is_empty();
    let mut findings = Vec::new();
    let mut known: Vec<String> = Vec::new();
    let texts = input
        .fields
        .iter()
        .filter_map(|(name, value)| value.as_str().map(|text| (name.as_str(), text)))
        .filter(|(name, _)| !matches!(*name, "body" | "path" | "canonical" | "core"));
    let body = input.fields.get("body").and_then(serde_json::Value::as_str);
    let body = body.map_or_else(|| own_text(input.source), ToOwned::to_owned);
    for (field, text) in texts.chain([("body", body.as_str())]) {
        for claim in find(text) {
            // The body repeats what titles and summaries took from it.
            if field == "body" && known.contains(&claim.words) {
                continue;
            }
            known.push(claim.words.clone());
            findings.push(finding(&claim, field, sells));
        }
    }
    findings
}

fn own_text(source: &Source) -> String {
    let mut text = source.lead.clone();
    for paragraph in &source.paragraphs {
        text.push('\n');
        text.push_str(paragraph);
    }
    text
}

fn finding(claim: &Claim, field: &str, sells: bool) -> Finding {
    let rule = &rules().table.rule[claim.rule];
    let severity = if sells {
        // Hiding a word shows that it was meant.
        if claim.is_hidden {
            Severity::Error
        } else {
            rule.severity
        }
    } else {
        Severity::Warning
    };
    Finding::new(
        &rule.code,
        severity,
        field,
        rule.reason.replace("{}", &claim.words),
        rule.cure.as_str(),
    )
    .at(claim.from, claim.to)
    .because(&rule.law)
    .with("case", rule.case.as_str())
    .with("word", claim.words.as_str())
}

/// Claims of a text, in order; where two overlap, the one whose rule comes first.
fn find(text: &str) -> Vec<Claim> {
    let plain = View::plain(text);
    let mut claims = find_in(text, &plain, false);
    let bare = plain.bare();
    if bare.characters != plain.characters {
        let hidden = find_in(text, &bare, true);
        claims.extend(hidden);
    }
    claims.sort_by_key(|claim| (claim.rule, claim.is_hidden, claim.from));
    let mut kept: Vec<Claim> = Vec::new();
    for claim in claims {
        let overlaps = |other: &Claim| claim.from < other.to && other.from < claim.to;
        if !kept.iter().any(overlaps) {
            kept.push(claim);
        }
    }
    kept.sort_by_key(|claim| claim.from);
    kept
}

fn find_in(text: &str, view: &View, is_hidden: bool) -> Vec<Claim> {
    let rules = rules();
    let characters = &view.characters;
    let mut claims = Vec::new();
    for (at, first) in characters.iter().enumerate() {
        let literal = rules.by_first.get(first).map_or(&[][..], Vec::as_slice);
        let by_number = if pattern::is_numeral(*first) {
            rules.by_number.as_slice()
        } else {
            &[]
        };
        for (index, head) in literal.iter().chain(by_number) {
            let Some(end) = pattern::match_at(characters, at, head) else {
                continue;
            };
            if end == at || is_innocent(view, &rules.table, &rules.table.rule[*index], at, end) {
                continue;
            }
            let (from, to) = view.original(at, end);
            let words: String = text.chars().skip(from).take(to - from).collect();
            if !is_hidden && splits_word(text, from, to) {
                continue;
            }
            claims.push(Claim {
                words,
                rule: *index,
                from,
                to,
                is_hidden,
            });
        }
    }
    claims
}

/// Whether a hit is no word of its own: it begins inside a word, or is the beginning of one (绝对 in 绝对值).
fn splits_word(text: &str, from: usize, to: usize) -> bool {
    // The dictionary is asked about the neighbourhood only: segmentation needs no more.
    let start = from.saturating_sub(6);
    let near: String = text.chars().skip(start).take(to - start + 6).collect();
    let mut at = start;
    dictionary_words(&near).into_iter().any(|word| {
        let (first, last) = (at, at + word.chars().count());
        at = last;
        (first < from && from < last) || (first == from && to < last)
    })
}

fn is_innocent(view: &View, table: &Table, rule: &Rule, from: usize, to: usize) -> bool {
    let text = &view.characters;
    let (clause_from, clause_to) = pattern::clause(text, from, to);
    let clause = &text[clause_from..clause_to];
    let has = |part: &[char], heads: &[String]| heads.iter().any(|head| pattern::is_in(part, head));
    let (sentence_from, sentence_to) = pattern::sentence(text, from, to);
    let sentence = &text[sentence_from..sentence_to];
    if !rule.only_with.is_empty() && !has(sentence, &rule.only_with) {
        return true;
    }
    let shared = rule.guards.iter().filter_map(|name| table.guard.get(name));
    shared.chain([&rule.unless]).any(|guard| {
        let follows = |head: &String| {
            let head: Vec<char> = head.chars().collect();
            pattern::match_at(text, to, &head).is_some()
        };
        let precedes = |tail: &String| {
            let tail: Vec<char> = tail.chars().collect();
            text[..from].ends_with(&tail)
        };
        guard.after.iter().any(follows)
            || guard.before.iter().any(precedes)
            || has(&text[clause_from..from], &guard.clause_before)
            || has(clause, &guard.clause)
            || has(sentence, &guard.sentence)
            || (!guard.all.is_empty()
                && guard.all.iter().all(|words| {
                    words
                        .split_whitespace()
                        .any(|word| pattern::is_in(sentence, word))
                }))
            || (guard.named && is_within(text, from, '《', '》'))
            || (guard.quoted
                && (is_within(text, from, '“', '”') || is_within(text, from, '《', '》')))
    })
}

/// Whether a place stands within a pair of marks.
fn is_within(text: &[char], at: usize, opening: char, closing: char) -> bool {
    let count = |mark: char| text[..at].iter().filter(|c| **c == mark).count();
    count(opening) > count(closing)
}

#[cfg(test)]
mod tests;
