//! Cutting at edges: never inside a word, a number or what people see as one character.

use unicode_segmentation::UnicodeSegmentation as _;

use super::words;

const SENTENCE_ENDS: &[char] = &['。', '！', '？', '!', '?', '；', ';', '…', '\n'];
const CLAUSE_ENDS: &[char] = &[
    '，', ',', '：', ':', '；', ';', '。', '！', '？', '!', '?', '—', '…', '\n',
];
/// Where a text may be cut when there is no better place: these part items, not clauses.
const ITEM_ENDS: &[char] = &['、', ' '];
const BRACKETS: &[(char, char)] = &[
    ('（', '）'),
    ('(', ')'),
    ('《', '》'),
    ('【', '】'),
    ('“', '”'),
    ('「', '」'),
    ('『', '』'),
];

/// The sentences of a text, each with its end mark, trimmed; empty ones are left out.
pub fn sentences(text: &str) -> Vec<&str> {
    split_behind(text, SENTENCE_ENDS)
}

/// The clauses of a text, each with its end mark, trimmed.
pub fn clauses(text: &str) -> Vec<&str> {
    split_behind(text, CLAUSE_ENDS)
}

/// Whether a text is made of sentences, unlike a heading, a line of a table or the name of an ingredient.
pub fn is_prose(text: &str) -> bool {
    text.contains(['。', '！', '？', '!', '?', '…'])
}

/// Whether each bracket and quotation mark of a text has its partner.
pub fn is_balanced(text: &str) -> bool {
    BRACKETS
        .iter()
        .all(|(opening, closing)| text.matches(*opening).count() == text.matches(*closing).count())
}

fn split_behind<'a>(text: &'a str, ends: &[char]) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((index, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        // A closing quote or a second end mark belongs to the sentence that it closes.
        let goes_on = next.is_some_and(|next| {
            ends.contains(&next) || matches!(next, '”' | '」' | '』' | '）' | ')' | '"')
        });
        let is_end = ends.contains(&character)
            || (matches!(character, '”' | '」' | '』') && text[start..index].ends_with(ends));
        let end = index + character.len_utf8();
        if is_end && !goes_on && !splits_number(text, end) {
            parts.push(&text[start..end]);
            start = end;
        }
    }
    parts.push(&text[start..]);
    parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

/// The longest beginning that measures at most `most`, cut at the last sentence end; else at the last clause end, else
/// between two items of a list (each if that keeps at least half); else between two words. No bracket stays open, and
/// marks that only lead on (，、：) are dropped at the cut.
pub fn cut_to(text: &str, most: usize, measure: impl Fn(&str) -> usize) -> String {
    let text = text.trim();
    if measure(text) <= most {
        return text.to_owned();
    }
    let fits = |end: usize| measure(text[..end].trim_end()) <= most;
    let edges = word_edges(text);
    // Measures grow with the text, so the edges that fit are a prefix.
    let count = edges.partition_point(|edge| fits(*edge));
    let Some(longest) = count.checked_sub(1).map(|index| edges[index]) else {
        return String::new();
    };
    let longest = open_bracket(text, longest).unwrap_or(longest);
    let at_least = longest / 2;
    let end = [SENTENCE_ENDS, CLAUSE_ENDS, ITEM_ENDS]
        .iter()
        .filter_map(|ends| last_edge(text, longest, ends))
        .find(|end| *end >= at_least)
        .unwrap_or(longest);
    let end = open_bracket(text, end).unwrap_or(end);
    text[..end]
        .trim_end()
        .trim_end_matches(['，', ',', '、', '：', ':', '-', '—', '(', '（', '“', '「'])
        .trim_end()
        .to_owned()
}

/// Where the first bracket stands that a cut here would leave open, unless the text begins with it.
fn open_bracket(text: &str, end: usize) -> Option<usize> {
    let mut open = Vec::new();
    for (index, character) in text[..end].char_indices() {
        if BRACKETS.iter().any(|(opening, _)| *opening == character) {
            open.push((index, character));
        } else if let Some((_, last)) = open.last()
            && BRACKETS.contains(&(*last, character))
        {
            open.pop();
        }
    }
    let first = open.first().map(|(index, _)| *index);
    first.filter(|index| !text[..*index].trim().is_empty())
}

/// The end of the last grapheme up to `most` that is one of the marks.
fn last_edge(text: &str, most: usize, ends: &[char]) -> Option<usize> {
    text[..most]
        .grapheme_indices(true)
        .rev()
        .filter(|(_, grapheme)| {
            grapheme.chars().eq(grapheme.chars().take(1)) && grapheme.starts_with(ends)
        })
        .map(|(index, grapheme)| index + grapheme.len())
        .find(|end| !splits_number(text, *end))
}

/// Words that want another behind them.
const LEADING_ON: &[&str] = &[
    "的", "地", "得", "和", "与", "及", "或", "在", "把", "将", "被", "从", "向", "对", "为", "是",
    "以", "之", "关于", "以及", "或者", "并", "而", "但", "这", "那", "这些", "那些",
];

/// Byte offsets behind each word at which a cut breaks neither a grapheme nor a number with its unit, and leaves no word
/// hanging.
fn word_edges(text: &str) -> Vec<usize> {
    let graphemes: std::collections::HashSet<usize> = text
        .grapheme_indices(true)
        .map(|(index, grapheme)| index + grapheme.len())
        .collect();
    let mut edges = Vec::new();
    let mut end = 0;
    for word in words(text) {
        end += word.text.len();
        let before = text[..end].chars().next_back();
        let after = text[end..].chars().next();
        let inside_latin = before.is_some_and(|c| c.is_ascii_alphanumeric())
            && after.is_some_and(|c| c.is_ascii_alphanumeric());
        let is_hanging = end < text.len() && LEADING_ON.contains(&word.text);
        let is_whole = graphemes.contains(&end) && !splits_number(text, end);
        if is_whole && !inside_latin && !is_hanging {
            edges.push(end);
        }
    }
    edges
}

/// Whether a cut here falls into a number (10:30, 1,000, 3-5, 3.5) or between it and its unit (8分钟).
fn splits_number(text: &str, at: usize) -> bool {
    const JOINTS: &[char] = &[',', ':', '.', '-', '~', '～', '/'];
    let mut behind = text[..at].chars().rev();
    let mut ahead = text[at..].chars();
    let (before, earlier) = (behind.next(), behind.next());
    let (after, later) = (ahead.next(), ahead.next());
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let is_joint = |c: Option<char>| c.is_some_and(|c| JOINTS.contains(&c));
    let is_unit = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    (is_number_like(before) && is_number_like(after))
        || (is_digit(before) && is_unit(after))
        || (is_digit(before) && is_joint(after) && is_digit(later))
        || (is_digit(earlier) && is_joint(before) && is_digit(after))
}

fn is_number_like(character: Option<char>) -> bool {
    character.is_some_and(|character| {
        character.is_ascii_digit() || matches!(character, '.' | '%' | '％' | '℃')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{characters, display_width};

    #[test]
    fn a_cut_falls_on_a_sentence_end_before_anything_else() {
        assert_eq!(
            cut_to("先把鱼洗净。再切姜片，上锅蒸八分钟。", 12, characters),
            "先把鱼洗净。"
        );
    }

    #[test]
    fn without_a_sentence_end_it_falls_on_a_clause() {
        assert_eq!(
            cut_to("先把鲈鱼里外洗干净，再切姜片葱丝备用", 13, characters),
            "先把鲈鱼里外洗干净"
        );
    }

    #[test]
    fn a_number_and_an_emoji_stay_whole() {
        assert_eq!(cut_to("水3.5升", 3, characters), "水");
        assert_eq!(cut_to("早上10:30开门营业", 5, characters), "早上");
        assert_eq!(cut_to("加水1,000毫升", 5, characters), "加水");
        assert_eq!(cut_to("大火蒸8分钟", 4, characters), "大火蒸");
        assert_eq!(cut_to("焖煮15-20分钟", 5, characters), "焖煮");
        assert_eq!(
            clauses("每天10:30开门，一共1,000份"),
            ["每天10:30开门，", "一共1,000份"]
        );
        assert_eq!(cut_to("好👨‍👩‍👧‍👦吃", 3, characters), "好");
    }

    #[test]
    fn no_bracket_stays_open() {
        assert_eq!(
            cut_to("糖醋鱼（少油少糖版）的家常做法", 8, characters),
            "糖醋鱼"
        );
        assert_eq!(
            cut_to("糖醋鱼（少油版）的家常做法", 9, characters),
            "糖醋鱼（少油版）"
        );
        assert_eq!(cut_to("（少油少糖版）糖醋鱼", 4, characters), "（少油");
    }

    #[test]
    fn a_list_is_one_clause() {
        assert_eq!(
            clauses("葱、姜、蒜切末，下锅炒香。"),
            ["葱、姜、蒜切末，", "下锅炒香。"]
        );
        assert_eq!(
            cut_to("备好葱段、姜片、蒜瓣与香叶", 9, characters),
            "备好葱段、姜片"
        );
    }

    #[test]
    fn a_closing_quote_belongs_to_its_sentence() {
        assert_eq!(
            sentences("他说：“好吃。”我也觉得！真的？！"),
            ["他说：“好吃。”", "我也觉得！", "真的？！"]
        );
    }

    proptest! {
        #[test]
        fn a_cut_never_exceeds_its_measure_and_is_a_beginning(text in "\\PC{0,80}", most in 0usize..60) {
            let cut = cut_to(&text, most, display_width);

            prop_assert!(display_width(&cut) <= most);
            prop_assert!(text.trim().starts_with(&cut));
        }

        #[test]
        fn a_cut_never_splits_a_grapheme(text in "[a-z一-龥👨‍👩‍👧🇨🇳e\u{301}0-9。，]{0,40}", most in 0usize..30) {
            let cut = cut_to(&text, most, characters);
            let whole: Vec<&str> = text.trim().graphemes(true).collect();
            let kept: Vec<&str> = cut.graphemes(true).collect();

            prop_assert_eq!(&whole[..kept.len()], &kept[..]);
        }
    }
}
