//! Figures: deterministic numbers, one day late. The calls of before 2026 are offline.

use chrono::{NaiveDate, Timelike as _};
use serde_json::{Value, json};

use super::{
    Refusal, publish, refuse,
    state::{Article, State},
};
use crate::{channels::beijing, clock::Timestamp};

const OFFLINE: [&str; 6] = [
    "getarticlesummary",
    "getarticletotal",
    "getuserread",
    "getuserreadhour",
    "getusershare",
    "getusersharehour",
];

fn day(at: Timestamp) -> NaiveDate {
    beijing(at).date_naive()
}

pub fn read(state: &State, path: &str, body: &Value, now: Timestamp) -> Result<Value, Refusal> {
    let call = path.trim_start_matches("/datacube/");
    if OFFLINE.contains(&call) {
        return refuse(47009, "this api is offline, please use the new api");
    }
    let date = |name: &str| {
        let text = body[name].as_str().unwrap_or_default();
        NaiveDate::parse_from_str(text, "%Y-%m-%d").or_else(|_| refuse(61500, "date format error"))
    };
    let (from, to) = (date("begin_date")?, date("end_date")?);
    let most = if call == "getbizsummary" { 29 } else { 0 };
    if to >= day(now) || to < from || (to - from).num_days() > most {
        return refuse(61501, "date range error");
    }
    let hour = beijing(now).hour();
    // Yesterday's figures are complete after eight.
    let is_delay = hour < 8 && day(now).pred_opt() == Some(to);
    let of_day = state
        .articles
        .iter()
        .filter(|one| (from..=to).contains(&day(one.at)));
    let list: Vec<Value> = match call {
        "getarticletotaldetail" => of_day.map(|one| detail(one, now)).collect(),
        "getarticleread" => of_day
            .map(|one| json!({ "ref_date": from.to_string(), "msgid": msgid(one), "detail": { "read_user": reads(one, 1), "read_user_source": [] } }))
            .collect(),
        "getarticleshare" => of_day
            .map(|one| json!({ "ref_date": from.to_string(), "msgid": msgid(one), "detail": { "share_user": reads(one, 1) / 10 } }))
            .collect(),
        "getbizsummary" => {
            let reads: u64 = of_day.map(|one| reads(one, 1)).sum();
            vec![json!({ "ref_date": to.to_string(), "read_user": reads, "share_user": reads / 10, "like_user": reads / 20, "zaikan_user": reads / 40, "comment_count": reads / 50, "collection_user": reads / 30 })]
        }
        _ => return refuse(61500, "no such call"),
    };
    Ok(json!({ "list": list, "is_delay": is_delay }))
}

fn msgid(article: &Article) -> String {
    format!("{}_1", article.mid)
}

/// Readers after so many days.
pub fn reads(article: &Article, days: u64) -> u64 {
    (100 + article.mid % 900) * days.min(30)
}

fn detail(article: &Article, now: Timestamp) -> Value {
    let first = day(article.at);
    let count = (day(now) - first).num_days().clamp(1, 30);
    let days: Vec<Value> = (0..count)
        .map(|number| {
            let reads = reads(article, number.unsigned_abs() + 1);
            let date = first + chrono::Duration::days(number);
            json!({ "stat_date": date.to_string(), "read_user": reads, "share_user": reads / 10, "zaikan_user": reads / 40, "like_user": reads / 20, "comment_count": reads / 50, "collection_user": reads / 30 })
        })
        .collect();
    json!({
        "ref_date": first.to_string(),
        "msgid": msgid(article),
        "publish_type": u8::from(article.msg_id.is_none()),
        "title": article.articles[0]["title"],
        "content_url": publish::url(article.mid, 1),
        "detail_list": days,
    })
}
