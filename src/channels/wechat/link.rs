//! Links and codes into the mini-program: URL links, schemes, and the round code. Each call makes a new one; the first two
//! end after thirty days at the latest.

use std::time::Duration;

use serde_json::{Value, json};

use super::{client, mini::Mini};
use crate::channels::{
    AppLink, AppLinkKind, AppPage, ChannelError, ErrorClass, LocalText, StepHost,
};

const URL_LINK: &str = "url_link";
const SCHEME: &str = "scheme";
const CODE: &str = "code";

/// The longest life of a link (generate_urllink, generatescheme).
const DAYS: u32 = 30;
/// Characters of the parameters of a link (generate_urllink).
const LONGEST_QUERY: usize = 1024;
/// Characters of the parameters in a code (getwxacodeunlimit).
const LONGEST_SCENE: usize = 32;
/// Pixels of a code's side, the most there are (getwxacodeunlimit).
const WIDTH: u32 = 1280;
/// What parameters may hold besides letters and digits (generate_urllink). A code takes no `%`.
const SIGNS: &str = "!#$&'()*+,/:;=?@-._~%";

/// The kinds of links.
pub const KINDS: &[AppLinkKind] = &[
    AppLinkKind::new(
        URL_LINK,
        LocalText::new("URL Link", "URL link"),
        LocalText::new(
            "短信、邮件、网页里点开，进入小程序；30 天后失效",
            "From a text message, a mail or a web page into the mini-program; ends after 30 days",
        ),
    )
    .for_days(DAYS),
    AppLinkKind::new(
        SCHEME,
        LocalText::new("URL Scheme", "URL scheme"),
        LocalText::new(
            "从其他 App 直接打开；30 天后失效",
            "Opened by another app; ends after 30 days",
        ),
    )
    .for_days(DAYS),
    AppLinkKind::new(
        CODE,
        LocalText::new("小程序码", "Mini-program code"),
        LocalText::new(
            "印在海报和包装上，用微信扫；长期有效",
            "For posters and packages, read by WeChat; does not end",
        ),
    ),
];

fn unfit(text: String) -> ChannelError {
    ChannelError::new(ErrorClass::Validation, text)
}

fn check(query: &str, most: usize, signs: &str) -> Result<(), ChannelError> {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || signs.contains(c);
    if let Some(other) = query.chars().find(|c| !is_fine(*c)) {
        return Err(unfit(format!(
            "小程序的页面参数 {query} 里不能有「{other}」"
        )));
    }
    let length = query.len();
    if length > most {
        return Err(unfit(format!(
            "小程序的页面参数 {query} 有 {length} 个字符，这里最多 {most} 个：请缩短网址别名"
        )));
    }
    Ok(())
}

/// Makes one.
pub async fn make(
    mini: &Mini,
    kind: &str,
    page: &AppPage,
    host: &dyn StepHost,
) -> Result<AppLink, ChannelError> {
    let (path, query) = page.parts();
    if kind == CODE {
        check(query, LONGEST_SCENE, SIGNS.trim_end_matches('%'))?;
        let body = json!({
            "scene": query, "page": path, "check_path": true, "env_version": "release", "width": WIDTH,
        });
        let picture = mini.picture(host, "/wxa/getwxacodeunlimit", &body).await?;
        return AppLink::of_picture(picture);
    }
    check(query, LONGEST_QUERY, SIGNS)?;
    let ends_at = mini.now().plus(Duration::from_hours(u64::from(DAYS) * 24));
    let target = json!({ "path": path, "query": query, "env_version": "release" });
    // By interval, whose end is the platform's to count; the hours that a clock may differ cost nothing.
    let (call, body, name) = if kind == SCHEME {
        let body = json!({
            "jump_wxa": target, "is_expire": true, "expire_type": 1, "expire_interval": DAYS,
        });
        ("/wxa/generatescheme", body, "openlink")
    } else {
        let mut body = target;
        body["expire_type"] = json!(1);
        body["expire_interval"] = json!(DAYS);
        ("/wxa/generate_urllink", body, "url_link")
    };
    let made: Value = mini.call(host, call, &body, false).await?;
    AppLink::of_address(client::text(&made, name)?, Some(ends_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_a_code_cannot_hold_are_refused_with_the_cure() {
        let scene = |query: &str| check(query, LONGEST_SCENE, SIGNS.trim_end_matches('%'));

        assert!(scene("id=lao-cha-guan").is_ok());
        let long = scene("id=a-slug-that-is-longer-than-a-code").expect_err("too long");
        assert!(long.message.contains("最多 32 个"), "{long}");
        let sign = scene("id=%E8%8C%B6").expect_err("no percent signs");
        assert!(sign.message.contains("「%」"), "{sign}");
        assert!(check("id=%E8%8C%B6", LONGEST_QUERY, SIGNS).is_ok());
    }
}
