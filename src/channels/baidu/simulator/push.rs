//! Web addresses: `data.zz.baidu.com/urls`, `/update` and `/del`.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::{
    Baidu,
    call::{Call, answer},
    crawl,
    state::{PageState, submit},
};

fn refuse(status: u16, text: &str) -> HttpResponse {
    answer(status, &json!({ "error": status, "message": text }))
}

/// Anything else on this host.
pub async fn unknown() -> HttpResponse {
    refuse(404, "not found")
}

/// Adds, changes or deletes: counted alike, since nobody documents it otherwise. What came before the present types is
/// answered as a plain push.
pub async fn push(baidu: web::Data<Baidu>, request: HttpRequest, call: Call) -> HttpResponse {
    let settings = baidu.lock().settings.clone();
    if call.parameter("token") != settings.push_token {
        return refuse(401, "token is not valid");
    }
    if settings.site.is_empty() || call.parameter("site") != settings.site {
        return refuse(400, "site error");
    }
    let lines: Vec<&str> = call
        .body
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        return refuse(400, "empty content");
    }
    if lines.len() > settings.urls_per_push {
        return refuse(400, "only 2000 urls are allowed once");
    }
    let is_delete = request.path().ends_with("/del");
    let is_fast = request.path().ends_with("/urls") && call.parameter("type") == "daily";
    let name = if is_fast {
        "website_fast"
    } else {
        "website_push"
    };
    let (valid, not_valid): (Vec<&str>, Vec<&str>) = lines.into_iter().partition(|line| {
        let is_bad = settings
            .not_valid
            .iter()
            .any(|bad| line.contains(bad.as_str()));
        !is_bad && line.len() <= 256 && host(line).is_some()
    });
    let (own, not_same_site): (Vec<&str>, Vec<&str>) = valid
        .into_iter()
        .partition(|line| is_same_site(&settings.site, line));
    let now = baidu.now();
    let taken = baidu.change(|state| {
        let left = if is_fast && !state.settings.fast_index_granted {
            0
        } else {
            state.left(name, now) as usize
        };
        let is_whole = own.len() <= left || state.settings.website_takes_part;
        if !own.is_empty() && (left == 0 || !is_whole) {
            return None;
        }
        let accepted = &own[..own.len().min(left)];
        let success = u32::try_from(accepted.len()).unwrap_or(u32::MAX);
        state.count(name, success, now);
        let delay_s = state.crawl_delay_s(name);
        for url in accepted {
            if is_delete {
                if let Some(page) = state.urls.get_mut(*url) {
                    page.state = PageState::Removed;
                }
            } else {
                submit(&mut state.urls, url, name, now, delay_s);
            }
        }
        Some((success, state.left(name, now)))
    });
    let Some((success, remain)) = taken else {
        return refuse(400, "over quota");
    };
    let mut reply = if is_fast {
        json!({ "remain_daily": remain, "success_daily": success })
    } else {
        json!({ "remain": remain, "success": success })
    };
    if !not_same_site.is_empty() {
        reply["not_same_site"] = json!(not_same_site);
    }
    if !not_valid.is_empty() {
        reply["not_valid"] = json!(not_valid);
    }
    crawl::in_background(&baidu);
    answer(200, &reply)
}

/// Scheme and authority of an address.
fn host(address: &str) -> Option<(String, String)> {
    let url = url::Url::parse(address).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let host = url.host_str().filter(|_| is_web)?;
    let port = url
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    Some((url.scheme().to_owned(), format!("{host}{port}")))
}

/// A site may be verified with its scheme or without.
fn is_same_site(site: &str, address: &str) -> bool {
    match (host(site), host(address)) {
        (Some(site), Some(address)) => site == address,
        (None, Some((_, authority))) => site.trim_end_matches('/') == authority,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_its_whole_host() {
        let site = "https://www.example.cn";
        assert!(is_same_site(site, "https://www.example.cn/s/42"));
        assert!(!is_same_site(site, "http://www.example.cn/s/42"));
        assert!(!is_same_site(
            site,
            "https://www.example.cn.example.org/s/42"
        ));
        assert!(is_same_site("www.example.cn", "http://www.example.cn/s/42"));
        assert!(host("*").is_none() && host("ftp://a/b").is_none());
    }
}
