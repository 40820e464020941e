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
            let mut line = inline_markdown(content).replace("\\\n", "<br>");
            // Signs at the end would close the heading and vanish.
            let escapes = line
                .strip_suffix('#')
                .map(|before| before.len() - before.trim_end_matches('\\').len());
            if escapes.is_some_and(|count| count % 2 == 0) {
                line.insert(line.len() - 1, '\\');
            }
            lines.push(format!("{} {line}", "#".repeat(usize::from(attrs.level))));
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
            lines.extend(inner.iter().map(|line| behind("> ", line)));
        }
        Block::CodeBlock { attrs, content } => {
            let code = super::text::inline_text(content);
            let fence = "`".repeat(longest_run(&code).max(2) + 1);
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
                let caption = attrs.caption.replace('\\', "\\\\").replace('"', "\\\"");
                format!(" \"{caption}\"")
            };
            lines.push(format!(
                "![{}](asset:{}{title})",
                escape(&attrs.alt, false),
                attrs.asset
            ));
        }
        Block::Video { attrs } => lines.push(format!("![](video:{})", attrs.video)),
        Block::ProductCard { attrs } => lines.push(format!("![](product:{})", attrs.product)),
        // Three hyphens would be one rule with the mark of a list before them.
        Block::HorizontalRule => lines.push("***".to_owned()),
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
        lines.push(behind(start, line));
    }
    if inner.is_empty() {
        lines.push(marker.trim_end().to_owned());
    }
}

fn push_text(text: &str, prefix: &str, lines: &mut Vec<String>) {
    lines.extend(text.split('\n').map(|line| format!("{prefix}{line}")));
}

/// A line behind a mark; an empty one leaves no spaces.
fn behind(mark: &str, line: &str) -> String {
    if line.is_empty() {
        mark.trim_end().to_owned()
    } else {
        format!("{mark}{line}")
    }
}

fn inline_markdown(inlines: &[Inline]) -> String {
    let mut out = String::new();
    for inline in inlines {
        let piece = match inline {
            Inline::HardBreak => "\\\n".to_owned(),
            Inline::Text { text, marks } => {
                let line = out.rsplit('\n').next().unwrap_or_default();
                mark(text, marks, line.trim().is_empty())
            }
        };
        if clash(&out, &piece) {
            out.push_str(NOTHING);
        }
        out.push_str(&piece);
    }
    out
}

/// Stands between signs that would be read as others if they touched.
const NOTHING: &str = "<!-- -->";
/// Signs that begin and end bold, italic and struck words.
const DELIMITERS: [char; 2] = ['*', '~'];

/// Whether signs at the joint of two pieces would be read as others: `**a***b*`, or, since it looks like the middle of
/// a word, `a**(b)**`.
fn clash(before: &str, after: &str) -> bool {
    let (Some(last), Some(first)) = (before.chars().next_back(), after.chars().next()) else {
        return false;
    };
    if last.is_whitespace() || first.is_whitespace() {
        return false;
    }
    if last == '`' && first == '`' {
        return true;
    }
    match (DELIMITERS.contains(&last), DELIMITERS.contains(&first)) {
        (true, true) => true,
        (true, false) => first.is_alphanumeric() && is_sign_within(before.chars().rev()),
        (false, true) => last.is_alphanumeric() && is_sign_within(after.chars()),
        (false, false) => false,
    }
}

/// Whether, behind the delimiters, something stands that is no part of a word.
fn is_sign_within(mut characters: impl Iterator<Item = char>) -> bool {
    characters
        .find(|character| !DELIMITERS.contains(character))
        .is_some_and(|edge| !edge.is_alphanumeric())
}

fn mark(text: &str, marks: &[Mark], is_at_start: bool) -> String {
    // Marks may not begin or end with a space, so spaces stay outside.
    let is_code = marks.contains(&Mark::Code);
    let inner = if is_code { text } else { text.trim() };
    if inner.trim().is_empty() {
        return text.to_owned();
    }
    let (before, after) = if is_code {
        ("", "")
    } else {
        (
            &text[..text.len() - text.trim_start().len()],
            &text[text.trim_end().len()..],
        )
    };
    let is_link = marks.iter().any(|mark| matches!(mark, Mark::Link { .. }));
    let inner = match (is_code, is_link) {
        (true, _) => code_span(inner),
        (false, true) => escape(inner, is_at_start),
        (false, false) => hide_addresses(&escape(inner, is_at_start)),
    };
    // The first mark is the outermost.
    let marked = marks.iter().rev().fold(inner, |inner, mark| match mark {
        Mark::Bold => format!("**{inner}**"),
        Mark::Italic => format!("*{inner}*"),
        Mark::Strike => format!("~~{inner}~~"),
        Mark::Code => inner,
        Mark::Link { attrs } => format!("[{inner}](<{}>)", destination(&attrs.href)),
    });
    format!("{before}{marked}{after}")
}

/// Keeps addresses that are mere text from becoming links.
fn hide_addresses(text: &str) -> String {
    text.replace("://", "\\://").replace("www.", "www\\.")
}

/// An address between angle brackets, in which a backslash and what looks like an entity would be read as others.
fn destination(href: &str) -> String {
    let mut out = String::with_capacity(href.len());
    for (index, character) in href.char_indices() {
        match character {
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("\\\\"),
            '&' if is_entity(&href[index + 1..]) => out.push_str("&amp;"),
            other => out.push(other),
        }
    }
    out
}

/// Whether what follows an ampersand makes an entity of it.
fn is_entity(behind: &str) -> bool {
    behind.split_once(';').is_some_and(|(name, _)| {
        let name = name.strip_prefix('#').unwrap_or(name);
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Code within a line, behind more signs in a row than it holds itself.
fn code_span(code: &str) -> String {
    let fence = "`".repeat(longest_run(code) + 1);
    let pad = if code.starts_with(['`', ' ']) || code.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{code}{pad}{fence}")
}

/// How many of the signs that fence code stand in a row.
fn longest_run(code: &str) -> usize {
    code.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

/// Keeps characters from meaning something; some do only at the start of a line.
fn escape(text: &str, is_at_start: bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (index, character) in text.char_indices() {
        let at_start = is_at_start && index == 0;
        let needs = matches!(
            character,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '&' | '!'
        ) || (at_start && matches!(character, '#' | '+' | '-' | '='))
            || (matches!(character, '.' | ')')
                && is_at_start
                && index > 0
                && text[..index].bytes().all(|byte| byte.is_ascii_digit()));
        if needs {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
