//! Materials of the feed: submission, deletion for ever, links to files of materials, and the review.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{HttpResponse, web};
use chrono::{Days, TimeZone as _};
use serde_json::{Value, json};

use super::{
    super::{feed_type, time},
    Baidu,
    call::{Call, answer, business},
    crawl,
    gateway::Right,
    state::{Link, Material, State},
};
use crate::{
    clock::Timestamp,
    text::{characters, has_chinese, is_traditional},
};

/// What every material must say (develop/serverapi/submitresource).
const REQUIRED: [&str; 8] = [
    "title",
    "body",
    "path",
    "images",
    "mapp_type",
    "mapp_sub_type",
    "feed_type",
    "ext",
];
const FIELDS: [&str; 10] = [
    "title",
    "body",
    "path",
    "images",
    "mapp_type",
    "mapp_sub_type",
    "feed_type",
    "feed_sub_type",
    "tags",
    "ext",
];

fn success() -> HttpResponse {
    answer(200, &json!({ "errno": 0, "msg": "success", "data": "" }))
}

/// Stores or changes a material.
pub async fn submit(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    if let Err(refused) = baidu.admit(&call, Right::Feed) {
        return refused;
    }
    let fields: BTreeMap<String, String> = FIELDS
        .iter()
        .map(|name| ((*name).to_owned(), call.field(name).to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if let Err(problem) = check(&fields) {
        return business(40001, &problem);
    }
    let now = baidu.now();
    let errno = baidu.change(|state| {
        if state.settings.app_offline || state.settings.app_banned {
            return 2002;
        }
        store(state, fields, "Api提交", now)
    });
    crawl::in_background(&baidu);
    match errno {
        0 => success(),
        2002 => business(2002, "app does not exist"),
        errno => business(errno, "record exists"),
    }
}

/// Takes a material down; its path never comes back.
pub async fn delete(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    if let Err(refused) = baidu.admit(&call, Right::Search) {
        return refused;
    }
    let path = call.field("path");
    if path.is_empty() {
        return business(40001, "path is required");
    }
    baidu.change(|state| {
        if let Some(material) = state.materials.get_mut(path) {
            material.deleted = true;
        }
    });
    success()
}

/// An identical material changes nothing; a deleted path takes nothing in.
fn store(state: &mut State, fields: BTreeMap<String, String>, source: &str, now: Timestamp) -> i64 {
    let path = fields.get("path").cloned().unwrap_or_default();
    let audit_at = now.plus(Duration::from_secs(state.settings.audit_delay_s));
    let material = state.materials.entry(path).or_insert_with(|| Material {
        submissions: 0,
        fields: BTreeMap::new(),
        source: source.to_owned(),
        audit_at,
        verdict: None,
        deleted: false,
    });
    material.submissions += 1;
    if material.deleted {
        return 0;
    }
    if material.fields == fields {
        return state.settings.duplicate_errno;
    }
    material.fields = fields;
    source.clone_into(&mut material.source);
    material.audit_at = audit_at;
    material.verdict = None;
    0
}

/// What is refused before it is stored: missing fields, and bounds that the call itself checks.
fn check(fields: &BTreeMap<String, String>) -> Result<(), String> {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    if let Some(missing) = REQUIRED.iter().find(|name| get(name).is_empty()) {
        return Err(format!("{missing} is required"));
    }
    if characters(get("body")) > 2000 {
        return Err("body is longer than 2000".into());
    }
    if characters(get("path")) > 194 {
        return Err("path is longer than 194".into());
    }
    let images: Option<Vec<String>> = serde_json::from_str(get("images")).ok();
    if !images.is_some_and(|images| (1..=3).contains(&images.len())) {
        return Err("images is no JSON array of 1 to 3 addresses".into());
    }
    let tags: Vec<&str> = get("tags")
        .split(',')
        .filter(|tag| !tag.is_empty())
        .collect();
    if tags.len() > 10 || tags.iter().map(|tag| characters(tag)).sum::<usize>() > 100 {
        return Err("tags are more than 10, or longer than 100 together".into());
    }
    let ext: Value = serde_json::from_str(get("ext")).unwrap_or_default();
    if !ext["publish_time"].as_str().is_some_and(is_day) {
        return Err("ext.publish_time is not written as 2026年3月1日".into());
    }
    if get("mapp_sub_type") == "1002" {
        let has = |name: &str| ext[name].as_str().is_some_and(|text| !text.is_empty());
        if !ext["video_duration"].as_str().is_some_and(is_length) {
            return Err("ext.video_duration is not written as mm:ss".into());
        }
        if !has("pc_url") && !has("h5_url") {
            return Err("ext.pc_url or ext.h5_url is required".into());
        }
    }
    Ok(())
}

/// `2026年3月1日`, without leading zeros.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['年', '月', '日']).collect();
    parts.len() == 4
        && parts[3].is_empty()
        && parts[..3].iter().all(|part| {
            part.parse::<u32>()
                .is_ok_and(|number| number.to_string() == *part)
        })
}

/// `61:20`.
fn is_length(text: &str) -> bool {
    let Some((minutes, seconds)) = text.split_once(':') else {
        return false;
    };
    minutes.len() >= 2
        && minutes.bytes().all(|byte| byte.is_ascii_digit())
        && seconds.len() == 2
        && seconds.parse::<u32>().is_ok_and(|seconds| seconds < 60)
}

/// The review's own rules, but for pictures and landing page, which the crawler looks at: why it refuses a material.
pub fn review(state: &State, material: &Material, now: Timestamp) -> Option<String> {
    let get = |name: &str| material.fields.get(name).map_or("", String::as_str);
    match state.settings.verdicts.get(get("path")).map(String::as_str) {
        Some("投放中") => return None,
        Some(_) => return Some("人工审核未通过".into()),
        None => {}
    }
    let title = get("title");
    if !(6..=40).contains(&characters(title)) || !has_chinese(title) {
        return Some("标题长度或语言不符".into());
    }
    if title.ends_with(['。', '.']) || title.contains('。') {
        return Some("标题含句号".into());
    }
    if is_traditional(title) {
        return Some("标题为繁体".into());
    }
    let text = format!("{title}\n{}", get("body"));
    let words = &state.settings.forbidden_words;
    if let Some(word) = words.iter().find(|word| text.contains(word.as_str())) {
        return Some(format!("含违禁词：{word}"));
    }
    if !feed_type::is_known(get("feed_type"), get("feed_sub_type")) {
        return Some("分类不在列表".into());
    }
    if get("images").contains(".jpeg") {
        return Some("图片格式不符".into());
    }
    let ext: Value = serde_json::from_str(get("ext")).unwrap_or_default();
    let published = ext["publish_time"].as_str().unwrap_or_default();
    let days = if get("mapp_sub_type") == "1002" {
        92
    } else {
        30
    };
    let day = Duration::from_hours(24);
    let is_recent = (0..=days).any(|days| time::publish_time(now.minus(day * days)) == published);
    (!is_recent).then(|| "内容过旧".into())
}

/// `access/submitsitemap`: a link to an index of files of materials.
pub async fn submit_link(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    if let Err(refused) = baidu.admit(&call, Right::Search) {
        return refused;
    }
    let (url, kind, frequency) = (
        call.field("url"),
        call.field("type"),
        call.field("frequency"),
    );
    let is_good = url::Url::parse(url).is_ok()
        && matches!(kind, "0" | "1")
        && matches!(frequency, "3" | "4" | "5" | "6")
        && !call.field("desc").is_empty();
    if !is_good {
        return business(40001, "desc, frequency, type and url are required");
    }
    let now = baidu.now();
    // The next midnight, or the seventh; what older editions call monthly and yearly is taken for weekly.
    let days = if frequency == "3" { 1 } else { 7 };
    let errno = baidu.change(|state| {
        if state.links.contains_key(url) {
            return state.settings.duplicate_errno;
        }
        if state.links.len() >= state.settings.feed_links {
            return 40001;
        }
        let link = Link {
            kind: kind.to_owned(),
            frequency: frequency.to_owned(),
            pull_at: midnight_after(now, days),
            problem: String::new(),
        };
        state.links.insert(url.to_owned(), link);
        0
    });
    match errno {
        0 => success(),
        40001 => business(40001, "too many sitemaps"),
        errno => business(errno, "record exists"),
    }
}

/// `access/deletesitemap`: the link goes, the materials stay.
pub async fn delete_link(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    if let Err(refused) = baidu.admit(&call, Right::Search) {
        return refused;
    }
    baidu.change(|state| state.links.remove(call.field("url")));
    success()
}

fn midnight_after(now: Timestamp, days: u64) -> Timestamp {
    let day = time::date(now) + Days::new(days);
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    chrono_tz::Asia::Shanghai
        .from_local_datetime(&midnight)
        .earliest()
        .map_or(now, |midnight| midnight.to_utc().into())
}

/// What a pull of a link brought: each item is submitted or taken offline. A file that is not as it should be counts
/// for nothing, and only the console says so.
pub fn pulled(state: &mut State, url: &str, items: Result<Vec<Value>, String>, now: Timestamp) {
    let Some(link) = state.links.get_mut(url) else {
        return;
    };
    let days = if link.frequency == "3" { 1 } else { 7 };
    link.pull_at = midnight_after(now, days);
    let is_offline = link.kind == "0";
    let items = items.and_then(|items| {
        let fields = items.iter().map(of_file).collect::<Option<Vec<_>>>();
        fields.ok_or_else(|| "an item is no object with a path".to_owned())
    });
    link.problem = items.as_ref().err().cloned().unwrap_or_default();
    for fields in items.into_iter().flatten() {
        let path = fields.get("path").cloned().unwrap_or_default();
        if is_offline {
            if let Some(material) = state.materials.get_mut(&path) {
                material.deleted = true;
            }
        } else if check(&fields).is_ok() {
            store(state, fields, "Sitemap提交", now);
        }
    }
}

/// In a file, `images` is a real list and `ext` a real object.
fn of_file(item: &Value) -> Option<BTreeMap<String, String>> {
    let object = item.as_object()?;
    object.get("path")?.as_str()?;
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let fields = FIELDS.iter().filter_map(|name| {
        let value = object.get(*name)?;
        Some(((*name).to_owned(), text(value)))
    });
    Some(fields.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn material(changes: &[(&str, &str)]) -> BTreeMap<String, String> {
        let good = [
            ("title", "老茶馆的一天：五点半的第一壶水"),
            ("body", "清晨五点半，灶火亮了。"),
            ("path", "/pages/story/index?id=42"),
            ("images", r#"["https://img.example.cn/a.jpg"]"#),
            ("mapp_type", "1000"),
            ("mapp_sub_type", "1001"),
            ("feed_type", "旅游"),
            ("feed_sub_type", "民俗"),
            ("tags", "茶馆,成都"),
            ("ext", r#"{"publish_time":"2026年3月1日"}"#),
        ];
        good.iter()
            .chain(changes)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn the_call_checks_what_the_documents_say_it_refuses() {
        assert_eq!(check(&material(&[])), Ok(()));
        let long = "水".repeat(2001);
        for bad in [
            ("title", ""),
            ("ext", ""),
            ("body", long.as_str()),
            ("images", "https://img.example.cn/a.jpg"),
            ("images", "[]"),
            ("images", r#"["1","2","3","4"]"#),
            ("tags", "1,2,3,4,5,6,7,8,9,10,11"),
            ("ext", r#"{"publish_time":"2026-03-01"}"#),
            ("ext", r#"{"publish_time":"2026年03月01日"}"#),
            ("mapp_sub_type", "1002"),
        ] {
            assert!(check(&material(&[bad])).is_err(), "{bad:?}");
        }
        let video =
            r#"{"publish_time":"2026年3月1日","video_duration":"61:20","h5_url":"https://a/v"}"#;
        assert_eq!(
            check(&material(&[("mapp_sub_type", "1002"), ("ext", video)])),
            Ok(())
        );
    }

    fn verdict(changes: &[(&str, &str)], now: &str) -> Option<String> {
        let mut state = State::default();
        state.settings.forbidden_words.push("违禁".into());
        let now = now.parse().expect("an instant");
        store(&mut state, material(changes), "Api提交", now);
        let material = state.materials.values().next().expect("one").clone();
        review(&state, &material, now)
    }

    #[test]
    fn the_review_goes_by_the_hard_rows_of_the_table() {
        let soon = "2026-03-30T00:00:00Z";
        assert_eq!(verdict(&[], soon), None);
        for (bad, reason) in [
            (("title", "老茶馆的"), "标题长度或语言不符"),
            (("title", "A day in the tea house"), "标题长度或语言不符"),
            (("title", "老茶馆的一天。第一壶水"), "标题含句号"),
            (("title", "老茶館的一天：五點半開門"), "标题为繁体"),
            (("body", "违禁的话"), "含违禁词：违禁"),
            (("feed_sub_type", "足球"), "分类不在列表"),
            (("images", r#"["https://a/b.jpeg"]"#), "图片格式不符"),
        ] {
            assert_eq!(verdict(&[bad], soon).as_deref(), Some(reason), "{bad:?}");
        }
        assert_eq!(
            verdict(&[], "2026-04-01T00:00:00Z").as_deref(),
            Some("内容过旧")
        );
    }

    #[test]
    fn a_deleted_path_takes_nothing_in_and_an_identical_material_changes_nothing() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().expect("an instant");
        let mut state = State::default();
        store(&mut state, material(&[]), "Api提交", now);
        let path = "/pages/story/index?id=42";
        state.materials.get_mut(path).expect("it").verdict = Some(String::new());

        assert_eq!(store(&mut state, material(&[]), "Api提交", now), 0);
        assert_eq!(state.materials[path].state(), "投放中", "no new review");
        state.settings.duplicate_errno = 40000;
        assert_eq!(store(&mut state, material(&[]), "Api提交", now), 40000);
        store(
            &mut state,
            material(&[("body", "改过了。")]),
            "Api提交",
            now,
        );
        assert_eq!(state.materials[path].state(), "审核中");

        state.materials.get_mut(path).expect("it").deleted = true;
        store(
            &mut state,
            material(&[("body", "又改了。")]),
            "Api提交",
            now,
        );
        assert_eq!(state.materials[path].state(), "已删除");
        assert_eq!(state.materials[path].fields["body"], "改过了。");
    }

    #[test]
    fn a_link_is_pulled_at_the_next_midnight_or_the_seventh() {
        let now: Timestamp = "2026-03-03T08:00:00Z".parse().expect("an instant");
        assert_eq!(midnight_after(now, 1).to_string(), "2026-03-03T16:00:00Z");
        assert_eq!(midnight_after(now, 7).to_string(), "2026-03-09T16:00:00Z");
    }
}
