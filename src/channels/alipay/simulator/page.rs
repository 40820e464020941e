//! What a reader's phone shows of the account and of a published content.

use std::fmt::Write as _;

use actix_web::{HttpResponse, web};
use serde_json::Value;

use super::{
    Alipay,
    state::{Content, File, State},
};
use crate::{
    channels::{beijing, draw},
    clock::Timestamp,
    text::escape_html,
};

const STYLE: &str = include_str!("page.css");

pub type Shared = web::Data<Alipay>;

/// A whole page.
pub fn html(title: &str, class: &str, body: &str) -> HttpResponse {
    let title = escape_html(title);
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"zh-Hans\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style><body class=\"{class}\">{body}</body></html>"
    ))
}

/// Under which name a file is kept: its id with the ending of the name that it was sent with.
pub fn file_name(id: &str, sent: &str) -> String {
    let ending = sent.rsplit('.').next().unwrap_or_default();
    format!("{}.{ending}", id.trim_start_matches("A*"))
}

/// The address of a file from a page; nothing for one whose bytes are not kept.
pub fn address(alipay: &Alipay, state: &State, id: &str, root: &str) -> Option<String> {
    let file: &File = state.files.get(id)?;
    let name = file_name(id, &file.name);
    alipay
        .files
        .has(&name)
        .then(|| format!("{root}files/{name}"))
}

/// What a page shows, with where its files are.
struct Page<'a> {
    alipay: &'a Alipay,
    state: &'a State,
    now: Timestamp,
    /// From this page to the simulator's root.
    root: &'static str,
}

impl Page<'_> {
    /// The addresses of a content's files of a kind; nothing for one whose bytes are not kept.
    fn files(&self, content: &Content, kind: &str) -> Vec<Option<String>> {
        let media = content.media.iter().filter(|one| one.media_type == kind);
        media
            .map(|one| address(self.alipay, self.state, &one.media_id, self.root))
            .collect()
    }

    fn face(&self) -> String {
        let first: String = self.state.settings.name.chars().take(1).collect();
        format!("<span class=\"face\">{}</span>", escape_html(&first))
    }

    fn name(&self) -> String {
        escape_html(&self.state.settings.name)
    }

    fn is_seen(&self, content: &Content) -> bool {
        content.status(self.now) == "1"
    }

    fn when(content: &Content) -> String {
        let local = beijing(content.published_at);
        local.format("%m-%d %H:%M").to_string()
    }

    fn bar(&self) -> String {
        format!(
            "<nav class=\"bar\"><a href=\"{}list\" aria-label=\"返回\">‹</a>{}<b>{}</b><span class=\"follow\">关注</span></nav>",
            self.root,
            self.face(),
            self.name()
        )
    }

    fn card(&self, content: &Content) -> String {
        let stills = [
            self.files(content, "cover_static"),
            self.files(content, "image"),
        ]
        .concat();
        let still = picture(stills.into_iter().next().flatten().as_deref());
        let play = if content.source_type == "2" {
            "<span class=\"play\">▶</span>"
        } else {
            ""
        };
        format!(
            "<a class=\"card\" href=\"content/{}\"><div class=\"still\">{still}{play}</div><p><b>{}</b></p><small><span>{}</span><span>♡</span></small></a>",
            escape_html(&content.id),
            escape_html(&content.title),
            Self::when(content)
        )
    }

    /// Pictures to swipe, then title and text; what a post holds is shown literally.
    fn post(&self, content: &Content) -> String {
        let pictures = self.files(content, "image");
        let figures: String = (1..)
            .zip(&pictures)
            .map(|(place, src)| {
                format!(
                    "<figure>{}<span class=\"count\">{place}/{}</span></figure>",
                    picture(src.as_deref()),
                    pictures.len()
                )
            })
            .collect();
        format!(
            "{}<div class=\"swipe\">{figures}</div><main><h1>{}</h1><div>{}</div>{}<time>{}</time></main>{ACTS}",
            self.bar(),
            escape_html(&content.title),
            escape_html(&content.text).replace('\n', "<br>"),
            offers(&content.offers),
            Self::when(content)
        )
    }

    /// An article is rich text.
    fn article(&self, content: &Content) -> String {
        format!(
            "{}<main class=\"article\"><h1>{}</h1>{}{}<time>{}</time></main>{ACTS}",
            self.bar(),
            escape_html(&content.title),
            content.text,
            offers(&content.offers),
            Self::when(content)
        )
    }

    /// The whole screen, with the words over it.
    fn video(&self, content: &Content) -> String {
        let still = self.files(content, "cover_static").into_iter().next();
        let still = still.flatten();
        let video = self.files(content, "video").into_iter().next().flatten();
        let film = video.map_or_else(
            || picture(still.as_deref()),
            |src| {
                let poster = still.as_deref().unwrap_or_default();
                format!("<video src=\"{src}\" poster=\"{poster}\" autoplay muted loop playsinline></video>")
            },
        );
        format!(
            "<div class=\"screen\">{}{film}<div class=\"side\"><span><i>♡</i>点赞</span><span><i>☆</i>收藏</span><span><i>✉</i>评论</span><span><i>↗</i>分享</span></div><div class=\"said\"><b>{}{}</b>{}<br>{}{}</div></div>",
            format_args!(
                "<nav class=\"bar\"><a href=\"{}list\" aria-label=\"返回\">‹</a></nav>",
                self.root
            ),
            self.face(),
            self.name(),
            escape_html(&content.title),
            escape_html(&content.text).replace('\n', "<br>"),
            offers(&content.offers)
        )
    }
}

const ACTS: &str = "<div class=\"acts\"><span>说点什么…</span><span>♡ 点赞</span><span>☆ 收藏</span><span>↗ 分享</span></div>";

/// A picture, or the place where it would be.
pub fn picture(src: Option<&str>) -> String {
    src.map_or_else(
        || "<div class=\"none\">图片没有保留</div>".to_owned(),
        |src| format!("<img alt=\"\" src=\"{src}\">"),
    )
}

/// What is attached to a content.
fn offers(offers: &Value) -> String {
    let mut shown = String::new();
    for offer in offers.as_array().into_iter().flatten() {
        let kind = match offer["offer_type"].as_str().unwrap_or_default() {
            "goods" => "商品",
            "subservice" => "服务",
            "voucher" => "优惠券",
            "game" => "小游戏",
            _ => "小程序",
        };
        let id = offer["offer_id"].as_str().unwrap_or_default();
        let _ = write!(
            shown,
            "<div class=\"offer\"><i>{kind}</i>{}</div>",
            escape_html(id)
        );
    }
    shown
}

/// The account: its contents in two columns, newest first.
pub async fn list(alipay: Shared) -> HttpResponse {
    let (now, state) = (alipay.now(), alipay.lock());
    let page = Page {
        alipay: &alipay,
        state: &state,
        now,
        root: "",
    };
    let contents = state.contents.iter().rev();
    let cards: String = contents
        .filter(|content| page.is_seen(content))
        .map(|content| page.card(content))
        .collect();
    let body = format!(
        "<div class=\"head\">{}<b>{}</b><span class=\"follow\">关注</span></div><div class=\"wall\">{cards}</div>",
        page.face(),
        page.name()
    );
    html(&state.settings.name, "gray", &body)
}

/// The page behind a content's public link; nobody sees what is in review, rejected or deleted.
pub async fn show(alipay: Shared, id: web::Path<String>) -> HttpResponse {
    let (now, state) = (alipay.now(), alipay.lock());
    let page = Page {
        alipay: &alipay,
        state: &state,
        now,
        root: "../",
    };
    let content = state.contents.iter().find(|content| content.id == *id);
    let Some(content) = content.filter(|content| page.is_seen(content)) else {
        return HttpResponse::NotFound().body("内容不存在");
    };
    match content.source_type.as_str() {
        "0" => html(&content.title, "", &page.article(content)),
        "2" => html(&content.title, "dark", &page.video(content)),
        _ => html(&content.title, "", &page.post(content)),
    }
}

/// The picture of a code.
pub async fn code(alipay: Shared, id: web::Path<String>) -> HttpResponse {
    let drawn = alipay.lock().codes.get(&*id).map(|scheme| draw(scheme));
    match drawn {
        Some(Ok(picture)) => HttpResponse::Ok().content_type("image/png").body(picture),
        _ => HttpResponse::NotFound().finish(),
    }
}

/// A file that was uploaded.
pub async fn file(alipay: Shared, name: web::Path<String>) -> HttpResponse {
    alipay.files.answer(&name)
}
