//! What an account of Baidu needs to be connected: a mini-program, a website, an author of Baijiahao, or several of them.

use super::super::{AccountField, LocalText};

const fn choice(
    name: &'static str,
    label: LocalText,
    help: LocalText,
    default: &'static str,
) -> AccountField {
    AccountField::new(name, label, help, false, Some(default))
}

/// The connect form.
pub const FIELDS: &[AccountField] = &[
    AccountField::new(
        "app_key",
        LocalText::new("App Key", "App Key"),
        LocalText::new(
            "智能小程序管理后台 → 设置 → 开发设置；没有小程序可留空",
            "Console → Settings → Development; empty without a mini-program",
        ),
        false,
        Some(""),
    ),
    AccountField::new(
        "app_secret",
        LocalText::new("App Secret", "App Secret"),
        LocalText::new(
            "同上；重置后请在这里更新",
            "As above; update it here after a reset",
        ),
        true,
        Some(""),
    ),
    AccountField::new(
        "site",
        LocalText::new("站点", "Site"),
        LocalText::new(
            "搜索资源平台里验证过的站点，含 https://；没有网站可留空",
            "The verified site, with https://; empty without a website",
        ),
        false,
        Some(""),
    ),
    AccountField::new(
        "push_token",
        LocalText::new("推送 token", "Push token"),
        LocalText::new(
            "搜索资源平台 → 普通收录 → API 提交",
            "Resource platform → Indexing → API",
        ),
        true,
        Some(""),
    ),
    AccountField::new(
        "baijiahao_app_id",
        LocalText::new("百家号 app_id", "app_id of Baijiahao"),
        LocalText::new(
            "百家号后台 → 作者工具 → 开发者；没有百家号可留空。同一篇内容不要既发百家号又投信息流",
            "Author console → Tools → Developer; empty without one. What goes to Baijiahao should not go to the feed as well",
        ),
        false,
        Some(""),
    ),
    AccountField::new(
        "baijiahao_app_token",
        LocalText::new("百家号 app_token", "app_token of Baijiahao"),
        LocalText::new(
            "同上；重置后请在这里更新。新账号每天发 1 篇，有原创标签的 10 篇，用设置 quota.baijiahao_posts 填写",
            "As above; update it here after a reset. A new author has 1 post a day, one with the original label 10: say so with the setting quota.baijiahao_posts",
        ),
        true,
        Some(""),
    ),
    choice(
        "speed",
        LocalText::new("收录时效", "Speed"),
        LocalText::new(
            "小程序路径：weekly 周级、daily 天级、hourly 小时级（需受邀）",
            "Of paths: weekly, daily, or hourly (by invitation)",
        ),
        "daily",
    ),
    choice(
        "fast_index",
        LocalText::new("快速收录", "Fast index"),
        LocalText::new(
            "网址走快速收录，站点须有权益：on 或 off",
            "Push addresses to the fast index, if the site was granted it: on or off",
        ),
        "off",
    ),
    choice(
        "probe_quota",
        LocalText::new("查询余量", "Probe allowance"),
        LocalText::new(
            "推送 * 查询剩余额度（社区用法）：on 或 off",
            "Push * to learn the allowance: on or off",
        ),
        "off",
    ),
    AccountField::new(
        "resend_delay_s",
        LocalText::new("重发间隔", "Resend delay"),
        LocalText::new(
            "结果不明时多久后再发一次，秒；空为次日零点",
            "Seconds before an unclear submission is repeated; empty: next midnight",
        ),
        false,
        Some(""),
    ),
    AccountField::new(
        "openapi_url",
        LocalText::new("开放接口地址", "Open API address"),
        LocalText::new("一般不用改", "Rarely changed"),
        false,
        Some("https://openapi.baidu.com"),
    ),
    AccountField::new(
        "push_url",
        LocalText::new("推送接口地址", "Push address"),
        LocalText::new("一般不用改", "Rarely changed"),
        false,
        Some("http://data.zz.baidu.com"),
    ),
    AccountField::new(
        "baijiahao_url",
        LocalText::new("百家号接口地址", "Baijiahao address"),
        LocalText::new("一般不用改", "Rarely changed"),
        false,
        Some("https://baijiahao.baidu.com"),
    ),
];
