//! What was told to webhooks: messages, their tries, and replays.

use async_graphql::{Context, Enum, ID, InputObject, Json, Object, SimpleObject};
use serde_json::Value;

use crate::{
    api::graphql::{
        ContextExt,
        loader::TriesOf,
        shared::{DateTime, List, Long, list_cost, parse_id, text_field, to_connection},
    },
    error::{Error, Result},
    page::PageRequest,
    webhooks::{Message, MessageFilter, MessageState, WebhookAttempt, WebhookEvent},
};

/// Where a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "WebhookMessageState", remote = "MessageState")]
pub enum MessageStateName {
    /// It is sent, or sent again, by itself.
    Pending,
    /// It waits until its webhook goes on.
    Held,
    /// It was taken.
    Sent,
    /// It was given up.
    Failed,
}

/// One try of sending a message; nothing secret is in it.
pub struct WebhookAttemptObject(WebhookAttempt);

#[Object(name = "WebhookAttempt")]
impl WebhookAttemptObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// When it began.
    async fn started_at(&self) -> DateTime {
        self.0.started_at.into()
    }

    /// How long it took.
    async fn duration_ms(&self) -> Long {
        self.0.duration_ms.into()
    }

    /// What the other end answered.
    async fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// Why it failed.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }

    /// What was asked, redacted; the body is that of the message.
    async fn request(&self) -> Json<&Value> {
        Json(&self.0.request)
    }

    /// What was answered, shortened.
    async fn response(&self) -> Json<&Value> {
        Json(&self.0.response)
    }
}

/// One event for one webhook.
pub struct WebhookMessageObject(pub Message);

impl WebhookMessageObject {
    async fn event(&self, ctx: &Context<'_>) -> Result<Option<WebhookEvent>> {
        let found = ctx.loaders().load_one(self.0.event).await;
        found.map_err(Error::shared)
    }
}

#[Object(name = "WebhookMessage")]
impl WebhookMessageObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Id of the event: what receivers see as `webhook-id`, the same for every try.
    async fn event_id(&self) -> ID {
        self.0.event.into()
    }

    /// What kind of event.
    async fn topic(&self) -> &str {
        &self.0.topic
    }

    /// Where it is.
    async fn state(&self) -> MessageStateName {
        self.0.state.into()
    }

    /// How often it was tried, replays included.
    async fn attempt_count(&self) -> i32 {
        self.0.attempt_count
    }

    /// When the event happened.
    async fn occurred_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        Ok(self.event(ctx).await?.map(|event| event.occurred_at.into()))
    }

    /// The bytes that are sent.
    async fn body(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.event(ctx).await?.map(|event| event.body))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it was taken or given up.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(Into::into)
    }

    /// The tries, in order.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<WebhookAttemptObject>> {
        let found = ctx.loaders().load_one(TriesOf(self.0.id)).await;
        let tries = found.map_err(Error::shared)?.unwrap_or_default();
        Ok(tries.into_iter().map(WebhookAttemptObject).collect())
    }
}

/// Messages.
#[derive(Default)]
pub struct WebhookMessageQueries;

#[Object]
impl WebhookMessageQueries {
    /// The log of a webhook, the newest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn webhook_messages(
        &self,
        ctx: &Context<'_>,
        webhook: ID,
        state: Option<MessageStateName>,
        topic: Option<String>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<List<WebhookMessageObject>> {
        let id = parse_id(&webhook, "webhook")?;
        let topic = topic.map(|topic| text_field("topic", &topic, 1..=100));
        let filter = MessageFilter {
            state: state.map(Into::into),
            topic: topic.transpose()?,
        };
        let page = PageRequest::new(first, after.as_deref())?;
        let webhooks = &ctx.app().webhooks;
        let page = webhooks.messages(ctx.actor(), id, &filter, &page).await?;
        Ok(to_connection(page, WebhookMessageObject))
    }
}

/// Which message.
#[derive(InputObject)]
pub struct ReplayWebhookMessageInput {
    /// The message.
    id: ID,
}

/// The message that is on its way again.
#[derive(SimpleObject)]
pub struct ReplayWebhookMessagePayload {
    /// The message.
    message: WebhookMessageObject,
}

/// What is sent again.
#[derive(InputObject)]
pub struct ReplayWebhookSpanInput {
    /// The webhook.
    id: ID,
    /// What happened from then on.
    from: DateTime,
    /// What happened before then.
    until: DateTime,
}

/// How much is sent again.
#[derive(SimpleObject)]
pub struct ReplayWebhookSpanPayload {
    /// Events that are on their way again.
    event_count: u32,
}

/// Replays.
#[derive(Default)]
pub struct WebhookMessageMutations;

#[Object]
impl WebhookMessageMutations {
    /// Sends one message again, with the same event id.
    async fn replay_webhook_message(
        &self,
        ctx: &Context<'_>,
        input: ReplayWebhookMessageInput,
    ) -> Result<ReplayWebhookMessagePayload> {
        let id = parse_id(&input.id, "input.id")?;
        let message = ctx.app().webhooks.replay_message(ctx.actor(), id).await?;
        Ok(ReplayWebhookMessagePayload {
            message: WebhookMessageObject(message),
        })
    }

    /// Sends what happened in a span again, also what was never sent to this webhook; at most a thousand events.
    async fn replay_webhook_span(
        &self,
        ctx: &Context<'_>,
        input: ReplayWebhookSpanInput,
    ) -> Result<ReplayWebhookSpanPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let (DateTime(from), DateTime(until)) = (input.from, input.until);
        let webhooks = &ctx.app().webhooks;
        let event_count = webhooks.replay_span(ctx.actor(), id, from, until).await?;
        Ok(ReplayWebhookSpanPayload { event_count })
    }
}
