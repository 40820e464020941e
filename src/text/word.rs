//! Chinese words, from one dictionary that the whole process shares.

use std::sync::OnceLock;

use jieba_rs::{Jieba, KeywordExtract as _, TfIdf};

/// A word and where it stands, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word.
    pub text: &'a str,
    /// First character.
    pub start: usize,
    /// Behind the last character.
    pub end: usize,
}

/// The segmenter; loading its dictionary takes about 100 ms, once.
pub fn jieba() -> &'static Jieba {
    static JIEBA: OnceLock<Jieba> = OnceLock::new();
    JIEBA.get_or_init(Jieba::new)
}

/// The words of a text, punctuation and spaces included, in order and without gaps.
pub fn words(text: &str) -> Vec<Word<'_>> {
    jieba()
        .cut(text, true)
        .into_iter()
        .map(|token| Word {
            text: token.word,
            start: token.start,
            end: token.end,
        })
        .collect()
}

/// Up to `most` words that tell what a text is about: nouns and verbs that are frequent here and rare elsewhere,
/// the weightiest first.
pub fn keywords(text: &str, most: usize) -> Vec<String> {
    static EXTRACTOR: OnceLock<TfIdf> = OnceLock::new();
    let kinds = ["n", "nr", "ns", "nt", "nz", "vn", "an", "nrt", "l", "i"]
        .map(str::to_owned)
        .to_vec();
    EXTRACTOR
        .get_or_init(TfIdf::default)
        .extract_keywords(jieba(), text, most, kinds)
        .into_iter()
        .map(|keyword| keyword.keyword)
        .collect()
}

/// How often a term stands in a text, without overlap, after folding width and case.
pub fn count_occurrences(text: &str, term: &str) -> usize {
    count_in_folded(&super::fold(text), term)
}

/// The same in a text that was folded before, for many terms.
pub fn count_in_folded(folded: &str, term: &str) -> usize {
    let term = super::fold(term);
    if term.is_empty() {
        0
    } else {
        folded.matches(&term).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cover_the_text_without_gaps() {
        let text = "清蒸鲈鱼的做法，300g 鲈鱼。";

        let words = words(text);

        assert_eq!(words.iter().map(|word| word.text).collect::<String>(), text);
        assert!(words.windows(2).all(|pair| pair[0].end == pair[1].start));
    }

    #[test]
    fn keywords_are_what_a_text_is_about() {
        let text = "清蒸鲈鱼先把鲈鱼洗净。鲈鱼的鱼肚里放姜片，上锅蒸八分钟。蒸鱼豉油淋在鲈鱼上。";

        assert!(
            keywords(text, 3).contains(&"鲈鱼".to_owned()),
            "{:?}",
            keywords(text, 3)
        );
    }
}
