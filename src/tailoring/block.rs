//! Bodies as channels know them: the tree without what is the editor's own.

use crate::{
    channels::{SourceBlock, SourceSpan},
    content::{Block, Inline, Mark},
};

/// The blocks of a body in order. Videos and products stand beside the body, in the source.
pub fn blocks(blocks: &[Block]) -> Vec<SourceBlock> {
    blocks.iter().filter_map(block).collect()
}

fn block(block: &Block) -> Option<SourceBlock> {
    Some(match block {
        Block::Paragraph { content } => SourceBlock::Paragraph(spans(content)),
        Block::Heading { attrs, content } => SourceBlock::Heading(attrs.level, spans(content)),
        Block::BulletList { content } => {
            let entries = content.iter().map(|item| blocks(&item.content));
            SourceBlock::List(None, entries.collect())
        }
        Block::OrderedList { attrs, content } => {
            let entries = content.iter().map(|item| blocks(&item.content));
            SourceBlock::List(Some(attrs.start), entries.collect())
        }
        Block::Blockquote { content } => SourceBlock::Quote(blocks(content)),
        Block::CodeBlock { content, .. } => {
            SourceBlock::Code(spans(content).into_iter().map(|span| span.text).collect())
        }
        Block::Image { attrs } => {
            SourceBlock::Picture(attrs.asset.to_string(), attrs.caption.clone())
        }
        Block::Video { .. } | Block::ProductCard { .. } => return None,
        Block::HorizontalRule => SourceBlock::Rule,
    })
}

fn spans(inlines: &[Inline]) -> Vec<SourceSpan> {
    let span = |inline: &Inline| match inline {
        Inline::HardBreak => SourceSpan {
            text: "\n".to_owned(),
            ..SourceSpan::default()
        },
        Inline::Text { text, marks } => SourceSpan {
            text: text.clone(),
            bold: marks.contains(&Mark::Bold),
            italic: marks.contains(&Mark::Italic),
            strike: marks.contains(&Mark::Strike),
            link: marks.iter().find_map(|mark| match mark {
                Mark::Link { attrs } => Some(attrs.href.clone()),
                _ => None,
            }),
        },
    };
    inlines.iter().map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Body;

    #[test]
    fn a_body_keeps_its_shape_on_the_way_to_a_channel() {
        let body = Body::from_markdown(
            "## 备料\n\n鱼**洗净**\n\n2. 蒸\n3. 淋油\n\n> 趁热\n\n---\n",
            &|_| None,
        )
        .body;

        let plain = |text: &str| SourceSpan {
            text: text.to_owned(),
            ..SourceSpan::default()
        };
        let paragraph = |text: &str| SourceBlock::Paragraph(vec![plain(text)]);
        assert_eq!(
            blocks(&body.blocks),
            [
                SourceBlock::Heading(2, vec![plain("备料")]),
                SourceBlock::Paragraph(vec![
                    plain("鱼"),
                    SourceSpan {
                        bold: true,
                        ..plain("洗净")
                    }
                ]),
                SourceBlock::List(
                    Some(2),
                    vec![vec![paragraph("蒸")], vec![paragraph("淋油")]]
                ),
                SourceBlock::Quote(vec![paragraph("趁热")]),
                SourceBlock::Rule,
            ]
        );
    }
}
