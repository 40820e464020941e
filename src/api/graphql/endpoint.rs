//! GraphQL over HTTP as <https://graphql.github.io/graphql-over-http/draft/> says, for both media types.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
    web,
};
use async_graphql::{
    Executor, Request, Response, ServerError, Value, Variables,
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
    },
};
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{
    failure,
    guard::{self, DocumentLimits},
    variable::InputTypes,
};
use crate::{
    config::ServerConfig,
    error::{Error, ErrorKind, Result},
    telemetry::metric::GRAPHQL_FIELDS,
};

/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
const OLD: &str = "application/json";
const NEW: &str = "application/graphql-response+json";

/// What one request may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    body_bytes: usize,
    document: DocumentLimits,
}

impl From<&ServerConfig> for Limits {
    fn from(config: &ServerConfig) -> Self {
        Self {
            body_bytes: config.graphql_body_bytes,
            document: DocumentLimits {
                expanded_size: config.graphql_expanded_size,
                aliases: config.graphql_aliases as u64,
            },
        }
    }
}

/// One schema on the wire.
#[derive(Clone)]
pub struct Endpoint<S> {
    schema: S,
    inputs: Arc<InputTypes>,
    limits: Limits,
}

/// The two media types of an answer; with the new one the status tells what became of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MediaType {
    Old,
    New,
}

/// Why a request gets no answer of the schema.
struct Refusal {
    status: StatusCode,
    errors: Vec<ServerError>,
}

impl Refusal {
    fn new(status: StatusCode, message: &str) -> Self {
        let kind = match status {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorKind::UnsupportedMedia,
            _ => ErrorKind::InvalidInput,
        };
        Self {
            status,
            errors: vec![failure::refusal(&Error::new(kind, message))],
        }
    }
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let status = StatusCode::from_u16(error.kind().wire().1);
        Self {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            errors: vec![failure::refusal(error)],
        }
    }
}

/// A body of bounded size, which must come in bounded time.
pub async fn read_body(body: web::Payload, most: usize) -> Result<Bytes> {
    tokio::time::timeout(PATIENCE, body.to_bytes_limited(most))
        .await
        .map_err(|_| Error::invalid("body", "the request took too long to arrive"))?
        .map_err(|_| {
            let message = format!("the request is too large; at most {most} bytes are taken");
            Error::new(ErrorKind::TooLarge, message)
        })?
        .map_err(|error| {
            Error::invalid("body", "the request could not be read").because(error.to_string())
        })
}

/// The answer to a request that is not even read.
pub fn refused(http: &HttpRequest, error: &Error) -> HttpResponse {
    let media_type = negotiate(http).unwrap_or(MediaType::Old);
    refuse(media_type, &Refusal::from(error))
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    extensions: &'a std::collections::BTreeMap<String, Value>,
}

impl<S: Executor> Endpoint<S> {
    /// Serves a schema, which is given as text too, within limits.
    pub fn new(schema: S, sdl: &str, limits: Limits) -> Self {
        Self {
            schema,
            inputs: Arc::new(InputTypes::of(sdl)),
            limits,
        }
    }

    /// Answers one request; `prepare` finds out who calls and gives the request what its resolvers need, `finish`
    /// hears what came of it.
    pub async fn answer(
        &self,
        http: &HttpRequest,
        body: web::Payload,
        prepare: impl AsyncFnOnce(Request) -> Result<Request>,
        finish: impl AsyncFnOnce(&Response),
    ) -> HttpResponse {
        let Some(media_type) = negotiate(http) else {
            return HttpResponse::NotAcceptable()
                .content_type("text/plain; charset=utf-8")
                .body(format!("answers come as {NEW} or {OLD}"));
        };
        let request = match self.read(http, body, media_type).await {
            Ok(request) => request,
            Err(refusal) => return refuse(media_type, &refusal),
        };
        let request = match prepare(request).await {
            Ok(request) => request,
            Err(error) => return refuse(media_type, &Refusal::from(&error)),
        };
        let mut response = self.schema.execute(request).await;
        failure::finish(&mut response);
        finish(&response).await;
        write(media_type, &response)
    }

    async fn read(
        &self,
        http: &HttpRequest,
        body: web::Payload,
        media_type: MediaType,
    ) -> Result<Request, Refusal> {
        let parameters = if http.method() == Method::GET {
            read_query(http.query_string())?
        } else {
            require_json(http)?;
            let bytes = read_body(body, self.limits.body_bytes)
                .await
                .map_err(|error| Refusal::from(&error))?;
            match serde_json::from_slice(&bytes) {
                Ok(Json::Object(parameters)) => parameters,
                Ok(_) => return Err(bad_request("the body must be one JSON object")),
                Err(error) => return Err(bad_request(&format!("the body must be JSON: {error}"))),
            }
        };
        let mut request = to_request(parameters)?;
        // With the old media type a document that cannot be parsed is an answer, not a failure.
        let status = match media_type {
            MediaType::Old => StatusCode::OK,
            MediaType::New => StatusCode::BAD_REQUEST,
        };
        guard::check_nesting(&request.query).map_err(|error| Refusal {
            status,
            errors: vec![failure::refusal(&error)],
        })?;
        let document = parse_query(&request.query).map_err(|error| {
            let mut response = Response::from_errors(vec![error.into()]);
            failure::finish(&mut response);
            Refusal {
                status,
                errors: response.errors,
            }
        })?;
        let fields = guard::check(&document, self.limits.document).map_err(|error| Refusal {
            status,
            errors: vec![failure::refusal(&error)],
        })?;
        measure(http, fields);
        let operation = find_operation(&document, request.operation_name.as_deref());
        if let Some(operation) = operation {
            self.inputs
                .check(operation, &request.variables)
                .map_err(|error| Refusal {
                    status,
                    errors: vec![failure::refusal(&error)],
                })?;
        }
        if http.method() == Method::GET
            && operation.is_some_and(|operation| operation.ty != OperationType::Query)
        {
            return Err(Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "mutations are sent with POST",
            ));
        }
        request.set_parsed_query(document);
        Ok(request)
    }
}

#[expect(clippy::cast_precision_loss, reason = "documents are bounded")]
fn measure(http: &HttpRequest, fields: u64) {
    let schema = if http.path().starts_with("/admin") {
        "admin"
    } else {
        "public"
    };
    GRAPHQL_FIELDS.observe(&[schema], fields as f64);
}

fn bad_request(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, message)
}

/// The best media type that the client takes; the old one when it does not care.
fn negotiate(http: &HttpRequest) -> Option<MediaType> {
    let accept = http.headers().get(header::ACCEPT);
    let Some(accept) = accept.and_then(|accept| accept.to_str().ok()) else {
        return Some(MediaType::Old);
    };
    let mut best: Option<(f32, MediaType)> = None;
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        let found = match kind.as_str() {
            NEW => MediaType::New,
            OLD | "*/*" | "application/*" => MediaType::Old,
            _ => continue,
        };
        if weight > 0.0 && best.is_none_or(|(other, _)| weight > other) {
            best = Some((weight, found));
        }
    }
    best.map(|(_, found)| found)
}

fn require_json(http: &HttpRequest) -> Result<(), Refusal> {
    let given = http.headers().get(header::CONTENT_TYPE);
    let given = given.and_then(|given| given.to_str().ok()).unwrap_or("");
    let mut parts = given.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case(OLD));
    let is_utf8 = parts.all(|part| {
        part.split_once('=').is_none_or(|(name, value)| {
            !name.eq_ignore_ascii_case("charset")
                || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    });
    if is_json && is_utf8 {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "the request must be application/json in UTF-8",
    ))
}

/// The parameters of a GET request; `variables` and `extensions` are JSON.
fn read_query(query: &str) -> Result<Map<String, Json>, Refusal> {
    let mut parameters = Map::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let value = match &*name {
            "query" | "operationName" => Json::String(value.into_owned()),
            "variables" | "extensions" if value.is_empty() => continue,
            "variables" | "extensions" => serde_json::from_str(&value)
                .map_err(|_| bad_request(&format!("{name} must be a JSON object")))?,
            _ => continue,
        };
        parameters.insert(name.into_owned(), value);
    }
    Ok(parameters)
}

fn to_request(mut parameters: Map<String, Json>) -> Result<Request, Refusal> {
    let Some(Json::String(query)) = parameters.remove("query") else {
        return Err(bad_request("query must be a string"));
    };
    let mut request = Request::new(query);
    match parameters.remove("operationName") {
        None | Some(Json::Null) => {}
        Some(Json::String(name)) if name.is_empty() => {}
        Some(Json::String(name)) => request = request.operation_name(name),
        Some(_) => return Err(bad_request("operationName must be a string")),
    }
    match parameters.remove("variables") {
        None | Some(Json::Null) => {}
        Some(variables @ Json::Object(_)) => {
            request = request.variables(Variables::from_json(variables));
        }
        Some(_) => return Err(bad_request("variables must be an object")),
    }
    match parameters.remove("extensions") {
        None | Some(Json::Null | Json::Object(_)) => Ok(request),
        Some(_) => Err(bad_request("extensions must be an object")),
    }
}

fn find_operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let operation = match &document.operations {
        DocumentOperations::Single(operation) => operation,
        DocumentOperations::Multiple(operations) => operations.get(name?)?,
    };
    Some(&operation.node)
}

fn refuse(media_type: MediaType, refusal: &Refusal) -> HttpResponse {
    let mut response = HttpResponse::build(refusal.status);
    if refusal.status == StatusCode::METHOD_NOT_ALLOWED {
        response.insert_header((header::ALLOW, "POST"));
    }
    let body = Body {
        data: None,
        errors: &refusal.errors,
        extensions: &std::collections::BTreeMap::new(),
    };
    send(&mut response, media_type, &body)
}

fn write(media_type: MediaType, response: &Response) -> HttpResponse {
    // No path: refused as a whole, before a resolver ran.
    let is_refused =
        response.data == Value::Null && response.errors.iter().any(|error| error.path.is_empty());
    let status = if is_refused && media_type == MediaType::New {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let mut answer = HttpResponse::build(status);
    for (name, value) in &response.http_headers {
        answer.append_header((name.as_str(), value.as_bytes()));
    }
    let body = Body {
        data: (!is_refused).then_some(&response.data),
        errors: &response.errors,
        extensions: &response.extensions,
    };
    send(&mut answer, media_type, &body)
}

fn send(
    response: &mut actix_web::HttpResponseBuilder,
    media_type: MediaType,
    body: &Body<'_>,
) -> HttpResponse {
    let content_type = match media_type {
        MediaType::Old => "application/json; charset=utf-8",
        MediaType::New => "application/graphql-response+json; charset=utf-8",
    };
    match serde_json::to_vec(body) {
        Ok(bytes) => response
            .content_type(content_type)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(bytes),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn check_accept(accept: &str, expected: Option<MediaType>) {
        let request = TestRequest::get().insert_header((header::ACCEPT, accept));

        assert_eq!(negotiate(&request.to_http_request()), expected, "{accept}");
    }

    #[test]
    fn the_answer_comes_in_the_type_that_was_asked_for() {
        check_accept("application/json", Some(MediaType::Old));
        check_accept(NEW, Some(MediaType::New));
        check_accept("*/*", Some(MediaType::Old));
        check_accept(
            "application/graphql-response+json, application/json;q=0.9",
            Some(MediaType::New),
        );
        check_accept(
            "application/graphql-response+json;q=0.5, application/json",
            Some(MediaType::Old),
        );
        check_accept("text/html", None);
        check_accept("application/json;q=0", None);
    }

    #[test]
    fn only_json_in_utf_8_is_taken() {
        for (given, expected) in [
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("Application/JSON; charset=\"UTF-8\"", true),
            ("application/json; charset=gbk", false),
            ("text/plain", false),
            ("", false),
        ] {
            let request = TestRequest::post().insert_header((header::CONTENT_TYPE, given));

            assert_eq!(
                require_json(&request.to_http_request()).is_ok(),
                expected,
                "{given}"
            );
        }
    }
}
