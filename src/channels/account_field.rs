//! What the form asks for that connects an account.

use serde::Serialize;

use super::LocalText;

/// What an account's form asks for.
#[derive(Debug, Serialize)]
pub struct AccountField {
    /// Stable name, the key in the account's settings or credentials.
    pub name: &'static str,
    /// The label that people see.
    pub label: LocalText,
    /// Where to find it.
    pub help: LocalText,
    /// Encrypted at rest, never shown again.
    pub secret: bool,
    /// Must be given.
    pub required: bool,
    /// What it is when nothing is given.
    pub default: Option<&'static str>,
    /// May have line breaks, as a key's file has.
    pub multiline: bool,
    /// Closed list of values; empty: any value.
    pub options: &'static [ChoiceOption],
}

impl AccountField {
    /// A field of one line, which must be given unless it has a default.
    pub const fn new(
        name: &'static str,
        label: LocalText,
        help: LocalText,
        secret: bool,
        default: Option<&'static str>,
    ) -> Self {
        Self {
            name,
            label,
            help,
            secret,
            required: default.is_none(),
            default,
            multiline: false,
            options: &[],
        }
    }

    /// A public field with a closed list of values, the first of which it has when nothing is given.
    pub const fn choice(
        name: &'static str,
        label: LocalText,
        help: LocalText,
        options: &'static [ChoiceOption],
    ) -> Self {
        Self {
            options,
            ..Self::new(name, label, help, false, Some(options[0].value))
        }
    }
}

/// One of the values that an account's field may have.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ChoiceOption {
    /// The value, as it is kept.
    pub value: &'static str,
    /// The words that people choose by.
    pub label: LocalText,
}

impl ChoiceOption {
    /// A value and its words.
    pub const fn new(value: &'static str, label: LocalText) -> Self {
        Self { value, label }
    }
}

/// Off, unless a person turns it on.
pub const SWITCH: &[ChoiceOption] = &[
    ChoiceOption::new("off", LocalText::new("关", "Off")),
    ChoiceOption::new("on", LocalText::new("开", "On")),
];
