//! Escaping, and the words between tags.

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

/// Elements after which a line ends.
const BLOCKS: [&str; 12] = [
    "/p",
    "/section",
    "/h2",
    "/h3",
    "/h4",
    "/li",
    "/pre",
    "/blockquote",
    "hr",
    "br",
    "br/",
    "hr/",
];

/// The text that readers of our own HTML read: what stands between the tags, a line for each block.
pub fn visible_text(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        // What stands before the first tag has none.
        let (tag, rest) = part.split_once('>').unwrap_or(("", part));
        let ends = BLOCKS.contains(&tag.trim_end());
        if ends && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(rest.trim_matches('\n'));
    }
    text.trim_end()
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::{escape_html, visible_text};

    #[test]
    fn what_stands_between_the_tags_is_the_text() {
        let html = "<h2>准备</h2><p>一 &amp; <strong>二</strong></p><ul><li><p>洗净</p></li></ul><p><img src=\"spec/0\" alt=\"鱼\"></p><pre>a\nb</pre>完";
        assert_eq!(visible_text(html), "准备\n一 & 二\n洗净\na\nb\n完");
        assert_eq!(visible_text("没有标签 &lt;茶&gt;"), "没有标签 <茶>");
    }

    #[test]
    fn what_would_open_a_tag_or_close_a_quote_is_written_as_an_entity() {
        let text = r#"茶 <b class="x">&'"#;
        assert_eq!(
            escape_html(text),
            "茶 &lt;b class=&quot;x&quot;&gt;&amp;&#39;"
        );
    }
}
