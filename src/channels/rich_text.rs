//! The body of an article as rich text that editors of platforms take: plain elements without styles, and no link, since
//! they take none to other places.

use std::fmt::Write as _;

use super::{SourceBlock, SourceSpan};
use crate::text::escape_html;

/// A body, and what could not be kept of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Body {
    pub html: String,
    /// Pictures in order; `src` names them by their place: `spec/0`.
    pub pictures: Vec<String>,
    /// Links of which only the words stay.
    pub links: Vec<String>,
}

/// Writes a body whose pictures are those of a specification. The lead stands before it; `has_picture` says which pictures
/// there are.
pub fn write(
    spec: &str,
    lead: &str,
    blocks: &[SourceBlock],
    has_picture: impl Fn(&str) -> bool,
) -> Body {
    let mut writer = Writer {
        spec,
        has_picture: &has_picture,
        body: Body::default(),
    };
    if !lead.trim().is_empty() {
        writer.element("p", &lines(lead.trim()));
    }
    writer.blocks(blocks);
    writer.body
}

struct Writer<'a> {
    spec: &'a str,
    has_picture: &'a dyn Fn(&str) -> bool,
    body: Body,
}

impl Writer<'_> {
    fn element(&mut self, name: &str, inside: &str) {
        if !inside.is_empty() {
            let _ = write!(self.body.html, "<{name}>{inside}</{name}>");
        }
    }

    fn blocks(&mut self, blocks: &[SourceBlock]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &SourceBlock) {
        match block {
            SourceBlock::Paragraph(spans) => {
                let text = self.inline(spans);
                self.element("p", &text);
            }
            // The editor knows one kind of heading.
            SourceBlock::Heading(_, spans) => {
                let text = self.inline(spans);
                self.element("h2", &text);
            }
            SourceBlock::List(first, entries) => {
                let name = if first.is_some() { "ol" } else { "ul" };
                let _ = match first {
                    Some(first) if *first != 1 => {
                        write!(self.body.html, "<ol start=\"{first}\">")
                    }
                    _ => write!(self.body.html, "<{name}>"),
                };
                for entry in entries {
                    self.body.html.push_str("<li>");
                    self.blocks(entry);
                    self.body.html.push_str("</li>");
                }
                let _ = write!(self.body.html, "</{name}>");
            }
            SourceBlock::Quote(blocks) => {
                self.body.html.push_str("<blockquote>");
                self.blocks(blocks);
                self.body.html.push_str("</blockquote>");
            }
            SourceBlock::Code(text) => self.element("pre", &escape_html(text.trim_end())),
            SourceBlock::Picture(key, caption) => self.picture(key, caption),
            SourceBlock::Rule => self.body.html.push_str("<hr>"),
        }
    }

    fn picture(&mut self, key: &str, caption: &str) {
        if !(self.has_picture)(key) {
            return;
        }
        let known = self.body.pictures.iter().position(|known| known == key);
        let place = known.unwrap_or_else(|| {
            self.body.pictures.push(key.to_owned());
            self.body.pictures.len() - 1
        });
        let caption = caption.trim();
        let _ = write!(
            self.body.html,
            "<p><img src=\"{}/{place}\" alt=\"{}\"></p>",
            self.spec,
            escape_html(caption)
        );
        self.element("p", &lines(caption));
    }

    fn inline(&mut self, spans: &[SourceSpan]) -> String {
        let mut out = String::new();
        for span in spans {
            let mut text = lines(&span.text);
            for (is_set, tag) in [
                (span.bold, "strong"),
                (span.italic, "em"),
                (span.strike, "s"),
            ] {
                if is_set {
                    text = format!("<{tag}>{text}</{tag}>");
                }
            }
            self.body.links.extend(span.link.clone());
            out.push_str(&text);
        }
        out.trim().to_owned()
    }
}

fn lines(text: &str) -> String {
    escape_html(text).replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> SourceSpan {
        SourceSpan {
            text: text.into(),
            ..SourceSpan::default()
        }
    }

    #[test]
    fn a_body_is_plain_rich_text() {
        let link = SourceSpan {
            link: Some("https://www.example.cn/".into()),
            ..span("官网")
        };
        let bold = SourceSpan {
            bold: true,
            ..span("不要")
        };
        let blocks = [
            SourceBlock::Heading(3, vec![span("准备")]),
            SourceBlock::Paragraph(vec![bold, span(" <焯水>，见"), link]),
            SourceBlock::List(
                Some(2),
                vec![vec![SourceBlock::Paragraph(vec![span("洗净")])]],
            ),
            SourceBlock::Quote(vec![SourceBlock::Paragraph(vec![span("一\n二")])]),
            SourceBlock::Picture("a".into(), "一条鱼".into()),
            SourceBlock::Picture("gone".into(), String::new()),
            SourceBlock::Picture("a".into(), String::new()),
            SourceBlock::Paragraph(vec![span(" ")]),
            SourceBlock::Rule,
        ];

        let body = write("spec", "先说结论。", &blocks, |key| key == "a");

        assert_eq!(
            body.html,
            "<p>先说结论。</p><h2>准备</h2><p><strong>不要</strong> &lt;焯水&gt;，见官网</p>\
             <ol start=\"2\"><li><p>洗净</p></li></ol><blockquote><p>一<br>二</p></blockquote>\
             <p><img src=\"spec/0\" alt=\"一条鱼\"></p><p>一条鱼</p>\
             <p><img src=\"spec/0\" alt=\"\"></p><hr>"
        );
        assert_eq!(body.pictures, ["a"]);
        assert_eq!(body.links, ["https://www.example.cn/"]);
    }
}
