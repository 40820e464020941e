//! Baidu's codes, and what delivery makes of them. The numbers are local to an endpoint.

use super::wire::{Reply, number};
use crate::channels::{ChannelError, ErrorClass, http::Answer};

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
}

/// Gateway codes, decided before the business service sees the call (openauth.baidu.com, appendix).
const GATEWAY: &[(i64, ErrorClass)] = &[
    (1, ErrorClass::SentUnknown),
    (2, ErrorClass::ChannelDown),
    (3, ErrorClass::Bug),
    (4, ErrorClass::RateLimited),
    (5, ErrorClass::Permission),
    (6, ErrorClass::Permission),
    (17, ErrorClass::QuotaExhausted),
    (18, ErrorClass::RateLimited),
    (19, ErrorClass::Permission),
    (100, ErrorClass::Bug),
    (110, ErrorClass::AuthExpired),
    (111, ErrorClass::AuthExpired),
];

/// Business codes (introduction/rank_api, develop/serverapi/faq, the official SDK's enums).
const BUSINESS: &[(Endpoint, i64, ErrorClass)] = &[
    (Endpoint::Search, -1024, ErrorClass::SentUnknown),
    (Endpoint::Search, 500, ErrorClass::SentUnknown),
    (Endpoint::Search, 2002, ErrorClass::Permission),
    (Endpoint::Search, 30001, ErrorClass::Validation),
    (Endpoint::Search, 30013, ErrorClass::QuotaExhausted),
    (Endpoint::Search, 47005, ErrorClass::ChannelDown),
    (Endpoint::Search, 60005, ErrorClass::Permission),
    (Endpoint::Search, 10001, ErrorClass::Permission),
    (Endpoint::Search, 100_110_007, ErrorClass::QuotaExhausted),
    (Endpoint::Feed, -1024, ErrorClass::SentUnknown),
    (Endpoint::Feed, 500, ErrorClass::SentUnknown),
    (Endpoint::Feed, 501, ErrorClass::SentUnknown),
    (Endpoint::Feed, 1000, ErrorClass::SentUnknown),
    (Endpoint::Feed, 5000, ErrorClass::SentUnknown),
    (Endpoint::Feed, 40000, ErrorClass::Conflict),
    (Endpoint::Feed, 40001, ErrorClass::Validation),
    (Endpoint::Feed, 41000, ErrorClass::Validation),
    (Endpoint::Feed, 47000, ErrorClass::MediaRejected),
    (Endpoint::Feed, 47001, ErrorClass::MediaRejected),
    (Endpoint::Feed, 47003, ErrorClass::MediaRejected),
    (Endpoint::Feed, 6001, ErrorClass::Permission),
    (Endpoint::Feed, 44003, ErrorClass::AuthExpired),
    (Endpoint::Feed, 44004, ErrorClass::AuthExpired),
    (Endpoint::Feed, 44001, ErrorClass::Permission),
    (Endpoint::Feed, 44002, ErrorClass::Permission),
];

/// Reads an answer, in the order in which the envelopes are told apart; a body that is none of them is malformed.
pub fn read(endpoint: Endpoint, answer: &Answer) -> Result<Reply, ChannelError> {
    let malformed = |what: &str| ChannelError {
        http_status: Some(answer.status),
        ..ChannelError::new(
            ErrorClass::SentUnknown,
            format!("百度的回复无法识别（{what}）"),
        )
    };
    let reply: Reply = serde_json::from_slice(&answer.body).map_err(|_| malformed("不是 JSON"))?;
    let failed = |class: ErrorClass, code: String, text: &str| ChannelError {
        code: Some(code),
        http_status: Some(answer.status),
        ..ChannelError::new(class, text.to_owned())
    };
    if let Some(error) = &reply.error {
        let text = reply
            .message
            .as_deref()
            .or(reply.error_description.as_deref())
            .unwrap_or_default();
        let code = error
            .as_str()
            .map_or_else(|| error.to_string(), ToOwned::to_owned);
        return Err(failed(oauth_or_push(&code, text), code, text));
    }
    let gateway = reply
        .error_code
        .as_ref()
        .and_then(number)
        .filter(|code| *code != 0);
    if let Some(code) = gateway {
        let class = GATEWAY
            .iter()
            .find(|(known, _)| *known == code)
            .map_or(ErrorClass::ProtocolDrift, |(_, class)| *class);
        return Err(failed(
            class,
            code.to_string(),
            reply.error_msg.as_deref().unwrap_or_default(),
        ));
    }
    match reply.errno.as_ref().and_then(number) {
        Some(0) => Ok(reply),
        Some(code) => {
            let known = BUSINESS
                .iter()
                .find(|(at, known, _)| *at == endpoint && *known == code);
            let class = known.map_or(ErrorClass::ProtocolDrift, |(_, _, class)| *class);
            let text = reply
                .msg
                .as_ref()
                .and_then(|msg| msg.as_str())
                .unwrap_or_default();
            Err(failed(class, code.to_string(), text))
        }
        None if reply.access_token.is_some()
            || reply.success.is_some()
            || reply.remain.is_some() =>
        {
            Ok(reply)
        }
        None => Err(malformed("没有状态码")),
    }
}

fn oauth_or_push(code: &str, text: &str) -> ErrorClass {
    match (code, text) {
        (
            "invalid_client"
            | "unauthorized_client"
            | "invalid_scope"
            | "unsupported_grant_type"
            | "invalid_grant",
            _,
        ) => ErrorClass::AuthRevoked,
        ("invalid_request", _) => ErrorClass::Bug,
        ("400", "over quota") => ErrorClass::QuotaExhausted,
        ("400", "site error") | ("401", _) => ErrorClass::Permission,
        ("400", "empty content" | "only 2000 urls are allowed once") | ("404", _) => {
            ErrorClass::Bug
        }
        ("500", _) => ErrorClass::SentUnknown,
        _ => ErrorClass::ProtocolDrift,
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
            r#"{"errno":30013,"msg":"over"}"#,
            Err(ErrorClass::QuotaExhausted),
        );
        check(
            Endpoint::Search,
            r#"{"error_code":111,"error_msg":"expired"}"#,
            Err(ErrorClass::AuthExpired),
        );
        check(
            Endpoint::Search,
            r#"{"error_code":"110"}"#,
            Err(ErrorClass::AuthExpired),
        );
        check(
            Endpoint::Token,
            r#"{"error":"invalid_client","error_description":"unknown client id"}"#,
            Err(ErrorClass::AuthRevoked),
        );
        check(Endpoint::Website, r#"{"remain":99998,"success":1}"#, Ok(()));
        check(
            Endpoint::Website,
            r#"{"error":400,"message":"over quota"}"#,
            Err(ErrorClass::QuotaExhausted),
        );
        check(
            Endpoint::Website,
            r#"{"error":401,"message":"token is not valid"}"#,
            Err(ErrorClass::Permission),
        );
    }

    #[test]
    fn the_same_number_means_another_thing_elsewhere() {
        check(
            Endpoint::Search,
            r#"{"errno":47005}"#,
            Err(ErrorClass::ChannelDown),
        );
        check(
            Endpoint::Feed,
            r#"{"errno":47005}"#,
            Err(ErrorClass::ProtocolDrift),
        );
    }

    #[test]
    fn what_makes_no_sense_may_have_been_taken() {
        for body in ["", "<html></html>", r#"{"errno":"#, "{}", "[]"] {
            check(Endpoint::Feed, body, Err(ErrorClass::SentUnknown));
        }
        check(
            Endpoint::Feed,
            r#"{"errno":987654}"#,
            Err(ErrorClass::ProtocolDrift),
        );
    }
}
