//! Douyin's codes, and what delivery makes of them.

use serde_json::Value;

use super::wire;
use crate::channels::{ChannelError, ErrorClass, http::Answer};

/// Codes of all three families (openapi/status-code and the pages named in the contract, section 4).
const CODES: &[(i64, ErrorClass)] = &[
    // OAuth
    (10001, ErrorClass::ChannelDown),
    (10002, ErrorClass::Bug),
    (10003, ErrorClass::AuthRevoked),
    (10004, ErrorClass::Permission),
    (10005, ErrorClass::Bug),
    (10006, ErrorClass::Permission),
    (10007, ErrorClass::AuthRevoked),
    (10008, ErrorClass::AuthExpired),
    (10010, ErrorClass::AuthRevoked),
    (10013, ErrorClass::AuthRevoked),
    (10014, ErrorClass::AuthRevoked),
    (10020, ErrorClass::AuthRevoked),
    // Old family
    (2_100_005, ErrorClass::Validation),
    (2_100_007, ErrorClass::Permission),
    (2_100_009, ErrorClass::AuthRevoked),
    (2_111_001, ErrorClass::ContentRejected),
    (2_114_006, ErrorClass::MediaRejected),
    (2_114_007, ErrorClass::QuotaExhausted),
    (2_190_001, ErrorClass::QuotaExhausted),
    (2_190_002, ErrorClass::AuthExpired),
    (2_190_003, ErrorClass::AuthRevoked),
    (2_190_004, ErrorClass::Permission),
    (2_190_005, ErrorClass::MediaRejected),
    (2_190_006, ErrorClass::MediaRejected),
    (2_190_007, ErrorClass::MediaNotReady),
    (2_190_008, ErrorClass::AuthExpired),
    (2_190_015, ErrorClass::Bug),
    (2_190_020, ErrorClass::RateLimited),
    // New family
    (28_001_003, ErrorClass::AuthExpired),
    (28_001_004, ErrorClass::Permission),
    (28_001_007, ErrorClass::Validation),
    (28_001_008, ErrorClass::AuthExpired),
    (28_001_012, ErrorClass::AuthRevoked),
    (28_001_014, ErrorClass::Permission),
    (28_001_015, ErrorClass::Bug),
    (28_001_016, ErrorClass::Permission),
    (28_001_017, ErrorClass::Bug),
    (28_001_018, ErrorClass::Permission),
    (28_001_019, ErrorClass::Permission),
    (28_001_020, ErrorClass::Permission),
    (28_001_021, ErrorClass::Permission),
    (28_001_045, ErrorClass::AuthRevoked),
    (28_001_046, ErrorClass::AuthRevoked),
    (28_001_047, ErrorClass::AuthRevoked),
    (28_001_052, ErrorClass::RateLimited),
    (OFFLINE, ErrorClass::Permission),
    (28_003_017, ErrorClass::QuotaExhausted),
    (28_003_018, ErrorClass::RateLimited),
    (28_004_020, ErrorClass::Permission),
];

/// "This API was taken offline."
pub const OFFLINE: i64 = 28_001_056;

/// Busy inside the platform: a read can be repeated, a create may have gone through.
const BUSY: &[i64] = &[2_100_004, 28_001_005, 28_001_006];

/// Reads an answer; `commit` says whether a busy platform may have taken it.
pub fn read(answer: &Answer, commit: bool) -> Result<Value, ChannelError> {
    let malformed = |what: &str| ChannelError {
        http_status: Some(answer.status),
        ..ChannelError::new(
            ErrorClass::SentUnknown,
            format!("抖音的回复无法识别（{what}）"),
        )
    };
    if answer.status == 413 {
        return Err(ChannelError {
            http_status: Some(413),
            ..ChannelError::new(ErrorClass::MediaRejected, "抖音拒收：文件过大")
        });
    }
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| malformed("不是 JSON"))?;
    let code = wire::code(&body).ok_or_else(|| malformed("没有状态码"))?;
    if code == 0 {
        return Ok(body);
    }
    let class = match CODES.iter().find(|(known, _)| *known == code) {
        Some((_, class)) => *class,
        None if BUSY.contains(&code) && commit => ErrorClass::SentUnknown,
        None if BUSY.contains(&code) => ErrorClass::ChannelDown,
        None => ErrorClass::ProtocolDrift,
    };
    Err(ChannelError {
        code: Some(code.to_string()),
        http_status: Some(answer.status),
        request_id: wire::log_id(&body),
        ..ChannelError::new(class, wire::description(&body))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, commit: bool, expected: Result<(), ErrorClass>) {
        let answer = Answer {
            status: 200,
            body: body.to_owned().into(),
            headers: reqwest::header::HeaderMap::new(),
        };
        assert_eq!(
            read(&answer, commit)
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
    fn a_busy_platform_may_have_taken_a_create_but_not_a_read() {
        let busy = r#"{"data":{"error_code":2100004},"extra":{"error_code":2100004}}"#;
        check(busy, true, Err(ErrorClass::SentUnknown));
        check(busy, false, Err(ErrorClass::ChannelDown));
    }

    #[test]
    fn no_code_and_no_json_are_unknown_never_success() {
        for body in ["", "<html>", "{}", r#"{"data":{"item_id":"@x"}}"#] {
            check(body, true, Err(ErrorClass::SentUnknown));
        }
        check(r#"{"err_no":12345}"#, true, Err(ErrorClass::ProtocolDrift));
    }
}
