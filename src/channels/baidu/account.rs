//! What an account of Baidu needs to be connected: a mini-program, a website, an author of Baijiahao, or several of them; and
//! what it may do.

use std::collections::BTreeMap;

use super::{
    BAIJIAHAO, FEED, SEARCH, WEBSITE,
    baijiahao::{self, Author},
    client::Client,
};
use crate::{
    channels::{
        Account, AccountCheck, AccountField, ChoiceOption, LocalText, SWITCH, StepHost, envelope,
    },
    error::{Error, Result},
};

/// How soon paths of the mini-program are looked at.
const SPEEDS: &[ChoiceOption] = &[
    ChoiceOption::new("daily", LocalText::new("天级", "Daily")),
    ChoiceOption::new("weekly", LocalText::new("周级", "Weekly")),
    ChoiceOption::new(
        "hourly",
        LocalText::new("小时级（需受邀）", "Hourly (by invitation)"),
    ),
];

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
    AccountField::choice(
        "speed",
        LocalText::new("收录时效", "Speed"),
        LocalText::new(
            "小程序路径多快收录",
            "How soon paths of the mini-program are looked at",
        ),
        SPEEDS,
    ),
    AccountField::choice(
        "fast_index",
        LocalText::new("快速收录", "Fast index"),
        LocalText::new(
            "网址走快速收录，站点须有权益",
            "Push addresses to the fast index, if the site was granted it",
        ),
        SWITCH,
    ),
    AccountField::choice(
        "probe_quota",
        LocalText::new("查询余量", "Probe allowance"),
        LocalText::new(
            "推送 * 查询剩余额度（社区用法）",
            "Push * to learn the allowance, as the community does",
        ),
        SWITCH,
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
        "callback_token",
        LocalText::new("消息推送 Token", "Token of the message push"),
        LocalText::new(
            "智能小程序管理后台 → 设置 → 开发设置 → 消息推送，和下面的密钥一起填；填了才能收到强制下线这类通知，可留空",
            "Console → Settings → Development → Message push, together with the key below; without it nothing is heard of an app that is taken offline",
        ),
        true,
        Some(""),
    ),
    AccountField::new(
        "aes_key",
        LocalText::new("消息加解密密钥 AESKey", "AESKey"),
        LocalText::new(
            "同上，43 个字符；没有它打不开事件推送",
            "As above, 43 characters; without it events cannot be opened",
        ),
        true,
        Some(""),
    ),
    AccountField::new(
        "client_id",
        LocalText::new("推送的 client_id", "client_id of the push"),
        LocalText::new(
            "由第三方平台推送时，填第三方平台的 client_id；不填就是上面的 App Key",
            "The third-party platform's own, where it makes the calls; empty: the App Key above",
        ),
        false,
        Some(""),
    ),
    AccountField::new(
        "app_id",
        LocalText::new("小程序 App ID", "App ID"),
        LocalText::new(
            "数字。填了就只听这一个小程序的通知；第三方平台管着几个小程序时要填",
            "A number. Only what concerns this app is heard then; needed where a third-party platform has several",
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

/// Whether a mini-program was given.
pub fn has_app(account: &Account) -> bool {
    !account.setting("app_key", "").is_empty()
}

/// Whether a website was given.
pub fn has_site(account: &Account) -> bool {
    !account.setting("site", "").is_empty()
}

/// Whether a switch is on.
pub fn is_on(account: &Account, setting: &str) -> bool {
    account.setting(setting, "off") == "on"
}

/// Refuses what cannot be worked with.
pub fn validate(account: &Account) -> Result<()> {
    let is_given = |setting: &str, secret: &str| match (
        account.setting(setting, "").is_empty(),
        account.credential(secret).is_empty(),
    ) {
        (true, true) => Ok(false),
        (false, false) => Ok(true),
        (true, false) => Err((format!("input.settings.{setting}"), secret.to_owned())),
        (false, true) => Err((format!("input.credentials.{secret}"), setting.to_owned())),
    };
    let pairs = [
        is_given("app_key", "app_secret"),
        is_given("site", "push_token"),
        is_given("baijiahao_app_id", "baijiahao_app_token"),
    ];
    let mut has_any = false;
    for pair in pairs {
        has_any |= pair
            .map_err(|(field, other)| Error::invalid(field, format!("is needed beside {other}")))?;
    }
    if !has_any {
        return Err(Error::invalid(
            "input.settings.app_key",
            "give a mini-program (app_key, app_secret), a website (site, push_token) or an author (baijiahao_app_id, baijiahao_app_token)",
        ));
    }
    let key = account.credential("aes_key");
    if !key.is_empty() && envelope::key(key).is_none() {
        let text = "must be the 43 letters and digits of the AESKey";
        return Err(Error::invalid("input.credentials.aes_key", text));
    }
    if !key.is_empty() && account.credential("callback_token").is_empty() {
        let field = "input.credentials.callback_token";
        return Err(Error::invalid(field, "is needed beside aes_key"));
    }
    Ok(())
}

/// Asks what the account may do, lane by lane.
pub async fn check(client: &Client, host: &dyn StepHost) -> AccountCheck {
    let account = &client.account;
    let mut lanes = Vec::new();
    let mut barred = BTreeMap::new();
    let mut works = Vec::new();
    let mut missing = Vec::new();
    let mut bar = |lanes: &[&str], reason: &str| {
        barred.extend(
            lanes
                .iter()
                .map(|lane| ((*lane).to_owned(), reason.to_owned())),
        );
    };
    if has_app(account) {
        match client.token(host).await {
            Ok(_) => {
                lanes.extend([SEARCH.to_owned(), FEED.to_owned()]);
                works.push("小程序令牌有效，可以提交搜索收录和信息流物料".to_owned());
            }
            Err(error) => {
                if let Some(reason) = error.bars() {
                    bar(&[SEARCH, FEED], &reason);
                }
                missing.push(format!("小程序令牌：{error}"));
            }
        }
    } else {
        bar(&[SEARCH, FEED], "没有填写小程序的 App Key");
        missing.push("没有填写小程序，搜索收录和信息流不可用".to_owned());
    }
    if !has_site(account) {
        bar(&[WEBSITE], "没有填写站点");
        missing.push("没有填写站点，网站推送不可用".to_owned());
    } else if is_on(account, "probe_quota") {
        let is_fast = is_on(account, "fast_index");
        match client.push(host, "urls", is_fast, &["*"]).await {
            Ok(pushed) => {
                lanes.push(WEBSITE.to_owned());
                let left = pushed
                    .remain
                    .map_or_else(String::new, |left| format!("，今日余量 {left}"));
                works.push(format!("站点可以推送网址{left}"));
            }
            Err(error) => {
                if let Some(reason) = error.bars() {
                    bar(&[WEBSITE], &reason);
                }
                missing.push(format!("网站推送：{error}"));
            }
        }
    } else {
        // Every other push would take from the day's allowance.
        lanes.push(WEBSITE.to_owned());
        works.push("站点和推送 token 已填写，首次推送时验证".to_owned());
    }
    if Author::is_given(account) {
        match baijiahao::check(account, host).await {
            Ok(()) => {
                lanes.push(BAIJIAHAO.to_owned());
                works.push("百家号可以发布、修改、撤回，也能查询数据".to_owned());
            }
            Err(error) => {
                if let Some(reason) = error.bars() {
                    bar(&[BAIJIAHAO], &reason);
                }
                missing.push(format!("百家号：{error}"));
            }
        }
    } else {
        bar(&[BAIJIAHAO], "没有填写百家号的 app_id");
        missing.push("没有填写百家号的 app_id，百家号不可用".to_owned());
    }
    let sentences = works.into_iter().chain(missing);
    let ids = ["app_key", "site", "baijiahao_app_id"];
    let mut ids = ids.map(|name| account.setting(name, "")).into_iter();
    let id = ids.find(|id| !id.is_empty()).unwrap_or_default();
    AccountCheck {
        ok: !lanes.is_empty(),
        message: format!("{}。", sentences.collect::<Vec<_>>().join("；")),
        lanes,
        barred,
        external_id: Some(id.to_owned()),
    }
}
