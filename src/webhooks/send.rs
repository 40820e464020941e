//! Sending: one call, its evidence, and what it means for the message and its webhook.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use serde_json::{Map, Value, json};

use super::{
    Message, MessageState, PauseReason, Webhook, WebhookAttempt, WebhookEvent, WebhookService,
    event::PING,
    job::SendMessage,
    signature::{Secret, sign},
    store,
};
use crate::{
    clock::Timestamp,
    crash_point,
    error::{Error, ErrorKind, Result},
    id::WebhookAttemptId,
    jobs::{Carrier, JobError, Try},
};

/// The most of an answer that is read and kept.
const ANSWER_BYTES: usize = 4096;
/// The longest wait that a receiver may ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(2);
/// Headers of an answer that help to find out what happened, and hold no secret.
const KEPT_HEADERS: [&str; 4] = ["content-type", "retry-after", "date", "x-request-id"];

/// How a call ended.
struct Called {
    attempt: WebhookAttempt,
    retry_after: Option<Duration>,
}

impl Called {
    fn is_taken(&self) -> bool {
        self.attempt.error.is_none()
    }

    fn is_gone(&self) -> bool {
        self.attempt.http_status == Some(410)
    }
}

impl WebhookService {
    async fn call(
        &self,
        message: &Message,
        webhook: &Webhook,
        event: &WebhookEvent,
        secrets: &[Secret],
    ) -> Called {
        let now = self.clock.now();
        let began = Instant::now();
        let timestamp = now.unix_seconds().to_string();
        let request = self
            .http
            .post(&webhook.url)
            .timeout(self.config.timeout())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", event.id.to_string())
            .header("webhook-timestamp", &timestamp)
            .header(
                "webhook-signature",
                sign(secrets, event.id, now, &event.body),
            )
            .body(event.body.clone());
        let mut attempt = WebhookAttempt {
            id: WebhookAttemptId::new(),
            message: message.id,
            started_at: now,
            duration_ms: 0,
            http_status: None,
            error: None,
            request: json!({
                "method": "POST",
                "url": without_values(&webhook.url),
                "headers": {
                    "content-type": "application/json", "webhook-id": event.id,
                    "webhook-timestamp": timestamp, "webhook-signature": "[redacted]",
                },
            }),
            response: Value::Null,
        };
        let mut retry_after = None;
        match request.send().await {
            Ok(response) => {
                let status = response.status();
                attempt.http_status = Some(status.as_u16());
                retry_after = wait_of(&response, now);
                let headers = kept_headers(&response);
                let (body, is_whole) = beginning(response).await;
                // The status says whether it was taken, whatever becomes of the rest.
                attempt.response =
                    json!({ "headers": headers, "body": body, "is_whole": is_whole });
                if !status.is_success() {
                    attempt.error = Some(format!("the receiver answered {}", status.as_u16()));
                }
            }
            Err(error) => attempt.error = Some(reason(&error)),
        }
        attempt.duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Called {
            attempt,
            retry_after,
        }
    }

    /// Writes down how a call ended: for the log, the message and the webhook.
    async fn record(&self, message: &Message, webhook: &Webhook, called: &Called) -> Result<()> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        store::insert_attempt(&tx, &called.attempt).await?;
        let mut message = message.clone();
        message.attempt_count += 1;
        message.first_attempt_at = message.first_attempt_at.or(Some(called.attempt.started_at));
        if called.is_taken() {
            message.state = MessageState::Sent;
            message.ended_at = Some(now);
            store::note_success(&tx, webhook.id, now).await?;
        } else {
            store::note_failure(&tx, webhook.id, called.attempt.started_at).await?;
        }
        if called.is_gone() {
            message.state = MessageState::Failed;
            message.ended_at = Some(now);
            self.stop(&tx, webhook, PauseReason::Gone).await?;
        }
        store::save_message(&tx, &message).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Pauses a webhook that cannot be reached any more, and says so.
    async fn stop(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        webhook: &Webhook,
        reason: PauseReason,
    ) -> Result<()> {
        if store::pause(tx, webhook.id, reason, self.clock.now()).await? {
            tracing::error!(
                webhook.id = %webhook.id, site.id = %webhook.site, reason = reason.as_str(),
                "a webhook is paused: it takes nothing any more; a person must look at it"
            );
        }
        Ok(())
    }
}

#[async_trait]
impl Carrier<SendMessage> for WebhookService {
    async fn carry_out(&self, asked: SendMessage, _this: &Try) -> Result<(), JobError> {
        let db = self.db.read();
        let Some((message, event)) = store::find_message(db, asked.site, asked.message).await?
        else {
            return Ok(());
        };
        let Some(sealed) = store::find(db, asked.site, asked.webhook).await? else {
            return Ok(());
        };
        if message.state != MessageState::Pending {
            return Ok(());
        }
        if sealed.webhook.paused_at.is_some() && message.topic != PING {
            let held = Message {
                state: MessageState::Held,
                ..message
            };
            store::save_message(self.db.write(), &held).await?;
            return Ok(());
        }
        let secrets = self.secrets(&sealed)?;
        let called = self.call(&message, &sealed.webhook, &event, &secrets).await;
        crash_point!("webhook_sent");
        self.record(&message, &sealed.webhook, &called).await?;
        if called.is_taken() || called.is_gone() {
            return Ok(());
        }
        let text = called.attempt.error.unwrap_or_default();
        Err(JobError::Retry(
            Error::new(ErrorKind::Unavailable, text),
            called.retry_after,
        ))
    }

    /// The message is given up. A webhook that took nothing since it was first tried is dead.
    async fn bury(&self, asked: SendMessage, _error: &str) -> Result<()> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let found = store::find_message(&tx, asked.site, asked.message).await?;
        let sealed = store::find(&tx, asked.site, asked.webhook).await?;
        if let (Some((mut message, _)), Some(sealed)) = (found, sealed)
            && message.state == MessageState::Pending
        {
            message.state = MessageState::Failed;
            message.ended_at = Some(now);
            store::save_message(&tx, &message).await?;
            let first = message.first_attempt_at.unwrap_or(now);
            let took_nothing = sealed
                .webhook
                .failing_since
                .is_some_and(|since| since <= first);
            if took_nothing {
                self.stop(&tx, &sealed.webhook, PauseReason::Dead).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

/// An address without the values of its query, which may be keys.
fn without_values(url: &str) -> String {
    let Ok(mut url) = url.parse::<reqwest::Url>() else {
        return String::new();
    };
    let names: Vec<String> = url
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    if !names.is_empty() {
        let shown: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), "[redacted]"))
            .collect();
        url.query_pairs_mut().clear().extend_pairs(shown);
    }
    url.to_string()
}

fn kept_headers(response: &reqwest::Response) -> Map<String, Value> {
    KEPT_HEADERS
        .iter()
        .filter_map(|name| {
            let value = response.headers().get(*name)?.to_str().ok()?;
            Some((
                (*name).to_owned(),
                value.chars().take(200).collect::<String>().into(),
            ))
        })
        .collect()
}

/// The beginning of an answer, and whether that is all of it. Nothing beyond the bound is read.
async fn beginning(mut response: reqwest::Response) -> (String, bool) {
    let mut bytes = Vec::new();
    let mut is_whole = false;
    while bytes.len() <= ANSWER_BYTES {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            ended => {
                is_whole = ended.is_ok();
                break;
            }
        }
    }
    is_whole &= bytes.len() <= ANSWER_BYTES;
    bytes.truncate(ANSWER_BYTES);
    // Rows of PostgreSQL hold no U+0000.
    let text = String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}");
    (text, is_whole)
}

/// How long a receiver asked to wait: in seconds, or until a date.
fn wait_of(response: &reqwest::Response, now: Timestamp) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    let wait = if let Ok(seconds) = value.trim().parse() {
        Duration::from_secs(seconds)
    } else {
        let until = chrono::DateTime::parse_from_rfc2822(value.trim()).ok()?;
        Timestamp::from(until.to_utc()).since(now)
    };
    Some(wait.min(LONGEST_WAIT))
}

/// Why a call failed, in words that name no address.
fn reason(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "the receiver did not answer in time"
    } else if error.is_connect() {
        "the receiver could not be reached, or its address is a private one that is not allowed"
    } else {
        "the call broke off"
    };
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(deeper) = cause.and_then(std::error::Error::source) {
        cause = Some(deeper);
    }
    match cause {
        Some(cause) => format!("{what}: {cause}").replace('\0', ""),
        None => what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_query_are_not_kept() {
        assert_eq!(
            without_values("https://example.com/hook?key=secret&a=1"),
            "https://example.com/hook?key=%5Bredacted%5D&a=%5Bredacted%5D"
        );
        assert_eq!(
            without_values("https://example.com/hook"),
            "https://example.com/hook"
        );
    }
}
