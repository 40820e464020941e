//! Words for the index: jieba's search mode, lower case, without punctuation. Positions count characters, so that
//! overlapping words line up in phrases.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::text;

/// The name under which fields know it.
pub const NAME: &str = "zh";

/// Cuts a text into the words that are looked for.
#[derive(Debug, Clone, Default)]
pub struct Words;

/// The words of one text.
#[derive(Debug)]
pub struct WordStream {
    tokens: Vec<Token>,
    next: usize,
}

/// The words of a text as the index knows them: without a model for unknown names, the same for texts and queries.
pub fn words(text: &str) -> Vec<Token> {
    text::jieba()
        .cut_for_search(text, false)
        .into_iter()
        .filter(|token| token.word.chars().any(char::is_alphanumeric))
        .map(|token| Token {
            offset_from: token.byte_start,
            offset_to: token.byte_end,
            position: token.start,
            text: text::fold(token.word),
            position_length: 1,
        })
        .collect()
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream {
        WordStream {
            tokens: words(text),
            next: 0,
        }
    }
}

impl TokenStream for WordStream {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_found_by_their_parts() {
        let found: Vec<String> = words("北京大学的 iPhone，好！")
            .into_iter()
            .map(|token| token.text)
            .collect();

        for word in ["北京", "大学", "北京大学", "iphone"] {
            assert!(found.contains(&word.to_owned()), "{word} in {found:?}");
        }
        assert!(!found.iter().any(|word| word.contains('，')));
    }
}
