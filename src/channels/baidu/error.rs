//! Baidu's codes, and what delivery makes of them. The numbers are local to an endpoint.

use super::wire::Reply;
use crate::channels::{
    ChannelError,
    ErrorClass::{
        self, AuthExpired, AuthRevoked, ChannelDown, Conflict, MediaRejected, Permission,
        ProtocolDrift, QuotaExhausted, RateLimited, SentUnknown, Validation,
    },
    http::Answer,
};

/// Which table a business code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// Tokens.
    Token,
    /// `access/submitsitemap/api`.
    Search,
    /// `access/submitresource` and `access/deleteresource`.
    Feed,
    /// `data.zz.baidu.com`.
    Website,
    /// `baijiahao.baidu.com`.
    Author,
    /// `riskDetection/v2`.
    Safety,
}

/// Gateway codes, decided before the business service sees the call (openauth.baidu.com, appendix).
const GATEWAY: &[(i64, ErrorClass)] = &[
    (1, SentUnknown),
    (2, ChannelDown),
    (3, Validation),
    (4, RateLimited),
    (5, Permission),
    (6, Permission),
    (17, QuotaExhausted),
    (18, RateLimited),
    (19, Permission),
    (100, Validation),
    (110, AuthExpired),
    (111, AuthExpired),
];

/// Codes that mean something of their own at one endpoint (introduction/rank_api, develop/serverapi/faq).
const LOCAL: &[(Endpoint, i64, ErrorClass)] = &[
    (Endpoint::Search, 47005, ChannelDown),
    (Endpoint::Search, 60005, Permission),
    (Endpoint::Feed, 40000, Conflict),
];

/// Codes of the business services (the official SDK's enums).
const BUSINESS: &[(i64, ErrorClass)] = &[
    // Nobody knows whether it was taken.
    (-1024, SentUnknown),
    (500, SentUnknown),
    (501, SentUnknown),
    (1000, SentUnknown),
    (5000, SentUnknown),
    // The token.
    (44003, AuthExpired),
    (44004, AuthExpired),
    // Busy with an earlier call of ours.
    (50015, ChannelDown),
    (50031, ChannelDown),
    (50050, ChannelDown),
    // The day's allowance.
    (30013, QuotaExhausted),
    (50029, QuotaExhausted),
    (100_110_007, QuotaExhausted),
    // What was sent breaks a rule.
    (2002, Validation),
    (30001, Validation),
    (40001, Validation),
    (41000, Validation),
    (47000, MediaRejected),
    (47001, MediaRejected),
    (47003, MediaRejected),
    // The app or the account may not.
    (405, Permission),
    (6001, Permission),
    (10001, Permission),
    (40007, Permission),
    (40008, Permission),
    (44001, Permission),
    (44002, Permission),
    (45000, Permission),
    (45001, Permission),
    (45002, Permission),
    (50032, Permission),
];

/// Codes of Baijiahao, which shares none with the others (baijiahao.baidu.com/docs, errorCode).
const AUTHOR: &[(i64, ErrorClass)] = &[
    // Nobody knows whether it was taken.
    (4, SentUnknown),
    (5, SentUnknown),
    (10003, SentUnknown),
    (10005, SentUnknown),
    (60_000_006, SentUnknown),
    (60_000_020, SentUnknown),
    // What was sent breaks a rule, or the item is not in a state for it.
    (2, Validation),
    (10009, Validation),
    (27012, Validation),
    (300_016, Validation),
    (60_001_003, Validation),
    (80_000_107, Validation),
    (301_001, MediaRejected),
    (301_002, MediaRejected),
    (301_003, MediaRejected),
    (301_004, MediaRejected),
    // The author may not, or was not let in.
    (10002, Permission),
    (60_000_005, Permission),
    (60_000_009, Permission),
    (60_001_001, Permission),
    (800_000_201, Permission),
    // The day's posts: they could not be counted, or are used up.
    (60_001_008, ChannelDown),
    (60_001_009, QuotaExhausted),
];

/// "Parameter error": what else is wrong with a field, the words tell.
const PARAMETER: i64 = 2;

/// Whether words say that the address is known already. Which number goes with them is documented nowhere, so the words
/// decide.
fn is_repetition(words: &str) -> bool {
    let words = words.to_lowercase();
    let is_of_address = ["origin_url", "链接", "原文"]
        .iter()
        .any(|name| words.contains(name));
    let is_known = ["重复", "已存在", "已发布", "duplicate", "repeat", "exist"];
    is_of_address && is_known.iter().any(|word| words.contains(word))
}

fn author(code: i64, words: &str) -> ErrorClass {
    let known = AUTHOR.iter().find(|(known, _)| *known == code);
    match known {
        Some((known, class)) if *known != PARAMETER => *class,
        _ if is_repetition(words) => Conflict,
        Some((_, class)) => *class,
        None => ProtocolDrift,
    }
}

/// Names of OAuth (RFC 6749 and Baidu's own), and numbers of the push interface with their texts.
fn oauth_or_push(code: &str, message: &str) -> ErrorClass {
    match (code, message) {
        (
            "invalid_client"
            | "unauthorized_client"
            | "invalid_scope"
            | "unsupported_grant_type"
            | "invalid_grant"
            | "expired_token",
            _,
        ) => AuthRevoked,
        ("400", "over quota") => QuotaExhausted,
        ("400", "site error") | ("401", _) => Permission,
        ("400", "empty content" | "only 2000 urls are allowed once")
        | ("404" | "invalid_request", _) => Validation,
        ("500", _) => SentUnknown,
        _ => ProtocolDrift,
    }
}

fn business(endpoint: Endpoint, code: i64) -> ErrorClass {
    let local = LOCAL
        .iter()
        .find(|(at, known, _)| *at == endpoint && *known == code);
    let shared = || BUSINESS.iter().find(|(known, _)| *known == code);
    local
        .map(|(_, _, class)| *class)
        .or_else(|| shared().map(|(_, class)| *class))
        .unwrap_or(ProtocolDrift)
}

/// What a person reads before the platform's own words: those are English, and few.
const fn meaning(class: ErrorClass) -> &'static str {
    match class {
        RateLimited => "请求过于频繁",
        QuotaExhausted => "今天的额度已用完",
        AuthExpired => "凭证已到期",
        AuthRevoked => "应用密钥无效，请检查账号设置",
        Permission => "这个应用或站点没有权限，请在百度后台查看",
        Validation => "百度不接受提交的内容",
        MediaRejected => "百度不接受图片或视频",
        Conflict => "百度说已有这条内容",
        ChannelDown => "百度繁忙",
        SentUnknown => "百度出错，不知是否已收下",
        _ => "百度给出了未知的代码",
    }
}

/// Reads an answer, in the order in which the envelopes are told apart; a body that is none of them is malformed. The
/// HTTP status of the gateway's refusals is documented nowhere, so the body alone decides.
pub fn read(endpoint: Endpoint, answer: &Answer) -> Result<Reply, ChannelError> {
    let malformed = |what: &str| ChannelError {
        http_status: Some(answer.status),
        ..ChannelError::new(SentUnknown, format!("百度的回复无法识别（{what}）"))
    };
    let refused = |class: ErrorClass, code: String, words: &str| ChannelError {
        http_status: Some(answer.status),
        ..ChannelError::new(class, format!("{}（{code} {words}）", meaning(class))).with_code(code)
    };
    let reply = Reply::parse(&answer.body).ok_or_else(|| malformed("不是 JSON"))?;
    if let Some(code) = &reply.error {
        let class = oauth_or_push(code, &reply.message);
        return Err(refused(class, code.clone(), &reply.message));
    }
    if let Some(code) = reply.error_code.filter(|code| *code != 0) {
        let class = GATEWAY.iter().find(|(known, _)| *known == code);
        let class = class.map_or(ProtocolDrift, |(_, class)| *class);
        return Err(refused(class, code.to_string(), &reply.message));
    }
    match reply.errno {
        Some(0) => Ok(reply),
        Some(code) => {
            let class = match endpoint {
                Endpoint::Author => author(code, &reply.message),
                _ => business(endpoint, code),
            };
            Err(refused(class, code.to_string(), &reply.message))
        }
        None if reply.access_token.is_some() || reply.success.is_some() => Ok(reply),
        // A push of `*` alone has no success to tell of.
        None if reply.remain.is_some() => Ok(reply),
        None => Err(malformed("没有状态码")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(endpoint: Endpoint, body: &str, expected: Result<(), ErrorClass>) {
        let answer = Answer {
            status: 200,
            body: body.to_owned().into(),
            headers: reqwest::header::HeaderMap::new(),
        };
        assert_eq!(
            read(endpoint, &answer)
                .map(|_| ())
                .map_err(|error| error.class),
            expected,
            "{body}"
        );
    }

    #[test]
    fn every_envelope_is_told_apart() {
        check(Endpoint::Search, r#"{"errno":0,"msg":"success"}"#, Ok(()));
        check(
            Endpoint::Search,
            r#"{"errno":"0","errMsg":"success","extra":[1]}"#,
            Ok(()),
        );
        check(
            Endpoint::Search,
            r#"{"error_code":0,"errno":0,"msg":"success"}"#,
            Ok(()),
        );
        check(
            Endpoint::Token,
            r#"{"access_token":"24.x","expires_in":"2592000"}"#,
            Ok(()),
        );
        check(Endpoint::Website, r#"{"remain":99998,"success":1}"#, Ok(()));
        check(
            Endpoint::Website,
            r#"{"remain":99998,"not_valid":["*"]}"#,
            Ok(()),
        );
    }

    #[test]
    fn the_gateway_decides_before_the_service_sees_a_call() {
        for (code, class) in [
            (1, SentUnknown),
            (2, ChannelDown),
            (3, Validation),
            (4, RateLimited),
            (5, Permission),
            (6, Permission),
            (17, QuotaExhausted),
            (18, RateLimited),
            (19, Permission),
            (100, Validation),
            (110, AuthExpired),
            (111, AuthExpired),
            (9999, ProtocolDrift),
        ] {
            let body = format!(r#"{{"error_code":{code},"error_msg":"text"}}"#);
            check(Endpoint::Feed, &body, Err(class));
        }
        check(
            Endpoint::Search,
            r#"{"error_code":"110"}"#,
            Err(AuthExpired),
        );
    }

    #[test]
    fn what_oauth_refuses_is_for_a_person() {
        for name in [
            "invalid_client",
            "unauthorized_client",
            "invalid_scope",
            "unsupported_grant_type",
            "invalid_grant",
            "expired_token",
        ] {
            let body = format!(r#"{{"error":"{name}","error_description":"unknown client id"}}"#);
            check(Endpoint::Token, &body, Err(AuthRevoked));
        }
    }

    #[test]
    fn the_push_interface_tells_by_number_and_text() {
        for (code, text, class) in [
            (400, "over quota", QuotaExhausted),
            (400, "site error", Permission),
            (400, "empty content", Validation),
            (400, "only 2000 urls are allowed once", Validation),
            (401, "token is not valid", Permission),
            (404, "not found", Validation),
            (500, "internal error, please try later", SentUnknown),
            (418, "something new", ProtocolDrift),
        ] {
            let body = format!(r#"{{"error":{code},"message":"{text}"}}"#);
            check(Endpoint::Website, &body, Err(class));
        }
    }

    #[test]
    fn the_same_number_means_another_thing_elsewhere() {
        check(Endpoint::Search, r#"{"errno":47005}"#, Err(ChannelDown));
        check(Endpoint::Feed, r#"{"errno":47005}"#, Err(ProtocolDrift));
        check(Endpoint::Search, r#"{"errno":60005}"#, Err(Permission));
        check(Endpoint::Feed, r#"{"errno":60005}"#, Err(ProtocolDrift));
        check(Endpoint::Feed, r#"{"errno":40000}"#, Err(Conflict));
        check(Endpoint::Search, r#"{"errno":40000}"#, Err(ProtocolDrift));
    }

    #[test]
    fn every_code_of_paths_has_its_class() {
        for (code, class) in [
            (-1024, SentUnknown),
            (500, SentUnknown),
            (2002, Validation),
            (30001, Validation),
            (30013, QuotaExhausted),
            (47005, ChannelDown),
            (60005, Permission),
            (100_110_007, QuotaExhausted),
        ] {
            let body = format!(r#"{{"errno":{code},"msg":"text"}}"#);
            check(Endpoint::Search, &body, Err(class));
        }
    }

    #[test]
    fn every_code_of_baijiahao_has_its_class() {
        for (codes, class) in [
            (
                &[4, 5, 10003, 10005, 60_000_006, 60_000_020][..],
                SentUnknown,
            ),
            (
                &[2, 10009, 27012, 300_016, 60_001_003, 80_000_107],
                Validation,
            ),
            (&[301_001, 301_002, 301_003, 301_004], MediaRejected),
            (
                &[10002, 60_000_005, 60_000_009, 60_001_001, 800_000_201],
                Permission,
            ),
            (&[60_001_008], ChannelDown),
            (&[60_001_009], QuotaExhausted),
            (&[987_654, 30013], ProtocolDrift),
        ] {
            for code in codes {
                let body = format!(r#"{{"errno":{code},"errmsg":"text","data":[]}}"#);
                check(Endpoint::Author, &body, Err(class));
            }
        }
        check(
            Endpoint::Author,
            r#"{"errno":0,"errmsg":"success","data":{"article_id":"1"}}"#,
            Ok(()),
        );
    }

    #[test]
    fn an_address_that_baijiahao_knows_is_told_by_the_words_whatever_the_number() {
        for (code, words, class) in [
            (2, "origin_url重复", Conflict),
            (20_000_013, "origin_url already exists", Conflict),
            (987_654, "原文链接已存在，请勿重复发布", Conflict),
            (2, "origin_url is required", Validation),
            (60_001_009, "今日链接已发布数达到上限", QuotaExhausted),
            (987_654, "标题重复", ProtocolDrift),
        ] {
            let body = format!(r#"{{"errno":{code},"errmsg":"{words}"}}"#);
            check(Endpoint::Author, &body, Err(class));
        }
        let elsewhere = r#"{"errno":987654,"msg":"origin_url已存在"}"#;
        check(Endpoint::Feed, elsewhere, Err(ProtocolDrift));
    }

    #[test]
    fn what_makes_no_sense_may_have_been_taken() {
        for body in [
            "",
            "<html></html>",
            r#"{"errno":"#,
            "{}",
            "[]",
            r#"{"errno":"soon"}"#,
        ] {
            check(Endpoint::Feed, body, Err(SentUnknown));
        }
        check(Endpoint::Feed, r#"{"errno":987654}"#, Err(ProtocolDrift));
    }
}
