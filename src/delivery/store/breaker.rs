//! Queries on circuit breakers.

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, sea_query::OnConflict,
};

use crate::{
    clock::Timestamp,
    db::entity::breaker::{self, Column},
    delivery::breaker::{Breaker, PROBATION},
    error::Result,
};

impl From<breaker::Model> for Breaker {
    fn from(row: breaker::Model) -> Self {
        Self {
            channel: row.channel,
            lane: row.lane,
            is_open: row.is_open,
            opened_at: row.opened_at,
            probe_at: row.probe_at,
            trip_count: u32::try_from(row.trip_count).unwrap_or_default(),
        }
    }
}

/// The breaker of a way, if it was ever open.
pub async fn find_breaker(
    db: &impl ConnectionTrait,
    channel: &str,
    lane: &str,
) -> Result<Option<Breaker>> {
    let key = (channel.to_owned(), lane.to_owned());
    Ok(breaker::Entity::find_by_id(key)
        .one(db)
        .await?
        .map(Into::into))
}

/// All that are open, in every channel.
pub async fn list_open_breakers(db: &impl ConnectionTrait) -> Result<Vec<Breaker>> {
    let rows = breaker::Entity::find()
        .filter(Column::IsOpen.eq(true))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Opens the breaker of a way, for longer each time in a row.
pub async fn open_breaker(
    db: &impl ConnectionTrait,
    channel: &str,
    lane: &str,
    now: Timestamp,
) -> Result<Breaker> {
    let before = find_breaker(db, channel, lane).await?;
    let trip_count = before
        .filter(|before| before.is_open || now.since(before.probe_at) < PROBATION)
        .map_or(1, |before| before.trip_count + 1);
    let row = breaker::Model {
        channel: channel.to_owned(),
        lane: lane.to_owned(),
        is_open: true,
        opened_at: now,
        probe_at: now.plus(Breaker::rest(trip_count)),
        trip_count: i32::try_from(trip_count).unwrap_or(i32::MAX),
    };
    let replace = OnConflict::columns([Column::Channel, Column::Lane])
        .update_columns([
            Column::IsOpen,
            Column::OpenedAt,
            Column::ProbeAt,
            Column::TripCount,
        ])
        .to_owned();
    breaker::Entity::insert(row.clone().into_active_model().reset_all())
        .on_conflict(replace)
        .exec_without_returning(db)
        .await?;
    Ok(row.into())
}

/// Closes the breaker of a way; `false`: it was not open.
pub async fn close_breaker(
    db: &impl ConnectionTrait,
    channel: &str,
    lane: &str,
    now: Timestamp,
) -> Result<bool> {
    let closed = breaker::Entity::update_many()
        .set(breaker::ActiveModel {
            is_open: Set(false),
            probe_at: Set(now),
            ..Default::default()
        })
        .filter(Column::Channel.eq(channel))
        .filter(Column::Lane.eq(lane))
        .filter(Column::IsOpen.eq(true))
        .exec(db)
        .await?;
    Ok(closed.rows_affected == 1)
}

/// An account through which to look whether a platform is back: one that can be used, in any site.
pub async fn find_probe_account(
    db: &impl ConnectionTrait,
    channel: &str,
) -> Result<Option<super::SealedAccount>> {
    use crate::db::entity::channel_account;
    let row = channel_account::Entity::find()
        .filter(channel_account::Column::Channel.eq(channel))
        .filter(channel_account::Column::Status.eq("active"))
        .one(db)
        .await?;
    row.map(super::account::read).transpose()
}
