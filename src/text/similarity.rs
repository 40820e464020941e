//! How alike two texts are, from 0 to 1.

use std::collections::HashSet;

use super::{fold, words};

/// Shared runs of four characters among all runs (Jaccard): for duplicates of whole texts.
pub fn shingle_similarity(left: &str, right: &str) -> f64 {
    jaccard(&shingles(left), &shingles(right))
}

/// Shared words among all words: for titles.
pub fn word_similarity(left: &str, right: &str) -> f64 {
    let set = |text: &str| {
        words(&fold(text))
            .iter()
            .filter(|word| word.text.chars().any(char::is_alphanumeric))
            .map(|word| word.text.to_owned())
            .collect()
    };
    jaccard(&set(left), &set(right))
}

fn shingles(text: &str) -> HashSet<String> {
    let characters: Vec<char> = fold(text)
        .chars()
        .filter(|character| character.is_alphanumeric())
        .collect();
    if characters.len() < 4 {
        return HashSet::from([characters.into_iter().collect()]);
    }
    characters
        .windows(4)
        .map(|run| run.iter().collect())
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn jaccard(left: &HashSet<String>, right: &HashSet<String>) -> f64 {
    let shared = left.intersection(right).count();
    let all = left.len() + right.len() - shared;
    if all == 0 {
        1.0
    } else {
        shared as f64 / all as f64
    }
}
