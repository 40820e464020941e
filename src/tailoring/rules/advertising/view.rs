//! A text as a censor reads it: width, case and script folded, and what was put between characters to hide a word taken
//! out. Each character knows where it came from, so that a finding points at what the editor typed.

use unicode_normalization::UnicodeNormalization as _;

/// Traditional characters of words that advertising must not use, with their simplified forms.
const SCRIPT: &str = "\
頂顶級级國国絕绝獨独無无與与倫伦優优強强質质銷销價价買买賣卖轉转發发關关後后體体驗验證证專专權权藥药療疗癒愈醫医師师產产減减\
師师預预隨随時时漲涨馬马複复恢恢復复錯错過过機机僅仅剩剩圖图號号連连鏈链資资險险報报率率經经領领導导創创業业類类別别進进補补\
氣气雙双條条盡尽點点開开電电熱热賺赚賠赔緊紧驚惊嚇吓億亿萬万個个幾几東东灣湾風风龍龙鮮鲜鹽盐麵面飯饭還还會会說说這这們们\
來来對对學学為为從从眾众見见現现實实";

/// Spellings that stand for another word when they stand where it would; the longest first.
const VARIANTS: &[(&str, &str)] = &[
    ("国佳级", "国家级"),
    ("锅家级", "国家级"),
    ("囯家级", "国家级"),
    ("鼎级", "顶级"),
    ("弟一", "第一"),
    ("地一名", "第一名"),
    ("d一", "第一"),
    ("d1", "第一"),
    ("蕞", "最"),
    ("zuì", "最"),
    ("zui", "最"),
    ("葳信", "微信"),
    ("薇信", "微信"),
    ("徽信", "微信"),
    ("绿泡泡", "微信"),
];

/// The folding that everybody reads without noticing.
pub fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// Characters of a view, each with its place in the original (in characters).
#[derive(Debug, Clone)]
pub struct View {
    pub characters: Vec<char>,
    places: Vec<usize>,
}

impl View {
    /// Width and case folded: what everybody reads at once.
    pub fn plain(text: &str) -> Self {
        let mut view = Self {
            characters: Vec::new(),
            places: Vec::new(),
        };
        for (place, character) in text.chars().enumerate() {
            for folded in character.nfkc().flat_map(char::to_lowercase) {
                view.characters.push(folded);
                view.places.push(place);
            }
        }
        view
    }

    /// Also in simplified script, without what breaks words up, and with disguises taken off.
    pub fn bare(&self) -> Self {
        let mut bare = Self {
            characters: Vec::new(),
            places: Vec::new(),
        };
        for (index, character) in self.characters.iter().enumerate() {
            if !self.is_filler(index) {
                bare.characters.push(simplified(*character));
                bare.places.push(self.places[index]);
            }
        }
        bare.undisguised()
    }

    /// Between Chinese characters, and between letters or digits, a mark that nobody reads.
    fn is_filler(&self, index: usize) -> bool {
        let is_mark = |character: char| {
            !character.is_alphanumeric()
                && !"，。！？；：、“”‘’《》（）()【】%,!?;:\n".contains(character)
        };
        if !is_mark(self.characters[index]) {
            return false;
        }
        let beside = |indices: Box<dyn Iterator<Item = usize> + '_>| {
            let mut characters = indices.map(|index| self.characters[index]);
            characters.find(|character| !is_mark(*character))
        };
        let before = beside(Box::new((0..index).rev()));
        let behind = beside(Box::new(index + 1..self.characters.len()));
        matches!((before, behind), (Some(before), Some(behind))
            if (is_han(before) && is_han(behind)) || (before.is_ascii_alphanumeric() && behind.is_ascii_alphanumeric()))
    }

    fn undisguised(self) -> Self {
        let mut view = Self {
            characters: Vec::new(),
            places: Vec::new(),
        };
        let mut index = 0;
        while index < self.characters.len() {
            let found = VARIANTS.iter().find(|(variant, _)| {
                let is_latin = variant.is_ascii();
                let length = variant.chars().count();
                let stands = self.characters[index..]
                    .iter()
                    .copied()
                    .take(length)
                    .eq(variant.chars());
                // Letters stand for a Chinese word only before one, and not within a word of their own.
                let behind = self.characters.get(index + length);
                let before = index.checked_sub(1).map(|index| self.characters[index]);
                let is_alone = before.is_none_or(|c| !c.is_ascii_alphanumeric())
                    && behind.is_some_and(|c| is_han(*c));
                stands && (!is_latin || is_alone)
            });
            let (taken, given) = match found {
                Some((variant, word)) => (variant.chars().count(), (*word).to_owned()),
                None => (1, self.characters[index].to_string()),
            };
            for (offset, character) in given.chars().enumerate() {
                view.characters.push(character);
                view.places.push(self.places[index + offset.min(taken - 1)]);
            }
            index += taken;
        }
        view
    }

    /// Where a part of the view stands in the original: first character, and the one behind its last.
    pub fn original(&self, from: usize, to: usize) -> (usize, usize) {
        (self.places[from], self.places[to - 1] + 1)
    }
}

/// Whether a character is Chinese.
pub fn is_han(character: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&character)
}

fn simplified(character: char) -> char {
    let mut pairs = SCRIPT.chars();
    while let (Some(traditional), Some(simplified)) = (pairs.next(), pairs.next()) {
        if traditional == character {
            return simplified;
        }
    }
    character
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(text: &str) -> String {
        View::plain(text).bare().characters.into_iter().collect()
    }

    #[test]
    fn disguises_are_taken_off() {
        assert_eq!(bare("国·家·级"), "国家级");
        assert_eq!(bare("最☆佳，Ｎｏ．１"), "最佳,no1");
        assert_eq!(bare("zui低价 蕞好"), "最低价最好");
        assert_eq!(bare("這是頂級的"), "这是顶级的");
        assert_eq!(bare("zuixin 版本, the zui"), "zuixin 版本, thezui");
    }

    #[test]
    fn a_part_knows_where_it_stands() {
        let view = View::plain("好的国·家·级锅").bare();
        let from = view.characters.iter().position(|c| *c == '国').expect("it");

        assert_eq!(view.original(from, from + 3), (2, 7));
    }

    #[test]
    fn the_table_of_scripts_is_made_of_pairs() {
        assert_eq!(SCRIPT.chars().count() % 2, 0);
        assert_eq!(simplified('級'), '级');
        assert_eq!(simplified('们'), '们');
    }
}
