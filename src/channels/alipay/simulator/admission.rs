//! The gateway's own checks of a call, in its order: who calls, whether it is proven, what it may call, how often; and the
//! opening of an encrypted content.

use std::time::Duration;

use super::{
    super::{
        certificate::{self, Certificate},
        content_key::ContentKey,
        sign::{self, PublicKey},
        time,
    },
    content,
    gateway::{Call, Refusal},
    identity, item,
    state::{Settings, State},
};
use crate::clock::Timestamp;

/// How far a call's time may be from ours.
const CLOCK_SKEW: Duration = Duration::from_hours(24);

pub fn refuse(code: &'static str, sub_code: &'static str, sub_msg: &str) -> Refusal {
    (code, sub_code, sub_msg.to_owned())
}

/// Whether the call comes from the application that it names; then the answer is signed, whatever it says.
pub fn identify(state: &State, call: &Call) -> Result<(), Refusal> {
    if call.get("app_id").is_empty() {
        return Err(refuse("40001", "isv.missing-app-id", "缺少APPID参数"));
    }
    if call.get("app_id") != state.settings.app_id {
        return Err(refuse("40002", "isv.invalid-app-id", "无效的AppID参数"));
    }
    Ok(())
}

/// What is checked of a call whose application is known.
pub fn check(state: &mut State, call: &Call, now: Timestamp) -> Result<(), Refusal> {
    for (name, sub_code) in [
        ("method", "isv.missing-method"),
        ("timestamp", "isv.missing-timestamp"),
        ("version", "isv.missing-version"),
        ("sign_type", "isv.missing-signature-type"),
        ("sign", "isv.missing-signature"),
    ] {
        if call.get(name).is_empty() {
            return Err(refuse("40001", sub_code, "缺少必选参数"));
        }
    }
    if call.get("sign_type") != "RSA2" {
        return Err(refuse(
            "40002",
            "isv.invalid-signature-type",
            "无效的签名类型",
        ));
    }
    let key = proof(&state.settings, call, now)?;
    let signed = sign::of_request(&call.parameters);
    if !key.verifies(&signed, call.get("sign")) {
        let built = signed.replace('&', "&amp;");
        let text = format!(
            "验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配，网关生成的验签字符串为：{built}"
        );
        return Err(("40002", "isv.invalid-signature", text));
    }
    let at = time::read(call.get("timestamp"));
    if !at.is_some_and(|at| at.since(now) <= CLOCK_SKEW && now.since(at) <= CLOCK_SKEW) {
        return Err(refuse("40002", "isv.invalid-timestamp", "非法的时间戳参数"));
    }
    permit(state, call, now)
}

/// What is checked of a call that is proven, whichever version of the gateway it came to.
pub fn permit(state: &mut State, call: &Call, now: Timestamp) -> Result<(), Refusal> {
    let settings = state.settings.clone();
    let method = call.get("method");
    if !content::METHODS.contains(&method) && !item::METHODS.contains(&method) {
        return Err(refuse("40002", "isv.invalid-method", "不存在的方法名"));
    }
    let token = call.get("app_auth_token");
    if !token.is_empty() && !settings.app_auth_tokens.iter().any(|known| known == token) {
        return Err(refuse(
            "20001",
            "aop.invalid-app-auth-token",
            "无效的应用授权令牌",
        ));
    }
    if !settings.granted {
        return Err(refuse(
            "40006",
            "isv.insufficient-isv-permissions",
            "ISV权限不足",
        ));
    }
    if settings.needs_token && token.is_empty() {
        return Err(refuse(
            "40006",
            "isv.self-invoke-forbidden",
            "此用户不允许自调用",
        ));
    }
    let a_second = settings.calls_per_second;
    if !state.admit(method, a_second, a_second.saturating_mul(2), now) {
        return Err(refuse(
            "40005",
            "isv.method-call-limited",
            "接口调用次数超限",
        ));
    }
    let a_second = settings.app_calls_per_second;
    if !state.admit("", a_second, a_second, now) {
        return Err(refuse("40005", "isv.app-call-limited", "应用调用次数超限"));
    }
    Ok(())
}

/// The key that the call must be signed with: behind the certificate that it names, or the bare one. Both ways are open,
/// unless the setting is empty. The codes of the certificate mode stand in common/02kdnf.
pub fn proof(settings: &Settings, call: &Call, now: Timestamp) -> Result<PublicKey, Refusal> {
    let unset = || refuse("40003", "isv.missing-signature-config", "未配置应用公钥");
    let (app_sn, root_sn) = (call.get("app_cert_sn"), call.get("alipay_root_cert_sn"));
    if app_sn.is_empty() && root_sn.is_empty() {
        return PublicKey::read(&settings.app_public_key).ok_or_else(unset);
    }
    for (given, sub_code) in [
        (app_sn, "isv.missing-app-cert-sn"),
        (root_sn, "isv.missing-alipay-root-cert-sn"),
    ] {
        if given.is_empty() {
            return Err(refuse("40001", sub_code, "缺少证书序列号"));
        }
    }
    let chain = certificate::read(&settings.app_certificate).ok_or_else(unset)?;
    let own: &Certificate = &chain[0];
    if app_sn != own.sn {
        return Err(refuse(
            "40002",
            "isv.app-cert-not-exist",
            "应用公钥证书不存在",
        ));
    }
    if root_sn != identity::root_sn() {
        let sub_code = "isv.invalid-alipay-root-cert-sn";
        return Err(refuse("40002", sub_code, "支付宝根证书序列号有误"));
    }
    if !own.is_valid(now) {
        let text = "应用公钥证书已经不在有效期内";
        return Err(refuse("40002", "app-cert-expired", text));
    }
    own.key().ok_or_else(unset)
}

/// Opens the content of a call, if it is encrypted; then the answer is encrypted with the same key.
pub fn open(settings: &Settings, call: &mut Call) -> Result<Option<ContentKey>, Refusal> {
    let sealed = call.get("biz_content");
    let is_plain = sealed.is_empty() || sealed.trim_start().starts_with('{');
    match call.get("encrypt_type") {
        "" if is_plain || call.file.is_some() => return Ok(None),
        "" => {
            let sub_code = "isv.decryption-error-missing-encrypt-type";
            return Err(refuse("40001", sub_code, "解密出错, 未指定加密算法"));
        }
        "AES" => {}
        _ => {
            return Err(refuse(
                "40002",
                "isv.invalid-encrypt-type",
                "无效的加密类型",
            ));
        }
    }
    let key = ContentKey::read(&settings.aes_key)
        .ok_or_else(|| refuse("40001", "isv.missing-encrypt-key", "缺少加密配置"))?;
    // What production said to an SDK with another key.
    let unknown = || {
        refuse(
            "40003",
            "isv.decryption-error-unknown",
            "解密出错, 未知错误",
        )
    };
    let content = key.open(sealed).ok_or_else(unknown)?;
    call.parameters.insert("biz_content".to_owned(), content);
    Ok(Some(key))
}
