//! Queries on what waits in all sites at once, for the operators' figures.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QueryResult, Statement,
};

use super::{account::read as read_account, word};
use crate::{
    clock::Timestamp,
    db::entity::{channel_account, lane, quota_window},
    delivery::{ChannelAccount, DeliveryState, Lane},
    error::Result,
    id::AccountId,
};

/// How many deliveries of a lane are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCount {
    /// Whose lane.
    pub account: AccountId,
    /// Its name.
    pub lane: String,
    /// The state.
    pub state: DeliveryState,
    /// How many.
    pub count: u64,
    /// The earliest time at which one of them was to go on.
    pub first_at: Option<Timestamp>,
}

/// The parts of the table that are not history, each as one of its partial indexes has it.
const OPEN: [&str; 5] = [
    "state = 'ready'",
    "state = 'working'",
    "state = 'scheduled'",
    "state = 'needs_review'",
    "state IN ('retry_wait', 'held', 'uncertain', 'reconciling', 'waiting_channel', 'waiting_user')",
];

/// What is not at its end, by lane and state: one query, however many lanes there are and however long the history.
pub async fn count_open(db: &impl ConnectionTrait) -> Result<Vec<OpenCount>> {
    let parts = OPEN.map(|part| {
        format!("SELECT account_id, lane, state, next_run_at FROM delivery WHERE {part}")
    });
    let sql = format!(
        "SELECT account_id, lane, state, count(*) AS count, min(next_run_at) AS first_at \
         FROM ({}) AS open_delivery GROUP BY account_id, lane, state",
        parts.join(" UNION ALL ")
    );
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await?;
    let count = |row: QueryResult| {
        let state: String = row.try_get("", "state")?;
        let count: i64 = row.try_get("", "count")?;
        Ok(OpenCount {
            account: row.try_get("", "account_id")?,
            lane: row.try_get("", "lane")?,
            state: word("state", &state, DeliveryState::parse)?,
            count: u64::try_from(count).unwrap_or(0),
            first_at: row.try_get("", "first_at")?,
        })
    };
    rows.into_iter().map(count).collect()
}

/// The accounts of all sites.
pub async fn list_all_accounts(db: &impl ConnectionTrait) -> Result<Vec<ChannelAccount>> {
    let rows = channel_account::Entity::find()
        .order_by_asc(channel_account::Column::Id)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| read_account(row).map(|sealed| sealed.account))
        .collect()
}

/// The lanes of all sites.
pub async fn list_all_lanes(db: &impl ConnectionTrait) -> Result<Vec<Lane>> {
    let rows = lane::Entity::find()
        .order_by_asc(lane::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// An allowance of the present day, as its row has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenWindow {
    /// Whose it is.
    pub scope: String,
    /// Its name.
    pub name: String,
    /// When the day began.
    pub start: Timestamp,
    /// How many, if the platform told.
    pub learned: Option<u32>,
    /// Used and set aside.
    pub taken: u32,
}

/// The allowances whose day is not over.
pub async fn list_open_windows(
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<Vec<OpenWindow>> {
    let rows = quota_window::Entity::find()
        .filter(quota_window::Column::ResetsAt.gt(now))
        .all(db)
        .await?;
    let number = |value: i32| u32::try_from(value).unwrap_or(0);
    Ok(rows
        .into_iter()
        .map(|row| OpenWindow {
            scope: row.scope,
            name: row.name,
            start: row.window_start,
            learned: (row.source == "learned").then(|| number(row.allowed)),
            taken: number(row.used + row.reserved),
        })
        .collect())
}
