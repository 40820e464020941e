//! The one address of all methods: reads a call, checks it in the gateway's order, signs the answer.

use std::{collections::BTreeMap, time::Duration};

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::TryStreamExt as _;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value};

use super::{
    super::{
        sign::{self, PublicKey},
        time,
    },
    Alipay, content, page,
    state::{Fault, State},
};

/// Bytes of a body without a file.
const MOST_BODY: usize = 4 << 20;
/// Bytes of a file that is kept for the pages at most.
const MOST_KEPT: usize = 32 << 20;
/// How far a call's time may be from ours.
const CLOCK_SKEW: Duration = Duration::from_hours(24);

/// A refusal: `code`, `sub_code`, `sub_msg`.
pub type Refusal = (&'static str, &'static str, String);
/// The business fields of an answer.
pub type Answer = Result<Map<String, Value>, Refusal>;

/// A file part. The bytes of a larger one are counted and thrown away.
pub struct Sent {
    pub name: String,
    pub size: u64,
    pub md5: String,
    pub bytes: Option<Vec<u8>>,
}

/// A call as it came in.
pub struct Call {
    pub parameters: BTreeMap<String, String>,
    pub file: Option<Sent>,
    /// Where the simulator is, as the caller sees it.
    pub base: String,
}

impl Call {
    pub fn get(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }
}

/// Parameters of query, form and multipart text parts together; `None` for a body that cannot be read.
async fn read(request: &HttpRequest, mut payload: web::Payload) -> Option<Call> {
    let pairs = |bytes: &[u8]| {
        url::form_urlencoded::parse(bytes)
            .into_owned()
            .collect::<Vec<_>>()
    };
    let mut parameters: BTreeMap<String, String> = pairs(request.query_string().as_bytes())
        .into_iter()
        .collect();
    let kind = request.headers().get("content-type");
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let mut file = None;
    if kind.starts_with("multipart/form-data") {
        let mut form = Multipart::new(request.headers(), payload.into_inner());
        while let Some(mut part) = form.try_next().await.ok()? {
            let name = part.name().unwrap_or_default().to_owned();
            let filename = part
                .content_disposition()
                .and_then(|head| head.get_filename());
            let filename = filename.map(ToOwned::to_owned);
            let (mut value, mut size, mut digest) = (Vec::new(), 0, Md5::new());
            while let Some(chunk) = part.try_next().await.ok()? {
                size += chunk.len() as u64;
                digest.update(&chunk);
                let most = if filename.is_none() {
                    MOST_BODY
                } else {
                    MOST_KEPT
                };
                if value.len() + chunk.len() <= most {
                    value.extend_from_slice(&chunk);
                }
            }
            if let Some(filename) = filename {
                let md5 = hex::encode(digest.finalize());
                let is_whole = value.len() as u64 == size;
                file = Some(Sent {
                    name: filename,
                    size,
                    md5,
                    bytes: is_whole.then_some(value),
                });
            } else {
                parameters.insert(name, String::from_utf8(value).ok()?);
            }
        }
    } else {
        let mut body = Vec::new();
        while let Some(chunk) = payload.try_next().await.ok()? {
            if body.len() + chunk.len() > MOST_BODY {
                return None;
            }
            body.extend_from_slice(&chunk);
        }
        parameters.extend(pairs(&body));
    }
    let connection = request.connection_info();
    let base = format!("{}://{}/alipay", connection.scheme(), connection.host());
    Some(Call {
        parameters,
        file,
        base,
    })
}

fn message(code: &str) -> &'static str {
    match code {
        "10000" => "Success",
        "20000" => "Service Currently Unavailable",
        "20001" => "Insufficient Token Permissions",
        "40001" => "Missing Required Arguments",
        "40002" => "Invalid Arguments",
        "40003" => "Insufficient Conditions",
        "40005" => "Call Limited",
        "40006" => "Insufficient Permissions",
        _ => "Business Failed",
    }
}

/// The node of an answer: code and message first, then what the method gives.
fn node(answer: &Answer) -> String {
    let quoted = |text: &str| Value::from(text).to_string();
    match answer {
        Ok(fields) => {
            let fields: String = fields
                .iter()
                .map(|(name, value)| format!(",{}:{value}", quoted(name)))
                .collect();
            format!(r#"{{"code":"10000","msg":"Success"{fields}}}"#)
        }
        Err((code, sub_code, sub_msg)) => format!(
            r#"{{"code":"{code}","msg":"{}","sub_code":"{sub_code}","sub_msg":{}}}"#,
            message(code),
            quoted(sub_msg)
        ),
    }
}

fn refuse(code: &'static str, sub_code: &'static str, sub_msg: &str) -> Refusal {
    (code, sub_code, sub_msg.to_owned())
}

/// Whether the call comes from the application that it names; then the answer is signed, whatever it says.
fn identify(state: &State, call: &Call) -> Result<(), Refusal> {
    if call.get("app_id").is_empty() {
        return Err(refuse("40001", "isv.missing-app-id", "缺少APPID参数"));
    }
    if call.get("app_id") != state.settings.app_id {
        return Err(refuse("40002", "isv.invalid-app-id", "无效的AppID参数"));
    }
    Ok(())
}

/// The gateway's own checks, in its order.
fn check(state: &mut State, call: &Call, now: crate::clock::Timestamp) -> Result<(), Refusal> {
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
    let settings = state.settings.clone();
    let Some(key) = PublicKey::read(&settings.app_public_key) else {
        return Err(refuse(
            "40003",
            "isv.missing-signature-config",
            "未配置应用公钥",
        ));
    };
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
    let method = call.get("method");
    if !content::METHODS.contains(&method) {
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

/// Answers a call: status 200 and a type that is not what it is, as the platform does.
pub async fn answer(
    alipay: web::Data<Alipay>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    let Some(mut call) = read(&request, payload).await else {
        return HttpResponse::BadRequest().finish();
    };
    let now = alipay.now();
    let method = call.get("method").to_owned();
    let (is_known, fault, escapes, answer) = alipay.change(|state| {
        let escapes = state.settings.escape_slashes;
        if let Err(refusal) = identify(state, &call) {
            return (false, None, escapes, Err(refusal));
        }
        if let Err(refusal) = check(state, &call, now) {
            return (true, None, escapes, Err(refusal));
        }
        let fault = state.take_fault(&method);
        let unknown = || refuse("20000", "isp.unknow-error", "系统繁忙");
        let answer = match fault {
            Some(Fault::UnknowBefore) => Err(unknown()),
            Some(Fault::Limit) => Err(refuse(
                "40005",
                "isv.method-call-limited",
                "接口调用次数超限",
            )),
            Some(Fault::TokenExpired) => Err(refuse(
                "20001",
                "aop.app-auth-token-time-out",
                "应用授权令牌已过期",
            )),
            _ => {
                let answer = content::carry_out(state, &call, now);
                match fault {
                    Some(Fault::UnknowAfter) => Err(unknown()),
                    _ => answer,
                }
            }
        };
        if fault == Some(Fault::ListShift) {
            state.insert_foreign("手发的内容", now);
        }
        (true, fault, escapes, answer)
    });
    let bytes = call.file.as_mut().and_then(|file| file.bytes.take());
    if let (Ok(given), Some(bytes)) = (&answer, bytes)
        && let Some(id) = given.get("file_id").and_then(Value::as_str)
    {
        alipay
            .files
            .keep(page::file_name(id, call.file.as_ref()), bytes);
    }
    let mut node = node(&answer);
    if escapes {
        node = node.replace('/', "\\/");
    }
    let signature = match fault {
        _ if !is_known => None,
        Some(Fault::NoSign) => None,
        Some(Fault::BadSign) => alipay.key.as_ref().and_then(|key| key.sign("another text")),
        _ => alipay.key.as_ref().and_then(|key| key.sign(&node)),
    };
    let root = if method.is_empty() {
        "error_response".to_owned()
    } else {
        let method: String = method
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '.')
            .collect();
        format!("{}_response", method.replace('.', "_"))
    };
    let body = match signature {
        Some(sign) => format!(r#"{{"{root}":{node},"sign":"{sign}"}}"#),
        None => format!(r#"{{"{root}":{node}}}"#),
    };
    HttpResponse::Ok()
        .insert_header(("trace_id", uuid::Uuid::now_v7().simple().to_string()))
        .content_type("text/html;charset=utf-8")
        .body(body)
}
