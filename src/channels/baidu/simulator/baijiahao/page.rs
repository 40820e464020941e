//! What a telephone shows: the author with his posts, an article, a video.

use std::collections::{BTreeMap, HashSet};

use actix_web::{HttpResponse, web};

use super::{
    super::{Baidu, state::State},
    post::{NEWS, Post},
    query::views,
};
use crate::{channels::beijing, clock::Timestamp, text::escape_html};

const STYLE: &str = include_str!("page.css");
/// What stays of a text; links lose where they lead.
const KEPT: [&str; 19] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "strong",
    "b",
    "em",
    "i",
    "s",
    "u",
    "br",
    "hr",
    "img",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
];
const ACTS: &str = "<div class=\"acts\"><span>说点什么吧</span><span>✎ 评论</span><span>☆ 收藏</span><span>♡ 赞</span><span>↗</span></div>";

fn html(title: &str, body: &str) -> HttpResponse {
    let title = escape_html(title);
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"zh-Hans\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style><body>{body}</body></html>"
    ))
}

fn face(state: &State) -> String {
    let first: String = state.settings.author_name.chars().take(1).collect();
    format!("<span class=\"face\">{}</span>", escape_html(&first))
}

fn when(post: &Post) -> String {
    beijing(post.audit_at).format("%m-%d %H:%M").to_string()
}

/// The text as the platform keeps it.
fn kept(content: &str) -> String {
    ammonia::Builder::empty()
        .tags(HashSet::from(KEPT))
        .tag_attributes([("img", HashSet::from(["src", "alt"]))].into())
        .url_schemes(HashSet::from(["http", "https"]))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .clean(content)
        .to_string()
}

fn image(src: &str) -> String {
    format!("<img alt=\"\" src=\"{}\">", escape_html(src))
}

/// A post in the author's list: words beside one cover, or above three.
fn card(post: &Post, now: Timestamp) -> String {
    let reads = views(post, now).map_or_else(String::new, |views| format!(" · {views} 阅读"));
    let words = format!(
        "<span>{}<small>{}{reads}</small></span>",
        escape_html(&post.title),
        when(post)
    );
    let (class, covers) = match post.covers.as_slice() {
        [] => ("card", "<i>▶</i>".to_owned()),
        [one] => ("card", image(one)),
        several => {
            let images: String = several.iter().map(|src| image(src)).collect();
            ("card three", format!("<div>{images}</div>"))
        }
    };
    format!(
        "<a class=\"{class}\" href=\"s?id={}\">{words}{covers}</a>",
        post.nid
    )
}

/// The author: posts that readers see, newest first.
pub async fn author(baidu: web::Data<Baidu>) -> HttpResponse {
    let (now, state) = (baidu.now(), baidu.lock());
    let seen = state.posts.iter().rev().filter(|post| post.is_seen(now));
    let cards: String = seen.map(|post| card(post, now)).collect();
    let name = &state.settings.author_name;
    let body = format!(
        "<div class=\"head\">{}<b>{}</b><span class=\"follow\">+ 关注</span></div>{cards}",
        face(&state),
        escape_html(name)
    );
    html(name, &body)
}

/// A post; nobody sees drafts, or what is in review, refused or taken down.
pub async fn show(
    baidu: web::Data<Baidu>,
    query: web::Query<BTreeMap<String, String>>,
) -> HttpResponse {
    let (now, state) = (baidu.now(), baidu.lock());
    let number = query.get("id").map_or("", String::as_str);
    let found = state.posts.iter().find(|post| post.nid == number);
    let Some(post) = found.filter(|post| post.is_seen(now)) else {
        return HttpResponse::NotFound().body("内容不存在或已删除");
    };
    let own = if post.is_original {
        "<span class=\"own\">原创</span> "
    } else {
        ""
    };
    let by = format!(
        "<div class=\"by\">{}<span>{}<small>{own}{} · 来自百家号（模拟）</small></span><span class=\"follow\">+ 关注</span></div>",
        face(&state),
        escape_html(&state.settings.author_name),
        when(post)
    );
    let bar = "<nav class=\"bar\"><a href=\"u\" aria-label=\"返回\">‹</a><b>百度</b><span>···</span></nav>";
    let title = escape_html(&post.title);
    if post.kind == NEWS {
        let body = format!(
            "{bar}<main><h1>{title}</h1>{by}{}</main>{ACTS}",
            kept(&post.content)
        );
        return html(&post.title, &body);
    }
    let poster = post.covers.first().map_or_else(String::new, |cover| {
        format!(" poster=\"{}\"", escape_html(cover))
    });
    let tags: String = post
        .tags
        .iter()
        .map(|tag| format!("<span>#{}</span>", escape_html(tag)))
        .collect();
    let film = format!(
        "<div class=\"film\"><video src=\"{}\"{poster} controls playsinline></video></div>",
        escape_html(&post.video_url)
    );
    let body = format!(
        "{bar}{film}<main><h1>{title}</h1>{by}<div class=\"tags\">{tags}</div></main>{ACTS}"
    );
    html(&post.title, &body)
}
