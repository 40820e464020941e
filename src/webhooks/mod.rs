//! Outgoing webhooks: what a site's own systems are told of content and deliveries, signed, repeated, logged and
//! replayable.
//!
//! An event is a row before anybody is told of it. It follows from the content's cursor of changes and from the outbox
//! of deliveries, each by a key of its own, so that one change is one event with one id however often a worker is
//! stopped. Each event and webhook make a message; a job of the queue sends it, at least once.

mod event;
mod job;
mod relay;
mod send;
mod service;
mod signature;
mod store;
mod webhook;

pub use event::{Topic, WebhookEvent, topics};
pub use job::SendMessage;
pub use service::WebhookService;
pub use signature::{Secret, sign};
pub use webhook::{
    Message, MessageFilter, MessageState, NewWebhook, PauseReason, Webhook, WebhookAttempt,
    WebhookChanges,
};
