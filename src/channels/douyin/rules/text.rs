//! What readers read of a work: its caption, its topics, and contact data in either.

use super::{
    super::{
        caption::{LONGEST, MARKER_ROOM, compose, inline_topics, list_field, text_field},
        derive::{HOOK, MOST_TOPICS, TOPIC},
    },
    CREATE, HABIT, WORKS, error, warning,
};
use crate::{
    channels::{CheckInput, Finding},
    text::{ContactKind, characters, contact_range, find_contacts, has_chinese},
};

const USAGE: &str = "抖音开放平台：能力使用规范";

pub fn caption(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let text = text_field(input.fields, "text");
    let first = text.lines().next().unwrap_or_default();
    let length = characters(first);
    if length > HOOK {
        findings.push(
            warning(
                "DY-T01",
                "text",
                format!("第一行有 {length} 字，超过 {HOOK} 字会被折叠。"),
                "把最吸引人的话写在前面，之后换行。",
                HABIT,
            )
            .at(HOOK, first.chars().count())
            .with("length", length)
            .with("most", HOOK),
        );
    }
    if !text.is_empty() && !has_chinese(text) {
        findings.push(warning(
            "DY-T06",
            "text",
            "文案里没有中文。",
            "写一句让人想看下去的话。",
            HABIT,
        ));
    }
    let (whole, most) = (
        characters(&compose(input.fields, "")),
        LONGEST - MARKER_ROOM,
    );
    if whole > most {
        findings.push(
            error(
                "DY-T05",
                "text",
                format!(
                    "文案连同话题有 {whole} 字，最多 {most} 字（另留 {MARKER_ROOM} 字给追踪话题）。"
                ),
                "缩短文案，或减少话题。",
                CREATE,
            )
            .with("length", whole)
            .with("most", most),
        );
    }
    let control = |character: char| character.is_control() && character != '\n';
    if let Some(at) = text.chars().position(control) {
        let reason = "文案里有控制字符。";
        findings.push(error("DY-T04", "text", reason, "删去。", CREATE).at(at, at + 1));
    }
    let (names, ids) = (
        text.matches('@').count(),
        list_field(input.fields, "at_users").count(),
    );
    if names != ids && find_contacts(text).is_empty() {
        findings.push(
            warning(
                "DY-M01",
                "at_users",
                format!(
                    "文案里有 {names} 个 @，给出了 {ids} 个 open_id；对不上的只显示为普通文字。"
                ),
                "按出现的先后为每个 @昵称 填写 open_id，或删去 @。",
                CREATE,
            )
            .with("names", names)
            .with("ids", ids),
        );
    }
}

pub fn topics(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let text = text_field(input.fields, "text");
    let listed: Vec<&str> = list_field(input.fields, "topics").collect();
    let inline = inline_topics(text);
    let count = inline_topics(&compose(input.fields, "")).len();
    if count > MOST_TOPICS {
        findings.push(
            warning(
                "DY-H01",
                "topics",
                format!("有 {count} 个话题，加上追踪话题超过 5 个会降低分发。"),
                "保留最相关的 2 到 4 个。",
                HABIT,
            )
            .with("count", count),
        );
    }
    let in_field = listed.iter().map(|topic| ("topics", *topic));
    for (field, topic) in in_field.chain(inline.iter().map(|topic| ("text", *topic))) {
        let topic = topic.trim_start_matches('#');
        let is_plain = !topic.is_empty() && topic.chars().all(char::is_alphanumeric);
        if !is_plain || characters(topic) > TOPIC {
            findings.push(
                warning(
                    "DY-H02",
                    field,
                    format!("话题「{topic}」含有标点、空格或表情，或超过 {TOPIC} 字。"),
                    "话题只用文字和数字。",
                    WORKS,
                )
                .with("topic", topic),
            );
        }
    }
}

/// Contact data anywhere in what readers see: review refuses it as diversion.
pub fn contacts(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let topics: Vec<&str> = list_field(input.fields, "topics").collect();
    let topics = topics.join(" ");
    for (field, text) in [
        ("text", text_field(input.fields, "text")),
        ("topics", topics.as_str()),
        (
            "micro_app_title",
            text_field(input.fields, "micro_app_title"),
        ),
    ] {
        let found = find_contacts(text);
        let is_address = |kind: &ContactKind| *kind == ContactKind::Url;
        // An e-mail address holds a domain; that is one finding, not two.
        let finding = if found.iter().any(|kind| !is_address(kind)) {
            error(
                "DY-T02",
                field,
                "有联系方式，会被当作导流。",
                "删去电话、微信号、QQ 和邮箱。",
                USAGE,
            )
        } else if found.iter().any(is_address) {
            error(
                "DY-T03",
                field,
                "有网址，会被当作导流。",
                "删去网址，用小程序挂载。",
                USAGE,
            )
        } else {
            continue;
        };
        let (from, to) = contact_range(text).unwrap_or_default();
        findings.push(if field == "topics" {
            finding
        } else {
            finding.at(from, to)
        });
    }
}
