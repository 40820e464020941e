//! Bodies as plain text.

use super::{Block, Body, Inline, ListItem};

impl Body {
    /// The visible text, a line for each block.
    pub fn to_plain_text(&self) -> String {
        self.paragraphs().join("\n")
    }

    /// The visible text of each block in order; list entries one by one. Captions count, empty blocks do not.
    pub fn paragraphs(&self) -> Vec<String> {
        let mut paragraphs = Vec::new();
        collect(&self.blocks, &mut paragraphs);
        paragraphs.retain(|text| !text.trim().is_empty());
        paragraphs
    }
}

fn collect(blocks: &[Block], paragraphs: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Paragraph { content }
            | Block::Heading { content, .. }
            | Block::CodeBlock { content, .. } => {
                paragraphs.push(inline_text(content));
            }
            Block::Blockquote { content } => collect(content, paragraphs),
            Block::BulletList { content } | Block::OrderedList { content, .. } => {
                for ListItem { content } in content {
                    collect(content, paragraphs);
                }
            }
            Block::Image { attrs } => paragraphs.push(attrs.caption.clone()),
            Block::Video { .. } | Block::ProductCard { .. } | Block::HorizontalRule => {}
        }
    }
}

/// The text of a line.
pub(super) fn inline_text(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text { text, .. } => text.as_str(),
            Inline::HardBreak => "\n",
        })
        .collect()
}
