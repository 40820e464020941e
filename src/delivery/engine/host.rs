//! What the engine does for a running step.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;

use crate::{
    channels::{ChannelError, ErrorClass, Exchange, Media, StepHost, Tokens},
    delivery::{ChannelAccount, core::Core, store},
    error::Result,
    id::{AccountId, DeliveryId, SiteId},
};

/// The most evidence that is kept of one call, each way, in bytes.
const EVIDENCE_BYTES: usize = 4096;
/// The most calls that are kept of one try of a step: the first ones and the last.
const EVIDENCE_CALLS: usize = 20;

/// The step that is running.
#[derive(Debug, Clone, Copy)]
pub struct Running {
    pub delivery: DeliveryId,
    pub lease_token: i64,
    pub seq: i32,
}

/// Serves one running step, or the check of an account.
pub struct Host {
    core: Arc<Core>,
    site: SiteId,
    account: AccountId,
    calls_per_second: Option<String>,
    running: Option<Running>,
    exchanges: Mutex<Vec<Exchange>>,
    token: Mutex<Option<String>>,
}

impl Host {
    /// For calls to an account, on behalf of a running step or of nobody.
    pub fn new(core: Arc<Core>, account: &ChannelAccount, running: Option<Running>) -> Self {
        Self {
            core,
            site: account.site,
            account: account.id,
            calls_per_second: account.settings.get("calls_per_second").cloned(),
            running,
            exchanges: Mutex::default(),
            token: Mutex::default(),
        }
    }

    /// The calls that were made, redacted.
    pub fn into_exchanges(self) -> Vec<Exchange> {
        self.exchanges
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The token that the step was last given.
    pub fn last_token(&self) -> Option<String> {
        self.token
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// Writes the handle if the delivery is still this worker's.
    async fn keep(&self, running: Running, handle: &Value) -> Result<bool> {
        let tx = self.core.db.begin().await?;
        let until = self.core.clock.now().plus(self.core.config.lease());
        if !store::extend_lease(&tx, running.delivery, running.lease_token, until).await? {
            return Ok(false);
        }
        store::save_handle(&tx, running.delivery, running.seq, handle).await?;
        tx.commit().await?;
        Ok(true)
    }
}

#[async_trait]
impl StepHost for Host {
    async fn save_handle(&self, handle: &Value) -> Result<(), ChannelError> {
        let Some(running) = self.running else {
            return Ok(());
        };
        // What the step sent before this is not known to be without effect.
        let failed = |text: &str| ChannelError::new(ErrorClass::SentUnknown, text);
        match self.keep(running, handle).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(failed("another worker took over")),
            Err(error) => {
                tracing::warn!(delivery.id = %running.delivery, %error, "a handle could not be kept");
                Err(failed("the platform's handle could not be kept"))
            }
        }
    }

    async fn open_media(&self, media: &Media) -> Result<Bytes, ChannelError> {
        let read = self.core.media.read(&media.key).await;
        read.map_err(|error| unreadable(media, &error))
    }

    async fn read_media(&self, media: &Media, from: u64, to: u64) -> Result<Bytes, ChannelError> {
        let read = self.core.media.read_range(&media.key, from..to).await;
        read.map_err(|error| unreadable(media, &error))
    }

    async fn token(&self, stale: Option<&str>) -> Result<Tokens, ChannelError> {
        let tokens = self.core.token(self.site, self.account, stale).await?;
        if let Ok(mut last) = self.token.lock() {
            *last = Some(tokens.access_token.clone());
        }
        Ok(tokens)
    }

    async fn pace(&self) {
        let setting = self.calls_per_second.as_deref();
        self.core.paces.wait(self.account, setting).await;
    }

    async fn admit(&self) -> Result<(), ChannelError> {
        let db = self.core.db.read();
        let wanted = match self.running {
            Some(running) => store::is_held(db, running.delivery, running.lease_token).await,
            None => store::is_disconnected(db, self.account)
                .await
                .map(|is_over| !is_over),
        };
        match wanted {
            Ok(true) => Ok(()),
            Ok(false) => Err(ChannelError::new(
                ErrorClass::NotSent,
                "it is not wanted any more; the call was not made",
            )),
            Err(error) => {
                tracing::warn!(account.id = %self.account, %error, "nobody knows whether a call is still wanted");
                Err(ChannelError::new(
                    ErrorClass::NotSent,
                    "the database cannot be reached; the call was not made",
                ))
            }
        }
    }

    fn record(&self, mut exchange: Exchange) {
        for text in [
            &mut exchange.request,
            &mut exchange.request_body,
            &mut exchange.response_body,
        ] {
            shorten(text);
        }
        if let Ok(mut exchanges) = self.exchanges.lock() {
            if exchanges.len() == EVIDENCE_CALLS {
                exchanges.pop();
            }
            exchanges.push(exchange);
        }
    }
}

fn unreadable(media: &Media, error: &crate::error::Error) -> ChannelError {
    tracing::warn!(media.key = media.key, %error, "a file of a submission cannot be read");
    ChannelError::new(
        ErrorClass::NotSent,
        format!("the file {} cannot be read", media.role),
    )
}

/// Cuts at a character.
fn shorten(text: &mut String) {
    let mut end = EVIDENCE_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}
