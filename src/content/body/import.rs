//! Bodies from HTML and from Markdown. Markdown becomes HTML first; HTML is sanitized, and then only what the
//! tree knows gets in.

use comrak::{Options, markdown_to_html};
use html5ever::{parse_fragment, tendril::TendrilSink as _};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use super::{
    Block, Body, CodeAttrs, HeadingAttrs, ImageAttrs, Inline, LinkAttrs, ListItem, Mark,
    OrderedAttrs, ProductAttrs, VideoAttrs, is_safe_link,
};
use crate::id::AssetId;

/// A body that was read, and what had to be left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// The body.
    pub body: Body,
    /// Addresses of pictures that are not among our files.
    pub missing_pictures: Vec<String>,
}

/// What stands before a Markdown text, between lines of `---`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// Keys and values, in order.
    pub entries: Vec<(String, String)>,
}

impl FrontMatter {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.as_str())
    }

    /// The values of a list, written `[a, b]` or `a, b`.
    pub fn list(&self, key: &str) -> Vec<String> {
        let value = self
            .get(key)
            .unwrap_or_default()
            .trim_start_matches('[')
            .trim_end_matches(']');
        value
            .split([',', '，'])
            .map(|part| unquote(part.trim()))
            .filter(|part| !part.is_empty())
            .collect()
    }
}

/// Parts front matter (`key: value` lines) from the text behind it.
pub fn split_front_matter(markdown: &str) -> (FrontMatter, &str) {
    let text = markdown.trim_start_matches('\u{feff}');
    let Some(rest) = text
        .strip_prefix("---\n")
        .or_else(|| text.strip_prefix("---\r\n"))
    else {
        return (FrontMatter::default(), text);
    };
    let Some(end) = rest.find("\n---") else {
        return (FrontMatter::default(), text);
    };
    let behind = &rest[end + 4..];
    let Some(behind) = behind
        .strip_prefix("\r\n")
        .or_else(|| behind.strip_prefix('\n'))
        .or(behind.is_empty().then_some(""))
    else {
        return (FrontMatter::default(), text);
    };
    let entries = rest[..end]
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim().to_owned(), unquote(value.trim())))
        .collect();
    (FrontMatter { entries }, behind)
}

fn unquote(text: &str) -> String {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner
        .or_else(|| {
            text.strip_prefix('\'')
                .and_then(|text| text.strip_suffix('\''))
        })
        .unwrap_or(text)
        .to_owned()
}

impl Body {
    /// Reads Markdown. `find_picture` tells which of our files an address means.
    pub fn from_markdown(
        markdown: &str,
        find_picture: &dyn Fn(&str) -> Option<AssetId>,
    ) -> Imported {
        let mut options = Options::default();
        options.extension.strikethrough = true;
        options.extension.table = true;
        options.extension.autolink = true;
        options.render.r#unsafe = true;
        Self::from_html(&markdown_to_html(markdown, &options), find_picture)
    }

    /// Reads HTML. `find_picture` tells which of our files an address means.
    pub fn from_html(html: &str, find_picture: &dyn Fn(&str) -> Option<AssetId>) -> Imported {
        let clean = ammonia::Builder::default()
            .add_url_schemes(["asset", "video", "product"])
            .url_relative(ammonia::UrlRelative::PassThrough)
            .add_tags([
                "figure",
                "figcaption",
                "section",
                "article",
                "main",
                "h1",
                "video",
            ])
            .add_tag_attributes("ol", ["start"])
            .clean(html)
            .to_string();
        let name =
            html5ever::QualName::new(None, html5ever::ns!(html), html5ever::local_name!("body"));
        let dom = parse_fragment(
            RcDom::default(),
            html5ever::ParseOpts::default(),
            name,
            Vec::new(),
            false,
        )
        .one(clean);
        let mut reader = Reader {
            find_picture,
            blocks: Vec::new(),
            line: Vec::new(),
            missing: Vec::new(),
            depth: 0,
        };
        reader.children(&dom.document, &[]);
        reader.end_line();
        Imported {
            body: Self {
                blocks: reader.blocks,
            },
            missing_pictures: reader.missing,
        }
    }
}

/// Walks the tree of elements and builds ours.
struct Reader<'a> {
    find_picture: &'a dyn Fn(&str) -> Option<AssetId>,
    blocks: Vec<Block>,
    line: Vec<Inline>,
    missing: Vec<String>,
    depth: usize,
}

impl Reader<'_> {
    fn children(&mut self, node: &Handle, marks: &[Mark]) {
        for child in node.children.borrow().iter() {
            self.node(child, marks);
        }
    }

    fn node(&mut self, node: &Handle, marks: &[Mark]) {
        match &node.data {
            NodeData::Text { contents } => self.text(&contents.borrow(), marks),
            NodeData::Element { name, .. } => self.element(&name.local, node, marks),
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
                    attrs: CodeAttrs::default(),
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
        let source = attribute(node, "src").unwrap_or_default();
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
        if self.depth + 1 >= super::DEEPEST {
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

fn attribute(node: &Handle, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else {
        return None;
    };
    attrs
        .borrow()
        .iter()
        .find(|attribute| &*attribute.name.local == name)
        .map(|attribute| attribute.value.to_string())
}

fn all_text(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => node.children.borrow().iter().map(all_text).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::content::body::{HtmlContext, PictureView, ProductView, VideoView};
    use crate::id::{ItemId, ProductId};

    struct Nothing;

    impl HtmlContext for Nothing {
        fn picture(&self, _: AssetId) -> Option<PictureView> {
            None
        }
        fn video(&self, _: ItemId) -> Option<VideoView> {
            None
        }
        fn product(&self, _: ProductId) -> Option<ProductView> {
            None
        }
    }

    fn read(markdown: &str) -> Body {
        Body::from_markdown(markdown, &|_| None).body
    }

    #[test]
    fn markdown_becomes_a_tree_and_html() {
        let body = read("先**洗净**鲈鱼。\n\n## 步骤\n\n1. 切姜\n2. 上锅 `8` 分钟\n\n> 小火\n");

        assert_eq!(
            body.to_html(&Nothing),
            "<p>先<strong>洗净</strong>鲈鱼。</p>\n<h2>步骤</h2>\n<ol><li>切姜</li><li>上锅 <code>8</code> 分钟</li></ol>\n<blockquote><p>小火</p>\n</blockquote>\n"
        );
        assert_eq!(
            body.paragraphs(),
            ["先洗净鲈鱼。", "步骤", "切姜", "上锅 8 分钟", "小火"]
        );
    }

    #[test]
    fn markdown_comes_back_as_it_was_meant() {
        for markdown in [
            "a\n\n- b\n- c\n  - d\n",
            "## t\n\nx *y* **z** ~~w~~\n",
            "> q\n>\n> r\n",
            "```\ncode\n```\n",
            "3. x\n4. y\n",
            "1\\. no list\n",
            "---\n",
            "a\\\nb\n",
        ] {
            let body = read(markdown);

            assert_eq!(
                read(&body.to_markdown()),
                body,
                "{markdown:?} -> {:?}",
                body.to_markdown()
            );
        }
    }

    #[test]
    fn a_picture_we_have_is_kept_and_one_we_lack_is_reported() {
        let id = AssetId::new();

        let imported =
            Body::from_markdown("看 ![鱼](images/a.jpg) 和 ![](http://x/b.jpg)", &|src| {
                (src == "images/a.jpg").then_some(id)
            });

        assert_eq!(imported.body.pictures(), [id]);
        assert_eq!(imported.missing_pictures, ["http://x/b.jpg"]);
    }

    #[test]
    fn hostile_html_leaves_nothing_but_text() {
        let html = "<p onclick=x>a<script>alert(1)</script><a href='javascript:alert(1)'>b</a><img src=x onerror=y><iframe src=z></iframe></p><style>p{}</style>";

        let body = Body::from_html(html, &|_| None).body;

        assert_eq!(body.to_html(&Nothing), "<p>ab</p>\n");
    }

    #[test]
    fn front_matter_is_parted_from_the_text() {
        let (front, text) = split_front_matter("---\ntitle: \"春茶\"\ntags: [茶, 春]\n---\n正文");

        assert_eq!(
            (front.get("title"), front.list("tags"), text),
            (Some("春茶"), vec!["茶".to_owned(), "春".to_owned()], "正文")
        );
    }

    #[test]
    fn deep_nesting_is_flattened_not_followed() {
        let html = format!(
            "{}x{}",
            "<blockquote>".repeat(400),
            "</blockquote>".repeat(400)
        );

        let body = Body::from_html(&html, &|_| None).body;

        body.check().expect("within bounds");
        assert_eq!(body.to_plain_text(), "x");
    }

    proptest! {
        #[test]
        fn no_input_gets_a_script_or_a_handler_out(html in "(<[a-z]{1,8}( on[a-z]{3,5}=[a-z(1)]{1,9})?( href=\"[a-z:(1)/]{1,20}\")?>|</[a-z]{1,8}>|[a-z<>\"'&;一-丅]{0,9}){0,12}") {
            let body = Body::from_html(&html, &|_| None).body;
            let out = body.to_html(&Nothing);

            prop_assert!(body.check().is_ok());
            prop_assert!(!out.contains("<script") && !out.contains("javascript:"), "{out}");
            prop_assert_eq!(Body::from_json(body.to_json()).expect("reads back"), body);
        }
    }
}
