//! What a reader's telephone shows: the account's list, an article, a video.

use std::{fmt::Write as _, sync::PoisonError};

use actix_web::{HttpResponse, web};

use super::Shared;
use crate::text::escape_html;

const HEAD: &str = "<!doctype html><html lang=\"zh-Hans\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><style>body{max-width:660px;margin:0 auto;font:17px/1.7 system-ui,'PingFang SC','Noto Sans CJK SC',sans-serif;color:#222;overflow-wrap:anywhere}header{background:#f04142;color:#fff;padding:10px 16px;font-weight:600}main{padding:0 16px}h1{font-size:23px;line-height:1.4}img{max-width:100%}.card{display:block;padding:14px 0;border-bottom:1px solid #eee;color:inherit;text-decoration:none}.covers{display:grid;grid-template-columns:repeat(3,1fr);gap:4px}.covers img{width:100%;aspect-ratio:16/9;object-fit:cover}.meta{color:#999;font-size:13px}.video{background:#111;color:#fff;aspect-ratio:16/9;display:grid;place-items:center;border-radius:4px}</style>";

fn html(title: &str, body: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(format!(
            "{HEAD}<title>{}</title><header>今日头条（模拟）</header><main>{body}</main></html>",
            escape_html(title)
        ))
}

/// The cards of the account, newest first.
pub async fn list(toutiao: Shared) -> HttpResponse {
    let state = toutiao.lock();
    let mut cards = Vec::new();
    for article in state.articles.iter().filter(|one| !one.is_deleted) {
        let covers: String = article
            .covers
            .iter()
            .map(|name| {
                format!(
                    "<img alt=\"\" src=\"files/{}-{}\">",
                    article.id,
                    escape_html(name)
                )
            })
            .collect();
        let card = format!(
            "<a class=\"card\" href=\"article/{}\"><b>{}</b><div class=\"covers\">{covers}</div></a>",
            article.id,
            escape_html(&article.title)
        );
        cards.push((article.created_at, card));
    }
    for item in state.items.iter().filter(|one| !one.is_deleted) {
        let card = format!(
            "<a class=\"card\" href=\"item/{}\"><b>{}</b><div class=\"video\">▶</div></a>",
            item.id,
            escape_html(&item.text)
        );
        cards.push((item.created_at, card));
    }
    cards.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let cards: String = cards.into_iter().map(|(_, card)| card).collect();
    html("模拟头条号", &cards)
}

fn gone() -> HttpResponse {
    HttpResponse::NotFound().body("内容不存在")
}

/// An article.
pub async fn article(toutiao: Shared, path: web::Path<(String, String)>) -> HttpResponse {
    let state = toutiao.lock();
    let found = state
        .articles
        .iter()
        .find(|one| one.id == path.0 && !one.is_deleted);
    let Some(article) = found else { return gone() };
    let mut body = format!("<h1>{}</h1>", escape_html(&article.title));
    let files = format!("<img src=\"../files/{}-", article.id);
    body.push_str(&article.html.replace("<img src=\"", &files));
    if !article.tags.is_empty() {
        let _ = write!(
            body,
            "<p class=\"meta\">{}</p>",
            escape_html(&article.tags.join(" · "))
        );
    }
    html(&article.title, &body)
}

/// A video.
pub async fn video(toutiao: Shared, path: web::Path<(String, String)>) -> HttpResponse {
    let state = toutiao.lock();
    let found = state
        .items
        .iter()
        .find(|one| one.id == path.0 && !one.is_deleted);
    let Some(item) = found else { return gone() };
    let text = escape_html(&item.text);
    html(
        &item.text,
        &format!("<div class=\"video\">▶</div><h1>{text}</h1>"),
    )
}

/// A picture of an article that was pasted since the simulator started.
pub async fn file(toutiao: Shared, name: web::Path<String>) -> HttpResponse {
    let files = toutiao.files.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(bytes) = files.get(name.as_str()) else {
        return gone();
    };
    let mime = mime_guess::from_path(name.as_str()).first_or_octet_stream();
    HttpResponse::Ok()
        .content_type(mime.as_ref())
        .body(bytes.clone())
}
