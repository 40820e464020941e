//! Queries on the outbox.

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::to_json;
use crate::{
    clock::Timestamp,
    db::entity::outbox_event::{self, Column},
    delivery::{ChannelAccount, Delivery, OutboxEvent, delivery::intent_name},
    error::Result,
};

/// Leaves word for whoever follows, if a delivery came into a state that others are told of.
pub async fn insert_event(
    db: &impl ConnectionTrait,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<()> {
    if !delivery.state.is_told() {
        return Ok(());
    }
    let row = outbox_event::Model {
        id: Uuid::now_v7(),
        site_id: delivery.site,
        topic: format!("delivery.{}", delivery.state),
        payload: to_json(&serde_json::json!({
            "delivery": delivery.id,
            "channel": delivery.channel,
            "account": delivery.account,
            "lane": delivery.lane,
            "intent": intent_name(delivery.intent),
            "source_kind": delivery.source_kind,
            "source": delivery.source_id,
            "title": delivery.title,
            "state": delivery.state,
            "reason": delivery.reason,
            "external_id": delivery.external_id,
            "external_url": delivery.external_url,
        }))?,
        created_at: now,
        relayed_at: None,
    };
    outbox_event::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Leaves word of the end of a grant for whoever follows.
pub async fn insert_grant_event(
    db: &impl ConnectionTrait,
    account: &ChannelAccount,
    ends_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let row = outbox_event::Model {
        id: uuid::Uuid::now_v7(),
        site_id: account.site,
        topic: "account.grant_ending".to_owned(),
        payload: serde_json::json!({
            "account": account.id,
            "channel": account.channel,
            "name": account.name,
            "ends_at": ends_at,
        }),
        created_at: now,
        relayed_at: None,
    };
    outbox_event::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

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
