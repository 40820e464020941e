//! Use cases: make, change, pause, test and delete webhooks, new secrets, the log and replays.

use std::collections::HashMap;

use serde_json::json;

use super::{
    Message, MessageFilter, MessageState, NewWebhook, PauseReason, Secret, Webhook, WebhookAttempt,
    WebhookChanges, WebhookEvent,
    event::PING,
    relay::job_of,
    store::{self, SealedWebhook},
    webhook::{check_name, check_topics, check_url},
};
use crate::{
    auth::{Actor, AuthService, Permission, Vault},
    clock::{Clock, Timestamp},
    config::{Config, OutboundConfig, WebhooksConfig},
    content::ContentService,
    db::{Db, is_unique_violation},
    delivery::DeliveryService,
    error::{Error, Result},
    id::{WebhookEventId, WebhookId, WebhookMessageId},
    jobs::Queue,
    outbound,
    page::{Page, PageRequest},
};

/// The most webhooks that a site may have.
const MOST: usize = 20;
/// The most events that one replay sends.
const MOST_REPLAYED: u64 = 1000;

/// Webhooks of sites; clones share everything.
#[derive(Clone)]
pub struct WebhookService {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) config: WebhooksConfig,
    pub(super) queue: Queue,
    pub(super) http: reqwest::Client,
    pub(super) auth: AuthService,
    pub(super) content: ContentService,
    pub(super) delivery: DeliveryService,
    pub(super) base_url: String,
    vault: Vault,
    outbound: OutboundConfig,
}

impl WebhookService {
    /// The service. It sends nothing by itself; a worker of the queue does.
    #[expect(clippy::too_many_arguments, reason = "built once, in app.rs")]
    pub fn new(
        db: Db,
        clock: Clock,
        config: &Config,
        vault: Vault,
        http: reqwest::Client,
        queue: Queue,
        auth: AuthService,
        content: ContentService,
        delivery: DeliveryService,
    ) -> Self {
        Self {
            db,
            clock,
            config: config.webhooks.clone(),
            queue,
            http,
            auth,
            content,
            delivery,
            base_url: config.server.base_url(),
            vault,
            outbound: config.outbound.clone(),
        }
    }

    /// The webhooks of the actor's site, by name.
    pub async fn webhooks(&self, actor: &Actor) -> Result<Vec<Webhook>> {
        actor.require(Permission::ManageSite)?;
        store::list(self.db.read(), actor.site()).await
    }

    /// One webhook.
    pub async fn webhook(&self, actor: &Actor, id: WebhookId) -> Result<Webhook> {
        actor.require(Permission::ManageSite)?;
        Ok(find(self.db.read(), actor, id).await?.webhook)
    }

    /// Makes a webhook; its secret is given out this once.
    pub async fn create_webhook(
        &self,
        actor: &Actor,
        new: NewWebhook,
    ) -> Result<(Webhook, Secret)> {
        actor.require(Permission::ManageSite)?;
        let now = self.clock.now();
        let webhook = Webhook {
            id: WebhookId::new(),
            site: actor.site(),
            name: check_name(&new.name)?,
            url: self.check_url(&new.url)?,
            topics: check_topics(&new.topics)?,
            previous_until: None,
            paused_at: None,
            pause_reason: None,
            failing_since: None,
            last_success_at: None,
            created_by: actor.user(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        if self.webhooks(actor).await?.len() >= MOST {
            return Err(Error::precondition(format!(
                "a site has at most {MOST} webhooks; delete one first"
            )));
        }
        let secret = Secret::generate();
        let sealed = SealedWebhook {
            secret: self.vault.seal(secret.bytes(), &purpose(webhook.id))?,
            previous_secret: None,
            webhook,
        };
        store::insert(self.db.write(), &sealed)
            .await
            .map_err(taken)?;
        Ok((sealed.webhook, secret))
    }

    /// Changes a webhook; what is under way goes to the new address.
    pub async fn update_webhook(
        &self,
        actor: &Actor,
        id: WebhookId,
        base_version: i32,
        changes: WebhookChanges,
    ) -> Result<Webhook> {
        actor.require(Permission::ManageSite)?;
        let mut sealed = find(self.db.read(), actor, id).await?;
        let webhook = &mut sealed.webhook;
        if webhook.version != base_version {
            return Err(Error::conflict(format!(
                "somebody else saved version {} in between; load it again",
                webhook.version
            )));
        }
        if let Some(name) = changes.name {
            webhook.name = check_name(&name)?;
        }
        if let Some(url) = changes.url {
            webhook.url = self.check_url(&url)?;
        }
        if let Some(topics) = changes.topics {
            webhook.topics = check_topics(&topics)?;
        }
        self.save(self.db.write(), sealed).await
    }

    /// Sends nothing more; what happens meanwhile is kept for later.
    pub async fn pause_webhook(&self, actor: &Actor, id: WebhookId) -> Result<Webhook> {
        actor.require(Permission::ManageSite)?;
        find(self.db.read(), actor, id).await?;
        store::pause(self.db.write(), id, PauseReason::Person, self.clock.now()).await?;
        self.webhook(actor, id).await
    }

    /// Sends again, and first of all what was kept.
    pub async fn resume_webhook(&self, actor: &Actor, id: WebhookId) -> Result<Webhook> {
        actor.require(Permission::ManageSite)?;
        let tx = self.db.begin().await?;
        let mut sealed = find(&tx, actor, id).await?;
        if sealed.webhook.paused_at.take().is_none() {
            return Ok(sealed.webhook);
        }
        sealed.webhook.pause_reason = None;
        sealed.webhook.failing_since = None;
        let webhook = self.save(&tx, sealed).await?;
        for message in store::list_held(&tx, id).await? {
            self.send_again(&tx, message, false).await?;
        }
        tx.commit().await?;
        self.queue.wake();
        Ok(webhook)
    }

    /// Deletes a webhook with its log.
    pub async fn delete_webhook(&self, actor: &Actor, id: WebhookId) -> Result<()> {
        actor.require(Permission::ManageSite)?;
        if store::delete(self.db.write(), actor.site(), id).await? {
            return Ok(());
        }
        Err(missing(id))
    }

    /// Makes a new secret, given out this once. For a while the old one signs too, so that a receiver can change over
    /// without losing anything.
    pub async fn rotate_secret(&self, actor: &Actor, id: WebhookId) -> Result<(Webhook, Secret)> {
        actor.require(Permission::ManageSite)?;
        let mut sealed = find(self.db.read(), actor, id).await?;
        let secret = Secret::generate();
        let fresh = self.vault.seal(secret.bytes(), &purpose(id))?;
        sealed.previous_secret = Some(std::mem::replace(&mut sealed.secret, fresh));
        sealed.webhook.previous_until = Some(self.clock.now().plus(self.config.secret_overlap()));
        let webhook = self.save(self.db.write(), sealed).await?;
        Ok((webhook, secret))
    }

    /// Sends a test, also to a paused webhook.
    pub async fn ping_webhook(&self, actor: &Actor, id: WebhookId) -> Result<Message> {
        actor.require(Permission::ManageSite)?;
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let sealed = find(&tx, actor, id).await?;
        let data = json!({ "webhook": id, "name": sealed.webhook.name });
        let origin = format!("ping/{}", WebhookEventId::new());
        let event = WebhookEvent::new(actor.site(), origin, PING.to_owned(), now, &data)?;
        store::insert_event(&tx, &event).await?;
        let message = self.address(&tx, &sealed.webhook, &event).await?;
        tx.commit().await?;
        self.queue.wake();
        Ok(message)
    }

    /// The log of a webhook, the newest first.
    pub async fn messages(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        filter: &MessageFilter,
        page: &PageRequest,
    ) -> Result<Page<Message>> {
        actor.require(Permission::ManageSite)?;
        let db = self.db.read();
        find(db, actor, webhook).await?;
        store::list_messages(db, actor.site(), webhook, filter, page).await
    }

    /// The latest tries of messages.
    pub async fn attempts_of(
        &self,
        actor: &Actor,
        messages: &[WebhookMessageId],
    ) -> Result<HashMap<WebhookMessageId, Vec<WebhookAttempt>>> {
        actor.require(Permission::ManageSite)?;
        store::list_attempts_of(self.db.read(), actor.site(), messages).await
    }

    /// The events that messages tell of.
    pub async fn events_by_id(
        &self,
        actor: &Actor,
        ids: &[WebhookEventId],
    ) -> Result<HashMap<WebhookEventId, WebhookEvent>> {
        actor.require(Permission::ManageSite)?;
        store::list_events_by_id(self.db.read(), actor.site(), ids).await
    }

    /// Sends one message again, with the same event id.
    pub async fn replay_message(&self, actor: &Actor, id: WebhookMessageId) -> Result<Message> {
        actor.require(Permission::ManageSite)?;
        let tx = self.db.begin().await?;
        let found = store::find_message(&tx, actor.site(), id).await?;
        let (message, _) = found.ok_or_else(|| Error::not_found(format!("message {id}")))?;
        let webhook = find(&tx, actor, message.webhook).await?.webhook;
        let message = self
            .send_again(&tx, message, webhook.paused_at.is_some())
            .await?;
        tx.commit().await?;
        self.queue.wake();
        Ok(message)
    }

    /// Sends what happened from one instant up to another again, also what was never sent to this webhook; how much
    /// that is.
    pub async fn replay_span(
        &self,
        actor: &Actor,
        id: WebhookId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<u32> {
        actor.require(Permission::ManageSite)?;
        if until <= from {
            return Err(Error::invalid(
                "input.until",
                "must be later than input.from",
            ));
        }
        let tx = self.db.begin().await?;
        let webhook = find(&tx, actor, id).await?.webhook;
        let most = MOST_REPLAYED + 1;
        let events =
            store::list_events(&tx, actor.site(), &webhook.topics, from, until, most).await?;
        if events.len() as u64 > MOST_REPLAYED {
            return Err(Error::invalid(
                "input.until",
                format!("more than {MOST_REPLAYED} events lie in this span; choose a shorter one"),
            ));
        }
        for event in &events {
            let message = self.address(&tx, &webhook, event).await?;
            self.send_again(&tx, message, webhook.paused_at.is_some())
                .await?;
        }
        tx.commit().await?;
        self.queue.wake();
        Ok(u32::try_from(events.len()).unwrap_or(u32::MAX))
    }

    /// Throws away what happened longer ago than the configured time.
    pub async fn prune(&self) -> Result<()> {
        let before = self.clock.now().minus(self.config.keep());
        store::delete_events_before(self.db.write(), before).await?;
        self.delivery.prune_events(before).await
    }

    /// The secrets that sign now, the present one first.
    pub(super) fn secrets(&self, sealed: &SealedWebhook) -> Result<Vec<Secret>> {
        let webhook = &sealed.webhook;
        let open = |bytes: &[u8]| {
            let opened = self.vault.open(bytes, &purpose(webhook.id))?;
            Ok::<_, Error>(Secret::from_bytes(opened))
        };
        let mut secrets = vec![open(&sealed.secret)?];
        let is_in_force = webhook
            .previous_until
            .is_some_and(|until| until > self.clock.now());
        if let Some(previous) = sealed.previous_secret.as_deref().filter(|_| is_in_force) {
            secrets.push(open(previous)?);
        }
        Ok(secrets)
    }

    fn check_url(&self, url: &str) -> Result<String> {
        let url = check_url(url)?;
        let parsed: Option<reqwest::Url> = url.parse().ok();
        if parsed.is_none_or(|parsed| outbound::refuses(&self.outbound, &parsed)) {
            return Err(Error::invalid(
                "input.url",
                "is a private address; the operator may allow it as HOST:PORT in outbound.allow_private",
            ));
        }
        Ok(url)
    }

    /// Puts a message on its way again from the start.
    async fn send_again(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        mut message: Message,
        is_held: bool,
    ) -> Result<Message> {
        message.first_attempt_at = None;
        message.ended_at = None;
        message.state = if is_held {
            MessageState::Held
        } else {
            MessageState::Pending
        };
        store::save_message(tx, &message).await?;
        if !is_held {
            self.queue.enqueue(tx, &job_of(&message)).await?;
        }
        Ok(message)
    }

    async fn save(
        &self,
        db: &impl sea_orm::ConnectionTrait,
        mut sealed: SealedWebhook,
    ) -> Result<Webhook> {
        sealed.webhook.version += 1;
        sealed.webhook.updated_at = self.clock.now();
        if store::update(db, &sealed).await.map_err(taken)? {
            return Ok(sealed.webhook);
        }
        Err(Error::conflict(
            "somebody else changed it in between; load it again",
        ))
    }
}

/// What a sealed secret is for, so that it opens nowhere else.
fn purpose(id: WebhookId) -> String {
    format!("webhook/{id}/secret")
}

async fn find(
    db: &impl sea_orm::ConnectionTrait,
    actor: &Actor,
    id: WebhookId,
) -> Result<SealedWebhook> {
    let found = store::find(db, actor.site(), id).await?;
    found.ok_or_else(|| missing(id))
}

fn missing(id: WebhookId) -> Error {
    Error::not_found(format!("webhook {id}"))
}

fn taken(error: sea_orm::DbErr) -> Error {
    if is_unique_violation(&error) {
        return Error::conflict("another webhook has this name already").on_field("input.name");
    }
    error.into()
}
