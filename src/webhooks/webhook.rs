//! A webhook, its messages and their tries: plain types and rules.

use serde_json::Value;

use super::event::topics;
use crate::{
    clock::Timestamp,
    error::{Error, Result},
    id::{SiteId, UserId, WebhookAttemptId, WebhookEventId, WebhookId, WebhookMessageId},
};

/// The longest address.
const LONGEST_URL: usize = 500;

/// A system of a site's own that hears of events. It never holds a secret; that stays sealed in its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Id.
    pub id: WebhookId,
    /// Site.
    pub site: SiteId,
    /// What people call it; unique in the site.
    pub name: String,
    /// Where it listens.
    pub url: String,
    /// What it hears of.
    pub topics: Vec<String>,
    /// Until when the secret before the present one signs too.
    pub previous_until: Option<Timestamp>,
    /// Since when it is paused.
    pub paused_at: Option<Timestamp>,
    /// Why it is paused.
    pub pause_reason: Option<PauseReason>,
    /// Since when every try has failed.
    pub failing_since: Option<Timestamp>,
    /// When it last took something.
    pub last_success_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// Rises with each write by a person.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Why a webhook is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseReason {
    /// A person paused it.
    Person,
    /// One event failed as often as it is tried, and nothing else got through in the meantime.
    Dead,
    /// It answered that it is gone for good (410).
    Gone,
}

impl PauseReason {
    /// As rows know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Dead => "dead",
            Self::Gone => "gone",
        }
    }

    /// Reads the text of a row.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Person, Self::Dead, Self::Gone]
            .into_iter()
            .find(|reason| reason.as_str() == text)
    }
}

/// A webhook to be made.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// What people call it.
    pub name: String,
    /// Where it listens.
    pub url: String,
    /// What it hears of.
    pub topics: Vec<String>,
}

/// What of a webhook changes; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct WebhookChanges {
    /// What people call it.
    pub name: Option<String>,
    /// Where it listens.
    pub url: Option<String>,
    /// What it hears of.
    pub topics: Option<Vec<String>>,
}

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// It is sent, or sent again, by itself.
    Pending,
    /// It waits until its webhook goes on.
    Held,
    /// It was taken.
    Sent,
    /// It was given up.
    Failed,
}

impl MessageState {
    /// As rows know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Held => "held",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    /// Reads the text of a row.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Held, Self::Sent, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// One event for one webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Id.
    pub id: WebhookMessageId,
    /// Site.
    pub site: SiteId,
    /// For whom.
    pub webhook: WebhookId,
    /// What it tells; the id that receivers see.
    pub event: WebhookEventId,
    /// What kind of event.
    pub topic: String,
    /// Where it is.
    pub state: MessageState,
    /// How often it was tried, replays included.
    pub attempt_count: i32,
    /// When it was first tried, since it was last asked for.
    pub first_attempt_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was taken or given up.
    pub ended_at: Option<Timestamp>,
}

/// Which messages a list shows.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    /// In this state only.
    pub state: Option<MessageState>,
    /// Of this topic only.
    pub topic: Option<String>,
}

/// One try, with what was said; nothing secret is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct WebhookAttempt {
    /// Id.
    pub id: WebhookAttemptId,
    /// Of which message.
    pub message: WebhookMessageId,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took.
    pub duration_ms: u64,
    /// What the other end answered.
    pub http_status: Option<u16>,
    /// Why it failed.
    pub error: Option<String>,
    /// What was asked: address without values of its query, headers without the signature.
    pub request: Value,
    /// What was answered: some headers, and the beginning of the body.
    pub response: Value,
}

/// Checks a name.
pub fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    if !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Error::invalid(
            "input.name",
            "must have 1 to 100 characters on one line",
        ));
    }
    Ok(name.to_owned())
}

/// Checks an address, all but whether it may be called.
pub fn check_url(url: &str) -> Result<String> {
    let refused = |why: &str| Error::invalid("input.url", why);
    if url.len() > LONGEST_URL {
        return Err(refused("is longer than 500 bytes"));
    }
    let url: reqwest::Url = url
        .trim()
        .parse()
        .map_err(|_| refused("must be an address such as https://example.com/hooks/fenfa"))?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
        return Err(refused("must begin with https:// or http://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(
            "must not hold a user or password; requests are signed instead",
        ));
    }
    if url.fragment().is_some() {
        return Err(refused(
            "must not have a part behind #, which is never sent",
        ));
    }
    Ok(url.to_string())
}

/// Checks topics; each once, in the order of the list of all.
pub fn check_topics(asked: &[String]) -> Result<Vec<String>> {
    let known = topics();
    if let Some(unknown) = asked.iter().find(|topic| !known.contains(topic)) {
        let shown: String = unknown.chars().take(50).collect();
        return Err(Error::invalid(
            "input.topics",
            format!("holds {shown:?}, which is no topic; webhookTopics lists them"),
        ));
    }
    if asked.is_empty() {
        return Err(Error::invalid(
            "input.topics",
            "must name at least one topic",
        ));
    }
    Ok(known
        .into_iter()
        .filter(|topic| asked.contains(topic))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_can_be_called_as_it_stands() {
        assert_eq!(
            check_url(" https://example.com/hooks?a=1 ").expect("taken"),
            "https://example.com/hooks?a=1"
        );
        for url in [
            "",
            "example.com",
            "ftp://example.com/",
            "https://user:word@example.com/",
            "https://example.com/#part",
            "javascript:alert(1)",
        ] {
            assert_eq!(
                check_url(url).expect_err("refused").field(),
                Some("input.url"),
                "{url}"
            );
        }
    }

    #[test]
    fn topics_are_known_and_each_once() {
        let taken = check_topics(&[
            "video.changed".into(),
            "story.published".into(),
            "video.changed".into(),
        ]);
        assert_eq!(taken.expect("taken"), ["story.published", "video.changed"]);
        for topics in [
            &[][..],
            &["story.read".to_owned()],
            &["webhook.ping".to_owned()],
        ] {
            assert_eq!(
                check_topics(topics).expect_err("refused").field(),
                Some("input.topics")
            );
        }
    }
}
