//! The rules against labelled sentences and real recipes.

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Labelled {
    text: String,
    label: String,
    category: String,
    span: String,
}

/// Sentences that were written for this, half of them innocent look-alikes.
fn labelled() -> Vec<Labelled> {
    let lines = include_str!("../../../../tests/fixtures/advertising/claims.jsonl").lines();
    lines
        .map(|line| serde_json::from_str(line).expect("a labelled sentence"))
        .collect()
}

fn is_found(sentence: &Labelled) -> bool {
    let at = sentence.text.find(&sentence.span).expect("the span");
    let from = sentence.text[..at].chars().count();
    let to = from + sentence.span.chars().count();
    find(&sentence.text)
        .iter()
        .any(|claim| claim.from < to && from < claim.to)
}

fn share(part: usize, all: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    {
        part as f64 / all as f64
    }
}

#[test]
fn violations_are_found_and_look_alikes_are_left_alone() {
    let all = labelled();
    let (bad, good): (Vec<&Labelled>, Vec<&Labelled>) = all
        .iter()
        .partition(|sentence| sentence.label == "violation");
    let missed: Vec<&&Labelled> = bad.iter().filter(|sentence| !is_found(sentence)).collect();
    let alarms: Vec<(&str, Vec<Claim>)> = good
        .iter()
        .map(|sentence| (sentence.text.as_str(), find(&sentence.text)))
        .filter(|(_, claims)| !claims.is_empty())
        .collect();
    let hidden: Vec<&&Labelled> = bad.iter().filter(|one| one.category == "evasion").collect();
    let hidden_found = hidden.iter().filter(|one| is_found(one)).count();

    let texts: Vec<&str> = missed.iter().map(|one| one.text.as_str()).collect();
    assert!(share(missed.len(), bad.len()) <= 0.10, "{texts:#?}");
    assert!(share(alarms.len(), good.len()) <= 0.05, "{alarms:#?}");
    assert!(share(hidden_found, hidden.len()) >= 0.80);
}

#[test]
fn recipes_are_hardly_ever_suspected() {
    #[derive(Deserialize)]
    struct Recipe {
        title: String,
        body_markdown: String,
    }
    let lines = include_str!("../../../../tests/fixtures/howtocook/stories.jsonl").lines();
    let recipes: Vec<Recipe> = lines
        .map(|line| serde_json::from_str(line).expect("a recipe"))
        .collect();
    let (mut sentences, mut found) = (0, Vec::new());
    for recipe in &recipes {
        let text = format!("{}\n{}", recipe.title, recipe.body_markdown);
        sentences += crate::text::sentences(&text).len();
        found.extend(find(&text).into_iter().map(|claim| {
            let start = claim.from.saturating_sub(12);
            let around = text.chars().skip(start).take(claim.to - start + 12);
            (claim.words, around.collect::<String>().replace('\n', "|"))
        }));
    }

    assert!(
        found.len() * 1000 < sentences,
        "{} in {sentences}: {found:#?}",
        found.len()
    );
}

fn check(text: &str, expected: &[&str]) {
    let words: Vec<String> = find(text).into_iter().map(|claim| claim.words).collect();
    assert_eq!(words, expected, "{text}");
}

#[test]
fn absolute_claims_are_found_where_they_stand() {
    check("全国销量第一的凉茶", &["全国销量第一"]);
    check("国家级品质，顶级食材", &["国家级", "顶级"]);
    check("最好吃的面", &["最好吃的"]);
    check("国·家·级工匠", &["国·家·级"]);
}

#[test]
fn ordinary_words_are_left_alone() {
    check("第一步，把鱼洗净；最后撒葱花，最少蒸八分钟", &[]);
    check("最好提前一晚泡发，最好用木铲翻，最好吃完再收", &[]);
    check("顶级域名与绝对值", &[]);
    check("我们从不说自己是最好的", &[]);
}

#[test]
fn a_range_counts_characters() {
    let claim = find("这是顶级的").pop().expect("one");
    assert_eq!((claim.from, claim.to), (2, 4));
}

#[test]
fn every_rule_can_be_read_and_says_what_to_do() {
    let table = &rules().table;
    for rule in &table.rule {
        assert!(rule.reason.contains("{}") && !rule.cure.is_empty() && !rule.law.is_empty());
        for name in &rule.guards {
            assert!(table.guard.contains_key(name), "{name}");
        }
    }
}
