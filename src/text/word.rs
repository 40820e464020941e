//! Chinese words, from one dictionary that the whole process shares.

use std::{collections::HashSet, sync::OnceLock};

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
/// the weightiest first. Words that any text may hold (步骤, 用量) are left out.
pub fn keywords(text: &str, most: usize) -> Vec<String> {
    static EXTRACTOR: OnceLock<TfIdf> = OnceLock::new();
    static COMMON: OnceLock<HashSet<&str>> = OnceLock::new();
    let common = COMMON.get_or_init(|| {
        let lines = include_str!("common_words.txt").lines();
        lines
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::split_whitespace)
            .collect()
    });
    let kinds = ["n", "nr", "ns", "nt", "nz", "vn", "nrt"]
        .map(str::to_owned)
        .to_vec();
    EXTRACTOR
        .get_or_init(TfIdf::default)
        .extract_keywords(jieba(), text, most + common.len(), kinds)
        .into_iter()
        .map(|keyword| keyword.keyword)
        .filter(|word| !common.contains(word.as_str()))
        .take(most)
        .collect()
}

/// The words of a text as the dictionary has them: what it does not know falls apart into single characters.
pub fn dictionary_words(text: &str) -> Vec<&str> {
    let tokens = jieba().cut(text, false).into_iter();
    tokens.map(|token| token.word).collect()
}

/// Whether a word stands in the dictionary, and is no guess of the segmenter at an unknown one.
pub fn is_known_word(word: &str) -> bool {
    jieba().has_word(word)
}

/// The longer term that a word is only a part of: while each of its places in the text (two at least) has the same noun
/// beside it, that belongs to it, such as 菜 to 娃娃 in 娃娃菜, and 空气 to 炸锅 in 空气炸锅.
pub fn whole_term(text: &str, word: &str) -> String {
    const LONGEST: usize = 6;
    // Without guesses at unknown words, what is no word of the dictionary falls apart into single characters.
    let tokens = jieba().cut(text, false);
    let mut starts = Vec::with_capacity(tokens.len());
    let mut end = 0;
    for token in &tokens {
        starts.push(end);
        end += token.word.len();
    }
    let before = |at: usize| {
        let index = starts.partition_point(|start| *start < at).checked_sub(1)?;
        let token = tokens[index].word;
        (starts[index] + token.len() == at).then_some(token)
    };
    let behind = |at: usize| {
        starts
            .binary_search(&at)
            .ok()
            .map(|index| tokens[index].word)
    };
    let mut term = word.to_owned();
    loop {
        let places: Vec<usize> = text.match_indices(&term).map(|(at, _)| at).collect();
        let room = LONGEST.saturating_sub(term.chars().count());
        let joined = |parts: Vec<Option<&str>>, side: Side| {
            let first = parts.first().copied().flatten()?.to_owned();
            let length = first.chars().count();
            // What stands behind is more often another thing: only a single character there is taken for a part.
            let is_frequent = match (length, side) {
                (1, _) => parts.len() >= 2,
                (_, Side::Before) => parts.len() >= 3,
                (_, Side::Behind) => false,
            };
            let is_same = parts.iter().all(|part| *part == Some(first.as_str()));
            (is_frequent && is_same && length <= room.min(3) && may_join(&first, side))
                .then_some(first)
        };
        let next = joined(
            places.iter().map(|at| behind(at + term.len())).collect(),
            Side::Behind,
        )
        .map(|part| format!("{term}{part}"))
        .or_else(|| {
            joined(places.iter().map(|at| before(*at)).collect(), Side::Before)
                .map(|part| format!("{part}{term}"))
        });
        match next {
            Some(longer) => term = longer,
            None => return term,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    Behind,
}

/// Whether a word can be part of a noun: a noun itself; a single character before it may be unknown, but no small word.
fn may_join(part: &str, side: Side) -> bool {
    let tags = jieba().tag(part, false);
    let kind = tags.first().map_or("", |tagged| tagged.tag);
    let is_small = kind.starts_with(['v', 'u', 'p', 'c', 'd', 'r', 'm', 'q', 'y', 'f', 'a']);
    let is_single = part.chars().count() == 1;
    part.chars()
        .all(|character| super::has_chinese(character.encode_utf8(&mut [0; 4])))
        && (kind.starts_with('n') || (side == Side::Before && is_single && !is_small))
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
    fn a_part_of_a_term_becomes_whole() {
        let text = "巴沙鱼切片，巴沙鱼要沥干。娃娃菜洗净，放上娃娃菜。鲈鱼蒸熟，鲈鱼装盘。";

        assert_eq!(whole_term(text, "沙鱼"), "巴沙鱼");
        assert_eq!(whole_term(text, "娃娃"), "娃娃菜");
        assert_eq!(whole_term(text, "鲈鱼"), "鲈鱼");
        let text = "空气炸锅预热，放进空气炸锅，空气炸锅洗净";
        assert_eq!(whole_term(text, "炸锅"), "空气炸锅");
        let text = "松仁玉米：松仁香酥";
        assert_eq!(whole_term(text, "松仁"), "松仁");
    }

    #[test]
    fn words_of_any_text_are_no_keywords() {
        assert_eq!(keywords("用量与步骤：鲈鱼的用量", 3), ["鲈鱼"]);
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
