//! How long a text is, in each unit that a platform counts in.

use unicode_normalization::UnicodeNormalization as _;

/// Unicode scalar values after NFC: one for a Chinese character, a letter, a digit, a space.
pub fn characters(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.nfc().count()
    }
}

/// Columns: Chinese and full-width characters 2, ASCII and half-width 1. Equals the length in GBK.
pub fn display_width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Columns of one character.
pub(super) fn char_width(character: char) -> usize {
    match u32::from(character) {
        0..0x80 | 0xff61..=0xffdc | 0xffe8..=0xffee => 1,
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        _ => 2,
    }
}

/// Whether there is at least one Chinese character.
pub fn has_chinese(text: &str) -> bool {
    text.chars().any(is_chinese)
}

/// Han: the unified ideographs and their extensions.
pub(super) fn is_chinese(character: char) -> bool {
    matches!(u32::from(character), 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x323af)
}

/// Whether there is an emoji or another pictograph.
pub fn has_emoji(text: &str) -> bool {
    text.chars().any(|character| {
        matches!(u32::from(character), 0x1f000..=0x1faff | 0x2600..=0x27bf | 0x2b00..=0x2bff | 0xfe0f)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contracts_worked_example_is_39_columns_wide() {
        assert_eq!(display_width("老茶馆的一天：五点半的第一壶水-蓉城故事"), 39);
        assert_eq!(characters("老茶馆的一天：五点半的第一壶水"), 15);
    }

    #[test]
    fn composed_and_decomposed_text_are_equally_long() {
        assert_eq!(characters("é"), characters("e\u{301}"));
    }
}
