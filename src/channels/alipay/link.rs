//! Links and codes into the mini-program. Schemes are only spelt (opendocs.alipay.com, 小程序 scheme); the code comes from the
//! platform and does not end while the mini-program is online (alipay.open.app.qrcode.create).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::client::Client;
use crate::channels::{AppLink, AppLinkKind, AppPage, ChannelError, LocalText, StepHost};

const SCHEME: &str = "scheme";
const WEB_LINK: &str = "web_link";
const CODE: &str = "code";

/// Characters of what stands beside a code; not published.
const LONGEST_NOTE: usize = 30;
/// What of a value may stand as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The same for the path of a page, whose slashes are spelt out in the documentation's examples.
const KEPT_IN_PATH: &AsciiSet = &KEPT.remove(b'/');

/// The kinds of links.
pub const KINDS: &[AppLinkKind] = &[
    AppLinkKind::new(
        CODE,
        LocalText::new("小程序二维码", "Mini-program code"),
        LocalText::new(
            "印在海报和包装上，用支付宝扫；长期有效",
            "For posters and packages, read by Alipay; does not end",
        ),
    ),
    AppLinkKind::new(
        WEB_LINK,
        LocalText::new("网页链接", "Web link"),
        LocalText::new(
            "短信和网页里点开，经 ds.alipay.com 进入小程序",
            "From a text message or web page, by way of ds.alipay.com",
        ),
    ),
    AppLinkKind::new(
        SCHEME,
        LocalText::new("Scheme", "Scheme"),
        LocalText::new(
            "从其他 App 直接打开，也可用于支付宝里的跳转",
            "Opened by another app, or from within Alipay",
        ),
    ),
];

/// The address that opens a page of a mini-program within the platform's app.
pub fn scheme(app_id: &str, page: &AppPage) -> String {
    let (path, query) = page.parts();
    let mut scheme = format!(
        "alipays://platformapi/startapp?appId={}&page={}",
        utf8_percent_encode(app_id, KEPT),
        utf8_percent_encode(path, KEPT_IN_PATH)
    );
    if !query.is_empty() {
        // Unspelt, only the first of several parameters would arrive.
        scheme.push_str("&query=");
        scheme.extend(utf8_percent_encode(query, KEPT));
    }
    scheme
}

/// Makes one.
pub async fn make(
    client: &Client,
    kind: &str,
    page: &AppPage,
    host: &dyn StepHost,
) -> Result<AppLink, ChannelError> {
    let app_id = page.app_id_or(client.account.setting("app_id", ""))?;
    if kind == CODE {
        let (path, query) = page.parts();
        let content = json!({
            "url_param": path,
            "query_param": query,
            "describe": page.title.chars().take(LONGEST_NOTE).collect::<String>(),
        });
        return AppLink::of_picture(client.code(host, content).await?);
    }
    let scheme = scheme(app_id, page);
    let address = if kind == WEB_LINK {
        let spelt = utf8_percent_encode(&scheme, KEPT);
        format!("https://ds.alipay.com/?scheme={spelt}")
    } else {
        scheme
    };
    AppLink::of_address(address, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_is_spelt_as_the_documentation_spells_it() {
        let page = AppPage {
            app_id: String::new(),
            path: "pages/story/index?sid=42&v=3a7".into(),
            title: String::new(),
        };

        let scheme = scheme("2021000100000001", &page);

        assert_eq!(
            scheme,
            "alipays://platformapi/startapp?appId=2021000100000001&page=pages/story/index&query=sid%3D42%26v%3D3a7"
        );
        assert_eq!(
            utf8_percent_encode(&scheme, KEPT).to_string(),
            "alipays%3A%2F%2Fplatformapi%2Fstartapp%3FappId%3D2021000100000001%26page%3Dpages%2Fstory%2Findex\
             %26query%3Dsid%253D42%2526v%253D3a7"
        );
    }
}
