//! The page as the crawler reads it: pictures, path, structured data, times.

use super::{
    super::{PICTURE, derive::is_usable, time},
    BARE_TITLE, FEED, PAGES, PATHS, error, value, warning,
};
use crate::{
    channels::{CheckInput, ContentKind, Finding, Severity, beijing},
    clock::Timestamp,
};

/// Where the rules of pictures come from.
const PICTURES: &str = "introduction/rank_setimage";

pub fn check(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    pictures(input, findings);
    path(input, findings);
    structured_data(input, findings);
    visible_time(input, findings);
}

/// Without a picture, search shows no thumbnail, which is a pity; the feed takes nothing, and Baijiahao makes a draft of an
/// article.
fn pictures(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let count = input.pictures.get(PICTURE).map_or(0, Vec::len);
    if count == 2 || count > 3 {
        let reason = format!("有 {count} 张图片，只有 1 或 3 张会显示。");
        let finding = error("BD-I01", "pictures", reason, "保留 1 张或 3 张。").because(PICTURES);
        findings.push(finding.with("case", "many").with("count", count));
    }
    if count > 0 {
        return;
    }
    let cure = "上传一张至少 375×250 的静态图片。";
    let given = input.source.pictures.len();
    let has_bad = given > 0 && !input.source.pictures.iter().any(is_usable);
    let (code, why) = if has_bad {
        let why = format!("{given} 张图片都太小（不到 375×250）或是动图，");
        ("BD-I02", why)
    } else {
        ("BD-I01", "没有图片，".to_owned())
    };
    let needed = match input.source.kind {
        ContentKind::Story => (BARE_TITLE, "信息流物料和百家号文章至少要有一张。"),
        ContentKind::Video => (&[FEED][..], "信息流物料至少要有一张。"),
    };
    for (severity, case, lanes, effect) in [
        (Severity::Error, "needed", needed.0, needed.1),
        (
            Severity::Warning,
            "thumbnail",
            PAGES,
            "搜索结果不会显示缩略图。",
        ),
    ] {
        let reason = format!("{why}{effect}");
        let finding = Finding::new(code, severity, "pictures", reason, cure);
        let finding = finding.with("case", case).with("count", given);
        findings.push(finding.on_lanes(lanes).because(PICTURES));
    }
}

fn path(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let path = value(input.fields, "path");
    if is_bad_path(path) {
        findings.push(
            error(
                "BD-P01",
                "path",
                "小程序路径不规范。",
                "由管理员修改站点的路径模板。",
            )
            .on_lanes(PATHS)
            .because("introduction/rank_url"),
        );
    }
}

/// No `#`; no path or address as a value, nor odd characters; a comma would part two paths; at most 194 characters.
pub fn is_bad_path(path: &str) -> bool {
    let values = path.split_once('?').map_or("", |(_, query)| query);
    path.contains(['#', ',', ' '])
        || !path.is_ascii()
        || path.len() > 194
        || path.contains("//")
        || values.contains(['/', ':', '%', '?'])
}

fn structured_data(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let data = input.fields.get("json_ld").cloned().unwrap_or_default();
    let published = data["pubDate"].as_str().unwrap_or_default();
    let updated = data["upDate"].as_str().unwrap_or_default();
    let now = time::json_ld(input.now);
    let images = data.get("images").and_then(serde_json::Value::as_array);
    let is_wrong = data["@context"] != "https://ziyuan.baidu.com/contexts/cambrian.jsonld"
        || data["@id"] != value(input.fields, "canonical")
        || data["title"] != value(input.fields, "title")
        || published.len() != 19
        || updated < published
        || published > now.as_str()
        || !matches!(images.map(Vec::len), None | Some(1 | 3));
    if is_wrong {
        findings.push(
            error(
                "BD-S01",
                "json_ld",
                "结构化数据与页面不一致，或时间在将来。",
                "检查发布时间和站点地址。",
            )
            .on_lanes(PAGES)
            .because("百度时间因子"),
        );
    }
}

/// The page shows its time in the site's zone, the structured data in Beijing's.
fn visible_time(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let zone: chrono_tz::Tz = input
        .profile
        .zone
        .parse()
        .unwrap_or(chrono_tz::Asia::Shanghai);
    let at: Timestamp = input.source.first_published_at;
    let shown = at.to_utc().with_timezone(&zone).naive_local();
    let told = beijing(at);
    if shown != told.naive_local() {
        let reason = format!("页面按 {zone} 显示时间，与结构化数据的北京时间不一致。");
        findings.push(
            warning(
                "BD-S02",
                "json_ld",
                reason,
                "把站点时区设为 Asia/Shanghai。",
            )
            .on_lanes(PAGES)
            .because("百度时间因子")
            .with("zone", zone.to_string()),
        );
    }
}
