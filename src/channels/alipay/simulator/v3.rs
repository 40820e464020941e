//! Version 3 of the gateway: the method stands in the path, its content is a JSON body or the query, a refusal is a status. It
//! does what version 2 does.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::{Map, Value, json};

use super::{
    super::sign,
    Alipay,
    admission::{self, refuse},
    gateway::{self, Call, Refusal},
    state::State,
};
use crate::clock::Timestamp;

/// A call may be so old, and its nonce is remembered for so long.
const FRESH: Duration = Duration::from_mins(10);
/// Microseconds in a millisecond.
const MICROS: i64 = 1000;
/// How the header begins.
const SCHEME: &str = "ALIPAY-SHA256withRSA ";

/// What is checked of a call beside its content.
struct Proof<'a> {
    /// The header between its scheme and the signature, as it was sent.
    auth: &'a str,
    sign: &'a str,
    /// Verb and target, as they are signed.
    verb: &'a str,
    targets: [&'a str; 2],
    body: &'a str,
    token: Option<&'a str>,
}

impl<'a> Proof<'a> {
    fn value(&self, name: &str) -> &'a str {
        let mut pairs = self.auth.split(',').filter_map(|pair| pair.split_once('='));
        pairs
            .find(|(key, _)| key.trim() == name)
            .map_or("", |(_, value)| value)
    }

    /// Checks who calls, when, and whether it is proven.
    fn check(&self, state: &mut State, call: &Call, now: Timestamp) -> Result<(), Refusal> {
        admission::identify(state, call)?;
        if self.sign.is_empty() {
            return Err(refuse("40001", "isv.missing-signature", "缺少签名参数"));
        }
        let at = self.value("timestamp").parse().ok();
        let at = at
            .and_then(|millis: i64| millis.checked_mul(MICROS))
            .map(Timestamp);
        if !at.is_some_and(|at| at.since(now) <= FRESH && now.since(at) <= FRESH) {
            return Err(refuse("40002", "isv.illegal-timestamp", "非法的时间戳参数"));
        }
        let key = admission::proof(&state.settings, call, now)?;
        let is_signed = self.targets.iter().any(|target| {
            let text = sign::of_v3_request(self.auth, self.verb, target, self.body, self.token);
            key.verifies(&text, self.sign)
        });
        state.nonces.retain(|_, seen| now.since(*seen) <= FRESH);
        let is_fresh = state
            .nonces
            .insert(self.value("nonce").to_owned(), now)
            .is_none();
        if !is_fresh || !is_signed {
            return Err(refuse("40002", "isv.invalid-signature", "无效签名"));
        }
        admission::permit(state, call, now)
    }
}

fn status(code: &str) -> StatusCode {
    match code {
        "20000" => StatusCode::INTERNAL_SERVER_ERROR,
        "20001" | "40006" => StatusCode::UNAUTHORIZED,
        "40005" => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// A refusal is flat and bears no signature.
fn refused((code, sub_code, message): &Refusal, trace: &str) -> HttpResponse {
    let code_there = sub_code
        .trim_start_matches("isv.")
        .trim_start_matches("aop.");
    let link = format!("https://open.alipay.com/api/errCheck?traceId={trace}");
    HttpResponse::build(status(code))
        .insert_header(("alipay-trace-id", trace))
        .json(json!({
            "code": code_there,
            "message": message,
            "links": [{ "link": link, "desc": "解决方案" }],
        }))
}

/// The content of a call: its body, the `data` part beside a file, or the query.
async fn read(request: &HttpRequest, payload: web::Payload) -> Option<(Call, String)> {
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let kind = header("content-type").unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        let call = gateway::read(request, payload).await?;
        let data = call.get("data").to_owned();
        return Some((call, data));
    }
    let body = payload
        .to_bytes_limited(gateway::MOST_BODY)
        .await
        .ok()?
        .ok()?;
    let body = String::from_utf8(body.into()).ok()?;
    Some((gateway::empty(request), body))
}

/// Answers a call.
pub async fn answer(
    alipay: web::Data<Alipay>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    let trace = uuid::Uuid::now_v7().simple().to_string();
    let now = alipay.now();
    let Some((mut call, body)) = read(&request, payload).await else {
        return HttpResponse::BadRequest().finish();
    };
    let header = |name: &str| {
        let value = request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.map(ToOwned::to_owned)
    };
    let Some(authorization) = header("authorization") else {
        return refused(
            &refuse("40001", "isv.missing-timestamp", "缺少时间戳参数"),
            &trace,
        );
    };
    let authorization = authorization.trim_start_matches(SCHEME);
    let (auth, sign) = authorization
        .rsplit_once(",sign=")
        .unwrap_or((authorization, ""));
    // Where we are mounted is a part of the host to some callers, and of the path to others.
    let full = request
        .uri()
        .path_and_query()
        .map_or("", |target| target.as_str());
    let own = full.find("/v3/").map_or(full, |at| &full[at..]);
    let token = header("alipay-app-auth-token");
    let proof = Proof {
        auth,
        sign,
        verb: request.method().as_str(),
        targets: [own, full],
        body: &body,
        token: token.as_deref(),
    };
    let method = request
        .match_info()
        .get("method")
        .unwrap_or_default()
        .replace('/', ".");
    // A query is the content of a call without a body.
    let content = if body.is_empty() && !request.query_string().is_empty() {
        let pairs = url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned();
        let pairs = pairs.map(|(name, value)| (name, Value::from(value)));
        Value::from(pairs.collect::<Map<_, _>>()).to_string()
    } else {
        body.clone()
    };
    for (name, value) in [
        ("app_id", proof.value("app_id").to_owned()),
        ("app_cert_sn", proof.value("app_cert_sn").to_owned()),
        (
            "alipay_root_cert_sn",
            header("alipay-root-cert-sn").unwrap_or_default(),
        ),
        ("app_auth_token", token.clone().unwrap_or_default()),
        (
            "encrypt_type",
            header("alipay-encrypt-type").unwrap_or_default(),
        ),
        ("method", method),
        ("biz_content", content),
    ] {
        call.parameters.insert(name.to_owned(), value);
    }
    let done = alipay.change(|state| {
        let check = |state: &mut State, call: &Call| proof.check(state, call, now);
        gateway::carry_out(state, &mut call, check, now)
    });
    gateway::keep_file(&alipay, &done, call.file.take());
    told(&alipay, &done, &trace, call.is_certified(), now)
}

/// The answer with its signature.
fn told(
    alipay: &Alipay,
    done: &gateway::Done,
    trace: &str,
    is_certified: bool,
    now: Timestamp,
) -> HttpResponse {
    let fields: &Map<String, Value> = match &done.answer {
        Ok(fields) => fields,
        Err(refusal) => return refused(refusal, trace),
    };
    let mut body = json!(fields).to_string();
    if let Some(key) = &done.content_key {
        body = key.seal(&body);
    }
    let (timestamp, nonce) = (
        (now.0 / MICROS).to_string(),
        uuid::Uuid::now_v7().simple().to_string(),
    );
    let signer = alipay.signers.get(done.signer);
    let text = done.signed(&sign::of_v3_reply(&timestamp, &nonce, &body));
    let signature = signer
        .zip(text)
        .and_then(|(signer, text)| signer.key.sign(&text));
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header(("alipay-trace-id", trace))
        .insert_header(("alipay-timestamp", timestamp))
        .insert_header(("alipay-nonce", nonce))
        .content_type(if done.content_key.is_some() {
            "text/plain"
        } else {
            "application/json"
        });
    if let Some(signature) = signature {
        answer.insert_header(("alipay-signature", signature));
    }
    if let Some(signer) = signer.filter(|_| is_certified) {
        answer.insert_header(("alipay-sn", signer.sn.clone()));
    }
    answer.body(body)
}
