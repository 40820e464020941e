//! What a telephone shows: the stream of works, one to a screen, with the words over the lower part.

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};

use super::{
    Shared, figures,
    state::{Item, State},
};
use crate::{clock::Timestamp, text::escape_html};

const STYLE: &str = include_str!("page.css");
/// The sign for comments; not every font has one.
const BUBBLE: &str = "<svg viewBox=\"0 0 30 30\" width=\"30\" height=\"30\" aria-hidden=\"true\"><path fill=\"#fff\" d=\"M15 3C8 3 2 7.6 2 13.4c0 3.3 2 6.3 5.2 8.2L6.4 27l5.9-3.5c.9.1 1.8.2 2.7.2 7 0 13-4.6 13-10.3S22 3 15 3z\"/><g fill=\"#111\"><circle cx=\"9\" cy=\"13.4\" r=\"1.7\"/><circle cx=\"15\" cy=\"13.4\" r=\"1.7\"/><circle cx=\"21\" cy=\"13.4\" r=\"1.7\"/></g></svg>";
/// What the platform says of works that everybody may see.
const PUBLIC: i64 = 5;

/// Works that everybody may see, newest first.
pub async fn feed(douyin: Shared) -> HttpResponse {
    let now = douyin.now();
    let state = douyin.lock();
    let works = state.items.iter().rev();
    let seen = works.filter(|item| !item.deleted && state.status(item, now) == PUBLIC);
    let mut screens: String = seen.map(|item| screen(&state, item, now)).collect();
    if screens.is_empty() {
        screens.push_str("<section><p class=\"none\">还没有作品</p></section>");
    }
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"zh-Hans\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>推荐</title><style>{STYLE}</style><header><span>关注</span><b>推荐</b><span>搜索</span></header><main>{screens}</main><nav><b>首页</b><span>朋友</span><i>＋</i><span>消息</span><span>我</span></nav></html>"
    ))
}

fn screen(state: &State, item: &Item, now: Timestamp) -> String {
    let mut screen = format!("<section aria-label=\"{}\">", escape_html(&item.text));
    if let Some(upload) = &item.upload {
        let poster = item.cover.as_ref().map_or_else(String::new, |cover| {
            format!(" poster=\"{}\"", escape_html(&address(cover)))
        });
        let source = escape_html(&address(upload));
        let _ = write!(
            screen,
            "<video src=\"{source}\"{poster} autoplay muted loop playsinline></video>"
        );
    } else if !item.images.is_empty() {
        screen.push_str("<div class=\"swipe\">");
        for image in &item.images {
            let _ = write!(
                screen,
                "<img alt=\"\" src=\"{}\">",
                escape_html(&address(image))
            );
        }
        let _ = write!(
            screen,
            "</div><div class=\"dots\"><b></b>{}</div>",
            "<i></i>".repeat(item.images.len() - 1)
        );
    }
    let told = figures::total(item, now);
    let _ = write!(
        screen,
        "<aside><span class=\"face\">{}</span><span>♥<small>{}</small></span><span>{BUBBLE}<small>{}</small></span><span>★<small>{}</small></span><span>➦<small>{}</small></span></aside>",
        escape_html(&state.settings.nickname.chars().take(1).collect::<String>()),
        told.like,
        told.comment,
        told.like / 3,
        told.share,
    );
    screen.push_str("<div class=\"words\">");
    if let Some(anchor) = &item.micro_app_title {
        let _ = write!(
            screen,
            "<span class=\"anchor\">❖ {}</span>",
            escape_html(anchor)
        );
    }
    let _ = write!(
        screen,
        "<b>@{}</b><p>{}</p></div></section>",
        escape_html(&state.settings.nickname),
        with_topics(&item.text)
    );
    screen
}

/// Where the stream finds what an id stands for: a file that was uploaded, or an address that a telephone loaded it from.
fn address(id: &str) -> String {
    if id.starts_with("http") {
        id.to_owned()
    } else {
        format!("files/{id}")
    }
}

/// The words, with topics standing out.
fn with_topics(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace);
    words
        .map(|word| {
            let escaped = escape_html(word);
            if word.starts_with('#') {
                format!("<em>{escaped}</em>")
            } else {
                escaped.replace('\n', "<br>")
            }
        })
        .collect()
}

/// A file that was uploaded.
pub async fn file(douyin: Shared, path: web::Path<(String, String)>) -> HttpResponse {
    douyin.files.answer(&path.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_stand_out_and_nothing_of_a_text_is_markup() {
        assert_eq!(
            with_topics("<b>一杯</b> #泡茶 #绿茶\n水温"),
            "&lt;b&gt;一杯&lt;/b&gt; <em>#泡茶 </em><em>#绿茶\n</em>水温"
        );
    }
}
