//! What an account needs to be connected, and what it may do then.

use std::collections::BTreeMap;

use super::{
    DRAFT, KINDS, MASS, PICTURES, POSTS, PUBLISH, SEARCH, SETS,
    client::Client,
    error::{NOT_AUTHORISED, is},
    mini::Mini,
};
use crate::channels::{AccountCheck, AccountField, LocalText, StepHost};

/// The connect form.
pub const FIELDS: &[AccountField] = &[
    AccountField::new(
        "app_id",
        LocalText::new("AppID", "AppID"),
        LocalText::new(
            "微信开发者平台 → 公众号 → 基础信息",
            "Developer platform → Official account → Basic information",
        ),
        false,
        None,
    ),
    AccountField::new(
        "app_secret",
        LocalText::new("AppSecret", "AppSecret"),
        LocalText::new(
            "同上；重置后请在这里更新。本机出口 IP 要加入白名单",
            "As above; update it here after a reset. The address of this server must be allow-listed",
        ),
        true,
        None,
    ),
    AccountField::new(
        "callback_token",
        LocalText::new("消息推送 Token", "Token of the message push"),
        LocalText::new(
            "消息推送里填写的 Token，公众号和小程序填一样的；留空则发布结果改由轮询得知，图片不检测",
            "The token entered for the message push, the same for the account and its mini-program; empty: results are asked for, and pictures are not checked",
        ),
        true,
        Some(""),
    ),
    AccountField::new(
        "aes_key",
        LocalText::new("EncodingAESKey", "EncodingAESKey"),
        LocalText::new(
            "消息推送用兼容或安全模式时填写，43 位",
            "For the compatible and the secure mode of the push; 43 characters",
        ),
        true,
        Some(""),
    ),
    AccountField::choice(
        "account_kind",
        LocalText::new("账号类型", "Kind of account"),
        LocalText::new(
            "决定能群发多少次；公众号后台 → 设置与开发 → 公众号设置",
            "How often it may send to followers; Console → Settings → Account",
        ),
        KINDS,
    ),
    AccountField::new(
        "mass_to",
        LocalText::new("群发对象", "Who gets messages"),
        LocalText::new(
            "留空不开放群发；填 all 发给全部粉丝，填标签编号只发给该标签。群发会通知粉丝，不能反悔",
            "Empty: nothing is sent to followers. \"all\": every follower; the number of a tag: those with it. It cannot be undone",
        ),
        false,
        Some(""),
    ),
    AccountField::new(
        "mini_app_id",
        LocalText::new("小程序 AppID", "AppID of the mini-program"),
        LocalText::new(
            "内容检测和搜一搜用小程序的接口；没有小程序可留空",
            "Contents are checked, and found in search, through the mini-program; may stay empty",
        ),
        false,
        Some(""),
    ),
    AccountField::new(
        "mini_app_secret",
        LocalText::new("小程序 AppSecret", "AppSecret of the mini-program"),
        LocalText::new(
            "小程序后台 → 开发管理",
            "Mini-program console → Development",
        ),
        true,
        Some(""),
    ),
    AccountField::new(
        "reviewer_openid",
        LocalText::new("审核人 openid", "Openid of the reviewer"),
        LocalText::new(
            "内容检测要求一位两小时内打开过小程序的用户",
            "Checks ask for a user who opened the mini-program within two hours",
        ),
        false,
        Some(""),
    ),
    AccountField::choice(
        "search_set",
        LocalText::new("搜一搜数据", "Set of the search"),
        LocalText::new(
            "内容接入还在审核时，先提交测试数据",
            "Test data go out while the platform reviews the access",
        ),
        SETS,
    ),
    AccountField::new(
        "search_category_id",
        LocalText::new("搜一搜类目", "Category of the search"),
        LocalText::new(
            "内容接入里声明的类目编号：1 综合，4 娱乐",
            "The category declared for the access: 1 general, 4 entertainment",
        ),
        false,
        Some("1"),
    ),
    AccountField::new(
        "base_url",
        LocalText::new("接口地址", "API address"),
        LocalText::new("一般不用改", "Rarely changed"),
        false,
        Some("https://api.weixin.qq.com"),
    ),
];

/// Asks what the account may do, lane by lane.
pub async fn check(client: &Client, host: &dyn StepHost, may_tell_followers: bool) -> AccountCheck {
    let app_id = client.account.setting("app_id", "").to_owned();
    let (lanes, barred, reason, message) = posts(client, host, may_tell_followers).await;
    let mut check = AccountCheck {
        ok: !lanes.is_empty(),
        message,
        lanes: lanes.iter().map(|lane| (*lane).to_owned()).collect(),
        barred: BTreeMap::new(),
        external_id: Some(app_id).filter(|id| !id.is_empty()),
    };
    if let Some(reason) = reason {
        let named = barred.iter();
        check.barred = named
            .map(|lane| ((*lane).to_owned(), reason.clone()))
            .collect();
    }
    if let Ok(mini) = Mini::of(client) {
        match mini.token(host, false).await {
            Ok(_) => {
                check.lanes.push(SEARCH.to_owned());
                // Whether the access was approved shows only when a page is submitted.
                check.message += "小程序可用；搜一搜的内容接入是否开通，首次提交时得知。";
            }
            Err(error) => {
                if let Some(reason) = error.bars() {
                    check.barred.insert(SEARCH.to_owned(), reason);
                }
                let told = format!("搜一搜不可用：{error}。");
                check.message.push_str(&told);
            }
        }
    }
    check
}

type Lanes = &'static [&'static str];

/// The lanes of posts that work, those that are barred and why, and a sentence for people.
async fn posts(
    client: &Client,
    host: &dyn StepHost,
    may_tell_followers: bool,
) -> (Lanes, Lanes, Option<String>, String) {
    const DIRECT: Lanes = &[PUBLISH, PICTURES, MASS];
    if let Err(error) = client.drafts(host, 0).await {
        return (&[], POSTS, error.bars(), format!("不能使用：{error}。"));
    }
    match client.articles(host, 0).await {
        Ok(_) if may_tell_followers => (
            POSTS,
            &[],
            None,
            "可以直接发布图文和图片消息，可以群发，也可以存草稿。".into(),
        ),
        Ok(_) => (
            &[PUBLISH, PICTURES, DRAFT],
            &[MASS],
            Some("账号设置里没有开放群发".into()),
            "可以直接发布图文和图片消息，也可以存草稿；群发没有开放。".into(),
        ),
        Err(error) if is(&error, NOT_AUTHORISED) => (
            &[DRAFT],
            DIRECT,
            Some("未认证的公众号不能用接口发布，只能存草稿".into()),
            "只能存草稿，由人在公众平台发表：未认证的公众号不能用接口发布。".into(),
        ),
        Err(error) => (
            &[DRAFT],
            DIRECT,
            error.bars(),
            format!("可以存草稿；能否发布没有查到：{error}。"),
        ),
    }
}
