//! Queries on messages and the tries of each.

use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, TryInsertResult,
};

use super::{broken, event::read_event};
use crate::{
    db::entity::{webhook_attempt, webhook_event, webhook_message},
    error::{Error, Result},
    id::{SiteId, WebhookId, WebhookMessageId},
    page::{Cursor, Page, PageRequest},
    webhooks::{Message, MessageFilter, MessageState, WebhookAttempt, WebhookEvent},
};

/// The tries that a list shows of each message.
const SHOWN_ATTEMPTS: u64 = 20;

fn read_message(row: webhook_message::Model) -> Result<Message> {
    Ok(Message {
        id: row.id,
        site: row.site_id,
        webhook: row.webhook_id,
        event: row.event_id,
        topic: row.topic,
        state: MessageState::parse(&row.state)
            .ok_or_else(|| broken(format!("{} is not a state of this version", row.state)))?,
        attempt_count: row.attempt_count,
        first_attempt_at: row.first_attempt_at,
        created_at: row.created_at,
        ended_at: row.ended_at,
    })
}

/// Stores a message, or gives back the one that this event and webhook have already.
pub async fn insert_message(db: &impl ConnectionTrait, new: Message) -> Result<Message> {
    let row = webhook_message::Model {
        id: new.id,
        site_id: new.site,
        webhook_id: new.webhook,
        event_id: new.event,
        topic: new.topic.clone(),
        state: new.state.as_str().to_owned(),
        attempt_count: new.attempt_count,
        first_attempt_at: new.first_attempt_at,
        created_at: new.created_at,
        ended_at: new.ended_at,
    };
    let inserted = webhook_message::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([
            webhook_message::Column::EventId,
            webhook_message::Column::WebhookId,
        ])
        .exec_without_returning(db)
        .await?;
    if matches!(inserted, TryInsertResult::Inserted(1)) {
        return Ok(new);
    }
    let known = webhook_message::Entity::find()
        .filter(webhook_message::Column::EventId.eq(new.event))
        .filter(webhook_message::Column::WebhookId.eq(new.webhook))
        .one(db)
        .await?;
    known.map_or(Ok(new), read_message)
}

/// Writes where a message is.
pub async fn save_message(db: &impl ConnectionTrait, message: &Message) -> Result<()> {
    webhook_message::Entity::update_many()
        .set(webhook_message::ActiveModel {
            state: Set(message.state.as_str().to_owned()),
            attempt_count: Set(message.attempt_count),
            first_attempt_at: Set(message.first_attempt_at),
            ended_at: Set(message.ended_at),
            ..Default::default()
        })
        .filter(webhook_message::Column::Id.eq(message.id))
        .exec(db)
        .await?;
    Ok(())
}

/// A message of a site with its event.
pub async fn find_message(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: WebhookMessageId,
) -> Result<Option<(Message, WebhookEvent)>> {
    let row = webhook_message::Entity::find_by_id(id)
        .filter(webhook_message::Column::SiteId.eq(site))
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let event = webhook_event::Entity::find_by_id(row.event_id)
        .one(db)
        .await?;
    let Some(event) = event else { return Ok(None) };
    Ok(Some((read_message(row)?, read_event(event))))
}

/// Messages of a webhook, the newest first.
pub async fn list_messages(
    db: &impl ConnectionTrait,
    site: SiteId,
    webhook: WebhookId,
    filter: &MessageFilter,
    page: &PageRequest,
) -> Result<Page<Message>> {
    let mut query = webhook_message::Entity::find()
        .filter(webhook_message::Column::SiteId.eq(site))
        .filter(webhook_message::Column::WebhookId.eq(webhook))
        .order_by_desc(webhook_message::Column::Id)
        .limit(u64::from(page.size) + 1);
    if let Some(state) = filter.state {
        query = query.filter(webhook_message::Column::State.eq(state.as_str()));
    }
    if let Some(topic) = &filter.topic {
        query = query.filter(webhook_message::Column::Topic.eq(topic));
    }
    if let Some(after) = &page.after {
        let invalid = |_| Error::invalid("after", "not a cursor of this list");
        let id: WebhookMessageId = after.id.parse().map_err(invalid)?;
        query = query.filter(webhook_message::Column::Id.lt(id));
    }
    let rows = query.all(db).await?;
    let messages = rows
        .into_iter()
        .map(read_message)
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::from_rows(messages, page.size, |message| Cursor {
        key: serde_json::Value::Null,
        id: message.id.to_string(),
    }))
}

/// Messages of a webhook that wait until it goes on, the oldest first.
pub async fn list_held(db: &impl ConnectionTrait, webhook: WebhookId) -> Result<Vec<Message>> {
    let rows = webhook_message::Entity::find()
        .filter(webhook_message::Column::WebhookId.eq(webhook))
        .filter(webhook_message::Column::State.eq(MessageState::Held.as_str()))
        .order_by_asc(webhook_message::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(read_message).collect()
}

pub async fn insert_attempt(db: &impl ConnectionTrait, attempt: &WebhookAttempt) -> Result<()> {
    let row = webhook_attempt::Model {
        id: attempt.id,
        message_id: attempt.message,
        started_at: attempt.started_at,
        duration_ms: i64::try_from(attempt.duration_ms).unwrap_or(i64::MAX),
        http_status: attempt.http_status.map(i32::from),
        error: attempt.error.clone(),
        request: attempt.request.clone(),
        response: attempt.response.clone(),
    };
    webhook_attempt::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The latest tries of messages of a site, in the order in which they were made.
pub async fn list_attempts_of(
    db: &impl ConnectionTrait,
    site: SiteId,
    messages: &[WebhookMessageId],
) -> Result<HashMap<WebhookMessageId, Vec<WebhookAttempt>>> {
    let of_site = webhook_message::Entity::find()
        .select_only()
        .column(webhook_message::Column::Id)
        .filter(webhook_message::Column::SiteId.eq(site))
        .filter(webhook_message::Column::Id.is_in(messages.iter().copied()))
        .into_query();
    let mut rows = webhook_attempt::Entity::find()
        .filter(webhook_attempt::Column::MessageId.in_subquery(of_site))
        .order_by_desc(webhook_attempt::Column::Id)
        .limit(SHOWN_ATTEMPTS * u64::try_from(messages.len()).unwrap_or(1))
        .all(db)
        .await?;
    rows.reverse();
    let mut found = HashMap::<_, Vec<_>>::new();
    for row in rows {
        found
            .entry(row.message_id)
            .or_default()
            .push(WebhookAttempt {
                id: row.id,
                message: row.message_id,
                started_at: row.started_at,
                duration_ms: u64::try_from(row.duration_ms).unwrap_or(0),
                http_status: row.http_status.and_then(|status| status.try_into().ok()),
                error: row.error,
                request: row.request,
                response: row.response,
            });
    }
    Ok(found)
}
