//! From what happened to messages: follows the content's changes and the outbox of deliveries.

use std::collections::{BTreeMap, BTreeSet, HashMap, btree_map::Entry};

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Message, Topic, Webhook, WebhookEvent, WebhookService, event::PING, job::SendMessage, store,
    webhook::MessageState,
};
use crate::{
    auth::{Actor, Site},
    clock::Timestamp,
    content::{Change, ChangeKind, StoryContent, VideoContent},
    crash_point,
    delivery::OutboxEvent,
    error::Result,
    id::{ItemId, ProductId, SiteId, WebhookMessageId},
};

/// Changes that are taken over in one transaction.
const BATCH: u64 = 200;
/// The cursor's name in its row.
const CURSOR: &str = "webhooks";

impl WebhookService {
    /// Takes over what happened since the last time; `true` when there was anything.
    pub async fn relay(&self) -> Result<bool> {
        let content = self.relay_content().await?;
        let deliveries = self.relay_deliveries().await?;
        Ok(content || deliveries)
    }

    async fn relay_content(&self) -> Result<bool> {
        let Some(cursor) = store::cursor(self.db.read(), CURSOR).await? else {
            // What happened before anybody could follow is no news.
            let last = self.content.last_change().await?;
            store::insert_cursor(self.db.write(), CURSOR, last, self.clock.now()).await?;
            return Ok(true);
        };
        let changes = self.content.changes_since(cursor, BATCH).await?;
        let Some(last) = changes.last() else {
            return Ok(false);
        };
        let events = self.content_events(&changes).await?;
        let tx = self.db.begin().await?;
        if !store::move_cursor(&tx, CURSOR, cursor, last.seq, self.clock.now()).await? {
            // Another node was faster.
            return Ok(true);
        }
        self.tell(&tx, events).await?;
        crash_point!("before_relay_commit");
        tx.commit().await?;
        self.queue.wake();
        Ok(true)
    }

    async fn relay_deliveries(&self) -> Result<bool> {
        let untold = self.delivery.untold_events(BATCH).await?;
        if untold.is_empty() {
            return Ok(false);
        }
        let following = store::list_sites(self.db.read()).await?;
        let mut events = Vec::new();
        for event in untold
            .iter()
            .filter(|event| following.contains(&event.site))
        {
            events.push(of_delivery(event)?);
        }
        let tx = self.db.begin().await?;
        self.tell(&tx, events).await?;
        tx.commit().await?;
        crash_point!("before_mark_told");
        let ids: Vec<Uuid> = untold.iter().map(|event| event.id).collect();
        self.delivery.mark_told(&ids).await?;
        self.queue.wake();
        Ok(true)
    }

    /// What the changes mean, in the sites that have webhooks.
    async fn content_events(&self, changes: &[Change]) -> Result<Vec<WebhookEvent>> {
        let following = store::list_sites(self.db.read()).await?;
        let changes: Vec<_> = changes
            .iter()
            .filter(|change| following.contains(&change.site))
            .cloned()
            .collect();
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let seqs: Vec<i64> = changes.iter().map(|change| change.seq).collect();
        let were_published = self.content.published_before(&seqs).await?;
        let told = self.describe(&changes).await?;
        let mut events = Vec::new();
        for change in &changes {
            let was_published = were_published.contains(&change.seq);
            let Some(topic) = Topic::of(was_published, change.is_published) else {
                continue;
            };
            let mut data = json!({ "id": change.id, "kind": change.kind.name() });
            let described = told
                .get(&(change.kind, change.id))
                .filter(|_| change.is_published);
            if let (Some(data), Some(Value::Object(more))) = (data.as_object_mut(), described) {
                data.extend(more.clone());
            }
            events.push(WebhookEvent::new(
                change.site,
                format!("content_change/{}", change.seq),
                topic.name(change.kind),
                change.changed_at,
                &data,
            )?);
        }
        Ok(events)
    }

    /// What readers see of the changed things now: where it is, and what it is called.
    async fn describe(&self, changes: &[Change]) -> Result<HashMap<(ChangeKind, Uuid), Value>> {
        let mut wanted = BTreeMap::<SiteId, BTreeMap<ChangeKind, BTreeSet<Uuid>>>::new();
        for change in changes {
            let kinds = wanted.entry(change.site).or_default();
            kinds.entry(change.kind).or_default().insert(change.id);
        }
        let mut told = HashMap::new();
        for (site, kinds) in wanted {
            let actor = Actor::system(site);
            let base = self.base_of(&self.auth.site(&actor).await?);
            for (kind, ids) in kinds {
                let items: Vec<_> = ids.iter().copied().map(ItemId).collect();
                match kind {
                    ChangeKind::Story => {
                        for story in self
                            .content
                            .published_many::<StoryContent>(&actor, &items)
                            .await?
                        {
                            let value = json!({
                                "title": story.content.title, "slug": story.slug,
                                "url": format!("{base}/s/{}", story.slug),
                                "revision": story.revision, "published_at": story.published_at,
                            });
                            told.insert((kind, story.id.0), value);
                        }
                    }
                    ChangeKind::Video => {
                        for video in self
                            .content
                            .published_many::<VideoContent>(&actor, &items)
                            .await?
                        {
                            let value = json!({
                                "title": video.content.title, "slug": video.slug,
                                "url": format!("{base}/v/{}", video.slug),
                                "revision": video.revision, "published_at": video.published_at,
                            });
                            told.insert((kind, video.id.0), value);
                        }
                    }
                    ChangeKind::Product => {
                        let products: Vec<_> = ids.iter().copied().map(ProductId).collect();
                        for (id, product) in
                            self.content.published_products(&actor, &products).await?
                        {
                            let value = json!({ "sku": product.sku, "name": product.name });
                            told.insert((kind, id.0), value);
                        }
                    }
                }
            }
        }
        Ok(told)
    }

    fn base_of(&self, site: &Site) -> String {
        if site.base_url.is_empty() {
            self.base_url.clone()
        } else {
            site.base_url.clone()
        }
    }

    /// Stores events that are new, with a message for each webhook that hears of them.
    async fn tell(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        events: Vec<WebhookEvent>,
    ) -> Result<()> {
        let mut webhooks = BTreeMap::<SiteId, Vec<Webhook>>::new();
        for event in events {
            let of_site = match webhooks.entry(event.site) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(store::list(tx, event.site).await?),
            };
            if !store::insert_event(tx, &event).await? {
                continue;
            }
            for webhook in of_site.iter() {
                if webhook.topics.contains(&event.topic) {
                    self.address(tx, webhook, &event).await?;
                }
            }
        }
        Ok(())
    }

    /// Makes the message of an event for a webhook and, unless that is paused, the job that sends it.
    pub(super) async fn address(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        webhook: &Webhook,
        event: &WebhookEvent,
    ) -> Result<Message> {
        // A test is made to see whether it works, also while nothing else is sent.
        let is_held = webhook.paused_at.is_some() && event.topic != PING;
        let message = Message {
            id: WebhookMessageId::new(),
            site: webhook.site,
            webhook: webhook.id,
            event: event.id,
            topic: event.topic.clone(),
            state: if is_held {
                MessageState::Held
            } else {
                MessageState::Pending
            },
            attempt_count: 0,
            first_attempt_at: None,
            created_at: self.clock.now(),
            ended_at: None,
        };
        let message = store::insert_message(tx, message).await?;
        if message.state == MessageState::Pending {
            self.queue.enqueue(tx, &job_of(&message)).await?;
        }
        Ok(message)
    }
}

/// The job that sends a message.
pub(super) const fn job_of(message: &Message) -> SendMessage {
    SendMessage {
        site: message.site,
        webhook: message.webhook,
        message: message.id,
    }
}

fn of_delivery(event: &OutboxEvent) -> Result<WebhookEvent> {
    let at: Timestamp = event.created_at;
    let origin = format!("outbox_event/{}", event.id);
    WebhookEvent::new(event.site, origin, event.topic.clone(), at, &event.payload)
}
