//! Checks of texts that come in.

use std::ops::RangeInclusive;

use crate::{
    error::{Error, Result},
    text,
};

/// A one-line text of a length in characters, without control characters, trimmed.
pub fn text_field(field: &str, text: &str, length: RangeInclusive<usize>) -> Result<String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(
            field,
            "must be one line without control characters",
        ));
    }
    if text::turns_direction(text) {
        return Err(Error::invalid(
            field,
            "holds invisible characters that turn its direction; remove them",
        ));
    }
    let count = if text::is_blank(text) {
        0
    } else {
        text.chars().count()
    };
    if !length.contains(&count) {
        let message = if count == 0 {
            "must not be empty".to_owned()
        } else {
            format!(
                "must have {} to {} characters, has {count}",
                length.start(),
                length.end()
            )
        };
        return Err(Error::invalid(field, message));
    }
    Ok(text.to_owned())
}

/// Services name the fields of what they are given; on the wire those lie one level deeper, under `part`.
pub fn under(part: &str) -> impl Fn(Error) -> Error + '_ {
    move |error| {
        let deeper = error
            .field()
            .and_then(|field| field.strip_prefix("input."))
            .filter(|field| !matches!(*field, "slug" | "baseVersion"))
            .filter(|field| {
                !field
                    .strip_prefix(part)
                    .is_some_and(|rest| rest.starts_with('.'))
            })
            .map(|field| format!("input.{part}.{field}"));
        match deeper {
            Some(field) => error.on_field(field),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_named_where_it_lies_on_the_wire() {
        for (given, expected) in [
            ("input.title", "input.content.title"),
            ("input.content.coverId", "input.content.coverId"),
            ("input.slug", "input.slug"),
            ("q", "q"),
        ] {
            let error = under("content")(Error::invalid(given, "is wrong"));

            assert_eq!(error.field(), Some(expected));
        }
    }
}
