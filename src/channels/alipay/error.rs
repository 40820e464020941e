//! The gateway's codes, and how an answer is read: nothing unsigned is believed.

use serde_json::Value;

use super::{
    content_key::ContentKey,
    sign::{self, PublicKey},
};
use crate::{
    channels::{ChannelError, ErrorClass, http::Answer},
    error::Error,
};

/// "The content does not exist."
pub const NOT_FOUND: &str = "CONTENT_NOT_EXISTS";
/// The one refusal that production sends unsigned.
const UNKNOWN_APP: &str = "isv.invalid-app-id";

/// Codes of the business services and of the gateway by `sub_code`, with a sentence for people (common/02km9f; the
/// v3 description of the content family).
const SUB_CODES: &[(&str, ErrorClass, &str)] = {
    use ErrorClass::{
        AuthRevoked, Bug, ChannelDown, Conflict, MediaRejected, Permission, RateLimited, Validation,
    };
    &[
        (
            UNKNOWN_APP,
            Permission,
            "支付宝不认识这个 APPID，请检查账号设置",
        ),
        (
            "isv.invalid-signature",
            Permission,
            "签名不符：请检查应用私钥与支付宝后台的应用公钥是否一对",
        ),
        (
            "isv.missing-signature-config",
            Permission,
            "应用还没有在支付宝后台设置公钥",
        ),
        (
            "isv.invalid-timestamp",
            Permission,
            "时间不符：请校准服务器的时钟",
        ),
        ("isv.forbidden-api", Permission, "应用不能调用这个接口"),
        ("app-cert-expired", Permission, "应用的证书已过期"),
        ("isv.app-cert-expired", Permission, "应用的证书已过期"),
        (
            "isv.app-cert-not-exist",
            Permission,
            "支付宝不认识这份应用公钥证书，请从控制台重新下载",
        ),
        (
            "isv.missing-app-cert-sn",
            Permission,
            "应用在支付宝后台用的是证书模式，请在账号设置里填写三份证书",
        ),
        (
            "isv.missing-alipay-root-cert-sn",
            Permission,
            "应用在支付宝后台用的是证书模式，请在账号设置里填写三份证书",
        ),
        (
            "isv.invalid-alipay-root-cert-sn",
            Permission,
            "支付宝根证书不符，请从控制台重新下载",
        ),
        // Another key of contents is asked for; with a wrong one production says "unknown".
        (
            "isv.decryption-error-unknown",
            AuthRevoked,
            "支付宝解不开内容，请检查账号设置里的接口内容加密密钥",
        ),
        (
            "isv.invalid-encrypt",
            AuthRevoked,
            "支付宝解不开内容，请检查账号设置里的接口内容加密密钥",
        ),
        (
            "isv.missing-encrypt-key",
            AuthRevoked,
            "应用还没有在支付宝后台设置接口内容加密密钥",
        ),
        (
            "isv.decryption-error-not-valid-encrypt-key",
            AuthRevoked,
            "应用还没有在支付宝后台设置接口内容加密密钥",
        ),
        (
            "isv.decryption-error-missing-encrypt-type",
            AuthRevoked,
            "支付宝要求加密内容，请在账号设置里填写接口内容加密密钥",
        ),
        ("not-online-app", Permission, "应用还没有上线"),
        ("isv.invalid-parameter", Validation, "支付宝不接受这些内容"),
        ("isv.illegal-json", Bug, "支付宝读不懂请求"),
        ("isv.upload-fail", ChannelDown, "上传没有成功"),
        (
            "isv.invalid-file-extension",
            MediaRejected,
            "文件格式不支持",
        ),
        ("isv.invalid-file-size", MediaRejected, "文件过大"),
        ("isv.app-call-limited", RateLimited, "应用的请求过于频繁"),
        (
            "isv.method-call-limited",
            RateLimited,
            "这个接口的请求过于频繁",
        ),
        // Damaged on its way: safe to repeat.
        ("FILE_CHECK_FAIL", ChannelDown, "文件在路上损坏，校验不符"),
        ("INVALID_PARAMETER", Validation, "支付宝不接受这些内容"),
        (
            "QRCODE_DESC_CHECK_INVALID",
            Validation,
            "支付宝不接受码旁的说明（标题）",
        ),
        ("BIZ_ERROR", Validation, "支付宝不接受这个文件"),
        (
            "PUBLIC_NOT_UPGRADE",
            Permission,
            "这个生活号还没有升级为生活号+",
        ),
        ("PUBLIC_NOT_EXISTS", Permission, "没有这个生活号"),
        ("NO_PERMISSION", Permission, "没有操作这个生活号的权限"),
        ("BUSINESS_ERROR", Validation, "支付宝拒绝了这些内容"),
        (NOT_FOUND, Validation, "支付宝没有这条内容"),
        (
            "MINI_APP_HAS_NOT_REG",
            Permission,
            "小程序还没有备案，不能登记商品",
        ),
        // Somebody registered it between our look and our call: it is looked up again.
        ("OUT_ITEM_ID_EXIST", Conflict, "支付宝已经有这个编号的商品"),
    ]
};

/// What a code means where its `sub_code` is not known.
fn by_code(code: &str) -> (ErrorClass, &'static str) {
    match code {
        "20001" => (ErrorClass::AuthRevoked, "授权无效或已到期，请重新授权"),
        "40001" => (ErrorClass::Bug, "请求缺少参数"),
        "40002" => (ErrorClass::Validation, "请求参数有误"),
        "40003" => (ErrorClass::Permission, "应用的设置不完整"),
        "40005" => (ErrorClass::RateLimited, "请求过于频繁"),
        "40006" => (
            ErrorClass::Permission,
            "应用没有这个接口的权限，请在支付宝后台签约",
        ),
        // Opaque codes of business services are told in their own words.
        _ => (ErrorClass::ProtocolDrift, "支付宝给出了未知的代码"),
    }
}

/// A value of the connect form that cannot be used, said in both languages.
pub fn refused(field: &str, zh: &str, en: &str) -> Error {
    Error::invalid(format!("input.{field}"), format!("{zh} / {en}"))
}

/// An answer that cannot be believed: it is open whether the call was carried out.
pub fn unclear(answer: &Answer, what: &str) -> ChannelError {
    ChannelError {
        http_status: Some(answer.status),
        ..ChannelError::new(
            ErrorClass::SentUnknown,
            format!("支付宝的回复无法采信（HTTP {}，{what}）", answer.status),
        )
    }
}

/// The root key of the answers to a method.
pub fn root(method: &str) -> String {
    format!("{}_response", method.replace('.', "_"))
}

/// Reads an answer to a method. `content_key`: what its content may be encrypted with; `commit`: an answer that cannot be
/// believed leaves open whether it was done.
pub fn read(
    answer: &Answer,
    method: &str,
    key: &PublicKey,
    content_key: Option<&ContentKey>,
    commit: bool,
) -> Result<Value, ChannelError> {
    let unclear = |what: &str| unclear(answer, what);
    if answer.status != 200 {
        return Err(unclear("不是 200"));
    }
    let text = std::str::from_utf8(&answer.body).map_err(|_| unclear("不是 UTF-8"))?;
    let reply: Value = serde_json::from_str(text).map_err(|_| unclear("不是 JSON"))?;
    let of_method = root(method);
    let root = if reply.get(&of_method).is_some() {
        of_method.as_str()
    } else {
        "error_response"
    };
    let node = reply.get(root).ok_or_else(|| unclear("没有结果"))?;
    let is_signed = match reply["sign"].as_str() {
        Some(signature) => {
            let signed = sign::of_reply(text, root).ok_or_else(|| unclear("没有签名的内容"))?;
            let is_good = key.verifies(signed, signature)
                || (signed.contains("\\/") && key.verifies(&signed.replace("\\/", "/"), signature));
            if !is_good {
                return Err(unclear("签名不符，请检查账号设置里的支付宝公钥或证书"));
            }
            true
        }
        None => false,
    };
    let opened = match node.as_str() {
        Some(_) if !is_signed => return Err(unclear("加密的回复没有签名")),
        Some(sealed) => {
            let text = content_key.and_then(|key| key.open(sealed));
            let node = text.and_then(|text| serde_json::from_str::<Value>(&text).ok());
            Some(node.ok_or_else(|| unclear("解不开加密的内容，请检查接口内容加密密钥"))?)
        }
        None => None,
    };
    let node = opened.as_ref().unwrap_or(node);
    let code = node["code"].as_str().ok_or_else(|| unclear("没有状态码"))?;
    let sub_code = node["sub_code"].as_str().unwrap_or_default();
    if code == "10000" {
        return if is_signed {
            Ok(node.clone())
        } else {
            Err(unclear("成功的回复没有签名"))
        };
    }
    if !is_signed && commit && sub_code != UNKNOWN_APP {
        return Err(unclear("失败的回复没有签名"));
    }
    let known = SUB_CODES.iter().find(|(known, ..)| *known == sub_code);
    let (class, meaning) = match (code, known) {
        // The result is not known, whatever it says.
        ("20000", _) | ("40004", None) if code == "20000" || sub_code == "SYSTEM_ERROR" => {
            let class = if commit {
                ErrorClass::SentUnknown
            } else {
                ErrorClass::ChannelDown
            };
            (class, "支付宝繁忙")
        }
        (_, Some((_, class, meaning))) => (*class, *meaning),
        (code, None) => by_code(code),
    };
    let words = node["sub_msg"].as_str().or(node["msg"].as_str());
    let mut behind = vec![code, sub_code, words.unwrap_or_default()];
    behind.retain(|part| !part.is_empty());
    let trace = answer.headers.get("trace_id");
    Err(ChannelError {
        http_status: Some(answer.status),
        request_id: trace.and_then(|id| id.to_str().ok()).map(ToOwned::to_owned),
        ..ChannelError::new(class, format!("{meaning}（{}）", behind.join(" ")))
            .with_code(if sub_code.is_empty() { code } else { sub_code })
    })
}

#[cfg(test)]
mod tests {
    use super::{super::sign::PrivateKey, *};

    const METHOD: &str = "alipay.open.file.upload";
    const CONTENT_KEY: &str = "AAECAwQFBgcICQoLDA0ODw==";

    fn key() -> PrivateKey {
        PrivateKey::read(include_str!("simulator/key.pem")).expect("a key")
    }

    fn read_text(status: u16, body: String, commit: bool) -> Result<Value, ErrorClass> {
        let answer = Answer {
            status,
            body: body.into(),
            headers: reqwest::header::HeaderMap::new(),
        };
        let content_key = ContentKey::read(CONTENT_KEY);
        read(
            &answer,
            METHOD,
            &key().public_key(),
            content_key.as_ref(),
            commit,
        )
        .map_err(|error| error.class)
    }

    fn signed(node: &str, commit: bool) -> Result<Value, ErrorClass> {
        let sign = key().sign(node).expect("a signature");
        let body = format!(r#"{{"alipay_open_file_upload_response":{node},"sign":"{sign}"}}"#);
        read_text(200, body, commit)
    }

    #[test]
    fn a_code_becomes_a_class() {
        let check = |code: &str, sub_code: &str, commit, class| {
            let node = format!(r#"{{"code":"{code}","msg":"x","sub_code":"{sub_code}"}}"#);
            assert_eq!(
                signed(&node, commit).expect_err("a refusal"),
                class,
                "{code} {sub_code}"
            );
        };
        check("20000", "isp.unknow-error", true, ErrorClass::SentUnknown);
        check("20000", "aop.unknow-error", false, ErrorClass::ChannelDown);
        check("40004", "SYSTEM_ERROR", true, ErrorClass::SentUnknown);
        check(
            "20001",
            "aop.app-auth-token-time-out",
            true,
            ErrorClass::AuthRevoked,
        );
        check(
            "40002",
            "isv.invalid-signature",
            true,
            ErrorClass::Permission,
        );
        check(
            "40002",
            "isv.invalid-file-size",
            false,
            ErrorClass::MediaRejected,
        );
        check("40004", "BUSINESS_ERROR", true, ErrorClass::Validation);
        check("40004", "AE0515022101", true, ErrorClass::ProtocolDrift);
        check(
            "40005",
            "isv.app-call-limited",
            true,
            ErrorClass::RateLimited,
        );
        check(
            "40002",
            "isv.app-cert-not-exist",
            true,
            ErrorClass::Permission,
        );
        check("40002", "app-cert-expired", false, ErrorClass::Permission);
        check(
            "40003",
            "isv.decryption-error-unknown",
            true,
            ErrorClass::AuthRevoked,
        );
        check(
            "40006",
            "isv.insufficient-isv-permissions",
            true,
            ErrorClass::Permission,
        );
    }

    #[test]
    fn only_what_is_signed_is_believed() {
        let good = r#"{"code":"10000","msg":"Success","file_id":"A*1"}"#;
        assert_eq!(signed(good, true).expect("a result")["file_id"], "A*1");
        let bare =
            |node: &str, commit| read_text(200, format!(r#"{{"error_response":{node}}}"#), commit);
        assert_eq!(bare(good, false), Err(ErrorClass::SentUnknown));
        let refused = r#"{"code":"40006","msg":"x","sub_code":"y"}"#;
        assert_eq!(bare(refused, true), Err(ErrorClass::SentUnknown));
        assert_eq!(bare(refused, false), Err(ErrorClass::Permission));
        let unknown = r#"{"code":"40002","msg":"x","sub_code":"isv.invalid-app-id"}"#;
        assert_eq!(bare(unknown, true), Err(ErrorClass::Permission));
        let forged = format!(r#"{{"error_response":{good},"sign":"AAAA"}}"#);
        assert_eq!(read_text(200, forged, true), Err(ErrorClass::SentUnknown));
        assert_eq!(
            read_text(502, "<html>".into(), true),
            Err(ErrorClass::SentUnknown)
        );
    }

    #[test]
    fn slashes_that_are_escaped_on_the_wire_may_be_signed_without() {
        let plain = r#"{"code":"10000","msg":"Success","link":"https://x"}"#;
        let sign = key().sign(plain).expect("a signature");
        let sent = plain.replace('/', "\\/");
        let body = format!(r#"{{"alipay_open_file_upload_response":{sent},"sign":"{sign}"}}"#);

        assert_eq!(
            read_text(200, body, true).expect("a result")["link"],
            "https://x"
        );
    }

    #[test]
    fn an_encrypted_content_is_verified_with_its_quotation_marks_and_then_opened() {
        let good = r#"{"code":"10000","msg":"Success","file_id":"A*1"}"#;
        let seal = |key: &str, node: &str| {
            let key = ContentKey::read(key).expect("a key");
            format!("\"{}\"", key.seal(node))
        };
        let sealed = seal(CONTENT_KEY, good);
        assert_eq!(signed(&sealed, true).expect("a result")["file_id"], "A*1");
        let refused = r#"{"code":"40004","msg":"x","sub_code":"BUSINESS_ERROR"}"#;
        let refused = signed(&seal(CONTENT_KEY, refused), true);
        assert_eq!(refused, Err(ErrorClass::Validation));

        let bare = sealed.trim_matches('"');
        let sign = key().sign(bare).expect("a signature");
        let unquoted =
            format!(r#"{{"alipay_open_file_upload_response":{sealed},"sign":"{sign}"}}"#);
        let unsigned = format!(r#"{{"alipay_open_file_upload_response":{sealed}}}"#);
        for (name, read) in [
            ("signed without the marks", read_text(200, unquoted, true)),
            ("not signed", read_text(200, unsigned, true)),
            (
                "another key's",
                signed(&seal("Dw4NDAsKCQgHBgUEAwIBAA==", good), true),
            ),
            ("no object", signed(&seal(CONTENT_KEY, "10000"), true)),
            ("not encrypted", signed("\"10000\"", true)),
        ] {
            assert_eq!(read, Err(ErrorClass::SentUnknown), "{name}");
        }
    }
}
