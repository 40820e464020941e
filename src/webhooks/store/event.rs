//! Queries on events.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, TryInsertResult,
};

use crate::{
    clock::Timestamp,
    db::entity::webhook_event,
    error::Result,
    id::{SiteId, WebhookEventId},
    webhooks::WebhookEvent,
};

pub(super) fn read_event(row: webhook_event::Model) -> WebhookEvent {
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
