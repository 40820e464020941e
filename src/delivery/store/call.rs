//! Queries on the calls that platforms make to us.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, TryInsertResult,
    sea_query::{Expr, ExprTrait as _, LikeExpr, OnConflict},
};

use crate::{
    clock::Timestamp,
    db::entity::{delivery, delivery_step, platform_call},
    delivery::{Delivery, DeliveryState, store::delivery::read_all},
    error::Result,
    id::{AccountId, DeliveryId, SiteId},
};

/// The states in which a platform may have something to say about a delivery.
const OUT: [DeliveryState; 4] = [
    DeliveryState::WaitingChannel,
    DeliveryState::WaitingUser,
    DeliveryState::Uncertain,
    DeliveryState::Reconciling,
];

/// Notes a message; `false` when it was there before.
pub async fn note_call(
    db: &impl ConnectionTrait,
    account: AccountId,
    message_id: &str,
    now: Timestamp,
) -> Result<bool> {
    let key = [
        platform_call::Column::AccountId,
        platform_call::Column::MessageId,
    ];
    let noted = platform_call::Entity::insert(platform_call::ActiveModel {
        account_id: Set(account),
        message_id: Set(message_id.to_owned()),
        received_at: Set(now),
    })
    .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
    .try_insert()
    .exec_without_returning(db)
    .await?;
    Ok(matches!(noted, TryInsertResult::Inserted(1..)))
}

/// Forgets messages from before then; no platform repeats one for so long.
pub async fn forget_calls(db: &impl ConnectionTrait, before: Timestamp) -> Result<u64> {
    let forgotten = platform_call::Entity::delete_many()
        .filter(platform_call::Column::ReceivedAt.lt(before))
        .exec(db)
        .await?;
    Ok(forgotten.rows_affected)
}

/// What of a site is out on a channel and may be meant by a reference, which a step's output holds somewhere.
pub async fn list_out(
    db: &impl ConnectionTrait,
    site: SiteId,
    channel: &str,
    reference: &str,
) -> Result<Vec<Delivery>> {
    let pattern = reference
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    let holds = Expr::col(delivery_step::Column::Output)
        .cast_as("text")
        .like(LikeExpr::new(format!("%{pattern}%")).escape('\\'));
    let meant = delivery_step::Entity::find()
        .select_only()
        .column(delivery_step::Column::DeliveryId)
        .filter(holds)
        .into_query();
    let rows = delivery::Entity::find()
        .filter(delivery::Column::SiteId.eq(site))
        .filter(delivery::Column::Channel.eq(channel))
        .filter(delivery::Column::State.is_in(OUT.map(DeliveryState::as_str)))
        .filter(delivery::Column::Id.in_subquery(meant))
        .all(db)
        .await?;
    read_all(rows)
}

/// Looks at what is out now, not when it was planned, unless somebody looks just then.
pub async fn look_now(db: &impl ConnectionTrait, id: DeliveryId, now: Timestamp) -> Result<()> {
    delivery::Entity::update_many()
        .col_expr(delivery::Column::NextRunAt, Expr::value(now))
        .filter(delivery::Column::Id.eq(id))
        .filter(delivery::Column::State.is_in(OUT.map(DeliveryState::as_str)))
        .filter(delivery::Column::LeaseUntil.is_null())
        .exec(db)
        .await?;
    Ok(())
}
