//! What each element of HTML becomes in our tree.

use markup5ever_rcdom::{Handle, NodeData};

use super::{
    super::{
        Block, Body, CodeAttrs, DEEPEST, HeadingAttrs, ImageAttrs, Inline, LinkAttrs, ListItem,
        Mark, OrderedAttrs, ProductAttrs, VideoAttrs, is_safe_link,
    },
    Imported,
    element::{all_text, attribute, code_language},
};
use crate::id::AssetId;

/// How deep elements are followed.
const MOST_LEVELS: usize = 200;

/// Walks the tree of elements and builds ours.
pub struct Reader<'a> {
    find_picture: &'a dyn Fn(&str) -> Option<AssetId>,
    blocks: Vec<Block>,
    line: Vec<Inline>,
    missing: Vec<String>,
    /// Lists and quotes around.
    depth: usize,
    /// Elements around.
    level: usize,
}

impl<'a> Reader<'a> {
    /// A reader that has read nothing; `find_picture` tells which of our files an address means.
    pub fn new(find_picture: &'a dyn Fn(&str) -> Option<AssetId>) -> Self {
        Self {
            find_picture,
            blocks: Vec::new(),
            line: Vec::new(),
            missing: Vec::new(),
            depth: 0,
            level: 0,
        }
    }

    /// Reads a tree to its end.
    pub fn read(mut self, document: &Handle) -> Imported {
        self.children(document, &[]);
        self.end_line();
        Imported {
            body: Body {
                blocks: self.blocks,
            },
            missing_pictures: self.missing,
        }
    }

    fn children(&mut self, node: &Handle, marks: &[Mark]) {
        for child in node.children.borrow().iter() {
            self.node(child, marks);
        }
    }

    fn node(&mut self, node: &Handle, marks: &[Mark]) {
        match &node.data {
            NodeData::Text { contents } => self.text(&contents.borrow(), marks),
            // Beyond what anybody writes only the words count; each level takes a piece of the stack.
            NodeData::Element { .. } if self.level >= MOST_LEVELS => {
                self.text(&all_text(node), marks);
            }
            NodeData::Element { name, .. } => {
                self.level += 1;
                self.element(&name.local, node, marks);
                self.level -= 1;
            }
            _ => self.children(node, marks),
        }
    }

    fn element(&mut self, tag: &str, node: &Handle, marks: &[Mark]) {
        match tag {
            "strong" | "b" => self.marked(node, marks, Mark::Bold),
            "em" | "i" => self.marked(node, marks, Mark::Italic),
            "s" | "del" | "strike" => self.marked(node, marks, Mark::Strike),
            "code" | "kbd" | "tt" => self.marked(node, marks, Mark::Code),
            "a" => match attribute(node, "href").filter(|href| is_safe_link(href)) {
                Some(href) => self.marked(
                    node,
                    marks,
                    Mark::Link {
                        attrs: LinkAttrs { href },
                    },
                ),
                None => self.children(node, marks),
            },
            "br" => self.line.push(Inline::HardBreak),
            "img" => self.picture(node),
            "h1" | "h2" => self.heading(2, node),
            "h3" => self.heading(3, node),
            "h4" | "h5" | "h6" => self.heading(4, node),
            "hr" => {
                self.end_line();
                self.blocks.push(Block::HorizontalRule);
            }
            "pre" => {
                self.end_line();
                let code = all_text(node).trim_end_matches('\n').to_owned();
                let content = if code.is_empty() {
                    Vec::new()
                } else {
                    vec![Inline::Text {
                        text: code,
                        marks: Vec::new(),
                    }]
                };
                self.blocks.push(Block::CodeBlock {
                    attrs: CodeAttrs {
                        language: code_language(node),
                    },
                    content,
                });
            }
            "ul" => {
                let content = self.items(node);
                self.push_list(Block::BulletList { content });
            }
            "ol" => {
                let start = attribute(node, "start")
                    .and_then(|start| start.parse().ok())
                    .unwrap_or(1);
                let content = self.items(node);
                self.push_list(Block::OrderedList {
                    attrs: OrderedAttrs { start },
                    content,
                });
            }
            "blockquote" => {
                let content = self.nested(node);
                if !content.is_empty() {
                    self.blocks.push(Block::Blockquote { content });
                }
            }
            "tr" => self.row(node),
            "figcaption" => self.caption(node),
            "p" | "div" | "section" | "article" | "main" | "figure" | "li" | "table" | "thead"
            | "tbody" | "dl" | "dt" | "dd" | "header" | "footer" | "details" | "summary" => {
                self.end_line();
                self.children(node, marks);
                self.end_line();
            }
            _ => self.children(node, marks),
        }
    }

    fn marked(&mut self, node: &Handle, marks: &[Mark], mark: Mark) {
        let mut marks = marks.to_vec();
        if !marks.contains(&mark) {
            marks.push(mark);
        }
        self.children(node, &marks);
    }

    /// Adds text; runs of white space become one space, as a browser shows them.
    fn text(&mut self, text: &str, marks: &[Mark]) {
        let starts_line = self.line.last().is_none_or(|last| match last {
            Inline::HardBreak => true,
            Inline::Text { text, .. } => text.ends_with(' '),
        });
        let mut clean = String::with_capacity(text.len());
        for character in text
            .chars()
            .filter(|character| !character.is_control() || character.is_whitespace())
        {
            let is_space = character.is_ascii_whitespace();
            if !is_space {
                clean.push(character);
            } else if !(clean.ends_with(' ') || clean.is_empty() && starts_line) {
                clean.push(' ');
            }
        }
        if clean.is_empty() {
            return;
        }
        match self.line.last_mut() {
            Some(Inline::Text { text, marks: last }) if last == marks => text.push_str(&clean),
            _ => self.line.push(Inline::Text {
                text: clean,
                marks: marks.to_vec(),
            }),
        }
    }

    /// Ends the line that is being collected; it becomes a paragraph.
    fn end_line(&mut self) {
        let content = self.take_line();
        if !content.is_empty() {
            self.blocks.push(Block::Paragraph { content });
        }
    }

    fn take_line(&mut self) -> Vec<Inline> {
        let mut content = std::mem::take(&mut self.line);
        while matches!(content.first(), Some(Inline::HardBreak)) {
            content.remove(0);
        }
        loop {
            match content.last_mut() {
                Some(Inline::HardBreak) => {
                    content.pop();
                }
                Some(Inline::Text { text, .. }) => {
                    let length = text.trim_end().len();
                    if length > 0 {
                        text.truncate(length);
                        return content;
                    }
                    content.pop();
                }
                None => return content,
            }
        }
    }

    fn heading(&mut self, level: u8, node: &Handle) {
        self.end_line();
        self.children(node, &[]);
        let content = self.take_line();
        if !content.is_empty() {
            self.blocks.push(Block::Heading {
                attrs: HeadingAttrs { level },
                content,
            });
        }
    }

    /// A picture is a block of its own, also when it stood within a line.
    fn picture(&mut self, node: &Handle) {
        // Pages that load pictures late keep the address beside a blank one.
        let source = attribute(node, "data-src").or_else(|| attribute(node, "src"));
        let source = source.unwrap_or_default();
        let alt = attribute(node, "alt").unwrap_or_default();
        let caption = attribute(node, "title").unwrap_or_default();
        let block = if let Some(id) = source.strip_prefix("asset:").and_then(|id| id.parse().ok()) {
            Some(Block::Image {
                attrs: ImageAttrs {
                    asset: id,
                    alt,
                    caption,
                },
            })
        } else if let Some(id) = source.strip_prefix("video:").and_then(|id| id.parse().ok()) {
            Some(Block::Video {
                attrs: VideoAttrs { video: id },
            })
        } else if let Some(id) = source
            .strip_prefix("product:")
            .and_then(|id| id.parse().ok())
        {
            Some(Block::ProductCard {
                attrs: ProductAttrs { product: id },
            })
        } else {
            (self.find_picture)(&source).map(|asset| Block::Image {
                attrs: ImageAttrs {
                    asset,
                    alt,
                    caption,
                },
            })
        };
        match block {
            Some(block) => {
                self.end_line();
                self.blocks.push(block);
            }
            None if !source.is_empty() => self.missing.push(source),
            None => {}
        }
    }

    fn caption(&mut self, node: &Handle) {
        self.end_line();
        let text = all_text(node).trim().to_owned();
        if let Some(Block::Image { attrs }) = self.blocks.last_mut() {
            attrs.caption = text;
        } else {
            self.text(&text, &[]);
            self.end_line();
        }
    }

    /// A row of a table becomes a line, its cells parted by bars.
    fn row(&mut self, node: &Handle) {
        self.end_line();
        let cells: Vec<String> = node
            .children
            .borrow()
            .iter()
            .map(|cell| all_text(cell).trim().to_owned())
            .filter(|cell| !cell.is_empty())
            .collect();
        if !cells.is_empty() {
            self.text(&cells.join(" | "), &[]);
            self.end_line();
        }
    }

    fn items(&mut self, node: &Handle) -> Vec<ListItem> {
        let children = node.children.borrow();
        let entries = children.iter().filter(
            |child| matches!(&child.data, NodeData::Element { name, .. } if &*name.local == "li"),
        );
        entries
            .map(|entry| ListItem {
                content: self.nested(entry),
            })
            .filter(|item| !item.content.is_empty())
            .collect()
    }

    fn push_list(&mut self, list: Block) {
        let is_empty = matches!(&list, Block::BulletList { content } | Block::OrderedList { content, .. } if content.is_empty());
        if !is_empty {
            self.blocks.push(list);
        }
    }

    /// Reads children into blocks of their own. Beyond the depth that a body may have, they stay flat.
    fn nested(&mut self, node: &Handle) -> Vec<Block> {
        self.end_line();
        if self.depth + 1 >= DEEPEST {
            let text = all_text(node).trim().to_owned();
            return if text.is_empty() {
                Vec::new()
            } else {
                vec![Block::Paragraph {
                    content: vec![Inline::Text {
                        text,
                        marks: Vec::new(),
                    }],
                }]
            };
        }
        self.depth += 1;
        let outer = std::mem::take(&mut self.blocks);
        self.children(node, &[]);
        self.end_line();
        self.depth -= 1;
        std::mem::replace(&mut self.blocks, outer)
    }
}
