//! Lists, states and figures of posts.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::{
    super::{super::time, Baidu, call::Call},
    Refusal, admit, fields, get,
    post::Post,
    told,
};
use crate::clock::Timestamp;

/// Items on a page, and ids of one call, at most.
const MOST: usize = 20;
/// Figures, and how much of the views each is.
const FIGURES: [(&str, i64, i64); 6] = [
    ("recommend_count", 20, 1),
    ("view_count", 1, 1),
    ("comment_count", 1, 60),
    ("share_count", 1, 100),
    ("collect_count", 1, 80),
    ("likes_count", 1, 20),
];

type Fields = BTreeMap<String, String>;

fn wrong(what: &str) -> Refusal {
    (2, what.to_owned())
}

fn ask(
    baidu: &Baidu,
    call: &Call,
    read: impl FnOnce(&Fields) -> Result<Value, Refusal>,
) -> HttpResponse {
    let fields = fields(call);
    told(admit(baidu, &fields).and_then(|()| read(&fields)))
}

/// Where readers see a post.
fn address(call: &Call, post: &Post) -> String {
    format!("{}/baijiahao/s?id={}", call.base, post.nid)
}

/// `query/articleListall`: posts of some days, the latest first, by their ids.
pub async fn list(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    ask(&baidu, &call, |fields| {
        let day = |name: &str| {
            let day = NaiveDate::parse_from_str(get(fields, name), "%Y-%m-%d");
            day.map_err(|_| wrong("start_time, end_time 应为 YYYY-MM-DD"))
        };
        let (from, to) = (day("start_time")?, day("end_time")?);
        let number = |name: &str, default: usize| match get(fields, name) {
            "" => Ok(default),
            given => given.parse().map_err(|_| wrong("page_no, page_size")),
        };
        let (page, size) = (number("page_no", 1)?, number("page_size", MOST)?);
        if page == 0 || !(1..=MOST).contains(&size) {
            return Err(wrong("page_size 最多 20"));
        }
        let (kind, collection) = (get(fields, "article_type"), get(fields, "collection"));
        let (now, state) = (baidu.now(), baidu.lock());
        let lag = Duration::from_secs(state.settings.author_list_lag_s);
        let is_listed = |post: &&Post| {
            (from..=to).contains(&time::date(post.updated_at))
                && post.created_at.plus(lag) <= now
                && post
                    .collection(now)
                    .is_some_and(|own| collection.is_empty() || own == collection)
                && (kind.is_empty() || post.kind == kind)
        };
        let listed = state.posts.iter().rev().filter(is_listed);
        let items: Map<String, Value> = listed
            .skip((page - 1) * size)
            .take(size)
            .map(|post| (post.id.clone(), item(&call, post, now)))
            .collect();
        let items = if items.is_empty() {
            // As PHP writes an empty map.
            json!([])
        } else {
            items.into()
        };
        Ok(json!({ "page": { "page_no": page, "page_size": size }, "items": items }))
    })
}

fn item(call: &Call, post: &Post, now: Timestamp) -> Value {
    json!({
        "article_id": post.id,
        "nid": post.nid,
        "title": post.title,
        "type": post.kind,
        "status": post.status(now),
        "collection": post.collection(now),
        "article_url": address(call, post),
        "updated_at": time::release_date(post.updated_at),
    })
}

/// `query/status`: what became of up to twenty posts; unknown ones are left out.
pub async fn status(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    ask(&baidu, &call, |fields| {
        let ids: Vec<&str> = get(fields, "article_id").split(',').collect();
        if ids.len() > MOST || ids == [""] {
            return Err(wrong("article_id 应为 1 到 20 个"));
        }
        let (now, state) = (baidu.now(), baidu.lock());
        let known = state
            .posts
            .iter()
            .filter(|post| ids.contains(&post.id.as_str()));
        let known = known.map(|post| {
            let status = post.status(now);
            let mut told = json!({ "article_id": post.id, "status": status });
            if status == "publish" {
                told["url"] = address(&call, post).into();
            }
            if status == "rejected" {
                told["msg"] = post.problem.clone().into();
            }
            (post.id.clone(), told)
        });
        Ok(Value::Object(known.collect()))
    })
}

/// `query/articleStatistics`: −1 for what cannot be read yet.
pub async fn statistics(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    ask(&baidu, &call, |fields| {
        let id = get(fields, "article_id");
        let (now, state) = (baidu.now(), baidu.lock());
        let post = state.posts.iter().find(|post| post.id == id);
        let post = post.ok_or_else(|| (80_000_107, "文章不存在".to_owned()))?;
        let views = views(post, now);
        let count = |(name, times, part): (&str, i64, i64)| {
            let usual = views.map_or(-1, |views| views * times / part);
            let count = post.figures.get(name).copied().unwrap_or(usual);
            (name.to_owned(), Value::from(count))
        };
        Ok(Value::Object(FIGURES.map(count).into_iter().collect()))
    })
}

/// Views grow for ten days; in the first hour nobody knows them.
pub fn views(post: &Post, now: Timestamp) -> Option<i64> {
    let hours = now.since(post.audit_at).as_secs() / 3600;
    let known = post.is_seen(now) && hours > 0;
    known.then(|| i64::try_from(hours.min(240)).unwrap_or_default() * 12)
}
