//! Queries on the outbox.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    clock::Timestamp,
    db::entity::outbox_event::{self, Column},
    delivery::OutboxEvent,
    error::Result,
};

/// Events that nobody took over yet, the oldest first.
pub async fn list_untold(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<OutboxEvent>> {
    let rows = outbox_event::Entity::find()
        .filter(Column::RelayedAt.is_null())
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| OutboxEvent {
            id: row.id,
            site: row.site_id,
            topic: row.topic,
            payload: row.payload,
            created_at: row.created_at,
        })
        .collect())
}

/// Notes that events were taken over.
pub async fn set_told(db: &impl ConnectionTrait, events: &[Uuid], now: Timestamp) -> Result<()> {
    outbox_event::Entity::update_many()
        .set(outbox_event::ActiveModel {
            relayed_at: Set(Some(now)),
            ..Default::default()
        })
        .filter(Column::Id.is_in(events.iter().copied()))
        .exec(db)
        .await?;
    Ok(())
}

/// Throws away what was taken over before an instant.
pub async fn delete_told_before(db: &impl ConnectionTrait, before: Timestamp) -> Result<()> {
    outbox_event::Entity::delete_many()
        .filter(Column::RelayedAt.lt(before))
        .exec(db)
        .await?;
    Ok(())
}
