//! Bodies as Markdown (CommonMark with strikethrough).

use super::{Block, Body, Inline, ListItem, Mark};

impl Body {
    /// Markdown. Pictures, videos and products are named by `asset:`, `video:` and `product:` addresses.
    pub fn to_markdown(&self) -> String {
        let mut lines = Vec::new();
        write_blocks(&self.blocks, &mut lines);
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines.join("\n") + "\n"
    }
}

fn write_blocks(blocks: &[Block], lines: &mut Vec<String>) {
    let mut last_list: Option<bool> = None;
    for block in blocks {
        let list = match block {
            Block::BulletList { .. } => Some(false),
            Block::OrderedList { .. } => Some(true),
            _ => None,
        };
        if list.is_some() && list == last_list {
            // Two lists of a kind in a row would become one.
            lines.push("<!-- -->".to_owned());
            lines.push(String::new());
        }
        last_list = list;
        write_block(block, lines);
        lines.push(String::new());
    }
}

fn write_block(block: &Block, lines: &mut Vec<String>) {
    match block {
        Block::Paragraph { content } => push_text(&inline_markdown(content), "", lines),
        Block::Heading { attrs, content } => {
            lines.push(format!(
                "{} {}",
                "#".repeat(usize::from(attrs.level)),
                inline_markdown(content).replace('\n', " ")
            ));
        }
        Block::BulletList { content } => content
            .iter()
            .for_each(|item| write_item("- ", item, lines)),
        Block::OrderedList { attrs, content } => {
            for (index, item) in content.iter().enumerate() {
                write_item(&format!("{}. ", attrs.start as usize + index), item, lines);
            }
        }
        Block::Blockquote { content } => {
            let mut inner = Vec::new();
            write_blocks(content, &mut inner);
            inner.pop();
            lines.extend(
                inner
                    .iter()
                    .map(|line| format!("> {line}").trim_end().to_owned()),
            );
        }
        Block::CodeBlock { attrs, content } => {
            let code = super::text::inline_text(content);
            let longest = code
                .split(|character| character != '`')
                .map(str::len)
                .max()
                .unwrap_or(0);
            let fence = "`".repeat(longest.max(2) + 1);
            lines.push(format!(
                "{fence}{}",
                attrs.language.as_deref().unwrap_or_default()
            ));
            lines.extend(
                code.trim_end_matches('\n')
                    .split('\n')
                    .map(ToOwned::to_owned),
            );
            lines.push(fence);
        }
        Block::Image { attrs } => {
            let title = if attrs.caption.is_empty() {
                String::new()
            } else {
                format!(" \"{}\"", attrs.caption.replace('"', "\\\""))
            };
            lines.push(format!(
                "![{}](asset:{}{title})",
                escape(&attrs.alt),
                attrs.asset
            ));
        }
        Block::Video { attrs } => lines.push(format!("![](video:{})", attrs.video)),
        Block::ProductCard { attrs } => lines.push(format!("![](product:{})", attrs.product)),
        Block::HorizontalRule => lines.push("---".to_owned()),
    }
}

fn write_item(marker: &str, item: &ListItem, lines: &mut Vec<String>) {
    let mut inner = Vec::new();
    write_blocks(&item.content, &mut inner);
    while inner.last().is_some_and(String::is_empty) {
        inner.pop();
    }
    let indent = " ".repeat(marker.len());
    for (index, line) in inner.iter().enumerate() {
        let start = if index == 0 { marker } else { &indent };
        lines.push(format!("{start}{line}").trim_end().to_owned());
    }
    if inner.is_empty() {
        lines.push(marker.trim_end().to_owned());
    }
}

fn push_text(text: &str, prefix: &str, lines: &mut Vec<String>) {
    lines.extend(text.split('\n').map(|line| format!("{prefix}{line}")));
}

fn inline_markdown(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::HardBreak => "\\\n".to_owned(),
            Inline::Text { text, marks } => mark(text, marks),
        })
        .collect()
}

fn mark(text: &str, marks: &[Mark]) -> String {
    if marks.contains(&Mark::Code) {
        let fence = if text.contains('`') { "``" } else { "`" };
        return format!("{fence}{text}{fence}");
    }
    // Marks may not begin or end with a space, so spaces stay outside.
    let inner = text.trim();
    if inner.is_empty() {
        return text.to_owned();
    }
    let (before, after) = (
        &text[..text.len() - text.trim_start().len()],
        &text[text.trim_end().len()..],
    );
    let marked = marks.iter().fold(escape(inner), |inner, mark| match mark {
        Mark::Bold => format!("**{inner}**"),
        Mark::Italic => format!("*{inner}*"),
        Mark::Strike => format!("~~{inner}~~"),
        Mark::Code => inner,
        Mark::Link { attrs } => format!("[{inner}](<{}>)", attrs.href),
    });
    format!("{before}{marked}{after}")
}

/// Keeps characters from meaning something.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (index, character) in text.char_indices() {
        let at_start = index == 0;
        let needs = matches!(
            character,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '&' | '!'
        ) || (at_start && matches!(character, '#' | '+' | '-' | '='))
            || (matches!(character, '.' | ')')
                && index > 0
                && text[..index].bytes().all(|byte| byte.is_ascii_digit()));
        if needs {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
