//! The job that sends a message.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    id::{SiteId, WebhookId, WebhookMessageId},
    jobs::{Backoff, Job},
};

/// Sends one event to one webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendMessage {
    /// Site.
    pub site: SiteId,
    /// For whom.
    pub webhook: WebhookId,
    /// What.
    pub message: WebhookMessageId,
}

impl Job for SendMessage {
    const KIND: &'static str = "webhook.send";
    const MOST_ATTEMPTS: i32 = 5;
    /// Up to 10 s, 1 min, 6 min and 36 min between the five.
    const BACKOFF: Backoff = Backoff {
        base: Duration::from_secs(10),
        factor: 6.0,
        cap: Duration::from_hours(2),
    };

    fn site(&self) -> Option<SiteId> {
        Some(self.site)
    }

    /// One after another, in order as long as nothing fails; a slow receiver holds up nobody else.
    fn lane(&self) -> Option<String> {
        Some(format!("webhook/{}", self.webhook))
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("webhook.send/{}", self.message))
    }
}
