//! Calls to platforms: one function that sends, records the evidence, and tells "not sent" from "maybe sent".

use std::time::{Duration, Instant};

use super::{ChannelError, ErrorClass, Exchange, Media, StepHost, Tokens};

/// The most that is kept of a body as evidence.
const EXCERPT_BYTES: usize = 4096;

/// "Too Many Requests".
const TOO_MANY_REQUESTS: u16 = 429;

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: bytes::Bytes,
    /// Response headers.
    pub headers: reqwest::header::HeaderMap,
}

/// What of a call is kept as evidence; secrets must already be out of it.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Method and address without secrets.
    pub request: String,
    /// Excerpt of what is sent.
    pub body: String,
    /// Response header that holds the platform's id of the call.
    pub request_id_header: Option<&'static str>,
}

/// Sends a request and reads the answer, whatever its status. `commit`: a failure after connecting counts as
/// "maybe sent".
pub async fn send(
    host: &dyn StepHost,
    request: reqwest::RequestBuilder,
    evidence: Evidence,
) -> Result<Answer, ChannelError> {
    host.pace().await;
    let started = Instant::now();
    let mut exchange = Exchange {
        request: evidence.request,
        request_body: excerpt(evidence.body.as_bytes()),
        ..Exchange::default()
    };
    let answer = read(request).await;
    exchange.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if let Ok(answer) = &answer {
        exchange.status = Some(answer.status);
        exchange.response_body = excerpt(&answer.body);
        exchange.request_id = evidence
            .request_id_header
            .and_then(|name| answer.headers.get(name))
            .and_then(|value| value.to_str().ok())
            .map(ToOwned::to_owned);
    }
    host.record(exchange);
    let answer = answer.map_err(|error| classify(&error))?;
    if answer.status == TOO_MANY_REQUESTS {
        return Err(too_many(&answer));
    }
    Ok(answer)
}

/// Refused for the pace alone, by whatever stands before the platform: nothing was done (RFC 6585, section 4).
fn too_many(answer: &Answer) -> ChannelError {
    let seconds = answer
        .headers
        .get(reqwest::header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().parse().ok());
    ChannelError {
        http_status: Some(answer.status),
        retry_after: seconds.map(Duration::from_secs),
        ..ChannelError::new(
            ErrorClass::RateLimited,
            "the platform asks for a slower pace (HTTP 429)",
        )
    }
}

async fn read(request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = response.bytes().await?;
    Ok(Answer {
        status,
        body,
        headers,
    })
}

/// Only what failed before or while connecting was surely not sent.
fn classify(error: &reqwest::Error) -> ChannelError {
    let class = if error.is_builder() {
        ErrorClass::Bug
    } else if error.is_connect() {
        ErrorClass::NotSent
    } else {
        ErrorClass::SentUnknown
    };
    let text = match class {
        ErrorClass::NotSent => "the platform could not be reached; nothing was sent",
        ErrorClass::Bug => "the request could not be built",
        _ => "the connection broke before the platform answered",
    };
    // The address may hold a token, so it is left out.
    ChannelError::new(class, format!("{text}: {}", root_cause(error)))
}

fn root_cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "timed out".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    let text = cause.to_string();
    if text.contains("://") {
        "network error".to_owned()
    } else {
        text
    }
}

/// Stands in where there is no delivery (tokens are refreshed outside of one): nobody keeps evidence.
pub struct NoHost;

#[async_trait::async_trait]
impl StepHost for NoHost {
    async fn save_handle(&self, _: &serde_json::Value) -> Result<(), ChannelError> {
        Ok(())
    }

    async fn open_media(&self, media: &Media) -> Result<bytes::Bytes, ChannelError> {
        self.read_media(media, 0, 0).await
    }

    async fn read_media(&self, _: &Media, _: u64, _: u64) -> Result<bytes::Bytes, ChannelError> {
        Err(ChannelError::new(
            ErrorClass::Bug,
            "there is no file outside a delivery",
        ))
    }

    async fn token(&self, _: Option<&str>) -> Result<Tokens, ChannelError> {
        Err(ChannelError::new(
            ErrorClass::Bug,
            "there is no token while one is being fetched",
        ))
    }

    fn record(&self, _: Exchange) {}
}

/// The first part of a body, cut at a character.
pub fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(EXCERPT_BYTES)]).into_owned();
    text.replace('\0', "\u{fffd}")
}
