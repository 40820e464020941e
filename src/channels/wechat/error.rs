//! WeChat's codes: what delivery makes of them, and what a person reads.

use std::time::Duration;

use serde_json::Value;

use crate::channels::{ChannelError, ErrorClass, http::Answer};

/// Codes with the class and a sentence for people (the platform's page of return codes, and the pages of the calls).
const CODES: &[(i64, ErrorClass, &str)] = {
    use ErrorClass::{
        AuthExpired, AuthRevoked, Bug, Conflict, ContentRejected, MediaNotReady, MediaRejected,
        Permission, QuotaExhausted, RateLimited, Validation,
    };
    &[
        (40001, AuthExpired, "凭证无效，或不是最新的"),
        (40014, AuthExpired, "凭证无效"),
        (42001, AuthExpired, "凭证已到期"),
        (41001, Bug, "请求里没有凭证"),
        (40002, Permission, "公众号没有这项权限"),
        (40013, AuthRevoked, "AppID 无效，请检查账号设置"),
        (40125, AuthRevoked, "AppSecret 不符，请检查账号设置"),
        (
            40164,
            Permission,
            "本机 IP 不在公众号的 IP 白名单里，请在微信开发者平台添加",
        ),
        (
            40243,
            AuthRevoked,
            "AppSecret 已被冻结，请在微信开发者平台解冻",
        ),
        (41002, Bug, "请求里没有 AppID"),
        (41004, Bug, "请求里没有 AppSecret"),
        (43002, Bug, "这个接口要用 POST"),
        (44002, Bug, "请求是空的"),
        (47001, Bug, "请求不是微信认识的 JSON"),
        (40033, Validation, "内容含有微信不接受的字符"),
        (45009, QuotaExhausted, "接口今天的额度已用完"),
        (45011, RateLimited, "请求过于频繁"),
        (45028, QuotaExhausted, "群发次数已用完"),
        (SENT_BEFORE, Conflict, "这次群发已经受理"),
        (45066, RateLimited, "同一次群发重试过快"),
        (45067, Bug, "群发编号过长"),
        (40008, Bug, "群发类型不支持"),
        (40050, Validation, "群发的标签不存在，请检查账号设置"),
        (40059, Validation, "群发不存在"),
        (
            48001,
            Permission,
            "公众号没有这个接口的权限：未认证的账号请改用「存草稿」",
        ),
        (48006, Permission, "本月清零次数已用完"),
        (50002, Permission, "公众号受到限制，请登录公众平台查看"),
        (89501, Permission, "本机 IP 需要管理员确认"),
        (89503, Permission, "本机 IP 正等管理员确认"),
        (89506, Permission, "管理员拒绝了本机 IP"),
        (89507, Permission, "管理员拒绝了本机 IP"),
        (40004, MediaRejected, "素材类型不支持"),
        (40005, MediaRejected, "素材格式不支持"),
        (40006, MediaRejected, "素材过大"),
        (40009, MediaRejected, "图片过大"),
        (45001, MediaRejected, "素材过大"),
        (40137, MediaRejected, "图片格式不支持"),
        (41005, Bug, "请求里没有素材"),
        (
            UNKNOWN_MEDIA,
            MediaNotReady,
            "素材或草稿不存在，或还没有同步好",
        ),
        (40114, Bug, "文章序号超出范围"),
        (41039, Validation, "阅读原文的链接无效"),
        (44003, Validation, "图文为空"),
        (45002, Validation, "正文过长"),
        (45003, Validation, "标题过长"),
        (45004, Validation, "摘要过长"),
        (45005, Validation, "阅读原文的链接过长"),
        (45008, Validation, "图文过大"),
        (45110, Validation, "作者名过长"),
        (45166, Validation, "正文里有微信不接受的内容"),
        (53404, Permission, "公众号不能带货"),
        (53405, Validation, "商品信息有误"),
        (53406, Permission, "公众号没有开通商品功能"),
        (53503, ContentRejected, "草稿没有通过发布检查"),
        (53504, Permission, "这篇草稿要到公众平台网站上发布"),
        (53505, Permission, "请先在公众平台网站上手动保存这篇草稿"),
        (40003, Validation, "openid 无效，请检查账号设置"),
        (40129, Bug, "检测场景无效"),
        (61010, Permission, "这位用户最近两小时没有打开过小程序"),
        (UNKNOWN_ARTICLE, Validation, "文章不存在"),
        (47009, Permission, "微信已下线这个接口"),
        (
            40066,
            Validation,
            "页面被小程序自己的 sitemap 拦截，请检查小程序的 sitemap.json",
        ),
        (
            40210,
            Validation,
            "小程序里没有这个页面，请检查站点设置里的小程序路径",
        ),
        (40211, Validation, "页面的结构不符合要求"),
        (
            40212,
            Validation,
            "页面的参数不符合 k=v&k=v 的格式，请检查站点设置里的小程序路径",
        ),
        (40219, Bug, "请求里没有页面"),
        (108_002, Validation, "页面的数据超过 1 MB"),
        (47004, Bug, "一次提交的页面超过 1000 个"),
        (47006, QuotaExhausted, "今天可以提交的页面数已用完"),
        (
            85083,
            Permission,
            "小程序的搜索功能被封禁，请在小程序后台查看",
        ),
        (
            85091,
            Permission,
            "小程序的搜索开关没有打开，请在小程序后台打开",
        ),
        (
            108_003,
            Permission,
            "内容接入还没有通过审核：审核期间请把账号设置里的「搜一搜数据」改为 review",
        ),
        (61500, Bug, "日期格式有误"),
        (61501, Bug, "日期范围有误"),
        (40165, Validation, "小程序里没有这个页面"),
        (41030, Validation, "小程序里没有这个页面，或还没有发布"),
        (44990, RateLimited, "生成链接过于频繁"),
        (85079, Permission, "小程序还没有发布"),
        (85400, QuotaExhausted, "长期有效的链接已用完"),
        (85401, Bug, "链接的有效期有误"),
    ]
};

const MINUTE: Duration = Duration::from_mins(1);
/// "System busy": a read can be repeated, a write may have gone through.
const BUSY: i64 = -1;
/// "Invalid media id": unknown, deleted, or not synchronised yet.
pub const UNKNOWN_MEDIA: i64 = 40007;
/// "The same sending": accepted within the last day.
pub const SENT_BEFORE: i64 = 45065;
/// "Bad article id."
pub const UNKNOWN_ARTICLE: i64 = 53600;
/// "Not authorised for this account."
pub const NOT_AUTHORISED: i64 = 48001;

/// Whether an error has this code.
pub fn is(error: &ChannelError, code: i64) -> bool {
    error.code.as_deref() == Some(code.to_string().as_str())
}

/// Reads an answer; `commit` says whether a busy platform may have taken it. Many answers that went well name no code;
/// the header that says what they are is not to be trusted, they are UTF-8.
pub fn read(answer: &Answer, commit: bool) -> Result<Value, ChannelError> {
    read_but(answer, commit, &[])
}

/// The same; these codes say that it went well, too.
pub fn read_but(answer: &Answer, commit: bool, fine: &[i64]) -> Result<Value, ChannelError> {
    let malformed = |what: &str| ChannelError {
        http_status: Some(answer.status),
        ..ChannelError::new(
            ErrorClass::SentUnknown,
            format!("微信的回复无法识别（HTTP {}，{what}）", answer.status),
        )
    };
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| malformed("不是 JSON"))?;
    let code = match body.get("errcode") {
        None if body.is_object() => 0,
        Some(code) => code.as_i64().ok_or_else(|| malformed("状态码不是数字"))?,
        None => return Err(malformed("不是对象")),
    };
    if code == 0 || fine.contains(&code) {
        return Ok(body);
    }
    let (class, meaning) = match CODES.iter().find(|(known, ..)| *known == code) {
        Some((_, class, meaning)) => (*class, *meaning),
        None if code == BUSY && commit => (ErrorClass::SentUnknown, "微信繁忙，不知是否已收下"),
        None if code == BUSY => (ErrorClass::ChannelDown, "微信繁忙"),
        None => (ErrorClass::ProtocolDrift, "微信给出了未知的状态码"),
    };
    let words = body["errmsg"].as_str().unwrap_or_default();
    let (text, rid) = words.split_once(" rid: ").unwrap_or((words, ""));
    Err(ChannelError {
        http_status: Some(answer.status),
        request_id: Some(rid.trim().to_owned()).filter(|rid| !rid.is_empty()),
        // Allowances are counted by the minute.
        retry_after: (class == ErrorClass::RateLimited).then_some(MINUTE),
        ..ChannelError::new(class, format!("{meaning}（{code} {}）", text.trim()))
            .with_code(code.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(body: &str, commit: bool) -> Result<Value, ChannelError> {
        let answer = Answer {
            status: 200,
            body: body.to_owned().into(),
            headers: reqwest::header::HeaderMap::new(),
        };
        read(&answer, commit)
    }

    fn check(body: &str, commit: bool, expected: Result<(), ErrorClass>) {
        let class = read_text(body, commit)
            .map(|_| ())
            .map_err(|error| error.class);
        assert_eq!(class, expected, "{body}");
    }

    #[test]
    fn an_answer_without_a_code_went_well_and_no_answer_did_not() {
        check(
            r#"{"access_token":"71_simA","expires_in":7200}"#,
            true,
            Ok(()),
        );
        check(r#"{"errcode":0,"errmsg":"ok"}"#, true, Ok(()));
        for body in [
            "",
            "<html>",
            "[]",
            r#"{"errcode":"x"}"#,
            r#"{"media_id":"a"#,
        ] {
            check(body, true, Err(ErrorClass::SentUnknown));
        }
    }

    #[test]
    fn a_busy_platform_may_have_taken_a_write_but_not_a_read() {
        let busy = r#"{"errcode":-1,"errmsg":"system error"}"#;
        check(busy, true, Err(ErrorClass::SentUnknown));
        check(busy, false, Err(ErrorClass::ChannelDown));
        check(r#"{"errcode":99999}"#, true, Err(ErrorClass::ProtocolDrift));
    }

    #[test]
    fn a_person_reads_what_happened_and_support_gets_its_number() {
        let body = r#"{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 68aa0000-0123abcd-00112233"}"#;

        let error = read_text(body, false).expect_err("refused");

        assert_eq!(error.class, ErrorClass::Permission);
        assert!(
            error.message.contains("invalid ip 203.0.113.7 ipv6"),
            "{error}"
        );
        assert_eq!(
            error.request_id.as_deref(),
            Some("68aa0000-0123abcd-00112233")
        );
    }

    #[test]
    fn every_code_is_listed_once() {
        let mut codes: Vec<i64> = CODES.iter().map(|(code, ..)| *code).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();

        assert_eq!(codes.len(), count);
    }
}
