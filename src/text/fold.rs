//! Texts made equal that people read as equal.

use unicode_normalization::UnicodeNormalization as _;

/// NFKC (full-width, circled and other compatibility forms), lower case, no zero-width characters.
pub fn fold(text: &str) -> String {
    text.nfkc()
        .filter(|character| !is_invisible(*character))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Folds further for numbers in disguise: Chinese numerals become digits, and what stands between digits
/// to break them up (dots, spaces, stars, dashes) goes away.
pub fn fold_digits(text: &str) -> String {
    let folded: Vec<char> = fold(text).chars().map(digit).collect();
    let mut out = String::with_capacity(folded.len());
    for (index, character) in folded.iter().enumerate() {
        let is_filler = matches!(
            character,
            ' ' | '.' | '-' | '_' | '*' | '·' | '~' | '—' | '/' | '|' | ','
        );
        let between_digits = is_filler
            && out.ends_with(|last: char| last.is_ascii_digit())
            && folded[index + 1..]
                .iter()
                .find(|next| {
                    !matches!(
                        next,
                        ' ' | '.' | '-' | '_' | '*' | '·' | '~' | '—' | '/' | '|' | ','
                    )
                })
                .is_some_and(char::is_ascii_digit);
        if !between_digits {
            out.push(*character);
        }
    }
    out
}

fn digit(character: char) -> char {
    match character {
        '零' | '〇' | '○' => '0',
        '一' | '壹' | '幺' => '1',
        '二' | '贰' => '2',
        '三' | '叁' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        other => other,
    }
}

/// Whether nobody would see anything of it: spaces, control and zero-width characters alone.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|character| {
        character.is_whitespace() || character.is_control() || is_invisible(character)
    })
}

/// Whether it turns the direction of what follows, so that a text reads as another one than it is
/// (<https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>).
pub fn turns_direction(text: &str) -> bool {
    text.chars()
        .any(|character| matches!(u32::from(character), 0x202a..=0x202e | 0x2066..=0x2069))
}

fn is_invisible(character: char) -> bool {
    matches!(u32::from(character), 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff | 0xad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguised_digits_are_read() {
        assert_eq!(fold_digits("①③⑧ 一二三四.五六七八"), "13812345678");
        assert_eq!(fold("ＡＢＣ１２"), "abc12");
    }

    #[test]
    fn what_nobody_sees_is_blank() {
        for blank in [
            "",
            " \n",
            "\u{200b}",
            "\u{feff} \u{3000}",
            "\u{202e}",
            "\u{0}",
        ] {
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank("🍵") && !is_blank("\u{200b}茶"));
    }

    #[test]
    fn a_zero_width_joint_does_not_hide_a_word() {
        assert_eq!(fold("微\u{200b}信"), "微信");
    }
}
