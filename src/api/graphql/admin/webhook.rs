//! Webhooks: systems of a site's own that hear of events.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};

use super::webhook_message::WebhookMessageObject;
use crate::{
    api::graphql::{
        ContextExt,
        shared::{DateTime, parse_id},
    },
    error::Result,
    webhooks::{NewWebhook, PauseReason, Webhook, WebhookChanges, topics},
};

/// Why a webhook is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "WebhookPauseReason", remote = "PauseReason")]
pub enum PauseReasonName {
    /// A person paused it.
    Person,
    /// One event failed as often as it is tried, and nothing else got through in the meantime.
    Dead,
    /// It answered that it is gone for good (410).
    Gone,
}

/// A system of a site's own that hears of events.
pub struct WebhookObject(Webhook);

#[Object(name = "Webhook")]
impl WebhookObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it listens.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// What it hears of.
    async fn topics(&self) -> &[String] {
        &self.0.topics
    }

    /// Until when the secret before the present one signs too.
    async fn previous_secret_until(&self) -> Option<DateTime> {
        self.0.previous_until.map(Into::into)
    }

    /// Since when it is paused: what happens meanwhile is kept for later.
    async fn paused_at(&self) -> Option<DateTime> {
        self.0.paused_at.map(Into::into)
    }

    /// Why it is paused.
    async fn pause_reason(&self) -> Option<PauseReasonName> {
        self.0.pause_reason.map(Into::into)
    }

    /// Since when every try has failed.
    async fn failing_since(&self) -> Option<DateTime> {
        self.0.failing_since.map(Into::into)
    }

    /// When it last took something.
    async fn last_success_at(&self) -> Option<DateTime> {
        self.0.last_success_at.map(Into::into)
    }

    /// Id of the person who made it.
    async fn created_by(&self) -> Option<ID> {
        self.0.created_by.map(Into::into)
    }

    /// Rises with each write.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }
}

/// Webhooks.
#[derive(Default)]
pub struct WebhookQueries;

#[Object]
impl WebhookQueries {
    /// The webhooks of this site, by name; there are at most twenty.
    async fn webhooks(&self, ctx: &Context<'_>) -> Result<Vec<WebhookObject>> {
        let webhooks = ctx.app().webhooks.webhooks(ctx.actor()).await?;
        Ok(webhooks.into_iter().map(WebhookObject).collect())
    }

    /// One webhook.
    async fn webhook(&self, ctx: &Context<'_>, id: ID) -> Result<WebhookObject> {
        let id = parse_id(&id, "id")?;
        let webhook = ctx.app().webhooks.webhook(ctx.actor(), id).await?;
        Ok(WebhookObject(webhook))
    }

    /// Every topic that a webhook may hear of.
    async fn webhook_topics(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        // What there is to hear of is for those who may make webhooks.
        ctx.app().webhooks.webhooks(ctx.actor()).await?;
        Ok(topics())
    }
}

/// A webhook to be made.
#[derive(InputObject)]
pub struct CreateWebhookInput {
    /// What people call it.
    name: String,
    /// Where it listens.
    url: String,
    /// What it hears of; `webhookTopics` lists what there is.
    topics: Vec<String>,
}

/// A change of a webhook; what is left out stays.
#[derive(InputObject)]
pub struct UpdateWebhookInput {
    /// The webhook.
    id: ID,
    /// The version that was changed.
    base_version: i32,
    /// What people call it.
    name: Option<String>,
    /// Where it listens.
    url: Option<String>,
    /// What it hears of.
    topics: Option<Vec<String>>,
}

/// Which webhook.
#[derive(InputObject)]
pub struct WebhookInput {
    /// The webhook.
    id: ID,
}

/// A webhook with a secret that was just made.
#[derive(SimpleObject)]
pub struct WebhookSecretPayload {
    /// The webhook.
    webhook: WebhookObject,
    /// What its requests are signed with, as libraries for Standard Webhooks take it; it is shown this once.
    secret: String,
}

/// A webhook after a change.
#[derive(SimpleObject)]
pub struct WebhookPayload {
    /// The webhook.
    webhook: WebhookObject,
}

impl From<Webhook> for WebhookPayload {
    fn from(webhook: Webhook) -> Self {
        Self {
            webhook: WebhookObject(webhook),
        }
    }
}

/// The webhook that is gone.
#[derive(SimpleObject)]
pub struct DeleteWebhookPayload {
    /// Its id.
    id: ID,
}

/// The test that is on its way.
#[derive(SimpleObject)]
pub struct TestWebhookPayload {
    /// The message; its tries tell how it went.
    message: WebhookMessageObject,
}

/// Changes of webhooks.
#[derive(Default)]
pub struct WebhookMutations;

#[Object]
impl WebhookMutations {
    /// Makes a webhook.
    async fn create_webhook(
        &self,
        ctx: &Context<'_>,
        input: CreateWebhookInput,
    ) -> Result<WebhookSecretPayload> {
        let new = NewWebhook {
            name: input.name,
            url: input.url,
            topics: input.topics,
        };
        let (webhook, secret) = ctx.app().webhooks.create_webhook(ctx.actor(), new).await?;
        Ok(WebhookSecretPayload {
            webhook: WebhookObject(webhook),
            secret: secret.text(),
        })
    }

    /// Changes a webhook; what is under way goes to the new address.
    async fn update_webhook(
        &self,
        ctx: &Context<'_>,
        input: UpdateWebhookInput,
    ) -> Result<WebhookPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let changes = WebhookChanges {
            name: input.name,
            url: input.url,
            topics: input.topics,
        };
        let webhooks = &ctx.app().webhooks;
        let webhook = webhooks.update_webhook(ctx.actor(), id, input.base_version, changes);
        Ok(webhook.await?.into())
    }

    /// Sends nothing more; what happens meanwhile is kept for later.
    async fn pause_webhook(
        &self,
        ctx: &Context<'_>,
        input: WebhookInput,
    ) -> Result<WebhookPayload> {
        let id = parse_id(&input.id, "input.id")?;
        Ok(ctx
            .app()
            .webhooks
            .pause_webhook(ctx.actor(), id)
            .await?
            .into())
    }

    /// Sends again, and first of all what was kept.
    async fn resume_webhook(
        &self,
        ctx: &Context<'_>,
        input: WebhookInput,
    ) -> Result<WebhookPayload> {
        let id = parse_id(&input.id, "input.id")?;
        Ok(ctx
            .app()
            .webhooks
            .resume_webhook(ctx.actor(), id)
            .await?
            .into())
    }

    /// Makes a new secret; for a while the old one signs too, so that a receiver can change over.
    async fn rotate_webhook_secret(
        &self,
        ctx: &Context<'_>,
        input: WebhookInput,
    ) -> Result<WebhookSecretPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let (webhook, secret) = ctx.app().webhooks.rotate_secret(ctx.actor(), id).await?;
        Ok(WebhookSecretPayload {
            webhook: WebhookObject(webhook),
            secret: secret.text(),
        })
    }

    /// Sends a test, also to a paused webhook.
    async fn test_webhook(
        &self,
        ctx: &Context<'_>,
        input: WebhookInput,
    ) -> Result<TestWebhookPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let message = ctx.app().webhooks.ping_webhook(ctx.actor(), id).await?;
        Ok(TestWebhookPayload {
            message: WebhookMessageObject(message),
        })
    }

    /// Deletes a webhook with its log.
    async fn delete_webhook(
        &self,
        ctx: &Context<'_>,
        input: WebhookInput,
    ) -> Result<DeleteWebhookPayload> {
        let id = parse_id(&input.id, "input.id")?;
        ctx.app().webhooks.delete_webhook(ctx.actor(), id).await?;
        Ok(DeleteWebhookPayload { id: input.id })
    }
}
