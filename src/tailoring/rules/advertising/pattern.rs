//! Heads of the rules: literal text in which `#` stands for a number, `*` for up to six characters of the same clause, and
//! `$` for the clause's end.

/// How many characters a gap may have.
const GAP: usize = 6;
/// Marks that end a clause.
const CLAUSE: &str = "，。！？；：,!?;:\n";

/// Whether a character is a digit or a Chinese numeral.
pub fn is_numeral(character: char) -> bool {
    character.is_ascii_digit() || "一二两三四五六七八九十百千万半几数多.%".contains(character)
}

/// Where a head ends that begins here; the longest number, the shortest gap.
pub fn match_at(text: &[char], at: usize, head: &[char]) -> Option<usize> {
    let Some((first, rest)) = head.split_first() else {
        return Some(at);
    };
    match first {
        '#' => {
            let length = text[at..].iter().take_while(|c| is_numeral(**c)).count();
            (1..=length)
                .rev()
                .find_map(|taken| match_at(text, at + taken, rest))
        }
        '*' => {
            let within = text[at..]
                .iter()
                .take(GAP)
                .take_while(|c| !CLAUSE.contains(**c))
                .count();
            (0..=within).find_map(|taken| match_at(text, at + taken, rest))
        }
        '$' => text
            .get(at)
            .is_none_or(|next| CLAUSE.contains(*next))
            .then(|| match_at(text, at, rest))
            .flatten(),
        literal => (text.get(at) == Some(literal))
            .then(|| match_at(text, at + 1, rest))
            .flatten(),
    }
}

/// Whether a head stands anywhere in a text.
pub fn is_in(text: &[char], head: &str) -> bool {
    let head: Vec<char> = head.chars().collect();
    (0..text.len()).any(|at| match_at(text, at, &head).is_some())
}

/// The part between the marks around a place: the clause, or with `marks` of one's own, the sentence.
pub fn around(text: &[char], from: usize, to: usize, marks: &str) -> (usize, usize) {
    let start = text[..from]
        .iter()
        .rposition(|c| marks.contains(*c))
        .map_or(0, |at| at + 1);
    let end = text[to..]
        .iter()
        .position(|c| marks.contains(*c))
        .map_or(text.len(), |at| to + at);
    (start, end)
}

/// The clause around a place.
pub fn clause(text: &[char], from: usize, to: usize) -> (usize, usize) {
    around(text, from, to, CLAUSE)
}

/// The sentence around a place.
pub fn sentence(text: &[char], from: usize, to: usize) -> (usize, usize) {
    around(text, from, to, "。！？!?\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, head: &str) -> Option<String> {
        let text: Vec<char> = text.chars().collect();
        let head: Vec<char> = head.chars().collect();
        (0..text.len()).find_map(|at| {
            let end = match_at(&text, at, &head)?;
            Some(text[at..end].iter().collect())
        })
    }

    #[test]
    fn numbers_and_gaps_are_matched_within_a_clause() {
        assert_eq!(
            found("保证三天瘦十斤", "#天瘦#斤").as_deref(),
            Some("三天瘦十斤")
        );
        assert_eq!(
            found("99%的人都不知道", "#的人都不知道").as_deref(),
            Some("99%的人都不知道")
        );
        assert_eq!(
            found("转发到三个群截图", "转发*群").as_deref(),
            Some("转发到三个群")
        );
        assert_eq!(found("转发吧，加群", "转发*群"), None);
        assert_eq!(
            found("最好用木铲，它最好用。", "最好用$").as_deref(),
            Some("最好用")
        );
    }

    #[test]
    fn a_place_has_its_clause_and_its_sentence() {
        let text: Vec<char> = "先洗净，再切片。装盘".chars().collect();
        let part = |(from, to): (usize, usize)| text[from..to].iter().collect::<String>();

        assert_eq!(part(clause(&text, 4, 5)), "再切片");
        assert_eq!(part(sentence(&text, 4, 5)), "先洗净，再切片");
    }
}
