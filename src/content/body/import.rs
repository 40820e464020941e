//! Bodies from HTML and from Markdown. Markdown becomes HTML first; HTML is sanitized, and then only what the
//! tree knows gets in.

use std::rc::Rc;

use comrak::{Options, markdown_to_html};
use html5ever::{parse_fragment, tendril::TendrilSink as _};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use super::{
    Block, Body, CodeAttrs, HeadingAttrs, ImageAttrs, Inline, LinkAttrs, ListItem, Mark,
    OrderedAttrs, ProductAttrs, VideoAttrs, is_safe_link,
};
use crate::{
    error::{Error, ErrorKind, Result},
    id::AssetId,
};

/// The most elements that are read.
const MOST_ELEMENTS: usize = 10_000;
/// How deep elements are followed.
const MOST_LEVELS: usize = 200;

/// A body that was read, and what had to be left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// The body.
    pub body: Body,
    /// Addresses of pictures that are not among our files.
    pub missing_pictures: Vec<String>,
}

/// Markdown as HTML, nothing of which is trusted.
pub fn markdown_html(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    // Without it `**注意：**请` is not bold: the rules of CommonMark look for spaces that Chinese does not have.
    options.extension.cjk_friendly_emphasis = true;
    options.render.github_pre_lang = true;
    options.render.r#unsafe = true;
    markdown_to_html(markdown, &options)
}

/// Refuses HTML with so many elements that reading it would take seconds: nested ones cost the square of their number.
pub fn check_elements(html: &str) -> Result<()> {
    let count = html
        .as_bytes()
        .windows(2)
        .filter(|two| two[0] == b'<' && two[1].is_ascii_alphabetic())
        .count();
    if count > MOST_ELEMENTS {
        return Err(Error::new(
            ErrorKind::TooLarge,
            format!("has {count} elements; at most {MOST_ELEMENTS} are taken: split it"),
        ));
    }
    Ok(())
}

impl Body {
    /// Reads Markdown. `find_picture` tells which of our files an address means.
    pub fn from_markdown(
        markdown: &str,
        find_picture: &dyn Fn(&str) -> Option<AssetId>,
    ) -> Imported {
        Self::from_html(&markdown_html(markdown), find_picture)
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
            .add_tag_attributes("img", ["data-src"])
            .add_tag_attributes("ol", ["start"])
            .add_tag_attributes("pre", ["lang"])
            .add_tag_attributes("code", ["class"])
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
            level: 0,
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
    /// Lists and quotes around.
    depth: usize,
    /// Elements around.
    level: usize,
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

/// The value of an attribute, in one line.
fn attribute(node: &Handle, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else {
        return None;
    };
    let attrs = attrs.borrow();
    let found = attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name)?;
    let line = found.value.chars();
    Some(
        line.map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect(),
    )
}

/// The language of code: `<pre lang="rust">` or `<pre><code class="language-rust">`.
fn code_language(pre: &Handle) -> Option<String> {
    let by_class = || {
        let children = pre.children.borrow();
        let class = attribute(children.first()?, "class")?;
        let named = class
            .split_whitespace()
            .find_map(|name| name.strip_prefix("language-"))?;
        Some(named.to_owned())
    };
    attribute(pre, "lang")
        .or_else(by_class)
        .filter(|name| super::is_language(name))
}

/// The words of an element and of all within it.
fn all_text(node: &Handle) -> String {
    let mut text = String::new();
    let mut waiting = vec![Rc::clone(node)];
    while let Some(node) = waiting.pop() {
        if let NodeData::Text { contents } = &node.data {
            let contents = contents.borrow();
            let clean = contents
                .chars()
                .filter(|character| !character.is_control() || matches!(character, '\n' | '\t'));
            text.extend(clean);
        }
        waiting.extend(node.children.borrow().iter().rev().map(Rc::clone));
    }
    text
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
    fn bold_words_end_where_chinese_writers_mean() {
        assert_eq!(
            read("**注意：**请洗净。他说**“好”**吧。").to_html(&Nothing),
            "<p><strong>注意：</strong>请洗净。他说<strong>“好”</strong>吧。</p>\n"
        );
    }

    #[test]
    fn the_language_of_code_goes_in_and_out() {
        let body = read("```rust\nfn main() {}\n```\n");

        assert_eq!(body.to_markdown(), "```rust\nfn main() {}\n```\n");
        let html = "<pre><code class=\"x language-c++\">a</code></pre><pre lang=\"<b>\">b</pre>";
        assert_eq!(
            Body::from_html(html, &|_| None).body.to_markdown(),
            "```c++\na\n```\n\n```\nb\n```\n"
        );
    }

    #[test]
    fn elements_deep_within_each_other_are_read() {
        for (open, close) in [
            ("<div>", "</div>"),
            ("<b>", "</b>"),
            ("<ul><li>", "</li></ul>"),
            ("<p><a href=\"/\">", "</a></p>"),
        ] {
            let html = format!("{}x{}", open.repeat(2000), close.repeat(2000));

            let body = Body::from_html(&html, &|_| None).body;

            body.check().expect("within bounds");
            assert_eq!(body.to_plain_text().trim(), "x");
        }
    }

    #[test]
    fn too_many_elements_are_refused_unread() {
        check_elements(&"<br>".repeat(MOST_ELEMENTS)).expect("just enough");

        for html in [
            "<b>".repeat(MOST_ELEMENTS + 1),
            markdown_html(&">".repeat(100_000)),
        ] {
            let error = check_elements(&html).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::TooLarge);
        }
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

    /// Pieces that mean something to Markdown, between words that do not.
    fn any_markdown() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => Just("鱼"), 2 => Just("fish"), 2 => Just(" "), 2 => Just("\n"), 3 => Just("\n\n"),
            2 => Just("**"), 2 => Just("*"), 1 => Just("~~"), 2 => Just("`"), 1 => Just("_"), 1 => Just("\\"),
            2 => Just("- "), 2 => Just("1. "), 1 => Just("3) "), 2 => Just("> "), 2 => Just("## "), 1 => Just("   "),
            1 => Just("[鱼](/s/yu)"), 1 => Just("[**鱼**](https://a.cn/(x))"), 1 => Just("<"), 1 => Just(">"),
            1 => Just("&amp;"), 1 => Just("&lt;"), 1 => Just("!"), 1 => Just("["), 1 => Just("]"), 1 => Just("("),
            1 => Just("："), 1 => Just("“"), 1 => Just("”"), 1 => Just("---\n"), 1 => Just("```\n"), 1 => Just("| a | b |\n"),
            1 => Just("+ "), 1 => Just("="), 1 => Just("#"), 1 => Just("1"), 1 => Just("."), 1 => Just("  \n"), 1 => Just("\\\n"),
        ];
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn what_only_looks_like_markdown_comes_back() {
        for markdown in [
            "+ ---\n",
            "\\[**鱼**](https://a.cn/(x))&amp;鱼",
            "鱼`   `- ",
            "鱼`   `1. ",
            "## \\#",
            "鱼鱼[[[鱼](/s/yu)\\[**鱼**](https://a.cn/(x))",
        ] {
            let out = read(markdown).to_markdown();
            assert_eq!(read(&out).to_markdown(), out, "{markdown:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn whatever_was_read_comes_back_from_its_markdown(markdown in any_markdown()) {
            let body = read(&markdown);
            let out = body.to_markdown();

            // Whether the space between two bold words is bold itself cannot be written down, nor seen.
            let again = read(&out);
            prop_assert_eq!(again.to_markdown(), out.clone(), "{:?} -> {:?}", markdown, out);
            prop_assert_eq!(again.to_plain_text(), body.to_plain_text(), "{:?} -> {:?}", markdown, out);
        }
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
