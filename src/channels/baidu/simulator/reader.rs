//! What a reader's telephone shows: results of a search, and the stream of news.

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};

use super::{
    Baidu, page,
    state::{Material, Page, PageState},
};
use crate::text::escape_html;

const STYLE: &str = include_str!("reader.css");
/// Columns that a telephone shows of a title.
const COLUMNS: usize = 52;

type Shared = web::Data<Baidu>;

fn html(title: &str, body: &str) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"zh-Hans\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style>{body}</html>"
    ))
}

fn pictures<'a>(images: impl IntoIterator<Item = &'a String>) -> String {
    let images = images.into_iter().take(3);
    let images: Vec<String> = images
        .map(|src| format!("<img alt=\"\" src=\"{}\">", escape_html(src)))
        .collect();
    if images.is_empty() {
        return String::new();
    }
    // One stands beside the words, three below the title.
    let class = if images.len() < 3 { "one" } else { "three" };
    let shown = if images.len() < 3 {
        &images[..1]
    } else {
        &images
    };
    format!("<div class=\"pictures {class}\">{}</div>", shown.concat())
}

/// A result: title, the first pictures, the description, and where it leads.
fn result(of: &str, badge: &str, found: &Page) -> String {
    let seen = &found.seen;
    let title = escape_html(&page::shown(&seen.title, COLUMNS));
    let when = seen.published.as_deref().unwrap_or_default();
    let when = when.get(..10).unwrap_or_default();
    format!(
        "<article><h2>{title}</h2><div class=\"body\">{}<p><time>{}</time>{}</p></div><footer>{}<b>{badge}</b></footer></article>",
        pictures(&seen.images),
        escape_html(when),
        escape_html(&seen.description),
        escape_html(of)
    )
}

/// What is in the index: pages of the mini-program, then those of the website.
pub async fn results(baidu: Shared) -> HttpResponse {
    let now = baidu.context.clock.now();
    let state = baidu.lock();
    let is_shown = |found: &Page| {
        found.state == PageState::Indexed
            && !found.seen.title.is_empty()
            && found.hidden_at.is_none_or(|at| at > now)
    };
    let hides_paths = state.hides_paths(now);
    let mut body = String::from(
        "<header><span class=\"paw\">百度</span><span class=\"box\">site 内容</span><b>搜索</b></header><nav><b>全部</b><span>视频</span><span>资讯</span><span>图片</span><span>小程序</span></nav><main>",
    );
    let paths = state
        .paths
        .values()
        .filter(|one| is_shown(one) && !hides_paths);
    for found in paths {
        body.push_str(&result("智能小程序", "小程序", found));
    }
    for (url, found) in state.urls.iter().filter(|(_, one)| is_shown(one)) {
        let host = url::Url::parse(url).ok();
        let host = host.as_ref().and_then(url::Url::host_str).unwrap_or(url);
        body.push_str(&result(host, "网页", found));
    }
    body.push_str("</main>");
    html("百度搜索", &body)
}

fn card(material: &Material) -> String {
    let field = |name: &str| {
        material
            .fields
            .get(name)
            .map(String::as_str)
            .unwrap_or_default()
    };
    let images: Vec<String> = serde_json::from_str(field("images")).unwrap_or_default();
    let (before, below) = match pictures(&images) {
        one if images.len() < 3 => (one, String::new()),
        three => (String::new(), three),
    };
    format!(
        "<article class=\"card\">{before}<h2>{}</h2>{below}<footer>{}<b>小程序</b></footer></article>",
        escape_html(field("title")),
        escape_html(field("tags"))
    )
}

/// What runs in the stream.
pub async fn stream(baidu: Shared) -> HttpResponse {
    let state = baidu.lock();
    let mut body = String::from(
        "<nav class=\"top\"><span>关注</span><b>推荐</b><span>小视频</span><span>生活</span><span>科技</span></nav><main>",
    );
    let running = state.materials.values();
    for material in running.filter(|one| one.state() == "投放中") {
        let _ = write!(body, "{}", card(material));
    }
    body.push_str("</main>");
    html("百度 App · 推荐", &body)
}
