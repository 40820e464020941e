//! Readable keys for addresses: pinyin for Chinese, never empty.

use pinyin::ToPinyin as _;
use unicode_normalization::UnicodeNormalization as _;

/// The longest slug, in bytes; what is longer is cut between syllables.
const LONGEST: usize = 80;

/// A slug of lower-case letters, digits and single dashes. A text without any letter becomes `item`.
pub fn slug(text: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut run = String::new();
    for character in text
        .nfkd()
        .filter(|character| !('\u{300}'..='\u{36f}').contains(character))
    {
        if let Some(syllable) = character.to_pinyin() {
            finish(&mut run, &mut parts);
            parts.push(syllable.plain().replace('ü', "v"));
        } else if character.is_ascii_alphanumeric() {
            run.push(character.to_ascii_lowercase());
        } else {
            finish(&mut run, &mut parts);
        }
    }
    finish(&mut run, &mut parts);
    let mut slug = String::new();
    for part in parts {
        let part: String = part.chars().take(LONGEST).collect();
        if slug.len() + 1 + part.len() > LONGEST {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&part);
    }
    if slug.is_empty() {
        "item".to_owned()
    } else {
        slug
    }
}

/// Whether a text may stand as a slug in an address.
pub fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST + 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

fn finish(run: &mut String, parts: &mut Vec<String>) {
    if !run.is_empty() {
        parts.push(std::mem::take(run));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn chinese_titles_are_readable() {
        assert_eq!(slug("清蒸鲈鱼的做法"), "qing-zheng-lu-yu-de-zuo-fa");
        assert_eq!(slug("iPhone 15 评测"), "iphone-15-ping-ce");
        assert_eq!(slug("Crème brûlée"), "creme-brulee");
        assert_eq!(slug("绿茶"), "lv-cha");
    }

    #[test]
    fn a_title_without_letters_is_still_a_slug() {
        assert_eq!(slug("🎉🎉"), "item");
        assert_eq!(slug(""), "item");
    }

    proptest! {
        #[test]
        fn every_title_gives_a_valid_slug(title in "\\PC{0,200}") {
            prop_assert!(is_slug(&slug(&title)), "{}", slug(&title));
        }
    }
}
