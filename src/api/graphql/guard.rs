//! Measures a document before it is executed: how deep it nests, its size with every fragment written out, its aliases.
//!
//! Fragments that spread fragments double with each level, and the library expands them before its own limits
//! look; here each fragment is measured once.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

use crate::error::{Error, ErrorKind, Result};

/// What a document may cost before anything runs.
#[derive(Debug, Clone, Copy)]
pub struct DocumentLimits {
    /// Fields with every fragment written out.
    pub expanded_size: u64,
    /// Renamed fields with every fragment written out.
    pub aliases: u64,
}

/// How deep brackets may nest. The parser calls itself for each, and would come to the end of its stack.
const DEEPEST: usize = 100;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Size {
    fields: u64,
    aliases: u64,
}

impl Size {
    const ENDLESS: Self = Self {
        fields: u64::MAX,
        aliases: u64::MAX,
    };

    const fn plus(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
        }
    }
}

/// Refuses a text that nests deeper than its parser can follow; to be called before it is parsed.
pub fn check_nesting(text: &str) -> Result<()> {
    let mut depth = 0_usize;
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        match first {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => rest = behind_byte(behind, b'\n'),
            b'"' => rest = behind_string(behind),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!("the document nests more than {DEEPEST} deep"),
            ));
        }
    }
    Ok(())
}

fn behind_byte(text: &[u8], byte: u8) -> &[u8] {
    let at = text.iter().position(|other| *other == byte);
    at.map_or(&[], |at| &text[at + 1..])
}

/// What follows a string whose first quote was read. One that never ends is for the parser to refuse.
fn behind_string(text: &[u8]) -> &[u8] {
    if let Some(mut block) = text.strip_prefix(b"\"\"") {
        while !block.is_empty() {
            if let Some(rest) = block.strip_prefix(b"\"\"\"") {
                return rest;
            }
            block = block.strip_prefix(b"\\\"\"\"").unwrap_or(&block[1..]);
        }
        return block;
    }
    let mut rest = text;
    while let [first, behind @ ..] = rest {
        match first {
            b'"' | b'\n' => return behind,
            b'\\' => rest = behind.get(1..).unwrap_or_default(),
            _ => rest = behind,
        }
    }
    rest
}

/// Refuses a document that is larger than allowed; else says how many fields it has.
pub fn check(document: &ExecutableDocument, limits: DocumentLimits) -> Result<u64> {
    let mut known = HashMap::new();
    let size = document
        .operations
        .iter()
        .map(|(_, operation)| measure(document, &operation.node.selection_set.node, &mut known))
        .fold(Size::default(), Size::plus);
    let too_large = |what: &str, most: u64| {
        Err(Error::new(
            ErrorKind::TooLarge,
            format!("the document has too many {what}; at most {most} are taken"),
        ))
    };
    if size.fields > limits.expanded_size {
        return too_large("fields, fragments written out", limits.expanded_size);
    }
    if size.aliases > limits.aliases {
        return too_large("aliases, fragments written out", limits.aliases);
    }
    Ok(size.fields)
}

/// `None` in `known`: being measured, so a fragment that comes back to itself has no end.
fn measure<'a>(
    document: &'a ExecutableDocument,
    selections: &'a SelectionSet,
    known: &mut HashMap<&'a str, Option<Size>>,
) -> Size {
    selections
        .items
        .iter()
        .map(|selection| match &selection.node {
            Selection::Field(field) => {
                let own = Size {
                    fields: 1,
                    aliases: u64::from(field.node.alias.is_some()),
                };
                own.plus(measure(document, &field.node.selection_set.node, known))
            }
            Selection::InlineFragment(fragment) => Size {
                fields: 1,
                aliases: 0,
            }
            .plus(measure(document, &fragment.node.selection_set.node, known)),
            Selection::FragmentSpread(spread) => {
                let name = spread.node.fragment_name.node.as_str();
                match known.get(name) {
                    Some(Some(size)) => return *size,
                    Some(None) => return Size::ENDLESS,
                    None => {}
                }
                known.insert(name, None);
                let size = document.fragments.get(name).map_or(
                    Size {
                        fields: 1,
                        aliases: 0,
                    },
                    |fragment| measure(document, &fragment.node.selection_set.node, known),
                );
                known.insert(name, Some(size));
                size
            }
        })
        .fold(Size::default(), Size::plus)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use async_graphql::parser::parse_query;

    use super::*;

    fn size(query: &str) -> Size {
        let document = parse_query(query).expect("parsed");
        document
            .operations
            .iter()
            .map(|(_, operation)| {
                measure(
                    &document,
                    &operation.node.selection_set.node,
                    &mut HashMap::new(),
                )
            })
            .fold(Size::default(), Size::plus)
    }

    #[test]
    fn brackets_nest_as_deep_as_the_parser_goes_and_those_in_texts_do_not_count() {
        let nested = |open: &str, close: &str, depth: usize| {
            format!("{{ a(b: {}1{}) }}", open.repeat(depth), close.repeat(depth))
        };
        for (query, expected) in [
            (nested("[", "]", 90), true),
            (nested("[", "]", 100_000), false),
            (nested("{a:", "}", 100_000), false),
            ("{a".repeat(100_000), false),
            (format!("{{ a(b: \"{}\") }}", "[".repeat(1000)), true),
            (format!("{{ a(b: \"\\\"{}\") }}", "[".repeat(1000)), true),
            (
                format!("{{ a(b: \"\"\"\\\"\"\"{}\"\"\") }}", "[".repeat(1000)),
                true,
            ),
            (format!("# {}\n{{ a }}", "[".repeat(1000)), true),
            (format!("\"\"\"\"{}", "[".repeat(1000)), true),
            (format!("\"\"{}", "[".repeat(1000)), false),
        ] {
            let start: String = query.chars().take(40).collect();
            assert_eq!(check_nesting(&query).is_ok(), expected, "{start}");
        }
    }

    #[test]
    fn fragments_count_as_often_as_they_are_spread() {
        let query = "{ a { ...F ...F } b: c } fragment F on T { x y z: w }";

        assert_eq!(
            size(query),
            Size {
                fields: 8,
                aliases: 3
            }
        );
    }

    #[test]
    fn fragments_that_double_are_measured_at_once() {
        let mut query = "{ ...F0 }".to_owned();
        for level in 0..60 {
            let next = level + 1;
            write!(
                query,
                " fragment F{level} on Query {{ ...F{next} ...F{next} }}"
            )
            .expect("text");
        }
        query.push_str(" fragment F60 on Query { __typename }");

        assert_eq!(size(&query).fields, 1 << 60);
    }

    #[test]
    fn a_fragment_that_spreads_itself_has_no_end() {
        assert_eq!(
            size("{ ...F } fragment F on Query { a ...F }"),
            Size::ENDLESS
        );
    }

    #[test]
    fn thousands_of_aliases_are_refused() {
        let fields: String = (0..1000).map(|at| format!("a{at}: __typename ")).collect();
        let document = parse_query(format!("{{ {fields} }}")).expect("parsed");
        let limits = DocumentLimits {
            expanded_size: 20_000,
            aliases: 60,
        };

        let error = check(&document, limits).expect_err("refused");

        assert_eq!(error.kind(), ErrorKind::TooLarge);
    }
}
