//! Keywords of a page and tags of a material: what the text is about, in its own words.

use super::{KEYWORD, KEYWORDS, TAGS_MOST, TAGS_TOTAL, plain, text_of, title::Phrases};
use crate::{
    channels::Source,
    text::{characters, count_in_folded, find_contacts, fold, is_known_word, keywords, whole_term},
};

/// A word of the lead must stand in the whole text so often to count, and one of the body alone.
const TWICE: usize = 2;
const OFTEN: usize = 3;

/// The core phrase and the title's, tags, what title and lead are about, what the body is about; each present in title or
/// text, none twice.
pub fn page_keywords(source: &Source, phrases: &Phrases) -> Vec<String> {
    let text = format!("{}\n{}", source.title, text_of(source));
    let folded = fold(&text);
    // A part of the core that stands nowhere else is no subject of its own.
    let beside_core = folded.replace(&fold(&phrases.core), "\n");
    let count = |word: &str| count_in_folded(&beside_core, word);
    let found_in = |part: &str, most: usize| {
        let words = keywords(part, most).into_iter();
        let words = words.filter(|word| is_known_word(word));
        words
            .map(|word| whole_term(&text, &word))
            .collect::<Vec<_>>()
    };
    let of_title = found_in(&source.title, 3);
    let of_head = found_in(&format!("{}\n{}", source.title, source.lead), 8);
    let of_body = found_in(&text, 12);
    let given = [phrases.core.clone(), phrases.query.clone()]
        .into_iter()
        .chain(source.tags.iter().cloned());
    let often = of_title
        .iter()
        .filter(|word| count(word) >= 1)
        .chain(of_head.iter().filter(|word| count(word) >= TWICE))
        .chain(&source.category);
    let mut found = Found {
        folded: &folded,
        words: Vec::new(),
    };
    given
        .chain(often.cloned())
        .for_each(|word| found.add(&word, KEYWORDS.1));
    // Too few: what the body is about, then what is named but once.
    let of_body = of_body.iter();
    of_body
        .clone()
        .filter(|word| count(word) >= OFTEN)
        .chain(
            of_head
                .iter()
                .chain(of_body)
                .filter(|word| count(word) >= 1),
        )
        .for_each(|word| found.add(word, KEYWORDS.0));
    found.words
}

struct Found<'a> {
    folded: &'a str,
    words: Vec<String>,
}

impl Found<'_> {
    /// Adds a word that is fit to be a keyword, if there are fewer than `most`.
    fn add(&mut self, word: &str, most: usize) {
        let word = word.trim();
        let is_fit = KEYWORD.contains(&characters(word))
            && self.folded.contains(&fold(word))
            && !word.contains([',', '，', '、', '\n'])
            && find_contacts(word).is_empty();
        if self.words.len() < most && is_fit && is_new(word, &self.words) {
            self.words.push(word.to_owned());
        }
    }
}

fn is_new(word: &str, known: &[String]) -> bool {
    known.iter().all(|known| fold(known) != fold(word))
}

/// Keywords and category for the feed; the title's own phrase says no more than the core does.
pub fn tags(source: &Source, keywords: &[String], phrases: &Phrases) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let mut total = 0;
    let of_keywords = keywords
        .iter()
        .filter(|word| **word == phrases.core || **word != phrases.query);
    for tag in of_keywords.chain(&source.category).chain(&source.tags) {
        let tag = plain(tag).replace([',', '，'], "");
        let is_fit = !tag.is_empty() && total + characters(&tag) <= TAGS_TOTAL;
        if is_fit && is_new(&tag, &tags) && tags.len() < TAGS_MOST {
            total += characters(&tag);
            tags.push(tag);
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::{super::tests::source, super::title::phrases, *};

    #[test]
    fn keywords_name_the_subject_and_not_what_any_text_holds() {
        let mut source = source(
            "黔式腊肠娃娃菜的做法",
            "这道菜咸鲜可口，融合了黔式腊肠的醇香与娃娃菜的清甜，是西南菜系中少见的不辣风味。",
        );
        source.tags.clear();
        source.category = Some("荤菜".into());
        source.paragraphs = vec![
            "计时 20 分钟，预估份数 2 份。".into(),
            "娃娃菜切段，腊肠切片。腊肠铺在娃娃菜上。锅盖盖上。".into(),
        ];
        let phrases = phrases(&source, &source.title);

        let words = page_keywords(&source, &phrases);

        assert_eq!(&words[..2], ["黔式腊肠娃娃菜", "黔式腊肠娃娃菜的做法"]);
        assert!(words.contains(&"娃娃菜".to_owned()), "{words:?}");
        for silly in ["娃娃", "计时", "份数", "锅盖"] {
            assert!(!words.contains(&silly.to_owned()), "{words:?}");
        }
        let tags = tags(&source, &words, &phrases);
        assert!(
            !tags.contains(&"黔式腊肠娃娃菜的做法".to_owned()),
            "{tags:?}"
        );
        assert!(tags.contains(&"荤菜".to_owned()), "{tags:?}");
    }
}
