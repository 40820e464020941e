//! Escaping.

/// Makes a text harmless inside an element or a quoted attribute of HTML or XML.
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape_html;

    #[test]
    fn what_would_open_a_tag_or_close_a_quote_is_written_as_an_entity() {
        let text = r#"茶 <b class="x">&'"#;
        assert_eq!(
            escape_html(text),
            "茶 &lt;b class=&quot;x&quot;&gt;&amp;&#39;"
        );
    }
}
