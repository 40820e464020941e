//! The page of the mini-program: as a work leads to it, and as the program's search takes it.

use super::{
    super::{SEARCH, caption::text_field, derive::ANCHOR},
    CREATE, HABIT, error, warning,
};
use crate::{
    channels::{CheckInput, Finding, Severity},
    text::characters,
};

/// A path in a sitemap is shorter than this (submit-paths).
const LONGEST_PATH: usize = 200;

const SITEMAP: &str = "抖音开放平台：提交收录页面";

pub fn anchor(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    if text_field(input.fields, "micro_app_id").is_empty() {
        return;
    }
    let length = characters(text_field(input.fields, "micro_app_title"));
    if length > ANCHOR {
        findings.push(
            warning(
                "DY-A01",
                "micro_app_title",
                format!("挂载标题有 {length} 字，屏幕上只显示约 {ANCHOR} 字。"),
                "缩短到看得完的长度。",
                HABIT,
            )
            .with("length", length)
            .with("most", ANCHOR),
        );
    }
    let path = text_field(input.fields, "micro_app_url");
    if path.is_empty() || path.contains("://") {
        findings.push(error(
            "DY-A02",
            "micro_app_url",
            "挂载的路径不是小程序里的页面。",
            "在站点设置里把小程序路径写成 pages/… 的形式，不要写网址。",
            CREATE,
        ));
    }
}

/// A page of the mini-program, as its search takes it.
pub fn search(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let finding = |code: &str, field: &str, reason: String, cure: &str| {
        Finding::new(code, Severity::Error, field, reason, cure)
            .on_lanes(&[SEARCH])
            .because(SITEMAP)
    };
    if text_field(input.fields, "micro_app_id").is_empty() {
        // Of no interest to who does not submit pages.
        if input.lane.is_some_and(|lane| lane.id == SEARCH) {
            findings.push(finding(
                "DY-S01",
                "micro_app_id",
                "站点还没有抖音小程序，没有页面可以收录。".to_owned(),
                "在站点设置里填写抖音小程序的 AppID。",
            ));
        }
        return;
    }
    let path = text_field(input.fields, "micro_app_url");
    let length = path.chars().count();
    if length >= LONGEST_PATH || !path.is_ascii() {
        findings.push(
            finding(
                "DY-S02",
                "micro_app_url",
                format!("小程序路径有 {length} 字；须短于 {LONGEST_PATH} 字，且不含未编码的中文。"),
                "缩短内容的地址，或改写站点设置里的小程序路径。",
            )
            .with("length", length)
            .with("most", LONGEST_PATH),
        );
    }
}
