//! The codes of both platforms: what delivery makes of them, and what a person reads.

use serde_json::Value;

use super::wire;
use crate::channels::{
    ChannelError, ErrorClass,
    http::{self, Answer},
};

/// Codes of all families (openapi/status-code and the pages of the calls), with the class and a sentence for people, in
/// which `{}` stands for the platform. The platform's own words stand behind it.
const CODES: &[(i64, ErrorClass, &str)] = {
    use ErrorClass::{
        AuthExpired, AuthRevoked, Bug, ChannelDown, ContentRejected, MediaNotReady, MediaRejected,
        Permission, QuotaExhausted, RateLimited, Validation,
    };
    &[
        // OAuth
        (16, Permission, "应用没有这项能力，请在抖音开放平台申请"),
        (10001, ChannelDown, "{}系统繁忙"),
        (10002, Bug, "授权请求的参数有误"),
        (10003, AuthRevoked, "Client Key 无效，请检查账号设置"),
        (10004, Permission, "应用没有这项能力，请在抖音开放平台申请"),
        (10005, Bug, "授权请求缺少参数"),
        (10006, Permission, "回调地址未登记，请在抖音开放平台添加"),
        (10007, AuthRevoked, "授权码已过期或已用过，请重新授权"),
        (10008, AuthExpired, "授权已到期"),
        (10010, AuthRevoked, "授权已失效，请重新授权"),
        (
            10011,
            Permission,
            "应用的包名不符，请检查抖音开放平台的设置",
        ),
        (10012, Permission, "应用还在审核，通过后再试"),
        (
            10013,
            AuthRevoked,
            "Client Key 与 Client Secret 不符，请检查账号设置",
        ),
        (10014, AuthRevoked, "授权不属于这个应用，请重新授权"),
        (10015, Permission, "应用类型不支持这项能力"),
        (10017, Permission, "应用签名不符，请检查抖音开放平台的设置"),
        (RENEWALS_SPENT, AuthRevoked, "授权不能再续期，请重新授权"),
        // Old family
        (2_100_005, Validation, "{}不接受这些内容"),
        (2_100_007, Permission, "没有这项操作的权限"),
        (2_100_009, AuthRevoked, "{}账号已被封禁，请在{}里申诉"),
        (2_111_001, ContentRejected, "内容含有敏感词"),
        (2_114_006, MediaRejected, "视频超过 15 分钟"),
        (2_114_007, QuotaExhausted, "今天发布的作品已达 75 条"),
        (2_190_001, QuotaExhausted, "接口今天的额度已用完"),
        (2_190_002, AuthExpired, "授权无效"),
        (
            NOT_GRANTED,
            AuthRevoked,
            "用户没有授予这项权限，请重新授权并勾选",
        ),
        (
            2_190_004,
            Permission,
            "应用没有这项能力，请在抖音开放平台申请",
        ),
        (TOO_LARGE, MediaRejected, "视频文件过大"),
        (2_190_006, MediaRejected, "视频超过 15 分钟"),
        (UPLOAD_GONE, MediaNotReady, "上传的视频已失效，需要重新上传"),
        (2_190_008, AuthExpired, "授权已到期"),
        (2_190_015, Bug, "授权与账号的 open_id 不符"),
        (2_190_020, RateLimited, "请求过于频繁"),
        // New family
        (28_001_003, AuthExpired, "授权无效"),
        (28_001_004, Permission, "open_id 无效，请检查账号设置"),
        (28_001_007, Validation, "{}不接受这些内容"),
        (28_001_008, AuthExpired, "授权已到期"),
        (
            NOT_AUTHORISED,
            AuthRevoked,
            "用户没有授予这项权限，请重新授权并勾选",
        ),
        (
            28_001_014,
            Permission,
            "应用没有这项权限，请在抖音开放平台申请",
        ),
        (28_001_015, Bug, "授权与账号的 open_id 不符"),
        (28_001_016, Permission, "应用已被封禁"),
        (28_001_017, Bug, "{}没有这个接口"),
        (
            28_001_018,
            Permission,
            "应用没有这项能力，请在抖音开放平台申请",
        ),
        (28_001_019, Permission, "应用的这项能力已被封禁或下线"),
        (28_001_020, Permission, "测试应用：请先把账号加入测试名单"),
        (28_001_021, Permission, "测试应用已过期"),
        (28_001_045, AuthRevoked, "{}账号已注销"),
        (28_001_046, AuthRevoked, "{}账号已被封禁，请在{}里申诉"),
        (28_001_047, AuthRevoked, "{}账号是私密账号，请改为公开"),
        (
            28_001_052,
            RateLimited,
            "{}的风控拦下了请求，请在{}里查看账号",
        ),
        (OFFLINE, Permission, "{}已下线这个接口"),
        (28_003_017, QuotaExhausted, "接口今天的额度已用完"),
        (28_003_018, RateLimited, "请求过于频繁"),
        (28_004_020, Permission, "这个场景不支持应用的权限"),
        (28_005_001, Validation, "小程序：请求无法解析"),
        (28_005_002, ChannelDown, "小程序：{}内部错误"),
        (28_005_004, QuotaExhausted, "小程序：生成的码太多"),
        (28_005_005, Bug, "小程序：码的宽度超出范围"),
        (28_005_006, Bug, "小程序：没有这个应用"),
        (28_005_015, Permission, "小程序：链接能力已被封禁"),
        (28_005_022, Validation, "小程序：有效期超出范围"),
        (28_005_041, Permission, "小程序：服务直达配置有误"),
        (28_005_078, Validation, "小程序：有效期超出范围"),
        (28_005_079, Permission, "本机地址不在{}的白名单里"),
        (40_031, MediaRejected, "素材过大"),
        (40_032, MediaRejected, "素材格式不支持"),
    ]
};

/// "More than five renewals."
pub const RENEWALS_SPENT: i64 = 10020;
/// "Video file too large": more than 300 MB in one call, so parts are the way.
const TOO_LARGE: i64 = 2_190_005;
/// "Invalid uploaded video id": unknown, too old, or used already.
pub const UPLOAD_GONE: i64 = 2_190_007;
/// "Bad parameter"; also what an upload that is too old may be answered with.
pub const BAD_PARAMETER: i64 = 2_100_005;
/// The user did not grant this scope, or withdrew it; the rest of the grant is as good as before.
const NOT_GRANTED: i64 = 2_190_003;
const NOT_AUTHORISED: i64 = 28_001_012;
/// "This API was taken offline."
const OFFLINE: i64 = 28_001_056;

/// Busy inside the platform: a read can be repeated, a create may have gone through.
const BUSY: &[i64] = &[2_100_004, 28_001_005, 28_001_006];

/// Whether an error has one of these codes.
pub fn is_one_of(error: &ChannelError, codes: &[i64]) -> bool {
    let code = error.code.as_deref().and_then(|code| code.parse().ok());
    code.is_some_and(|code: i64| codes.contains(&code))
}

/// Whether a call that reads is not to be had with this account, whatever becomes of others: offline, not held by the
/// application, not granted by the user.
pub fn is_unreadable(error: &ChannelError) -> bool {
    error.class == ErrorClass::Permission || is_one_of(error, &[NOT_GRANTED, NOT_AUTHORISED])
}

/// Whether a file was too large for one call: the service says so, or the gateway before it.
pub fn is_too_large(error: &ChannelError) -> bool {
    error.http_status == Some(http::TOO_LARGE) || is_one_of(error, &[TOO_LARGE])
}

/// Reads an answer of the platform of this name; `commit` says whether a busy one may have taken it.
pub fn read(name: &str, answer: &Answer, commit: bool) -> Result<Value, ChannelError> {
    let malformed = |what: &str| ChannelError {
        http_status: Some(answer.status),
        ..ChannelError::new(
            ErrorClass::SentUnknown,
            format!("{name}的回复无法识别（HTTP {}，{what}）", answer.status),
        )
    };
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| malformed("不是 JSON"))?;
    let code = wire::code(&body).ok_or_else(|| malformed("没有状态码"))?;
    if code == 0 {
        return Ok(body);
    }
    Err(ChannelError {
        http_status: Some(answer.status),
        request_id: wire::log_id(&body),
        ..refusal(name, code, &wire::description(&body), commit)
    })
}

/// What a code of the platform of this name says, with the platform's own words behind it.
pub fn refusal(name: &str, code: i64, words: &str, commit: bool) -> ChannelError {
    let is_busy = BUSY.contains(&code);
    let (class, meaning) = match CODES.iter().find(|(known, ..)| *known == code) {
        Some((_, class, meaning)) => (*class, *meaning),
        None if is_busy && commit => (ErrorClass::SentUnknown, "{}繁忙，不知是否已收下"),
        None if is_busy => (ErrorClass::ChannelDown, "{}繁忙"),
        None => (ErrorClass::ProtocolDrift, "{}给出了未知的状态码"),
    };
    let meaning = meaning.replace("{}", name);
    let behind = if words.is_empty() {
        code.to_string()
    } else {
        format!("{code} {words}")
    };
    ChannelError::new(class, format!("{meaning}（{behind}）")).with_code(code.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            body: body.to_owned().into(),
            headers: reqwest::header::HeaderMap::new(),
        }
    }

    fn check(body: &str, commit: bool, expected: Result<(), ErrorClass>) {
        assert_eq!(
            read("抖音", &answer(200, body), commit)
                .map(|_| ())
                .map_err(|error| error.class),
            expected,
            "{body}"
        );
    }

    #[test]
    fn the_code_is_found_in_every_envelope() {
        check(
            r#"{"data":{"error_code":0},"extra":{"error_code":0}}"#,
            true,
            Ok(()),
        );
        check(
            r#"{"data":{"error_code":2190008},"extra":{"error_code":"2190008"}}"#,
            true,
            Err(ErrorClass::AuthExpired),
        );
        check(
            r#"{"data":{"error_code":10010},"message":"error"}"#,
            false,
            Err(ErrorClass::AuthRevoked),
        );
        check(
            r#"{"err_no":28001003,"err_msg":"x"}"#,
            false,
            Err(ErrorClass::AuthExpired),
        );
    }

    #[test]
    fn an_error_of_either_half_of_an_envelope_is_an_error() {
        check(
            r#"{"data":{"error_code":2190008},"extra":{"error_code":0}}"#,
            true,
            Err(ErrorClass::AuthExpired),
        );
        check(
            r#"{"err_no":0,"data":{"data":{"error_code":0},"extra":{"error_code":2190002}}}"#,
            false,
            Err(ErrorClass::AuthExpired),
        );
    }

    #[test]
    fn a_busy_platform_may_have_taken_a_create_but_not_a_read() {
        for code in BUSY {
            let busy =
                format!(r#"{{"data":{{"error_code":{code}}},"extra":{{"error_code":{code}}}}}"#);
            check(&busy, true, Err(ErrorClass::SentUnknown));
            check(&busy, false, Err(ErrorClass::ChannelDown));
        }
    }

    #[test]
    fn no_code_and_no_json_are_unknown_never_success() {
        for body in ["", "<html>", "{}", r#"{"data":{"item_id":"@x"}}"#] {
            check(body, true, Err(ErrorClass::SentUnknown));
        }
        check(r#"{"err_no":12345}"#, true, Err(ErrorClass::ProtocolDrift));
    }

    #[test]
    fn a_page_of_the_gateway_says_nothing() {
        let class =
            |status| read("抖音", &answer(status, "<html>"), true).map_err(|error| error.class);

        assert_eq!(class(502), Err(ErrorClass::SentUnknown));
    }

    #[test]
    fn a_person_reads_what_happened_and_the_platforms_own_words() {
        let body = r#"{"data":{"error_code":2114007,"description":"over limit"},"extra":{"error_code":2114007,"description":"over limit","logid":"2026SIM"}}"#;

        let error = read("抖音", &answer(200, body), true).expect_err("refused");

        assert_eq!(
            error.message,
            "今天发布的作品已达 75 条（2114007 over limit）"
        );
        assert_eq!(error.request_id.as_deref(), Some("2026SIM"));
        assert_eq!(error.code.as_deref(), Some("2114007"));
    }

    #[test]
    fn every_code_is_listed_once() {
        let mut codes: Vec<i64> = CODES.iter().map(|(code, ..)| *code).collect();
        codes.extend(BUSY);
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();

        assert_eq!(codes.len(), count);
        assert!(CODES.iter().all(|(.., meaning)| !meaning.is_empty()));
    }
}
