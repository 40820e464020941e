//! Baijiahao as its authors' programs meet it: `builderinner/open/resource/…`, mounted under `/baidu/baijiahao`, and the
//! pages that readers see there.
//!
//! Commands beside those of the others: `{"console": {"article_id": …, "do": "publish"}}`, as a person acts in the author
//! console (`publish`, `draft`, `withdraw`, `delete`), or as the platform does (`forbid`, `recommend`); `{"post_by_hand": {"title": …}}`;
//! `{"figures": {"article_id": …, "view_count": …}}`.

mod page;
mod post;
mod publish;
mod query;

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

pub use post::Post;

use super::{
    Baidu,
    call::{Call, answer},
    state::State,
};
use crate::clock::Timestamp;

const ROOT: &str = "/baijiahao/builderinner/open/resource/";

/// A refusal: `errno` and `errmsg`.
type Refusal = (i64, String);

/// Registers the calls and the pages.
pub fn routes(config: &mut web::ServiceConfig) {
    let at = |call: &str| web::resource(format!("{ROOT}{call}"));
    config
        .service(at("article/publish").route(web::post().to(publish::article)))
        .service(at("video/publish").route(web::post().to(publish::video)))
        .service(at("article/republish").route(web::post().to(publish::again)))
        .service(at("article/withdraw").route(web::post().to(publish::withdraw)))
        .service(at("article/delete").route(web::post().to(publish::delete)))
        .service(at("query/articleListall").route(web::post().to(query::list)))
        .service(at("query/status").route(web::post().to(query::status)))
        .service(at("query/articleStatistics").route(web::post().to(query::statistics)))
        .route("/baijiahao/u", web::get().to(page::author))
        .route("/baijiahao/s", web::get().to(page::show));
}

/// Posts that readers see, for the ledger.
pub fn ledger(state: &State, now: Timestamp) -> impl Iterator<Item = Value> {
    let seen = state.posts.iter().filter(move |post| post.is_seen(now));
    seen.map(|post| {
        json!({
            "lane": "baijiahao",
            "key": post.id,
            "title": post.title,
            "state": "publish",
            "reason": "",
            "kind": post.kind,
            "origin_url": post.origin_url,
            "covers": post.covers,
            "is_original": post.is_original,
            "edits": post.edits,
            "submissions": post.submissions,
        })
    })
}

/// The commands of this side; nothing for those of the others.
pub fn control(
    state: &mut State,
    command: &Value,
    now: Timestamp,
) -> Option<Result<Value, String>> {
    if let Some(asked) = command.get("console") {
        return Some(post::act(state, asked, now));
    }
    if let Some(asked) = command.get("post_by_hand") {
        let title = asked["title"].as_str().unwrap_or_default();
        let mut post = Post::new(state, post::NEWS, now);
        title.clone_into(&mut post.title);
        let id = post.id.clone();
        state.posts.push(post);
        return Some(Ok(json!({ "article_id": id })));
    }
    let asked = command.get("figures")?.clone();
    let id = asked["article_id"].as_str().unwrap_or_default();
    let Some(post) = state.posts.iter_mut().find(|post| post.id == id) else {
        return Some(Err(format!("there is no post {id}")));
    };
    let counts = asked.as_object().into_iter().flatten();
    post.figures = counts
        .filter_map(|(name, count)| Some((name.clone(), count.as_i64()?)))
        .collect();
    Some(Ok(json!({})))
}

/// The fields of a call: a form, or JSON.
fn fields(call: &Call) -> BTreeMap<String, String> {
    let read = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match serde_json::from_str(&call.body) {
        Ok(Value::Object(object)) => object
            .iter()
            .map(|(name, value)| (name.clone(), read(value)))
            .collect(),
        _ => call.form.iter().cloned().collect(),
    }
}

/// A field; empty where it is missing.
fn get<'a>(fields: &'a BTreeMap<String, String>, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

/// Lets a call in: the id and token of the author, and the author's good standing.
fn admit(baidu: &Baidu, fields: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let state = baidu.lock();
    let settings = &state.settings;
    let is_known = get(fields, "app_id") == settings.baijiahao_app_id
        && get(fields, "app_token") == settings.baijiahao_app_token;
    if !is_known {
        return Err((60_001_001, "授权校验失败".to_owned()));
    }
    if settings.author_muted {
        return Err((60_000_005, "作者状态异常或被禁言".to_owned()));
    }
    Ok(())
}

/// An answer with this side's envelope.
fn told(told: Result<Value, Refusal>) -> HttpResponse {
    let body = match told {
        Ok(data) => json!({ "errno": 0, "errmsg": "success", "data": data }),
        Err((errno, errmsg)) => json!({ "errno": errno, "errmsg": errmsg, "data": {} }),
    };
    answer(200, &body)
}
