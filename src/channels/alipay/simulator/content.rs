//! File upload and the content family: publish, query, list, delete.

use std::time::Duration;

use serde_json::{Map, Value, json};
use url::form_urlencoded::byte_serialize;

use super::{
    super::{ARTICLE, LONGEST_ARTICLE, LONGEST_TEXT, LONGEST_TITLE, POST, time},
    gateway::{Answer, Call, Refusal},
    identity, item,
    state::{Content, File, Media, State},
};
use crate::{channels::beijing, clock::Timestamp, text::characters};

const UPLOAD: &str = "alipay.open.file.upload";
const PUBLISH: &str = "alipay.social.base.contentlib.standardcontent.publish";
const PUBLISH_ARTICLE: &str = "alipay.social.base.lifeprod.standardcontent.publish";
const QUERY: &str = "alipay.social.base.contentlib.standardcontent.query";
const LIST: &str = "alipay.social.base.contentlib.standardcontent.batchquery";
const DELETE: &str = "alipay.social.base.contentlib.standardcontent.delete";

const DETECT: &str = "alipay.security.risk.content.detect";
const CODE: &str = "alipay.open.app.qrcode.create";
const CERTIFICATE: &str = "alipay.open.app.alipaycert.download";

/// What the gateway knows.
pub const METHODS: &[&str] = &[
    UPLOAD,
    PUBLISH,
    PUBLISH_ARTICLE,
    QUERY,
    LIST,
    DELETE,
    DETECT,
    CODE,
    CERTIFICATE,
];

/// Contents on a page of the list at most.
const PAGE: u64 = 20;
/// A content may be published from so much later.
const SOONEST: Duration = Duration::from_mins(15);
/// And until so much later.
const LATEST: Duration = Duration::from_hours(7 * 24);
const OFFERS: &[&str] = &["mini_app", "subservice", "voucher", "goods", "game"];

pub fn business(text: &str) -> Refusal {
    ("40004", "BUSINESS_ERROR", text.to_owned())
}

pub fn invalid(name: &str) -> Refusal {
    (
        "40002",
        "isv.invalid-parameter",
        format!("参数有误：{name}"),
    )
}

pub fn object<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Does what a method does.
pub fn carry_out(state: &mut State, call: &Call, now: Timestamp) -> Answer {
    let method = call.get("method");
    let content: Value = serde_json::from_str(call.get("biz_content")).unwrap_or_default();
    if method == UPLOAD {
        return upload(state, call, &content, now);
    }
    if !content.is_object() {
        return Err(("40002", "isv.illegal-json", "非法的JSON参数".to_owned()));
    }
    if item::METHODS.contains(&method) {
        return item::carry_out(state, method, &content, now);
    }
    if method == DETECT {
        return detect(state, &content);
    }
    if method == CODE {
        return code(state, &content, &call.base);
    }
    if method == CERTIFICATE {
        let sn = content["alipay_cert_sn"].as_str().unwrap_or_default();
        let text = identity::find_certificate(sn).ok_or_else(|| {
            let text = "支付宝公钥证书不存在".to_owned();
            ("40002", "isv.alipay-cert-not-exist", text)
        })?;
        return Ok(object([("alipay_cert_content", text.into())]));
    }
    if !state.settings.upgraded {
        return Err(("40004", "PUBLIC_NOT_UPGRADE", "生活号未升级".to_owned()));
    }
    match method {
        PUBLISH | PUBLISH_ARTICLE => publish(state, &content, method == PUBLISH_ARTICLE, now),
        LIST => list(state, &content, &call.base, now),
        _ => {
            let id = content["content_id"].as_str().unwrap_or_default();
            if id.is_empty() {
                return Err(invalid("content_id"));
            }
            let found = state.contents.iter_mut().find(|known| known.id == id);
            let found =
                found.ok_or_else(|| ("40004", "CONTENT_NOT_EXISTS", "内容不存在".to_owned()))?;
            if method == DELETE {
                found.is_deleted = true;
                return Ok(Map::new());
            }
            let mut record = record(found, &call.base, now);
            record.insert("source_content".into(), found.text.clone().into());
            Ok(record)
        }
    }
}

/// Checks a text by the words that a review would refuse.
fn detect(state: &mut State, content: &Value) -> Answer {
    let text = content["content"].as_str().unwrap_or_default();
    if text.is_empty() {
        return Err(invalid("content"));
    }
    let words = state.settings.refused_words.iter();
    let found: Vec<String> = words.filter(|word| text.contains(*word)).cloned().collect();
    let action = if found.is_empty() {
        "PASSED"
    } else {
        "REJECTED"
    };
    let id = format!("sim{:029}", state.issue());
    Ok(object([
        ("action", action.into()),
        ("keywords", json!(found)),
        ("unique_id", id.into()),
    ]))
}

/// Makes a code for a page of the mini-program; the page of the code's file draws it.
fn code(state: &mut State, content: &Value, base: &str) -> Answer {
    let text = |name: &str| content[name].as_str().unwrap_or_default();
    let (page, query) = (text("url_param"), text("query_param"));
    if page.is_empty() || page.contains('?') {
        return Err(("40004", "INVALID_PARAMETER", "参数有误".to_owned()));
    }
    let note = text("describe");
    let words = &state.settings.refused_words;
    if note.is_empty() || words.iter().any(|word| note.contains(word)) {
        let said = "二维码描述不合法".to_owned();
        return Err(("40004", "QRCODE_DESC_CHECK_INVALID", said));
    }
    let query = byte_serialize(query.as_bytes()).collect::<String>();
    let app_id = &state.settings.app_id;
    let scheme = format!("alipays://platformapi/startapp?appId={app_id}&page={page}&query={query}");
    let id = format!("{:08x}", state.issue());
    let url = format!("{base}/codes/{id}.png");
    state.codes.insert(id, scheme);
    let [blue, white] = ["blue", "white"].map(|color| Value::from(format!("{url}?circle={color}")));
    Ok(object([
        ("qr_code_url", url.into()),
        ("qr_code_url_circle_blue", blue),
        ("qr_code_url_circle_white", white),
    ]))
}

/// Keeps a file. What is told of it stands among the parameters, in version 3 in a part of its own.
fn upload(state: &mut State, call: &Call, content: &Value, now: Timestamp) -> Answer {
    let told = |name: &str| content[name].as_str().unwrap_or_else(|| call.get(name));
    if told("biz_code").is_empty() {
        return Err(invalid("biz_code"));
    }
    let Some(sent) = &call.file else {
        return Err(("40002", "isv.upload-fail", "文件上传失败".to_owned()));
    };
    if sent.size == 0 || sent.size > state.settings.most_file_bytes {
        return Err(("40002", "isv.invalid-file-size", "文件大小无效".to_owned()));
    }
    let extension = sent.name.rsplit('.').next().unwrap_or_default();
    if !["jpg", "jpeg", "png", "mp4"].contains(&extension.to_lowercase().as_str()) {
        return Err((
            "40002",
            "isv.invalid-file-extension",
            "文件扩展名无效".to_owned(),
        ));
    }
    let md5 = told("md5");
    if !md5.is_empty() && !md5.eq_ignore_ascii_case(&sent.md5) {
        return Err(("40004", "FILE_CHECK_FAIL", "文件校验失败".to_owned()));
    }
    let id = format!("A*sim{:028}", state.issue());
    let file = File {
        biz_code: told("biz_code").to_owned(),
        size: sent.size,
        md5: sent.md5.clone(),
        name: sent.name.clone(),
        uploaded_at: now,
    };
    state.files.insert(id.clone(), file);
    Ok(object([("file_id", id.into())]))
}

/// The files of a content, each known, alive and uploaded for contents.
fn media(state: &State, content: &Value, now: Timestamp) -> Result<Vec<Media>, Refusal> {
    let media: Vec<Media> = serde_json::from_value(content["source_media_infos"].clone())
        .map_err(|_| invalid("source_media_infos"))?;
    let life = Duration::from_secs(state.settings.file_life_s);
    for one in &media {
        let file = state.files.get(&one.media_id);
        let is_good = file.is_some_and(|file| {
            file.biz_code == "content_creation" && file.uploaded_at.plus(life) > now
        });
        if !is_good {
            return Err(business("素材不存在"));
        }
    }
    Ok(media)
}

fn publish(state: &mut State, content: &Value, is_article: bool, now: Timestamp) -> Answer {
    let text = |name: &str| content[name].as_str().unwrap_or_default();
    let (source_type, permissions, body, most) = if is_article {
        (
            "IMAGE-CONTENT",
            ["whole", "part"],
            text("source_text"),
            LONGEST_ARTICLE,
        )
    } else {
        (
            text("source_type"),
            ["1", "2"],
            text("source_content"),
            LONGEST_TEXT,
        )
    };
    let is_known = if is_article {
        text("source_type") == source_type
    } else {
        ["1", "2"].contains(&source_type)
    };
    if !is_known {
        return Err(invalid("source_type"));
    }
    let permission = match text("permission_status") {
        "" => "1",
        given if given == permissions[0] => "1",
        given if given == permissions[1] => "2",
        _ => return Err(invalid("permission_status")),
    };
    let publish_date = text("source_publish_date");
    let published_at = if publish_date.is_empty() {
        now
    } else {
        time::read(publish_date).ok_or_else(|| invalid("source_publish_date"))?
    };
    if !(1..=LONGEST_TITLE).contains(&characters(text("source_title"))) {
        return Err(business("标题长度不符合要求"));
    }
    let visible = if is_article {
        ammonia::Builder::empty().clean(body).to_string()
    } else {
        body.to_owned()
    };
    if !(1..=most).contains(&characters(&visible)) {
        return Err(business("正文长度不符合要求"));
    }
    let media = media(state, content, now)?;
    let count = |kind: &str| media.iter().filter(|one| one.media_type == kind).count();
    let (images, is_only) = (count("image"), |known: usize| known == media.len());
    let is_complete = match source_type {
        "2" => count("video") == 1 && count("cover_static") == 1 && is_only(2),
        _ => (1..=state.settings.most_pictures).contains(&images) && is_only(images),
    };
    if !is_complete {
        return Err(business("素材数量不符合要求"));
    }
    let is_in_time = published_at > now.plus(SOONEST) && published_at < now.plus(LATEST);
    if !publish_date.is_empty() && !is_in_time {
        return Err(business("发布时间不符合要求"));
    }
    let offers = content["source_offers"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let kinds = if is_article { &OFFERS[..3] } else { OFFERS };
    let is_offer = |offer: &Value| {
        offer["offer_type"]
            .as_str()
            .is_some_and(|kind| kinds.contains(&kind))
    };
    if offers.len() > 1 || !offers.iter().all(is_offer) {
        return Err(business("挂载不符合要求"));
    }
    let day = |at: Timestamp| beijing(at).date_naive();
    let made = state.contents.iter();
    let today = made
        .filter(|known| day(known.created_at) == day(now))
        .count();
    let settings = &state.settings;
    if settings.publish_per_day > 0 && today >= settings.publish_per_day {
        return Err(business("今日发布次数已达上限"));
    }
    let is_rejected = settings
        .refused_words
        .iter()
        .any(|word| text("source_title").contains(word) || visible.contains(word));
    let reviewed_at = now.plus(Duration::from_secs(settings.audit_delay_s));
    let id = format!("{}OB020010{:016}", day(now).format("%Y%m%d"), state.issue());
    state.contents.push(Content {
        id: id.clone(),
        lane: if is_article { ARTICLE } else { POST }.to_owned(),
        source_type: if is_article { "0" } else { source_type }.to_owned(),
        title: text("source_title").to_owned(),
        // Forbidden tags are dropped silently.
        text: if is_article {
            ammonia::clean(body)
        } else {
            body.to_owned()
        },
        source_link: text("source_link").to_owned(),
        media,
        offers: content["source_offers"].clone(),
        permission: permission.to_owned(),
        publish_date: Some(publish_date.to_owned()).filter(|date| !date.is_empty()),
        created_at: now,
        reviewed_at,
        published_at,
        is_rejected,
        is_taken_down: false,
        is_deleted: false,
        is_foreign: false,
    });
    Ok(object([("content_id", id.into())]))
}

/// A content as query and list show it.
fn record(content: &Content, base: &str, now: Timestamp) -> Map<String, Value> {
    let status = content.status(now);
    let link = (status == "1").then(|| format!("{base}/content/{}", content.id));
    let mut offers = content.offers.clone();
    for offer in offers.as_array_mut().into_iter().flatten() {
        if offer["offer_type"] == "mini_app" {
            offer["offer_type"] = "service".into();
        }
    }
    object([
        ("content_id", content.id.clone().into()),
        ("source_title", content.title.clone().into()),
        ("source_link", content.source_link.clone().into()),
        ("source_publish_date", json!(content.publish_date)),
        ("source_media_infos", json!(content.media)),
        ("source_offers", offers),
        ("source_status", status.into()),
        ("source_type", content.source_type.clone().into()),
        ("permission_status", content.permission.clone().into()),
        ("link", json!(link)),
    ])
}

fn list(state: &State, content: &Value, base: &str, now: Timestamp) -> Answer {
    // Numbers may come as text.
    let number = |name: &str, default: u64| match &content[name] {
        Value::Null => Ok(default),
        Value::String(text) => text.parse().map_err(|_| invalid(name)),
        value => value.as_u64().ok_or_else(|| invalid(name)),
    };
    let (page, size) = (number("page_num", 1)?, number("page_size", PAGE)?);
    if page == 0 {
        return Err(invalid("page_num"));
    }
    if !(1..=PAGE).contains(&size) {
        return Err(invalid("page_size"));
    }
    let status = content["status"].as_str().unwrap_or_default();
    let mut contents = state.listed(now);
    contents.retain(|content| status.is_empty() || content.status(now) == status);
    let skip = usize::try_from((page - 1).saturating_mul(size)).unwrap_or(usize::MAX);
    let take = usize::try_from(size).unwrap_or(usize::MAX);
    let shown: Vec<&Content> = contents.iter().skip(skip).take(take).copied().collect();
    let ids: Vec<&str> = shown.iter().map(|content| content.id.as_str()).collect();
    let details = (content["need_detail"] == true || content["need_detail"] == "true").then(|| {
        let records = shown.iter().map(|content| record(content, base, now));
        records.collect::<Vec<_>>()
    });
    Ok(object([
        ("content_ids", json!(ids)),
        ("content_details", json!(details)),
        ("page_num", page.into()),
        ("page_size", size.into()),
        ("total", contents.len().into()),
    ]))
}
