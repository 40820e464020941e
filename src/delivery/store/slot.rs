//! Queries on the calendar: what is due when, and how what went live did.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryResult,
    QuerySelect as _, Statement,
};

use super::word;
use crate::{
    clock::Timestamp,
    db::entity::delivery,
    delivery::{DeliveryState, Seen},
    error::Result,
    id::{AccountId, SiteId},
};

/// When anything of an account is due that is not at its end.
pub async fn list_due_times(
    db: &impl ConnectionTrait,
    account: AccountId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Timestamp>> {
    let open = DeliveryState::ALL.iter().filter(|state| !state.is_final());
    let due = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::DueAt)
        .filter(delivery::Column::AccountId.eq(account))
        .filter(delivery::Column::State.is_in(open.map(|state| state.as_str())))
        .filter(delivery::Column::DueAt.between(from, to))
        .into_tuple::<Timestamp>()
        .all(db)
        .await?;
    Ok(due)
}

/// The views of an account's items that went live in a span, as last told; those of which none are told are left out.
pub async fn list_seen(
    db: &impl ConnectionTrait,
    account: AccountId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Seen>> {
    let sql = "SELECT d.published_at AS published_at, MAX(s.value) AS views \
               FROM delivery d JOIN statistic s ON s.delivery_id = d.id \
               WHERE d.account_id = $1 AND d.state = 'published' AND d.intent = 'publish' \
                 AND d.published_at >= $2 AND d.published_at < $3 \
                 AND s.metric = 'views' AND s.value IS NOT NULL \
               GROUP BY d.id, d.published_at";
    let values = [account.into(), from.into(), to.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let read = |row: QueryResult| {
        Ok(Seen {
            published_at: row.try_get("", "published_at")?,
            views: row.try_get("", "views")?,
        })
    };
    db.query_all_raw(statement)
        .await?
        .into_iter()
        .map(read)
        .collect()
}

/// How many deliveries of a site are due in a span, by channel and state.
pub async fn count_due(
    db: &impl ConnectionTrait,
    site: SiteId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(String, DeliveryState, u64)>> {
    let sql = "SELECT channel, state, COUNT(*) AS count FROM delivery \
               WHERE site_id = $1 AND due_at >= $2 AND due_at < $3 GROUP BY channel, state";
    let values = [site.into(), from.into(), to.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let read = |row: QueryResult| {
        let state: String = row.try_get("", "state")?;
        let count: i64 = row.try_get("", "count")?;
        Ok((
            row.try_get("", "channel")?,
            word("state", &state, DeliveryState::parse)?,
            u64::try_from(count).unwrap_or(0),
        ))
    };
    db.query_all_raw(statement)
        .await?
        .into_iter()
        .map(read)
        .collect()
}
