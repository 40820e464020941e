//! Finished answers, kept until something changes for readers. The key is made before the query is parsed.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    body::{self, MessageBody as _},
    http::header,
};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::{auth::Actor, config::ServerConfig};

/// An answer that may be given again.
#[derive(Debug, Clone)]
pub struct Cached {
    body: Bytes,
    content_type: header::HeaderValue,
    tag: String,
}

impl Cached {
    /// Takes an answer apart; one with errors is not kept.
    pub async fn of(response: HttpResponse) -> Result<Self, HttpResponse> {
        let is_good = response.status() == 200;
        let (head, content) = response.into_parts();
        let size = content.size();
        let Ok(bytes) = body::to_bytes(content).await else {
            tracing::error!(?size, "an answer could not be read again");
            return Err(HttpResponse::InternalServerError().finish());
        };
        // The data comes first; what follows it can only be errors.
        let has_errors = bytes.windows(10).any(|part| part == b"\"errors\":[");
        match head.headers().get(header::CONTENT_TYPE) {
            Some(content_type) if is_good && !has_errors => Ok(Self {
                tag: format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..12])),
                content_type: content_type.clone(),
                body: bytes,
            }),
            _ => Err(head.set_body(body::BoxBody::new(bytes))),
        }
    }

    /// The answer, or only the word that the client has it already.
    pub fn answer(&self, http: &HttpRequest, seconds: u64) -> HttpResponse {
        let known = http
            .headers()
            .get(header::IF_NONE_MATCH)
            .and_then(|tag| tag.to_str().ok());
        let mut response = if known == Some(&self.tag) {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        response
            .insert_header((header::ETAG, self.tag.as_str()))
            .insert_header((header::CACHE_CONTROL, format!("private, max-age={seconds}")))
            .insert_header((header::VARY, "accept, x-fenfa-key, authorization"));
        if known == Some(&self.tag) {
            return response.finish();
        }
        response
            .insert_header((header::CONTENT_TYPE, self.content_type.clone()))
            .body(self.body.clone())
    }
}

/// Answers by what was asked; they end when their time is over or this process hears of a change.
#[derive(Clone)]
pub struct AnswerCache {
    answers: moka::future::Cache<[u8; 32], (u64, Cached)>,
    changed: watch::Receiver<u64>,
    seconds: u64,
}

impl AnswerCache {
    /// An empty cache; with 0 seconds it keeps nothing.
    pub fn new(config: &ServerConfig, changed: watch::Receiver<u64>) -> Self {
        let answers = moka::future::Cache::builder()
            .weigher(|_, (_, cached): &(u64, Cached)| {
                u32::try_from(cached.body.len() + 256).unwrap_or(u32::MAX)
            })
            .max_capacity(config.cache_bytes)
            .time_to_live(Duration::from_secs(config.cache_seconds))
            .build();
        Self {
            answers,
            changed,
            seconds: config.cache_seconds,
        }
    }

    /// How long clients may keep an answer.
    pub const fn seconds(&self) -> u64 {
        self.seconds
    }

    /// What is asked, by whom, in which form.
    pub fn key(actor: &Actor, http: &HttpRequest, body: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        let header = |name: header::HeaderName| {
            http.headers()
                .get(name)
                .map(header::HeaderValue::as_bytes)
                .unwrap_or_default()
                .to_vec()
        };
        let site = actor.site().to_string();
        let parts: [&[u8]; 6] = [
            site.as_bytes(),
            http.method().as_str().as_bytes(),
            http.query_string().as_bytes(),
            &header(header::ACCEPT),
            &header(header::CONTENT_TYPE),
            body,
        ];
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    /// Which state of the content answers are of; taken before one is made.
    pub fn version(&self) -> u64 {
        *self.changed.borrow()
    }

    /// An answer of the present state.
    pub async fn get(&self, key: &[u8; 32]) -> Option<Cached> {
        if self.seconds == 0 {
            return None;
        }
        let (version, cached) = self.answers.get(key).await?;
        (version == self.version()).then_some(cached)
    }

    /// Keeps an answer.
    pub async fn put(&self, key: [u8; 32], version: u64, cached: &Cached) {
        if self.seconds > 0 {
            self.answers.insert(key, (version, cached.clone())).await;
        }
    }
}
