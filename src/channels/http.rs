//! Calls to platforms: one function that sends, records the evidence, and tells "not sent" from "maybe sent".

use std::{
    borrow::Cow,
    future::Future,
    ops::Range,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::stream;
use reqwest::multipart::Part;
use tokio::sync::mpsc;

use super::{ChannelError, ErrorClass, Exchange, Media, StepHost, Tokens};

/// The most that is kept of a body as evidence.
const EXCERPT_BYTES: usize = 4096;
/// Files are read from storage in pieces of this size as they are sent.
const PIECE_BYTES: u64 = 1 << 20;

/// "Too Many Requests".
const TOO_MANY_REQUESTS: u16 = 429;
/// "Content Too Large".
pub const TOO_LARGE: u16 = 413;

/// How long files may take to be sent over the slowest wire that we put up with, 1 MiB a second.
pub fn sending_time<'m>(files: impl IntoIterator<Item = &'m Media>) -> Duration {
    const SLOWEST: u64 = 1 << 20;
    let bytes: u64 = files.into_iter().map(|media| media.size_bytes).sum();
    Duration::from_secs(bytes / SLOWEST)
}

/// The part of a form that holds a file; platforms tell its format by the ending of the name too.
pub fn file_part(
    body: impl Into<reqwest::Body>,
    length: u64,
    name: impl Into<Cow<'static, str>>,
    media: &Media,
) -> Result<Part, ChannelError> {
    Part::stream_with_length(body, length)
        .file_name(name)
        .mime_str(&media.mime)
        .map_err(|_| {
            let text = format!("{} is not a media type", media.mime);
            ChannelError::new(ErrorClass::Bug, text)
        })
}

/// A name for a file, with the ending of its format.
pub fn file_name(media: &Media) -> &'static str {
    match media.mime.as_str() {
        "video/mp4" => "video.mp4",
        "image/png" => "picture.png",
        _ => "picture.jpg",
    }
}

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
    host.admit().await?;
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
    match answer.status {
        TOO_MANY_REQUESTS => Err(too_many(&answer)),
        TOO_LARGE => Err(too_large()),
        _ => Ok(answer),
    }
}

/// Refused for its size alone, by whatever stands before the platform: nothing was done (RFC 9110, section 15.5.14).
fn too_large() -> ChannelError {
    ChannelError {
        http_status: Some(TOO_LARGE),
        ..ChannelError::new(
            ErrorClass::MediaRejected,
            "平台不收这么大的文件（HTTP 413）",
        )
    }
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

/// A body that is read from storage while it is sent, and what reads it: a few megabytes are held, however large the
/// file is. Run both with [`fed`].
pub fn streamed<'a>(
    host: &'a dyn StepHost,
    media: &'a Media,
    range: Range<u64>,
) -> (
    reqwest::Body,
    impl Future<Output = Result<(), ChannelError>> + 'a,
) {
    let (sender, mut receiver) = mpsc::channel::<std::io::Result<Bytes>>(1);
    let body =
        reqwest::Body::wrap_stream(stream::poll_fn(move |context| receiver.poll_recv(context)));
    (body, feed(host, media, range, sender))
}

/// Reads a file in pieces, each when the one before has been taken.
async fn feed(
    host: &dyn StepHost,
    media: &Media,
    range: Range<u64>,
    sender: mpsc::Sender<std::io::Result<Bytes>>,
) -> Result<(), ChannelError> {
    let mut at = range.start;
    while at < range.end {
        let to = (at + PIECE_BYTES).min(range.end);
        match host.read_media(media, at, to).await {
            Ok(bytes) => {
                if sender.send(Ok(bytes)).await.is_err() {
                    // The call has ended; its answer says how.
                    return Ok(());
                }
            }
            Err(error) => {
                let broken = std::io::Error::other("the file cannot be read");
                // Nobody may be listening any more, which is as well.
                let _ = sender.send(Err(broken)).await;
                return Err(error);
            }
        }
        at = to;
    }
    Ok(())
}

/// Makes a call while its body is read. A file that cannot be read is why the call failed, whatever the wire says.
pub async fn fed(
    call: impl Future<Output = Result<Answer, ChannelError>>,
    feed: impl Future<Output = Result<(), ChannelError>>,
) -> Result<Answer, ChannelError> {
    let mut call = std::pin::pin!(call);
    tokio::select! {
        answer = &mut call => answer,
        read = feed => match read {
            Ok(()) => call.await,
            Err(error) => Err(error),
        },
    }
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A storage of zeros that remembers what was read, and breaks at a place.
    #[derive(Default)]
    struct Storage {
        read: Mutex<Vec<Range<u64>>>,
        breaks_at: Option<u64>,
    }

    #[async_trait::async_trait]
    impl StepHost for Storage {
        async fn save_handle(&self, _: &serde_json::Value) -> Result<(), ChannelError> {
            Ok(())
        }

        async fn open_media(&self, media: &Media) -> Result<Bytes, ChannelError> {
            panic!("{} is never held whole", media.key);
        }

        async fn read_media(&self, _: &Media, from: u64, to: u64) -> Result<Bytes, ChannelError> {
            if self.breaks_at.is_some_and(|at| (from..to).contains(&at)) {
                return Err(ChannelError::new(ErrorClass::NotSent, "gone"));
            }
            self.read.lock().expect("a lock").push(from..to);
            Ok(vec![0; usize::try_from(to - from).expect("a size")].into())
        }

        async fn token(&self, _: Option<&str>) -> Result<Tokens, ChannelError> {
            Ok(Tokens::default())
        }

        fn record(&self, _: Exchange) {}
    }

    fn media(size_bytes: u64) -> Media {
        Media {
            role: "video".into(),
            key: "k".into(),
            url: String::new(),
            mime: "video/mp4".into(),
            sha256: String::new(),
            size_bytes,
            width: 0,
            height: 0,
            duration_ms: None,
        }
    }

    #[tokio::test]
    async fn a_file_is_read_piece_by_piece_as_it_is_sent() {
        const MB: u64 = 1 << 20;
        let (storage, media) = (Storage::default(), media(300 * MB));
        let (sender, mut receiver) = mpsc::channel::<std::io::Result<Bytes>>(1);
        let reading = async {
            for _ in 0..3 {
                receiver.recv().await.expect("a piece").expect("bytes");
                tokio::task::yield_now().await;
            }
            storage.read.lock().expect("a lock").clone()
        };

        let feeding = feed(&storage, &media, 5..300 * MB, sender);
        let read = tokio::select! {
            read = reading => read,
            _ = feeding => panic!("nobody took so much"),
        };

        assert!(read.len() <= 6, "not far ahead of what was sent: {read:?}");
        assert_eq!(read[0], 5..5 + MB);
        assert!(read.windows(2).all(|pair| pair[0].end == pair[1].start));
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_is_why_a_call_failed() {
        let storage = Storage {
            breaks_at: Some(1),
            ..Storage::default()
        };
        let media = media(10);
        let (_body, feed) = streamed(&storage, &media, 0..10);
        let call = std::future::pending();

        let failed = fed(call, feed).await.expect_err("no answer");

        assert_eq!(
            (failed.class, failed.message.as_str()),
            (ErrorClass::NotSent, "gone")
        );
    }
}
