//! What a telephone shows: the account's list of cards, and an article.

use std::{collections::BTreeMap, fmt::Write as _};

use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::{Shared, state::Article};
use crate::text::escape_html;

const HEAD: &str = "<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><style>body{max-width:677px;margin:0 auto;padding:16px;font-family:system-ui,'PingFang SC','Noto Sans CJK SC',sans-serif;color:#333;overflow-wrap:anywhere}h1{font-size:22px;line-height:1.4;margin:0 0 14px}img{max-width:100%}.meta{color:#999;font-size:15px;margin-bottom:22px}.card{display:block;position:relative;margin-bottom:16px;border-radius:8px;overflow:hidden;color:#fff;text-decoration:none;background:#888}.card img{display:block;width:100%;aspect-ratio:2.35;object-fit:cover}.card b{position:absolute;inset:auto 0 0 0;padding:24px 14px 12px;font-weight:500;font-size:17px;background:linear-gradient(transparent,#000a)}.more{color:#576b95;margin-top:24px;display:inline-block}</style>";

/// Where this page finds a picture that the platform keeps.
fn local(url: &str) -> String {
    let name = url
        .split('/')
        .find(|part| part.starts_with(['m', 'p']) && part.contains('.') && !part.contains("qpic"));
    format!("files/{}", name.unwrap_or_default())
}

fn text<'a>(article: &'a Value, name: &str) -> &'a str {
    article[name].as_str().unwrap_or_default()
}

fn is_seen(article: &Article) -> bool {
    !article.deleted && !article.banned
}

fn html(body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(body)
}

/// The cards of the account, newest first.
pub async fn list(wechat: Shared) -> HttpResponse {
    let now = wechat.now();
    let articles = wechat.change(|state| {
        state.settle(now);
        state.articles.clone()
    });
    let mut page = format!("{HEAD}<title>模拟公众号</title>");
    for one in articles.iter().rev().filter(|one| is_seen(one)) {
        let article = &one.articles[0];
        let _ = write!(
            page,
            "<a class=\"card\" href=\"s?mid={}\"><img alt=\"\" src=\"{}\"><b>{}</b></a>",
            one.mid,
            local(text(article, "thumb_url")),
            escape_html(text(article, "title"))
        );
    }
    html(page)
}

/// An article, or the sentence that stands in its place.
pub async fn article(wechat: Shared, query: web::Query<BTreeMap<String, String>>) -> HttpResponse {
    let mid = query.get("mid").and_then(|mid| mid.parse::<u64>().ok());
    let now = wechat.now();
    let found = wechat.change(|state| {
        state.settle(now);
        state
            .articles
            .iter()
            .find(|one| Some(one.mid) == mid)
            .cloned()
    });
    let Some(one) = found else {
        return HttpResponse::NotFound().finish();
    };
    if !is_seen(&one) {
        return html(format!(
            "{HEAD}<title>已删除</title><p>该内容已被发布者删除</p>"
        ));
    }
    let article = &one.articles[0];
    let day = one
        .at
        .to_utc()
        .with_timezone(&chrono_tz::Asia::Shanghai)
        .format("%Y年%-m月%-d日 %H:%M");
    let mut page = format!(
        "{HEAD}<title>{0}</title><h1>{0}</h1><div class=\"meta\">{1} 模拟公众号 {day}</div>",
        escape_html(text(article, "title")),
        escape_html(text(article, "author"))
    );
    if article["article_type"] == "newspic" {
        for url in article["picture_urls"].as_array().into_iter().flatten() {
            let _ = write!(
                page,
                "<p><img alt=\"\" src=\"{}\"></p>",
                local(url.as_str().unwrap_or_default())
            );
        }
        let _ = write!(
            page,
            "<p>{}</p>",
            escape_html(text(article, "content")).replace('\n', "<br>")
        );
    } else {
        let mut rest = text(article, "content");
        while let Some((before, behind)) = rest.split_once("data-src=\"") {
            let (url, after) = behind.split_once('"').unwrap_or((behind, ""));
            let _ = write!(page, "{before}src=\"{}\"", local(url));
            rest = after;
        }
        page.push_str(rest);
    }
    let more = text(article, "content_source_url");
    if !more.is_empty() {
        let _ = write!(
            page,
            "<p><a class=\"more\" href=\"{}\">阅读原文</a></p>",
            escape_html(more)
        );
    }
    html(page)
}

/// A picture that was uploaded since the simulator started.
pub async fn file(wechat: Shared, name: web::Path<String>) -> HttpResponse {
    let files = wechat
        .files
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    files.get(name.as_str()).map_or_else(
        || HttpResponse::NotFound().finish(),
        |bytes| {
            let mime = mime_guess::from_path(name.as_str()).first_or_octet_stream();
            HttpResponse::Ok()
                .content_type(mime.as_ref())
                .body(bytes.clone())
        },
    )
}
