//! The one address of all methods: reads a call, has it checked and carried out, encrypts and signs the answer.

use std::{collections::BTreeMap, fmt::Write as _};

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::TryStreamExt as _;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value};

use super::{
    super::content_key::ContentKey,
    Alipay,
    admission::{self, refuse},
    content, identity, page,
    state::{Fault, State},
};
use crate::clock::Timestamp;

/// Bytes of a body without a file.
pub const MOST_BODY: usize = 4 << 20;
/// Bytes of a file that is kept for the pages at most.
const MOST_KEPT: usize = 32 << 20;

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

    /// Whether it comes in certificate mode.
    pub fn is_certified(&self) -> bool {
        !self.get("app_cert_sn").is_empty()
    }
}

/// A call of which nothing was read yet.
pub fn empty(request: &HttpRequest) -> Call {
    let connection = request.connection_info();
    Call {
        parameters: BTreeMap::new(),
        file: None,
        base: format!("{}://{}/alipay", connection.scheme(), connection.host()),
    }
}

/// Parameters of query, form and multipart text parts together; `None` for a body that cannot be read.
pub async fn read(request: &HttpRequest, mut payload: web::Payload) -> Option<Call> {
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
    Some(Call {
        parameters,
        file,
        ..empty(request)
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

/// What is made of a call.
pub struct Done {
    pub answer: Answer,
    fault: Option<Fault>,
    /// Whose application it is; an unknown one gets no signature.
    is_known: bool,
    /// What the answer is encrypted with.
    pub content_key: Option<ContentKey>,
    escapes: bool,
    /// Whose key signs it.
    pub signer: usize,
}

impl Done {
    /// What is signed of an answer that is to be signed as this; nothing where no signature goes with it.
    pub fn signed(&self, text: &str) -> Option<String> {
        match self.fault {
            _ if !self.is_known => None,
            Some(Fault::NoSign) => None,
            Some(Fault::BadSign) => Some("another text".to_owned()),
            _ => Some(text.to_owned()),
        }
    }
}

/// Has a call checked as its version of the gateway does, and does what it asks for.
pub fn carry_out(
    state: &mut State,
    call: &mut Call,
    check: impl FnOnce(&mut State, &Call) -> Result<(), Refusal>,
    now: Timestamp,
) -> Done {
    let mut done = Done {
        answer: Ok(Map::new()),
        fault: None,
        is_known: false,
        content_key: None,
        escapes: state.settings.escape_slashes,
        signer: 0,
    };
    if let Err(refusal) = admission::identify(state, call) {
        done.answer = Err(refusal);
        return done;
    }
    done.is_known = true;
    if call.is_certified() {
        done.signer = state.certificate;
    }
    match check(state, call).and_then(|()| admission::open(&state.settings, call)) {
        Ok(key) => done.content_key = key,
        Err(refusal) => {
            done.answer = Err(refusal);
            return done;
        }
    }
    done.fault = state.take_fault(call.get("method"));
    let unknown = || refuse("20000", "isp.unknow-error", "系统繁忙");
    done.answer = match done.fault {
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
            let answer = content::carry_out(state, call, now);
            match done.fault {
                Some(Fault::UnknowAfter) => Err(unknown()),
                _ => answer,
            }
        }
    };
    match done.fault {
        Some(Fault::ListShift) => {
            state.insert_foreign("手发的内容", now);
        }
        Some(Fault::Rotate) => {
            state.rotate();
            done.signer = state.certificate;
        }
        Some(Fault::StrangeKey) => done.content_key = identity::strange_content_key(),
        Some(Fault::StrangeCertificate) => done.signer = identity::STRANGER,
        Some(Fault::ForgedCertificate) => done.signer = identity::FORGED,
        _ => {}
    }
    done
}

/// Keeps the file that a call uploaded, for the pages that people look at.
pub fn keep_file(alipay: &Alipay, done: &Done, sent: Option<Sent>) {
    let given = done.answer.as_ref().ok();
    let id = given.and_then(|given| given.get("file_id")?.as_str());
    let Some((id, sent)) = id.zip(sent) else {
        return;
    };
    if let Some(bytes) = sent.bytes {
        alipay.files.keep(page::file_name(id, &sent.name), bytes);
    }
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
    let done = alipay.change(|state| {
        let check = |state: &mut State, call: &Call| admission::check(state, call, now);
        carry_out(state, &mut call, check, now)
    });
    keep_file(&alipay, &done, call.file.take());
    let mut node = node(&done.answer);
    if let Some(key) = &done.content_key {
        node = Value::from(key.seal(&node)).to_string();
    }
    if done.escapes {
        node = node.replace('/', "\\/");
    }
    let signer = alipay.signers.get(done.signer);
    let proven = done.signed(&node);
    let signature = signer
        .zip(proven)
        .and_then(|(signer, text)| signer.key.sign(&text));
    let root = if method.is_empty() {
        "error_response".to_owned()
    } else {
        let method: String = method
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '.')
            .collect();
        format!("{}_response", method.replace('.', "_"))
    };
    let mut body = format!(r#"{{"{root}":{node}"#);
    if let Some(sign) = signature {
        if let Some(signer) = signer.filter(|_| call.is_certified()) {
            let _ = write!(body, r#","alipay_cert_sn":"{}""#, signer.sn);
        }
        let _ = write!(body, r#","sign":"{sign}""#);
    }
    body.push('}');
    HttpResponse::Ok()
        .insert_header(("trace_id", uuid::Uuid::now_v7().simple().to_string()))
        .content_type("text/html;charset=utf-8")
        .body(body)
}
