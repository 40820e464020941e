//! Checks for every channel, one file per rule.

mod advertising;
mod alt_text;

use crate::channels::{CheckInput, Finding};

/// A check that every channel needs.
pub type Rule = fn(&CheckInput<'_>) -> Vec<Finding>;

/// All of them, in the order in which findings are shown.
pub const RULES: &[Rule] = &[advertising::check, alt_text::check];
