//! What Baidu's title standard, its algorithms and its forms refuse (codes of the channel contract, section 15.3).
//!
//! Not here: BD-T15 (absolute claims) is a rule for every channel; BD-P02 cannot come up, since slugs are lower-case and
//! unique; BD-P04 is asked of the page when it is pushed; BD-I03, BD-I04 and BD-S03 hold by construction.

mod baijiahao;
mod feed;
mod page;
mod text;
mod title;
mod twin;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{BAIJIAHAO, BARE_TITLE, FEED, SEARCH, WEBSITE};
use crate::channels::{CheckInput, Finding, Severity};

const TITLE_STANDARD: &str = "百度搜索网页标题规范";
const DRIZZLE: &str = "百度细雨算法";
const BASICS: &str = "百度基础信息设置规范";
const PAGES: &[&str] = &[SEARCH, WEBSITE];
const PATHS: &[&str] = &[SEARCH, FEED];

/// All checks of this channel.
pub fn check(input: &CheckInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    title::check(input, &mut findings);
    text::check(input, &mut findings);
    page::check(input, &mut findings);
    feed::check(input, &mut findings);
    baijiahao::check(input, &mut findings);
    twin::check(input, &mut findings);
    findings
}

fn value<'a>(fields: &'a BTreeMap<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(fields: &'a BTreeMap<String, Value>, name: &str) -> Vec<&'a str> {
    fields
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn error(code: &str, field: &str, reason: impl Into<String>, cure: &str) -> Finding {
    Finding::new(code, Severity::Error, field, reason, cure)
}

fn warning(code: &str, field: &str, reason: impl Into<String>, cure: &str) -> Finding {
    Finding::new(code, Severity::Warning, field, reason, cure)
}

#[cfg(test)]
mod tests;
