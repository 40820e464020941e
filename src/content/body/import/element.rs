//! What an element says: an attribute, its words, the language of code.

use std::rc::Rc;

use markup5ever_rcdom::{Handle, NodeData};

use super::super::is_language;

/// The value of an attribute, in one line.
pub fn attribute(node: &Handle, name: &str) -> Option<String> {
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
pub fn code_language(pre: &Handle) -> Option<String> {
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
        .filter(|name| is_language(name))
}

/// The words of an element and of all within it.
pub fn all_text(node: &Handle) -> String {
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
