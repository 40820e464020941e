//! The body as WeChat keeps it: sections, paragraphs and spans with inline styles. No class, no wrapper of blocks but
//! `section`, markers of lists as text, and no link but to articles of the platform itself.

use std::fmt::Write as _;

use super::BODY;
use crate::{
    channels::{SourceBlock, SourceSpan},
    text::{characters, escape_html},
};

/// Characters of the body at most (draft/add).
pub const LONGEST: usize = 20_000;
/// Characters that the address of an uploaded picture takes at most.
pub const ADDRESS: usize = 300;
/// Room for the end of a body that had to be cut.
const END: usize = 200;
/// Deeper than this, lists and quotes are no longer indented: what nests deeper is trimmed by the platform.
const DEEPEST: usize = 4;
const CUT: &str = "<p style=\"margin:1em 0;color:#888\">（未完，点击“阅读原文”看全文）</p>";

/// A body, and what could not be kept of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Body {
    pub html: String,
    /// Pictures in order; `src` names them by their place: `wechat_body/0`.
    pub pictures: Vec<String>,
    pub is_cut: bool,
}

/// Whether the platform keeps a link: only to its own articles.
pub fn is_kept(href: &str) -> bool {
    href.starts_with("https://mp.weixin.qq.com/") || href.starts_with("http://mp.weixin.qq.com/")
}

/// How long a body is once its pictures have their addresses.
pub fn length(html: &str) -> usize {
    characters(html) + html.matches(BODY).count() * ADDRESS
}

/// Writes a body. The lead stands before it; `has_picture` says which pictures can be sent.
pub fn write(lead: &str, blocks: &[SourceBlock], has_picture: impl Fn(&str) -> bool) -> Body {
    let mut writer = Writer {
        has_picture: &has_picture,
        pictures: Vec::new(),
    };
    let mut parts = Vec::new();
    if !lead.trim().is_empty() {
        parts.push(format!(
            "<section style=\"margin-bottom:1.5em;padding-left:12px;border-left:3px solid #ddd;color:#666\"><p>{}</p></section>",
            lines(lead.trim())
        ));
    }
    for block in blocks {
        let mut part = String::new();
        writer.block(block, 0, &mut part);
        parts.push(part);
    }
    let open = "<section style=\"font-size:16px;line-height:1.75;color:#333;text-align:left\">";
    let close = "</section>";
    let mut html = String::from(open);
    let mut is_cut = false;
    let room = LONGEST - END;
    let mut used = characters(open) + characters(close);
    for part in parts {
        used += length(&part);
        if used > room || html.len() + part.len() > 900_000 {
            html.push_str(CUT);
            is_cut = true;
            break;
        }
        html.push_str(&part);
    }
    html.push_str(close);
    // Pictures behind the cut are not sent.
    let pictures = writer.pictures.into_iter().enumerate();
    let pictures = pictures.filter(|(place, _)| html.contains(&format!("\"{BODY}/{place}\"")));
    Body {
        pictures: pictures.map(|(_, key)| key).collect(),
        html,
        is_cut,
    }
}

struct Writer<'a> {
    has_picture: &'a dyn Fn(&str) -> bool,
    pictures: Vec<String>,
}

impl Writer<'_> {
    fn block(&mut self, block: &SourceBlock, depth: usize, out: &mut String) {
        match block {
            SourceBlock::Paragraph(spans) => paragraph("", spans, out),
            SourceBlock::Heading(level, spans) => {
                let size = match level {
                    2 => 20,
                    3 => 18,
                    _ => 16,
                };
                let text = inline(spans);
                if !text.is_empty() {
                    let _ = write!(
                        out,
                        "<p style=\"margin:1.6em 0 .8em;font-size:{size}px;font-weight:bold\">{text}</p>"
                    );
                }
            }
            SourceBlock::List(first, entries) => self.list(*first, entries, depth, out),
            SourceBlock::Quote(blocks) => {
                let _ = write!(
                    out,
                    "<section style=\"margin:1em 0;padding:8px 12px;background:#f7f7f7;border-left:3px solid #ddd\">"
                );
                self.all(blocks, depth + 1, out);
                out.push_str("</section>");
            }
            SourceBlock::Code(text) => {
                let _ = write!(
                    out,
                    "<section style=\"margin:1em 0;padding:8px 12px;background:#f7f7f7;font-size:14px\"><p>{}</p></section>",
                    lines(text.trim_end())
                );
            }
            SourceBlock::Picture(key, caption) => self.picture(key, caption, out),
            SourceBlock::Rule => {
                out.push_str("<p style=\"margin:1.5em 0;text-align:center;color:#bbb\">* * *</p>");
            }
        }
    }

    fn all(&mut self, blocks: &[SourceBlock], depth: usize, out: &mut String) {
        for block in blocks {
            self.block(block, depth, out);
        }
    }

    /// Numbers and dots are text: what the platform makes of its own is unreliable.
    fn list(
        &mut self,
        first: Option<u32>,
        entries: &[Vec<SourceBlock>],
        depth: usize,
        out: &mut String,
    ) {
        let is_indented = (1..DEEPEST).contains(&depth);
        if is_indented {
            out.push_str("<section style=\"padding-left:1.2em\">");
        }
        for (place, entry) in entries.iter().enumerate() {
            let marker = first.map_or_else(
                || "• ".to_owned(),
                |first| format!("{}. ", u64::from(first) + place as u64),
            );
            let rest = if let Some(SourceBlock::Paragraph(spans)) = entry.first() {
                paragraph(&marker, spans, out);
                &entry[1..]
            } else {
                &entry[..]
            };
            self.all(rest, depth + 1, out);
        }
        if is_indented {
            out.push_str("</section>");
        }
    }

    fn picture(&mut self, key: &str, caption: &str, out: &mut String) {
        if !(self.has_picture)(key) {
            return;
        }
        let known = self.pictures.iter().position(|known| known == key);
        let place = known.unwrap_or_else(|| {
            self.pictures.push(key.to_owned());
            self.pictures.len() - 1
        });
        let _ = write!(
            out,
            "<p style=\"margin:1em 0;text-align:center\"><img src=\"{BODY}/{place}\" style=\"max-width:100%\"></p>"
        );
        if !caption.trim().is_empty() {
            let _ = write!(
                out,
                "<p style=\"margin:0 0 1em;text-align:center;font-size:14px;color:#888\">{}</p>",
                lines(caption.trim())
            );
        }
    }
}

fn paragraph(marker: &str, spans: &[SourceSpan], out: &mut String) {
    let text = inline(spans);
    if !text.is_empty() {
        let _ = write!(out, "<p style=\"margin:0 0 1em\">{marker}{text}</p>");
    }
}

fn lines(text: &str) -> String {
    escape_html(text).replace('\n', "<br>")
}

fn inline(spans: &[SourceSpan]) -> String {
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
        if let Some(href) = span.link.as_deref().filter(|href| is_kept(href)) {
            text = format!("<a href=\"{}\">{text}</a>", escape_html(href));
        }
        out.push_str(&text);
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> SourceSpan {
        SourceSpan {
            text: text.to_owned(),
            ..SourceSpan::default()
        }
    }

    fn paragraph_of(text: &str) -> SourceBlock {
        SourceBlock::Paragraph(vec![plain(text)])
    }

    fn html(blocks: &[SourceBlock]) -> String {
        write("", blocks, |_| true).html
    }

    #[test]
    fn texts_are_harmless_and_only_the_platforms_own_links_lead_anywhere() {
        let link = |href: &str| SourceSpan {
            link: Some(href.to_owned()),
            bold: true,
            ..plain("<看>")
        };
        let blocks = [SourceBlock::Paragraph(vec![
            link("https://example.cn/a"),
            link("https://mp.weixin.qq.com/s/a?b=1&c=2"),
        ])];

        let html = html(&blocks);

        assert!(html.contains("<strong>&lt;看&gt;</strong><a href=\"https://mp.weixin.qq.com/s/a?b=1&amp;c=2\"><strong>&lt;看&gt;</strong></a>"), "{html}");
        assert!(!html.contains("example.cn"));
    }

    #[test]
    fn lists_are_paragraphs_with_their_markers_as_text() {
        let nested = SourceBlock::List(None, vec![vec![paragraph_of("葱")]]);
        let list = SourceBlock::List(Some(3), vec![vec![paragraph_of("洗净"), nested]]);

        let html = html(&[list]);

        assert!(html.contains(">3. 洗净</p><section style=\"padding-left:1.2em\"><p style=\"margin:0 0 1em\">• 葱</p></section>"), "{html}");
        assert!(!html.contains("<ol") && !html.contains("<li") && !html.contains("<div"));
    }

    #[test]
    fn a_picture_is_named_by_its_place_and_sent_once() {
        let picture = |key: &str| SourceBlock::Picture(key.to_owned(), "成品".to_owned());

        let body = write("", &[picture("a"), picture("gone"), picture("a")], |key| {
            key == "a"
        });

        assert_eq!(body.pictures, ["a"]);
        assert_eq!(body.html.matches("src=\"wechat_body/0\"").count(), 2);
        assert_eq!(
            body.html.matches("成品").count(),
            2,
            "no caption without its picture"
        );
    }

    #[test]
    fn a_body_that_is_too_long_is_cut_between_blocks_and_says_so() {
        let blocks: Vec<SourceBlock> = (0..300).map(|_| paragraph_of(&"茶".repeat(100))).collect();
        let mut with_picture = blocks.clone();
        with_picture.push(SourceBlock::Picture("a".to_owned(), String::new()));

        let body = write("", &with_picture, |_| true);

        assert!(
            body.is_cut && length(&body.html) <= LONGEST,
            "{}",
            length(&body.html)
        );
        assert!(
            body.html.ends_with("看全文）</p></section>"),
            "{}",
            &body.html[body.html.len() - 90..]
        );
        assert!(body.pictures.is_empty());
    }
}
