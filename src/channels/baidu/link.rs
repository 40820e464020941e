//! Links into the mini-program, which runs in Baidu's app and in those of its partners (开源联盟): one page for all, and for each
//! app its own scheme. The platform has no part in them, so they do not end.
//!
//! Setting of an account beside those of its form: `scheme.<host>`, where a partner's scheme is not its name. Only that of
//! Baidu's app is published (develop/function/opensmartprogram).

use super::client::Client;
use crate::channels::{AppLink, AppLinkKind, AppPage, ChannelError, LocalText};

const fn host(id: &'static str, zh: &'static str, en: &'static str) -> AppLinkKind {
    AppLinkKind::new(
        id,
        LocalText::new(zh, en),
        LocalText::new(
            "从手机网页或其他 App 打开该应用里的小程序",
            "Opens the mini-program in this app from a mobile page or another app",
        ),
    )
}

/// The apps, by the names that `swan.getSystemInfo` gives them (develop/api/device_sys/hostlist).
pub const KINDS: &[AppLinkKind] = &[
    host("baiduboxapp", "百度 App", "Baidu App"),
    host("bdlite", "百度极速版", "Baidu Lite"),
    host("tieba", "百度贴吧", "Tieba"),
    host("bdnetdisk", "百度网盘", "Baidu Netdisk"),
    host("bdmap", "百度地图", "Baidu Maps"),
    host("baiduhaokan", "好看视频", "Haokan Video"),
    host("bdminivideo", "全民小视频", "Quanmin Video"),
    host("zhidao", "百度知道", "Baidu Zhidao"),
    host("baiduboxmission", "看多多", "Kanduoduo"),
    host("iqiyi", "爱奇艺", "iQiyi"),
    host("xhsdiscover", "小红书", "Xiaohongshu"),
    host("wifikeycore", "WiFi 万能钥匙", "WiFi Master Key"),
    host("wifikey", "WiFi 万能钥匙极速版", "WiFi Master Key Lite"),
    host("droi", "卓易系统", "Freeme OS"),
    host("samsungmscc", "三星手机", "Samsung phones"),
    host("iovauto", "车载小程序", "In-car mini-programs"),
    host("babybus", "宝宝巴士", "BabyBus"),
    host("gamenow", "分玩", "Fenwan"),
];

/// Makes one.
pub fn make(client: &Client, host: &str, page: &AppPage) -> Result<AppLink, ChannelError> {
    let account = &client.account;
    let app_key = page.app_id_or(account.setting("app_key", ""))?;
    let scheme = account.setting(&format!("scheme.{host}"), host);
    AppLink::of_address(format!("{scheme}://swan/{app_key}/{}", page.path), None)
}
