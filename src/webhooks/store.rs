//! Queries on webhooks, events, messages, tries and the cursor of the content's changes.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    TryInsertResult,
    sea_query::{Expr, Func},
};

use super::{
    Message, MessageFilter, MessageState, PauseReason, Webhook, WebhookAttempt, WebhookEvent,
};
use crate::{
    clock::Timestamp,
    db::entity::{change_cursor, webhook, webhook_attempt, webhook_event, webhook_message},
    error::{Error, Result},
    id::{SiteId, WebhookEventId, WebhookId, WebhookMessageId},
    page::{Cursor, Page, PageRequest},
};

/// The tries that a list shows of each message.
const SHOWN_ATTEMPTS: u64 = 20;

/// A webhook with its secrets, sealed.
#[derive(Debug, Clone)]
pub struct SealedWebhook {
    pub webhook: Webhook,
    pub secret: Vec<u8>,
    pub previous_secret: Option<Vec<u8>>,
}

fn broken(error: impl Into<crate::error::BoxError>) -> Error {
    Error::internal("a row cannot be read", error)
}

fn read(row: webhook::Model) -> Result<SealedWebhook> {
    let pause_reason = row.pause_reason.map(|reason| {
        PauseReason::parse(&reason)
            .ok_or_else(|| broken(format!("{reason} is not a reason of this version")))
    });
    Ok(SealedWebhook {
        webhook: Webhook {
            id: row.id,
            site: row.site_id,
            name: row.name,
            url: row.url,
            topics: serde_json::from_value(row.topics).map_err(broken)?,
            previous_until: row.previous_until,
            paused_at: row.paused_at,
            pause_reason: pause_reason.transpose()?,
            failing_since: row.failing_since,
            last_success_at: row.last_success_at,
            created_by: row.created_by,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        },
        secret: row.secret,
        previous_secret: row.previous_secret,
    })
}

fn write(sealed: &SealedWebhook) -> webhook::Model {
    let webhook = &sealed.webhook;
    webhook::Model {
        id: webhook.id,
        site_id: webhook.site,
        name: webhook.name.clone(),
        url: webhook.url.clone(),
        topics: webhook.topics.clone().into(),
        secret: sealed.secret.clone(),
        previous_secret: sealed.previous_secret.clone(),
        previous_until: webhook.previous_until,
        paused_at: webhook.paused_at,
        pause_reason: webhook
            .pause_reason
            .map(|reason| reason.as_str().to_owned()),
        failing_since: webhook.failing_since,
        last_success_at: webhook.last_success_at,
        created_by: webhook.created_by,
        version: webhook.version,
        created_at: webhook.created_at,
        updated_at: webhook.updated_at,
    }
}

pub async fn insert(db: &impl ConnectionTrait, sealed: &SealedWebhook) -> Result<(), DbErr> {
    webhook::Entity::insert(write(sealed).into_active_model())
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Writes what a person changed, if the version is still one less than the given one; `false` when it is not.
pub async fn update(db: &impl ConnectionTrait, sealed: &SealedWebhook) -> Result<bool, DbErr> {
    let written = webhook::Entity::update_many()
        .set(write(sealed).into_active_model().reset_all())
        .filter(webhook::Column::Id.eq(sealed.webhook.id))
        .filter(webhook::Column::Version.eq(sealed.webhook.version - 1))
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

pub async fn delete(db: &impl ConnectionTrait, site: SiteId, id: WebhookId) -> Result<bool> {
    let deleted = webhook::Entity::delete_many()
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::SiteId.eq(site))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected == 1)
}

pub async fn find(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: WebhookId,
) -> Result<Option<SealedWebhook>> {
    let row = webhook::Entity::find_by_id(id)
        .filter(webhook::Column::SiteId.eq(site))
        .one(db)
        .await?;
    row.map(read).transpose()
}

/// The webhooks of a site, by name.
pub async fn list(db: &impl ConnectionTrait, site: SiteId) -> Result<Vec<Webhook>> {
    let rows = webhook::Entity::find()
        .filter(webhook::Column::SiteId.eq(site))
        .order_by_asc(webhook::Column::Name)
        .all(db)
        .await?;
    rows.into_iter().map(|row| Ok(read(row)?.webhook)).collect()
}

/// Sites that have webhooks.
pub async fn list_sites(db: &impl ConnectionTrait) -> Result<Vec<SiteId>> {
    Ok(webhook::Entity::find()
        .select_only()
        .column(webhook::Column::SiteId)
        .distinct()
        .into_tuple()
        .all(db)
        .await?)
}

/// Pauses a webhook that goes; `false` when it was paused already.
pub async fn pause(
    db: &impl ConnectionTrait,
    id: WebhookId,
    reason: PauseReason,
    now: Timestamp,
) -> Result<bool> {
    let paused = webhook::Entity::update_many()
        .set(webhook::ActiveModel {
            paused_at: Set(Some(now)),
            pause_reason: Set(Some(reason.as_str().to_owned())),
            updated_at: Set(now),
            ..Default::default()
        })
        .col_expr(
            webhook::Column::Version,
            Expr::col(webhook::Column::Version).add(1),
        )
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::PausedAt.is_null())
        .exec(db)
        .await?;
    Ok(paused.rows_affected == 1)
}

pub async fn note_success(db: &impl ConnectionTrait, id: WebhookId, now: Timestamp) -> Result<()> {
    webhook::Entity::update_many()
        .set(webhook::ActiveModel {
            failing_since: Set(None),
            last_success_at: Set(Some(now)),
            ..Default::default()
        })
        .filter(webhook::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn note_failure(db: &impl ConnectionTrait, id: WebhookId, at: Timestamp) -> Result<()> {
    let since = Func::coalesce([Expr::col(webhook::Column::FailingSince), Expr::value(at)]);
    webhook::Entity::update_many()
        .col_expr(webhook::Column::FailingSince, Expr::expr(since))
        .filter(webhook::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

fn read_event(row: webhook_event::Model) -> WebhookEvent {
    WebhookEvent {
        id: row.id,
        site: row.site_id,
        origin: row.origin,
        topic: row.topic,
        body: row.body,
        occurred_at: row.occurred_at,
    }
}

/// Stores an event; `false` when its origin made one already.
pub async fn insert_event(db: &impl ConnectionTrait, event: &WebhookEvent) -> Result<bool> {
    let row = webhook_event::Model {
        id: event.id,
        site_id: event.site,
        origin: event.origin.clone(),
        topic: event.topic.clone(),
        body: event.body.clone(),
        occurred_at: event.occurred_at,
    };
    let inserted = webhook_event::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([webhook_event::Column::Origin])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// Events of a site of some topics in a span, the oldest first.
pub async fn list_events(
    db: &impl ConnectionTrait,
    site: SiteId,
    topics: &[String],
    from: Timestamp,
    until: Timestamp,
    limit: u64,
) -> Result<Vec<WebhookEvent>> {
    let rows = webhook_event::Entity::find()
        .filter(webhook_event::Column::SiteId.eq(site))
        .filter(webhook_event::Column::Topic.is_in(topics))
        .filter(webhook_event::Column::OccurredAt.gte(from))
        .filter(webhook_event::Column::OccurredAt.lt(until))
        .order_by_asc(webhook_event::Column::OccurredAt)
        .order_by_asc(webhook_event::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(read_event).collect())
}

/// Events by id, of a site.
pub async fn list_events_by_id(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: &[WebhookEventId],
) -> Result<HashMap<WebhookEventId, WebhookEvent>> {
    let rows = webhook_event::Entity::find()
        .filter(webhook_event::Column::SiteId.eq(site))
        .filter(webhook_event::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, read_event(row)))
        .collect())
}

/// Throws away what happened before an instant, with its messages and tries.
pub async fn delete_events_before(db: &impl ConnectionTrait, before: Timestamp) -> Result<()> {
    webhook_event::Entity::delete_many()
        .filter(webhook_event::Column::OccurredAt.lt(before))
        .exec(db)
        .await?;
    Ok(())
}

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

/// How far the content's changes were read; `None`: not at all yet.
pub async fn cursor(db: &impl ConnectionTrait, name: &str) -> Result<Option<i64>> {
    let row = change_cursor::Entity::find_by_id(name).one(db).await?;
    Ok(row.map(|row| row.seq))
}

pub async fn insert_cursor(
    db: &impl ConnectionTrait,
    name: &str,
    seq: i64,
    now: Timestamp,
) -> Result<()> {
    let row = change_cursor::Model {
        name: name.to_owned(),
        seq,
        updated_at: now,
    };
    change_cursor::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([change_cursor::Column::Name])
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Moves the cursor, if nobody else did since it was read.
pub async fn move_cursor(
    db: &impl ConnectionTrait,
    name: &str,
    from: i64,
    to: i64,
    now: Timestamp,
) -> Result<bool> {
    let moved = change_cursor::Entity::update_many()
        .set(change_cursor::ActiveModel {
            seq: Set(to),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(change_cursor::Column::Name.eq(name))
        .filter(change_cursor::Column::Seq.eq(from))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}
