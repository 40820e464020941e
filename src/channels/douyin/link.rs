//! Links and codes into the mini-program, which runs in Douyin and in Toutiao. Links end after 180 days at the latest, rounded up to
//! the hour; codes do not.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::{
    channels::{
        AppLink, AppLinkKind, AppPage, ChannelError, ErrorClass, LocalText, StepHost,
        bytedance::client::Client,
    },
    clock::Timestamp,
};

const URL_LINK: &str = "url_link";
const URL_LINK_TOUTIAO: &str = "url_link_toutiao";
const SCHEME: &str = "scheme";
const CODE: &str = "code";
const CODE_TOUTIAO: &str = "code_toutiao";

/// The longest life of a link (url_link/generate).
const DAYS: u32 = 180;
/// Characters of the parameters, as JSON (url_link/generate).
const LONGEST_QUERY: usize = 1024;
/// Pixels of a code's side.
const WIDTH: u32 = 1000;

/// The kinds of links.
pub const KINDS: &[AppLinkKind] = &[
    AppLinkKind::new(
        URL_LINK,
        LocalText::new("抖音 URL Link", "URL link for Douyin"),
        LocalText::new(
            "短信、网页里点开，进入抖音里的小程序；180 天后失效",
            "From a text message or web page into the mini-program in Douyin; ends after 180 days",
        ),
    )
    .for_days(DAYS),
    AppLinkKind::new(
        URL_LINK_TOUTIAO,
        LocalText::new("头条 URL Link", "URL link for Toutiao"),
        LocalText::new(
            "短信、网页里点开，进入今日头条里的小程序；180 天后失效",
            "From a text message or web page into the mini-program in Toutiao; ends after 180 days",
        ),
    )
    .for_days(DAYS),
    AppLinkKind::new(
        CODE,
        LocalText::new("抖音码", "Code for Douyin"),
        LocalText::new(
            "印在海报和包装上，扫码在抖音里打开；长期有效",
            "For posters and packages, opens Douyin; does not end",
        ),
    ),
    AppLinkKind::new(
        CODE_TOUTIAO,
        LocalText::new("头条码", "Code for Toutiao"),
        LocalText::new(
            "印在海报和包装上，扫码在今日头条里打开；长期有效",
            "For posters and packages, opens Toutiao; does not end",
        ),
    ),
    AppLinkKind::new(
        SCHEME,
        LocalText::new("Schema", "Schema"),
        LocalText::new(
            "在抖音里跳转到小程序页面；180 天后失效",
            "Leads to the page from within Douyin; ends after 180 days",
        ),
    )
    .for_days(DAYS),
];

/// The parameters of a page as the calls take them: an object, as text.
fn parameters(query: &str) -> Result<String, ChannelError> {
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
    let object: Map<String, Value> = pairs.map(|(name, value)| (name, value.into())).collect();
    let text = Value::Object(object).to_string();
    let length = text.chars().count();
    if length > LONGEST_QUERY {
        let text =
            format!("小程序的页面参数有 {length} 个字符，最多 {LONGEST_QUERY} 个：请缩短网址别名");
        return Err(ChannelError::new(ErrorClass::Validation, text));
    }
    Ok(text)
}

/// Makes one.
pub async fn make(
    client: &Client,
    kind: &str,
    page: &AppPage,
    host: &dyn StepHost,
) -> Result<AppLink, ChannelError> {
    let app_id = page.app_id_or("")?;
    let token = client.client_token(host).await?;
    let app_name = match kind {
        URL_LINK_TOUTIAO | CODE_TOUTIAO => "toutiao",
        _ => "douyin",
    };
    if [CODE, CODE_TOUTIAO].contains(&kind) {
        // The path is spelt once more, as the page of the older call says.
        let path: String = form_urlencoded::byte_serialize(page.path.as_bytes()).collect();
        let body = json!({ "appid": app_id, "app_name": app_name, "path": path, "width": WIDTH });
        let call = "/api/apps/v1/qrcode/create/";
        let made = client.call_as_app(host, &token, call, &body, false).await?;
        let picture: String = client.take(&made, "/data/img")?;
        let picture = STANDARD
            .decode(picture)
            .map_err(|_| ChannelError::new(ErrorClass::ProtocolDrift, "抖音给出的码不是图片"))?;
        return AppLink::of_picture(picture.into());
    }
    let (path, query) = page.parts();
    let ends_at = client.account.clock.now();
    let ends_at = ends_at.plus(Duration::from_hours(u64::from(DAYS) * 24));
    let mut body = json!({
        "app_id": app_id,
        "path": path,
        "query": parameters(query)?,
        "expire_time": ends_at.unix_seconds(),
    });
    let (call, place) = if kind == SCHEME {
        body["no_expire"] = json!(false);
        ("/api/apps/v1/url/generate_schema/", "/data/schema")
    } else {
        body["app_name"] = json!(app_name);
        ("/api/apps/v1/url_link/generate/", "/data/url_link")
    };
    let made = client.call_as_app(host, &token, call, &body, false).await?;
    let ends_at = Timestamp::from_unix_seconds(ends_at.unix_seconds());
    AppLink::of_address(client.take(&made, place)?, Some(ends_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_become_an_object_and_long_ones_are_refused() {
        assert_eq!(
            parameters("id=%E8%8C%B6&kind=video").expect("parameters"),
            r#"{"id":"茶","kind":"video"}"#
        );
        assert_eq!(parameters("").expect("none"), "{}");
        assert!(parameters(&format!("id={}", "x".repeat(1024))).is_err());
    }
}
