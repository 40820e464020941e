//! A call as it came in: recorded word for word, then read.

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::StatusCode, web};
use futures_util::{StreamExt as _, future::LocalBoxFuture};
use serde_json::{Value, json};

use super::Baidu;

/// The most that is kept of a form with files, in bytes.
const KEPT_OF_FILES: usize = 4096;

/// Names and values in the order in which they came.
pub type Pairs = Vec<(String, String)>;

/// A request, its body read.
pub struct Call {
    pub query: Pairs,
    /// The form in the body, urlencoded or multipart.
    pub form: Pairs,
    /// The files of a multipart form, by the names of their fields.
    pub files: Vec<(String, Vec<u8>)>,
    pub body: String,
    /// Where this simulator is, as the caller knows it.
    pub base: String,
    /// Fields may not stand in the query.
    is_strict: bool,
}

impl Call {
    /// A field of the form; of the query too, where the simulator is not strict.
    pub fn field(&self, name: &str) -> &str {
        let in_query = || find(&self.query, name).filter(|_| !self.is_strict);
        find(&self.form, name).or_else(in_query).unwrap_or_default()
    }

    pub fn parameter(&self, name: &str) -> &str {
        find(&self.query, name).unwrap_or_default()
    }
}

/// The first value of a name.
pub fn find<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

impl FromRequest for Call {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let bytes = web::Bytes::from_request(&request, payload);
        Box::pin(async move {
            let bytes = bytes.await?;
            let body = String::from_utf8_lossy(&bytes).into_owned();
            let baidu = request
                .app_data::<web::Data<Baidu>>()
                .ok_or_else(|| actix_web::error::ErrorInternalServerError("no simulator"))?;
            let is_multipart = request
                .headers()
                .get("content-type")
                .and_then(|kind| kind.to_str().ok())
                .is_some_and(|kind| kind.starts_with("multipart/form-data"));
            // Of files the beginning is enough: thousands of requests are kept.
            let kept = if is_multipart {
                &body[..body.floor_char_boundary(KEPT_OF_FILES)]
            } else {
                body.as_str()
            };
            baidu.record(recorded(&request, kept));
            let (form, files) = if is_multipart {
                multipart(&request, bytes).await
            } else {
                (pairs(&body), Vec::new())
            };
            let connection = request.connection_info();
            let base = format!("{}://{}/baidu", connection.scheme(), connection.host());
            drop(connection);
            Ok(Self {
                base,
                query: pairs(request.query_string()),
                form,
                files,
                body,
                is_strict: baidu.lock().settings.strict,
            })
        })
    }
}

fn pairs(text: &str) -> Pairs {
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

/// The fields of a form, and its files.
async fn multipart(request: &HttpRequest, bytes: web::Bytes) -> (Pairs, Vec<(String, Vec<u8>)>) {
    let once = futures_util::stream::once(async { Ok::<_, actix_web::error::PayloadError>(bytes) });
    let mut parts = actix_multipart::Multipart::new(request.headers(), once);
    let (mut fields, mut files) = (Pairs::new(), Vec::new());
    while let Some(Ok(mut part)) = parts.next().await {
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part
            .content_disposition()
            .is_some_and(|told| told.get_filename().is_some());
        let mut value = Vec::new();
        while let Some(Ok(chunk)) = part.next().await {
            value.extend_from_slice(&chunk);
        }
        if is_file {
            files.push((name, value));
        } else {
            fields.push((name, String::from_utf8_lossy(&value).into_owned()));
        }
    }
    (fields, files)
}

fn recorded(request: &HttpRequest, body: &str) -> Value {
    let headers: serde_json::Map<String, Value> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value.into())
        })
        .collect();
    json!({
        "method": request.method().as_str(),
        "host": request.connection_info().host(),
        "path": request.path(),
        "query": request.query_string(),
        "headers": headers,
        "body": body,
    })
}

/// An answer with Baidu's trace header.
pub fn answer(status: u16, body: &Value) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let trace = uuid::Uuid::now_v7().simple().to_string();
    HttpResponse::build(status)
        .insert_header(("X-B3-Traceid", trace))
        .json(body)
}

/// An answer of a business service without data.
pub fn business(errno: i64, msg: &str) -> HttpResponse {
    answer(200, &json!({ "errno": errno, "msg": msg }))
}
