//! What a reader's telephone shows: the account's cards in the stream, an article, a video.

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};

use super::{Shared, Toutiao, state::Item};
use crate::{channels::beijing, clock::Timestamp, text::escape_html};

const STYLE: &str = include_str!("page.css");

fn html(title: &str, body: &str) -> HttpResponse {
    let title = escape_html(title);
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"zh-Hans\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style>{body}</html>"
    ))
}

/// Who, and when: as it stands below a card.
fn line(name: &str, at: Timestamp) -> String {
    let when = beijing(at).format("%-m月%-d日 %H:%M");
    format!("<span class=\"meta\">{} · {when}</span>", escape_html(name))
}

/// The video of a work, or a dark place where its bytes are not kept; `root` leads from the page to the simulator.
fn player(toutiao: &Toutiao, item: &Item, root: &str, attributes: &str) -> String {
    let kept = item.upload.as_ref().filter(|name| toutiao.files.has(name));
    kept.map_or_else(
        || "<div class=\"video\">▶</div>".to_owned(),
        |name| {
            format!(
                "<div class=\"video\"><video src=\"{root}files/{}\" {attributes}></video></div>",
                escape_html(name)
            )
        },
    )
}

/// The cards of the account, newest first.
pub async fn list(toutiao: Shared) -> HttpResponse {
    let state = toutiao.lock();
    let name = &state.settings.nickname;
    let mut cards = Vec::new();
    for article in state.articles.iter().filter(|one| !one.is_deleted) {
        let covers: String = article
            .covers
            .iter()
            .map(|cover| {
                let cover = escape_html(cover);
                format!("<img alt=\"\" src=\"files/{}-{cover}\">", article.id)
            })
            .collect();
        let card = format!(
            "<a class=\"card covers-{}\" href=\"article/{}\"><b>{}</b><div class=\"covers\">{covers}</div>{}</a>",
            article.covers.len().min(3),
            article.id,
            escape_html(&article.title),
            line(name, article.created_at)
        );
        cards.push((article.created_at, card));
    }
    for item in state.items.iter().filter(|one| !one.is_deleted) {
        let card = format!(
            "<a class=\"card\" href=\"item/{}\"><b>{}</b>{}{}</a>",
            item.id,
            escape_html(&item.text),
            player(&toutiao, item, "", "preload=\"metadata\" muted"),
            line(name, item.created_at)
        );
        cards.push((item.created_at, card));
    }
    cards.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let cards: String = cards.into_iter().map(|(_, card)| card).collect();
    let tabs = "<header><div class=\"search\">搜索你感兴趣的内容</div><nav><span>关注</span><b>推荐</b><span>热榜</span><span>视频</span><span>财经</span><span>科技</span></nav></header>";
    html(name, &format!("{tabs}<main>{cards}</main>"))
}

fn gone() -> HttpResponse {
    HttpResponse::NotFound().body("内容不存在")
}

/// Whose it is, above a work.
fn author(name: &str, at: Timestamp) -> String {
    let first: String = name.chars().take(1).collect();
    format!(
        "<div class=\"author\"><span class=\"face\">{}</span><div><b>{}</b>{}</div><span class=\"follow\">关注</span></div>",
        escape_html(&first),
        escape_html(name),
        line("头条号", at)
    )
}

const BACK: &str = "<header class=\"plain\"><a href=\"../\" aria-label=\"返回\">‹</a><span>今日头条</span><span>···</span></header>";

/// An article.
pub async fn article(toutiao: Shared, path: web::Path<(String, String)>) -> HttpResponse {
    let state = toutiao.lock();
    let found = state
        .articles
        .iter()
        .find(|one| one.id == path.0 && !one.is_deleted);
    let Some(article) = found else { return gone() };
    let mut body = format!(
        "{BACK}<main class=\"article\"><h1>{}</h1>{}",
        escape_html(&article.title),
        author(&state.settings.nickname, article.created_at)
    );
    let files = format!("<img src=\"../files/{}-", article.id);
    body.push_str(&article.html.replace("<img src=\"", &files));
    if !article.tags.is_empty() {
        let tags = escape_html(&article.tags.join(" · "));
        let _ = write!(body, "<p class=\"meta\">{tags}</p>");
    }
    body.push_str("</main>");
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
    let body = format!(
        "{BACK}{}<main class=\"article\"><h1>{}</h1>{}</main>",
        player(
            &toutiao,
            item,
            "../",
            "controls autoplay muted loop playsinline"
        ),
        escape_html(&item.text),
        author(&state.settings.nickname, item.created_at)
    );
    html(&item.text, &body)
}

/// A picture of an article that was pasted, or a video that was uploaded, since the simulator started.
pub async fn file(toutiao: Shared, name: web::Path<String>) -> HttpResponse {
    toutiao.files.answer(&name)
}
