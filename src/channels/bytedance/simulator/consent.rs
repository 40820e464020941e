//! The page on which the user of both simulators agrees, or does not, and the way back from it.

use actix_web::HttpResponse;
use url::Url;

use super::envelope::{Refusal, get, pairs};
use crate::text::escape_html;

const STYLE: &str = "body{margin:0;background:#f4f5f6;font:16px/1.7 system-ui,'PingFang SC','Noto Sans CJK SC',sans-serif;color:#161823}main{max-width:420px;margin:8vh auto;padding:24px 28px;background:#fff;border-radius:8px}h1{font-size:20px;line-height:1.4;margin:0 0 8px}ul{padding-left:20px}form{display:flex;gap:12px;margin-top:24px}button{flex:1;font:inherit;padding:8px;border-radius:4px;border:1px solid #75767c;background:#fff;color:#161823}button[value=allow]{border-color:#b3002d;background:#b3002d;color:#fff}";

/// The key of no application.
pub const UNKNOWN_KEY: Refusal = (10003, "client_key invalid");

/// Who asks whom for what, and how the platform goes about it.
pub struct Consent<'a> {
    /// The platform, as people read it.
    pub platform: &'a str,
    /// The one application, what it holds, and the addresses to which the page may lead back; none: every one.
    pub client_key: &'a str,
    pub app_scopes: &'a [String],
    pub redirect_uris: &'a [String],
    /// What the user is called, and grants.
    pub nickname: &'a str,
    pub user_scopes: &'a [String],
    /// Whether an address is only what stands before `#`.
    pub drops_fragment: bool,
    /// Whether the way back tells what was granted.
    pub tells_scopes: bool,
}

impl Consent<'_> {
    /// The page on which the user agrees or does not. It sends its answer to its own address, where everything else stands.
    pub fn page(&self, query: &str) -> HttpResponse {
        let query = pairs(query);
        let scopes = match self.asked(&query) {
            Ok((_, scopes)) => scopes,
            Err(refusal) => return self.refused(refusal),
        };
        let scopes: String = scopes
            .split(',')
            .map(|scope| format!("<li><code>{}</code></li>", escape_html(scope)))
            .collect();
        let body = format!(
            "<p>你将以「{}」的身份授权这个应用：</p><ul>{scopes}</ul><form method=\"post\"><button name=\"answer\" value=\"deny\">拒绝</button><button name=\"answer\" value=\"allow\">允许</button></form>",
            escape_html(self.nickname)
        );
        html(&format!("授权登录{}（模拟）", self.platform), &body)
    }

    /// The user's answer leads back, with a code for what is granted. How the platforms say no is not published; this is what
    /// OAuth has for it.
    pub fn answer(
        &self,
        query: &str,
        form: &str,
        new_code: impl FnOnce(Vec<String>) -> String,
    ) -> HttpResponse {
        let query = pairs(query);
        let (address, scopes) = match self.asked(&query) {
            Ok(asked) => asked,
            Err(refusal) => return self.refused(refusal),
        };
        let state = get(&query, "state").unwrap_or_default();
        if get(&pairs(form), "answer") != Some("allow") {
            return back(address, &[("error", "access_denied"), ("state", state)]);
        }
        let is_granted = |scope: &&str| self.user_scopes.iter().any(|known| known == scope);
        let granted: Vec<&str> = scopes.split(',').filter(is_granted).collect();
        let shown = granted.join(",");
        let code = new_code(granted.into_iter().map(ToOwned::to_owned).collect());
        let mut told = vec![("code", code.as_str()), ("state", state)];
        if self.tells_scopes {
            told.push(("scopes", shown.as_str()));
        }
        back(address, &told)
    }

    /// What the page was asked for, checked: where it leads back to, and the scopes.
    fn asked<'q>(&self, query: &'q [(String, String)]) -> Result<(&'q str, &'q str), Refusal> {
        let value = |name: &str| get(query, name).unwrap_or_default();
        if value("client_key") != self.client_key {
            return Err(UNKNOWN_KEY);
        }
        if value("response_type") != "code" {
            return Err((10002, "response_type must be code"));
        }
        let mut address = value("redirect_uri");
        if self.drops_fragment {
            address = address.split('#').next().unwrap_or_default();
        }
        let mut known = self.redirect_uris.iter();
        let is_known = self.redirect_uris.is_empty() || known.any(|known| known == address);
        if !address.starts_with("http") || !is_known {
            return Err((10006, "redirect_uri not allowed"));
        }
        let scopes = value("scope");
        let is_held = |scope: &str| self.app_scopes.iter().any(|known| known == scope);
        if scopes.is_empty() || !scopes.split(',').all(is_held) {
            return Err((10004, "scope not held by the application"));
        }
        Ok((address, scopes))
    }

    /// The page without a question: it is shown where nobody may be sent back.
    fn refused(&self, (code, words): Refusal) -> HttpResponse {
        let body = format!("<p>错误码 <b>{code}</b>：{}</p>", escape_html(words));
        html(&format!("{}（模拟）不能授权", self.platform), &body)
    }
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

/// Sends the browser back.
fn back(address: &str, pairs: &[(&str, &str)]) -> HttpResponse {
    match Url::parse_with_params(address, pairs) {
        Ok(target) => HttpResponse::SeeOther()
            .insert_header(("location", target.to_string()))
            .finish(),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}
