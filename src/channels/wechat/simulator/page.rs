//! What a telephone shows: the messages of the account, an article, and articles as cards that were sent to a friend.

use std::{collections::BTreeMap, fmt::Write as _};

use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::{Shared, figures, search::Page, state::Article};
use crate::{channels::beijing, clock::Timestamp, text::escape_html};

const STYLE: &str = include_str!("page.css");

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

fn time(at: Timestamp, spelled: &str) -> String {
    beijing(at).format(spelled).to_string()
}

fn html(title: &str, class: &str, body: &str) -> HttpResponse {
    let title = escape_html(title);
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"zh-Hans\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style><body class=\"{class}\">{body}</body></html>"
    ))
}

/// What stands above every page.
fn bar(back: &str, title: &str) -> String {
    format!(
        "<nav class=\"bar\"><a href=\"{back}\" aria-label=\"返回\">‹</a><span>{}</span><span>···</span></nav>",
        escape_html(title)
    )
}

/// The round picture of an account: the first letter of its name.
fn face(name: &str) -> String {
    let first: String = name.chars().take(1).collect();
    format!("<span class=\"face\">{}</span>", escape_html(&first))
}

/// The name of the account and its articles that readers see, newest first.
fn seen(wechat: &Shared) -> (String, Vec<Article>) {
    let now = wechat.now();
    wechat.change(|state| {
        state.settle(now);
        let articles = state.articles.iter().rev();
        let seen = articles.filter(|one| is_seen(one)).cloned().collect();
        (state.settings.name.clone(), seen)
    })
}

fn pictures(article: &Value) -> Vec<String> {
    let urls = article["picture_urls"].as_array().into_iter().flatten();
    urls.filter_map(Value::as_str).map(local).collect()
}

fn is_picture_post(article: &Value) -> bool {
    article["article_type"] == "newspic"
}

/// The messages of the account, newest first.
pub async fn list(wechat: Shared) -> HttpResponse {
    let (name, articles) = seen(&wechat);
    let mut page = bar("chat", &name);
    for one in articles {
        let when = time(one.at, "%-m月%-d日 %H:%M");
        let _ = write!(
            page,
            "<p class=\"when\">{when}</p><article class=\"message\"><div class=\"from\">{}{}</div>",
            face(&name),
            escape_html(&name)
        );
        for (place, article) in (1..).zip(&one.articles) {
            let href = format!("s?mid={}&amp;idx={place}", one.mid);
            let title = escape_html(text(article, "title"));
            let cover = local(text(article, "thumb_url"));
            let _ = match place {
                _ if is_picture_post(article) => {
                    write!(
                        page,
                        "<a href=\"{href}\">{}<p class=\"words\">{title}</p></a>",
                        grid(article)
                    )
                }
                1 => write!(
                    page,
                    "<a class=\"cover\" style=\"display:block\" href=\"{href}\"><img alt=\"\" src=\"{cover}\"><b>{title}</b></a>"
                ),
                _ => write!(
                    page,
                    "<a class=\"second\" href=\"{href}\">{title}<img alt=\"\" src=\"{cover}\"></a>"
                ),
            };
        }
        let reads = figures::reads(&one, 1);
        let _ = write!(page, "<div class=\"foot\">阅读 {reads}</div></article>");
    }
    html(&name, "gray", &page)
}

/// The first pictures of a post, and how many there are.
fn grid(article: &Value) -> String {
    let all = pictures(article);
    let (shown, class) = match all.len() {
        0 | 1 => (1, " alone"),
        2 => (2, " few"),
        _ => (3, ""),
    };
    let images: String = all
        .iter()
        .take(shown)
        .map(|src| format!("<img alt=\"\" src=\"{src}\">"))
        .collect();
    format!(
        "<div class=\"cover\"><div class=\"grid{class}\">{images}</div><span class=\"count\">{} 图</span></div>",
        all.len()
    )
}

/// How a friend sees each article who was sent it: title, digest and the square that was cut out of the cover.
pub async fn chat(wechat: Shared) -> HttpResponse {
    let (name, articles) = seen(&wechat);
    let mut page = bar("list", "转发给朋友");
    for one in articles {
        let _ = write!(page, "<p class=\"when\">{}</p>", time(one.at, "%H:%M"));
        for (place, article) in (1..).zip(&one.articles) {
            let _ = write!(
                page,
                "<div class=\"said\"><span class=\"me\"></span><a class=\"share\" href=\"s?mid={}&amp;idx={place}\"><b>{}</b><p><span>{}</span>{}</p><small>{}{}</small></a></div>",
                one.mid,
                escape_html(text(article, "title")),
                escape_html(text(article, "digest")),
                square(article),
                face(&name),
                escape_html(&name)
            );
        }
    }
    html("转发给朋友", "gray", &page)
}

/// The part of a cover that `pic_crop_1_1` names, as large as a card shows it.
fn square(article: &Value) -> String {
    let crop = text(article, "pic_crop_1_1").split('_');
    let crop: Vec<f64> = crop.filter_map(|part| part.parse().ok()).collect();
    let style = match crop[..] {
        [left, top, right, bottom] if right > left && bottom > top => {
            let (wide, high) = (100.0 / (right - left), 100.0 / (bottom - top));
            format!(
                "width:{wide:.2}%;height:{high:.2}%;left:{:.2}%;top:{:.2}%",
                -left * wide,
                -top * high
            )
        }
        _ => "width:100%;height:100%;object-fit:cover".to_owned(),
    };
    let src = local(text(article, "thumb_url"));
    format!("<i class=\"square\"><img alt=\"\" src=\"{src}\" style=\"{style}\"></i>")
}

/// An article, or the sentence that stands in its place.
pub async fn article(wechat: Shared, query: web::Query<BTreeMap<String, String>>) -> HttpResponse {
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<u64>().ok());
    let (mid, place) = (number("mid"), number("idx").unwrap_or(1));
    let now = wechat.now();
    let (name, found) = wechat.change(|state| {
        state.settle(now);
        let found = state.articles.iter().find(|one| Some(one.mid) == mid);
        (state.settings.name.clone(), found.cloned())
    });
    let place = usize::try_from(place).unwrap_or(usize::MAX);
    let article = found
        .as_ref()
        .and_then(|one| one.articles.get(place.wrapping_sub(1)));
    let (Some(one), Some(article)) = (&found, article) else {
        return HttpResponse::NotFound().body("there is no such article");
    };
    if one.banned {
        let body = "<p class=\"gone\">此内容因违规无法查看</p>";
        return html("此内容因违规无法查看", "", &(bar("list", "") + body));
    }
    if one.deleted || article["is_deleted"] == true {
        let body = "<p class=\"gone\">该内容已被发布者删除</p>";
        return html("该内容已被发布者删除", "", &(bar("list", "") + body));
    }
    let title = text(article, "title");
    let meta = format!(
        "<div class=\"meta\"><span>{}</span><a href=\"list\">{}</a><span>{}</span></div>",
        escape_html(text(article, "author")),
        escape_html(&name),
        time(one.at, "%Y年%-m月%-d日 %H:%M")
    );
    let heading = format!("<h1>{}</h1>", escape_html(title));
    let mut page = bar("list", "");
    if is_picture_post(article) {
        let words = escape_html(text(article, "content")).replace('\n', "<br>");
        let _ = write!(
            page,
            "{}<main class=\"article\">{heading}<div class=\"body\">{words}</div><br>{meta}",
            swipe(&pictures(article))
        );
    } else {
        let body = with_pictures(text(article, "content"));
        let _ = write!(
            page,
            "<main class=\"article\">{heading}{meta}<div class=\"body\">{body}</div>"
        );
    }
    page.push_str(&below(&name, one, article));
    html(title, "", &page)
}

/// The pictures of a post, side by side.
fn swipe(pictures: &[String]) -> String {
    let figures: String = (1..)
        .zip(pictures)
        .map(|(place, src)| {
            format!(
                "<figure><img alt=\"\" src=\"{src}\"><span class=\"count\">{place}/{}</span></figure>",
                pictures.len()
            )
        })
        .collect();
    let rest = "●".repeat(pictures.len().saturating_sub(1));
    format!("<div class=\"swipe\">{figures}</div><div class=\"dots\"><i>●</i>{rest}</div>")
}

/// A body whose pictures are found here.
fn with_pictures(content: &str) -> String {
    let mut body = String::new();
    let mut rest = content;
    while let Some((before, behind)) = rest.split_once("data-src=\"") {
        let (url, after) = behind.split_once('"').unwrap_or((behind, ""));
        let _ = write!(body, "{before}src=\"{}\"", local(url));
        rest = after;
    }
    body.push_str(rest);
    body
}

/// What stands below an article: the way to the original, figures, and who may comment.
fn below(name: &str, one: &Article, article: &Value) -> String {
    let (reads, more) = (figures::reads(one, 1), text(article, "content_source_url"));
    let mut below = String::from("<div class=\"more\">");
    if !more.is_empty() {
        let _ = write!(below, "<a href=\"{}\">阅读原文</a>", escape_html(more));
    }
    let _ = write!(
        below,
        "<span>阅读 {reads}</span></div><div class=\"acts\"><span class=\"from\">{}{}</span><span>♡ {}</span><span>↗ {}</span><span>❀ {}</span></div>",
        face(name),
        escape_html(name),
        reads / 20,
        reads / 10,
        reads / 40,
    );
    if article["need_open_comment"] == 1 {
        let who = if article["only_fans_can_comment"] == 1 {
            "关注后可以留言"
        } else {
            "还没有人留言"
        };
        let _ = write!(below, "<div class=\"notes\"><b>留言</b>{who}</div>");
    }
    below.push_str("</main>");
    below
}

/// What somebody finds: a page of a mini-program each, which its address stands for here.
pub fn results(question: &str, found: &[Page]) -> HttpResponse {
    let mut page = bar("list", "搜一搜");
    let _ = write!(
        page,
        "<form class=\"ask\"><input name=\"q\" value=\"{}\" aria-label=\"搜索\"></form>",
        escape_html(question)
    );
    if found.is_empty() {
        page.push_str("<p class=\"gone\">没有找到相关内容</p>");
    }
    for one in found {
        let covers: String = one
            .list("cover_img")
            .filter_map(|cover| cover["cover_img_url"].as_str())
            .map(|url| format!("<img alt=\"\" src=\"{}\">", escape_html(url)))
            .collect();
        let told: Vec<&str> = one.list("abstract").filter_map(Value::as_str).collect();
        let seconds = one.data["time_publish"].as_i64().unwrap_or_default();
        let _ = write!(
            page,
            "<a class=\"hit\" href=\"{}\"><b>{}</b><p>{}</p><div class=\"covers\">{covers}</div><small>小程序 · {}</small></a>",
            escape_html(one.text("h5_url")),
            escape_html(one.text("title")),
            escape_html(&told.join(" ")),
            time(Timestamp::from_unix_seconds(seconds), "%Y-%m-%d"),
        );
    }
    html("搜一搜", "gray", &page)
}

/// A picture that was uploaded.
pub async fn file(wechat: Shared, name: web::Path<String>) -> HttpResponse {
    wechat.files.answer(&name)
}
