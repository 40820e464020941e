//! Bodies as HTML for readers: everything escaped, links without power over our page.

use std::fmt::Write as _;

use super::{Block, Body, Inline, ListItem, Mark, is_safe_link};
use crate::{
    id::{AssetId, ItemId, ProductId},
    text::escape_html,
};

/// What a page knows of the things that a body points to; `None` leaves the thing out.
pub trait HtmlContext {
    /// How a picture is shown.
    fn picture(&self, id: AssetId) -> Option<PictureView>;
    /// How a video is shown.
    fn video(&self, id: ItemId) -> Option<VideoView>;
    /// How a product is shown.
    fn product(&self, id: ProductId) -> Option<ProductView>;
}

/// A picture in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureView {
    /// Address.
    pub src: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Alternative text.
    pub alt: String,
}

/// A video in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoView {
    /// Address of the file.
    pub src: String,
    /// Address of the still.
    pub poster: Option<String>,
    /// Title.
    pub title: String,
}

/// A product in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductView {
    /// Name.
    pub name: String,
    /// One sentence.
    pub brief: String,
    /// Price in fen (CNY).
    pub price_fen: i64,
}

impl Body {
    /// HTML for readers.
    pub fn to_html(&self, context: &dyn HtmlContext) -> String {
        let mut out = String::new();
        write_blocks(&self.blocks, context, &mut out);
        out
    }
}

fn write_blocks(blocks: &[Block], context: &dyn HtmlContext, out: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph { content } => wrap("p", &inline_html(content), out),
            Block::Heading { attrs, content } => wrap(
                &format!("h{}", attrs.level.clamp(2, 4)),
                &inline_html(content),
                out,
            ),
            Block::BulletList { content } => write_list("ul", "", content, context, out),
            Block::OrderedList { attrs, content } => {
                let start = if attrs.start == 1 {
                    String::new()
                } else {
                    format!(" start=\"{}\"", attrs.start)
                };
                write_list("ol", &start, content, context, out);
            }
            Block::Blockquote { content } => {
                out.push_str("<blockquote>");
                write_blocks(content, context, out);
                out.push_str("</blockquote>\n");
            }
            Block::CodeBlock { content, .. } => {
                out.push_str("<pre><code>");
                out.push_str(&escape_html(&super::text::inline_text(content)));
                out.push_str("</code></pre>\n");
            }
            Block::Image { attrs } => {
                let Some(view) = context.picture(attrs.asset) else {
                    continue;
                };
                let alt = if attrs.alt.is_empty() {
                    &view.alt
                } else {
                    &attrs.alt
                };
                let _ = write!(
                    out,
                    "<figure><img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\" loading=\"lazy\">",
                    escape_html(&view.src),
                    view.width,
                    view.height,
                    escape_html(alt)
                );
                if !attrs.caption.is_empty() {
                    let _ = write!(
                        out,
                        "<figcaption>{}</figcaption>",
                        escape_html(&attrs.caption)
                    );
                }
                out.push_str("</figure>\n");
            }
            Block::Video { attrs } => {
                let Some(view) = context.video(attrs.video) else {
                    continue;
                };
                let poster = view
                    .poster
                    .map(|poster| format!(" poster=\"{}\"", escape_html(&poster)))
                    .unwrap_or_default();
                let _ = writeln!(
                    out,
                    "<figure><video src=\"{}\"{poster} controls playsinline preload=\"metadata\" title=\"{}\"></video></figure>",
                    escape_html(&view.src),
                    escape_html(&view.title)
                );
            }
            Block::ProductCard { attrs } => {
                let Some(view) = context.product(attrs.product) else {
                    continue;
                };
                let _ = writeln!(
                    out,
                    "<aside class=\"product\"><strong>{}</strong><span>{}</span><b>¥{}.{:02}</b></aside>",
                    escape_html(&view.name),
                    escape_html(&view.brief),
                    view.price_fen / 100,
                    view.price_fen % 100
                );
            }
            Block::HorizontalRule => out.push_str("<hr>\n"),
        }
    }
}

fn wrap(tag: &str, inner: &str, out: &mut String) {
    let _ = writeln!(out, "<{tag}>{inner}</{tag}>");
}

fn write_list(
    tag: &str,
    attributes: &str,
    items: &[ListItem],
    context: &dyn HtmlContext,
    out: &mut String,
) {
    let _ = write!(out, "<{tag}{attributes}>");
    for ListItem { content } in items {
        out.push_str("<li>");
        // An entry of one paragraph needs no paragraph of its own.
        match content.as_slice() {
            [Block::Paragraph { content }] => out.push_str(&inline_html(content)),
            blocks => write_blocks(blocks, context, out),
        }
        out.push_str("</li>");
    }
    let _ = writeln!(out, "</{tag}>");
}

fn inline_html(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::HardBreak => "<br>".to_owned(),
            Inline::Text { text, marks } => {
                // The first mark is the outermost.
                marks
                    .iter()
                    .rev()
                    .fold(escape_html(text), |inner, mark| match mark {
                        Mark::Bold => format!("<strong>{inner}</strong>"),
                        Mark::Italic => format!("<em>{inner}</em>"),
                        Mark::Strike => format!("<s>{inner}</s>"),
                        Mark::Code => format!("<code>{inner}</code>"),
                        Mark::Link { attrs } if is_safe_link(&attrs.href) => {
                            format!(
                                "<a href=\"{}\" rel=\"nofollow noopener noreferrer\">{inner}</a>",
                                escape_html(&attrs.href)
                            )
                        }
                        Mark::Link { .. } => inner,
                    })
            }
        })
        .collect()
}
