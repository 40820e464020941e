//! The page on which the user of both simulators agrees, or does not, and the way back from it.

use actix_web::HttpResponse;
use url::Url;

use super::envelope::{Refusal, get};
use crate::text::escape_html;

const STYLE: &str = "body{margin:0;background:#f4f5f6;font:16px/1.7 system-ui,'PingFang SC','Noto Sans CJK SC',sans-serif;color:#161823}main{max-width:420px;margin:8vh auto;padding:24px 28px;background:#fff;border-radius:8px}h1{font-size:20px;line-height:1.4;margin:0 0 8px}ul{padding-left:20px}form{display:flex;gap:12px;margin-top:24px}button{flex:1;font:inherit;padding:8px;border-radius:4px;border:1px solid #75767c;background:#fff;color:#161823}button[value=allow]{border-color:#b3002d;background:#b3002d;color:#fff}";

/// What the page shows.
pub struct Consent<'a> {
    /// The platform, as people read it.
    pub platform: &'a str,
    /// What the user is called.
    pub nickname: &'a str,
    /// What is asked for.
    pub scopes: &'a str,
}

fn html(title: &str, body: &str) -> HttpResponse {
    let title = escape_html(title);
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("cache-control", "no-store"))
        .body(format!(
            "<!doctype html><html lang=\"zh-Hans\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\"><title>{title}</title><style>{STYLE}</style><main><h1>{title}</h1>{body}</main></html>"
        ))
}

/// The page itself. It sends its answer to its own address, where everything else stands.
pub fn page(consent: &Consent<'_>) -> HttpResponse {
    let scopes: String = consent
        .scopes
        .split(',')
        .map(|scope| format!("<li><code>{}</code></li>", escape_html(scope)))
        .collect();
    let body = format!(
        "<p>你将以「{}」的身份授权这个应用：</p><ul>{scopes}</ul><form method=\"post\"><button name=\"answer\" value=\"deny\">拒绝</button><button name=\"answer\" value=\"allow\">允许</button></form>",
        escape_html(consent.nickname)
    );
    html(&format!("授权登录{}（模拟）", consent.platform), &body)
}

/// The page without a question: it is shown where nobody may be sent back.
pub fn refused(platform: &str, (code, words): Refusal) -> HttpResponse {
    let body = format!("<p>错误码 <b>{code}</b>：{}</p>", escape_html(words));
    html(&format!("{platform}（模拟）不能授权"), &body)
}

/// Sends the browser back.
pub fn back(address: &str, pairs: &[(&str, &str)]) -> HttpResponse {
    match Url::parse_with_params(address, pairs) {
        Ok(target) => HttpResponse::SeeOther()
            .insert_header(("location", target.to_string()))
            .finish(),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}

/// Whether the user agreed.
pub fn is_allowed(form: &[(String, String)]) -> bool {
    get(form, "answer") == Some("allow")
}

/// What of what is asked for a user grants.
pub fn granted(asked: &str, grants: &[String]) -> Vec<String> {
    let is_granted = |scope: &&str| grants.iter().any(|known| known == scope);
    asked
        .split(',')
        .filter(is_granted)
        .map(ToOwned::to_owned)
        .collect()
}
