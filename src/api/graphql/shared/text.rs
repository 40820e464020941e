//! Checks of texts that come in.

use std::ops::RangeInclusive;

use crate::error::{Error, Result};

/// A one-line text of a length in characters, without control characters, trimmed.
pub fn text_field(field: &str, text: &str, length: RangeInclusive<usize>) -> Result<String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(
            field,
            "must be one line without control characters",
        ));
    }
    let count = text.chars().count();
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
