//! White space.

/// White space of any kind trimmed and run together to single spaces.
pub fn one_line(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut out = String::with_capacity(text.len());
    out.extend(words.next());
    for word in words {
        out.push(' ');
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn lines_and_ideographic_spaces_become_single_spaces() {
        assert_eq!(one_line("\u{3000}春茶\n\n 明前\t"), "春茶 明前");
    }
}
