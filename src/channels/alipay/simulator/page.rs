//! What a reader's phone shows of a published content.

use actix_web::{HttpResponse, web};

use super::Alipay;
use crate::text::escape_html;

/// The page behind a content's public link; nobody sees what is in review, rejected or deleted.
pub async fn show(alipay: web::Data<Alipay>, id: web::Path<String>) -> HttpResponse {
    let (now, state) = (alipay.now(), alipay.lock());
    let content = state.contents.iter().find(|content| content.id == *id);
    let Some(content) = content.filter(|content| content.status(now) == "1") else {
        return HttpResponse::NotFound().body("内容不存在");
    };
    let files: String = content
        .media
        .iter()
        .map(|media| {
            let file = state.files.get(&media.media_id);
            let name = file.map_or("", |file| file.name.as_str());
            format!(
                "<figure class=\"{}\"><figcaption>{}</figcaption></figure>",
                escape_html(&media.media_type),
                escape_html(name)
            )
        })
        .collect();
    // An article is rich text; what a post holds is shown literally.
    let text = if content.source_type == "0" {
        content.text.clone()
    } else {
        format!(
            "<p>{}</p>",
            escape_html(&content.text).replace('\n', "<br>")
        )
    };
    let style = "body{margin:0 auto;max-width:390px;font:16px/1.6 sans-serif;background:#f5f5f5}\
                 header{background:#1677ff;color:#fff;padding:12px 16px}\
                 main{background:#fff;padding:16px}\
                 figure{margin:0 0 8px;background:#e8eef7;aspect-ratio:3/4;display:grid;place-items:center;color:#667}\
                 figure.cover_static{display:none}h1{font-size:20px;margin:0 0 8px}";
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"zh-Hans\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{style}</style><header>生活号</header>\
         <main>{files}<h1>{title}</h1>{text}</main></html>",
        title = escape_html(&content.title),
    ))
}
