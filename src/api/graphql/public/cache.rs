//! Finished answers, kept until something changes for readers. The key is made before the query is parsed.

use std::{
    io::Write as _,
    sync::{Arc, OnceLock},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::{self, MessageBody as _},
    http::header,
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::{auth::Actor, config::ServerConfig};

/// Below this size compressing saves no packet.
const WORTH_COMPRESSING: usize = 1024;

/// An answer that may be given again.
#[derive(Debug, Clone)]
pub struct Cached {
    body: Bytes,
    /// The body compressed, since the first client that takes it so; empty when that is of no use.
    gzip: Arc<OnceLock<Bytes>>,
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
                gzip: Arc::default(),
            }),
            _ => Err(head.set_body(body::BoxBody::new(bytes))),
        }
    }

    /// The answer, or only the word that the client has it already.
    pub fn answer(&self, http: &HttpRequest, seconds: u64) -> HttpResponse {
        let header = |name| http.headers().get(name).and_then(|text| text.to_str().ok());
        let compressed = header(header::ACCEPT_ENCODING)
            .filter(|accepted| takes_gzip(accepted))
            .map(|_| self.compressed())
            .filter(|body| !body.is_empty());
        // Each form of an answer has a tag of its own.
        let tag = match compressed {
            Some(_) => format!("{}-gzip\"", self.tag.trim_end_matches('"')),
            None => self.tag.clone(),
        };
        let is_known = header(header::IF_NONE_MATCH) == Some(&tag);
        let mut response = if is_known {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        response
            .insert_header((header::ETAG, tag))
            .insert_header((header::CACHE_CONTROL, format!("private, max-age={seconds}")))
            .insert_header((
                header::VARY,
                "accept, accept-encoding, x-fenfa-key, authorization",
            ));
        if is_known {
            return response.finish();
        }
        response.insert_header((header::CONTENT_TYPE, self.content_type.clone()));
        match compressed {
            Some(body) => response
                .insert_header((header::CONTENT_ENCODING, "gzip"))
                .body(body.clone()),
            None => response.body(self.body.clone()),
        }
    }

    /// The body compressed, once; empty when that makes it no smaller.
    fn compressed(&self) -> &Bytes {
        self.gzip.get_or_init(|| {
            if self.body.len() < WORTH_COMPRESSING {
                return Bytes::new();
            }
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            let written = encoder
                .write_all(&self.body)
                .and_then(|()| encoder.finish());
            match written {
                Ok(smaller) if smaller.len() < self.body.len() => smaller.into(),
                Ok(_) => Bytes::new(),
                Err(error) => {
                    tracing::warn!(%error, "an answer could not be compressed");
                    Bytes::new()
                }
            }
        })
    }
}

/// Whether `Accept-Encoding` lets gzip through.
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        is_gzip && weight.is_none_or(|weight| weight.parse().unwrap_or(0.0) > 0.0)
    })
}

/// Answers by what was asked; they end when their time is over or this process hears of a change.
#[derive(Clone)]
pub struct AnswerCache {
    answers: moka::future::Cache<[u8; 32], (Version, Cached)>,
    content: watch::Receiver<u64>,
    index: watch::Receiver<u64>,
    seconds: u64,
}

/// Which state of the content and of the index that follows it answers are of.
pub type Version = (u64, u64);

impl AnswerCache {
    /// An empty cache; with 0 seconds it keeps nothing.
    pub fn new(
        config: &ServerConfig,
        content: watch::Receiver<u64>,
        index: watch::Receiver<u64>,
    ) -> Self {
        let answers = moka::future::Cache::builder()
            .weigher(|_, (_, cached): &(Version, Cached)| {
                // The compressed form comes later and is smaller.
                u32::try_from(cached.body.len() * 2 + 256).unwrap_or(u32::MAX)
            })
            .max_capacity(config.cache_bytes)
            .time_to_live(Duration::from_secs(config.cache_seconds))
            .build();
        Self {
            answers,
            content,
            index,
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

    /// The present state; taken before an answer is made.
    pub fn version(&self) -> Version {
        (*self.content.borrow(), *self.index.borrow())
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
    pub async fn put(&self, key: [u8; 32], version: Version, cached: &Cached) {
        if self.seconds > 0 {
            self.answers.insert(key, (version, cached.clone())).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_takes_gzip_gets_it() {
        for (accepted, expected) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, GZIP;q=0.8", true),
            ("*", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0, br", false),
            ("br", false),
            ("identity", false),
            ("", false),
        ] {
            assert_eq!(takes_gzip(accepted), expected, "{accepted}");
        }
    }
}
