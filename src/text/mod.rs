//! Words: segmentation, length in every unit, folding, white space, escaping, cutting at edges, contact data, slugs.

mod contact;
mod cut;
mod fold;
mod html;
mod length;
mod script;
mod similarity;
mod slug;
mod white;
mod word;

pub use contact::{ContactKind, contact_range, find_contacts};
pub use cut::{clauses, cut_to, is_balanced, is_prose, sentences};
pub use fold::{fold, fold_digits, is_blank, turns_direction};
pub use html::{escape_html, visible_text};
pub use length::{characters, display_width, has_chinese, has_emoji};
pub use script::is_traditional;
pub use similarity::{shingle_similarity, word_similarity};
pub use slug::{is_slug, slug};
pub use white::one_line;
pub use word::{
    Word, count_in_folded, count_occurrences, dictionary_words, is_known_word, jieba, keywords,
    whole_term, words,
};
