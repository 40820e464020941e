//! Pictures without alternative text. People who cannot see a picture, and crawlers, know nothing of it.
//!
//! Example: a story whose cover has an empty `alt`.

use crate::channels::{CheckInput, Finding, Severity};

pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    let silent = input
        .source
        .pictures
        .iter()
        .filter(|picture| picture.alt.trim().is_empty())
        .count();
    if silent == 0 {
        return Vec::new();
    }
    let finding = Finding::new(
        "ALT-01",
        Severity::Warning,
        "pictures",
        format!("{silent} 张图片没有替代文字。"),
        "在素材里为图片写一句替代文字。",
    );
    vec![finding.because("WCAG 2.2, 1.1.1").with("count", silent)]
}
