//! What Douyin's rules for works refuse or hold back. Errors are what the platform or its review would refuse for sure;
//! what only costs distribution, or is not published, is a warning.

mod media;
mod page;
#[cfg(test)]
mod tests;
mod text;

use super::{LANES, PUBLISH};
use crate::channels::{CheckInput, Finding, Severity};

const CREATE: &str = "抖音开放平台：创建视频";
const WORKS: &str = "抖音开放平台：发布方案";
const HABIT: &str = "抖音没有公布；按创作者的经验";

/// All checks of this channel.
pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    text::caption(input, &mut findings);
    text::topics(input, &mut findings);
    text::contacts(input, &mut findings);
    page::anchor(input, &mut findings);
    page::search(input, &mut findings);
    match &input.source.video {
        Some(found) => {
            media::video(found, &mut findings);
            media::cover(input, found, &mut findings);
        }
        None => media::pictures(input, &mut findings),
    }
    findings
}

fn finding(
    severity: Severity,
    code: &str,
    field: &str,
    reason: impl Into<String>,
    cure: &str,
    source: &str,
) -> Finding {
    // What is wrong with a field is wrong wherever it is sent.
    let lanes = match field {
        "at_users" | "cover_second" => &[PUBLISH][..],
        _ => LANES,
    };
    Finding::new(code, severity, field, reason, cure)
        .on_lanes(lanes)
        .because(source)
}

fn error(code: &str, field: &str, reason: impl Into<String>, cure: &str, source: &str) -> Finding {
    finding(Severity::Error, code, field, reason, cure, source)
}

fn warning(
    code: &str,
    field: &str,
    reason: impl Into<String>,
    cure: &str,
    source: &str,
) -> Finding {
    finding(Severity::Warning, code, field, reason, cure, source)
}
