//! What webhooks tell: topics, and events with the bytes that are sent.

use serde_json::{Value, json};

use crate::{
    clock::Timestamp,
    content::ChangeKind,
    delivery::DeliveryState,
    error::{Error, Result},
    id::{SiteId, WebhookEventId},
};

/// The topic of a test.
pub const PING: &str = "webhook.ping";

/// What a change means for readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Readers see it; they did not before.
    Published,
    /// Readers see another state of it.
    Changed,
    /// Readers do not see it any more.
    Withdrawn,
}

impl Topic {
    /// Every meaning.
    pub const ALL: &'static [Self] = &[Self::Published, Self::Changed, Self::Withdrawn];

    /// What a change means, by what readers saw before; `None`: nothing, they saw it neither before nor after.
    pub const fn of(was_published: bool, is_published: bool) -> Option<Self> {
        match (was_published, is_published) {
            (false, true) => Some(Self::Published),
            (true, true) => Some(Self::Changed),
            (true, false) => Some(Self::Withdrawn),
            (false, false) => None,
        }
    }

    /// The topic of a kind of content: `story.published`.
    pub fn name(self, kind: ChangeKind) -> String {
        let word = match self {
            Self::Published => "published",
            Self::Changed => "changed",
            Self::Withdrawn => "withdrawn",
        };
        format!("{}.{word}", kind.name())
    }
}

/// Every topic that a webhook may ask for.
pub fn topics() -> Vec<String> {
    let kinds = [ChangeKind::Story, ChangeKind::Video, ChangeKind::Product];
    let content = kinds
        .into_iter()
        .flat_map(|kind| Topic::ALL.iter().map(move |topic| topic.name(kind)));
    let states = DeliveryState::ALL.iter().filter(|state| state.is_told());
    content
        .chain(states.map(|state| format!("delivery.{state}")))
        .collect()
}

/// Something that happened, as it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct WebhookEvent {
    /// Stays the same however often it is told; receivers know it again by this.
    pub id: WebhookEventId,
    /// Site.
    pub site: SiteId,
    /// What it follows from, so that it is made once.
    pub origin: String,
    /// What kind of event.
    pub topic: String,
    /// The bytes that are sent and signed, always the same.
    pub body: String,
    /// When it happened.
    pub occurred_at: Timestamp,
}

impl WebhookEvent {
    /// An event with its body: type, timestamp, data.
    pub fn new(
        site: SiteId,
        origin: String,
        topic: String,
        occurred_at: Timestamp,
        data: &Value,
    ) -> Result<Self> {
        let body = json!({ "type": topic, "timestamp": occurred_at, "data": data });
        let body = serde_json::to_string(&body)
            .map_err(|error| Error::internal("an event cannot be written", error))?;
        Ok(Self {
            id: WebhookEventId::new(),
            site,
            origin,
            topic,
            body,
            occurred_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_means_what_readers_notice() {
        assert_eq!(Topic::of(false, true), Some(Topic::Published));
        assert_eq!(Topic::of(true, true), Some(Topic::Changed));
        assert_eq!(Topic::of(true, false), Some(Topic::Withdrawn));
        assert_eq!(Topic::of(false, false), None);
    }

    #[test]
    fn topics_are_content_by_kind_and_deliveries_by_state() {
        let topics = topics();

        for topic in [
            "story.published",
            "video.withdrawn",
            "product.changed",
            "delivery.needs_review",
        ] {
            assert!(topics.iter().any(|known| known == topic), "{topic}");
        }
        assert!(!topics.iter().any(|known| known == "delivery.working"));
    }
}
