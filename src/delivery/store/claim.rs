//! Queries by which work changes hands: promotion, claims, leases that ended.
//!
//! States stand in the SQL as words, not parameters, so that both planners see that the partial indexes apply.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _,
    QueryFilter as _, QueryResult, QuerySelect as _, Statement, Value,
};

use super::delivery::{read, read_all};
use crate::{
    clock::Timestamp,
    db::entity::delivery,
    delivery::{Delivery, Reason},
    error::Result,
    id::{DeliveryId, LaneId},
};

/// Clocks of nodes may differ by this.
const SKEW: std::time::Duration = std::time::Duration::from_secs(5);
/// As the partial index `delivery_waiting` has it.
const WAITING: &str = "state IN ('retry_wait', 'held', 'uncertain', 'reconciling', 'waiting_channel', 'waiting_user')";
/// What people paused.
const PAUSED: &str = "EXISTS (SELECT 1 FROM pause p WHERE p.site_id = delivery.site_id AND (p.scope = 'all' \
    OR p.channel = delivery.channel OR p.account_id = delivery.account_id OR p.source_id = delivery.source_id))";
/// What goes a way whose breaker is open.
const BROKEN: &str = "EXISTS (SELECT 1 FROM breaker b WHERE b.channel = delivery.channel AND b.lane = delivery.lane \
    AND b.is_open)";
/// What waits in a lane that was stopped: somebody must sign in, or mend the account's rights.
const STOPPED: &str = "lane_id IN (SELECT id FROM lane WHERE paused_reason IS NOT NULL)";
/// What a worker looks after outside the lanes.
const LOOKED_AFTER: &str =
    "state IN ('uncertain', 'reconciling', 'waiting_channel', 'waiting_user')";

fn statement(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// Only PostgreSQL has several writers that could meet at a row.
fn locking(db: &impl ConnectionTrait, clause: &'static str) -> &'static str {
    match db.get_database_backend() {
        DbBackend::Postgres => clause,
        _ => "",
    }
}

async fn returning(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<Delivery>> {
    let rows = delivery::Entity::find()
        .from_raw_sql(statement(db, sql, values))
        .all(db)
        .await?;
    read_all(rows)
}

/// Whether the promoter has anything to do.
pub async fn has_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool> {
    let sql = format!(
        "SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM delivery WHERE state = 'scheduled' AND due_at <= $1) \
         OR EXISTS (SELECT 1 FROM delivery WHERE {WAITING} AND state IN ('retry_wait', 'held') AND next_run_at <= $1) \
         OR ((EXISTS (SELECT 1 FROM lane WHERE paused_reason IS NOT NULL) OR EXISTS (SELECT 1 FROM pause) \
              OR EXISTS (SELECT 1 FROM breaker WHERE is_open)) \
             AND EXISTS (SELECT 1 FROM delivery WHERE state = 'ready' AND ({STOPPED} OR {PAUSED} OR {BROKEN})))"
    );
    let found = db.query_one_raw(statement(db, &sql, [now.into()])).await?;
    Ok(found.is_some())
}

/// Makes ready what is due and on time: due since `punctual` or later.
pub async fn promote_punctual(
    db: &impl ConnectionTrait,
    now: Timestamp,
    punctual: Timestamp,
) -> Result<Vec<Delivery>> {
    returning(
        db,
        "UPDATE delivery SET state = 'ready', next_run_at = due_at, version = version + 1, updated_at = $1 \
         WHERE state = 'scheduled' AND due_at <= $1 AND due_at >= $2 RETURNING *",
        [now.into(), punctual.into()],
    )
    .await
}

/// What was due before `punctual` and never became ready, the first due first.
pub async fn list_late(
    db: &impl ConnectionTrait,
    punctual: Timestamp,
    most: usize,
) -> Result<Vec<Delivery>> {
    let sql = format!(
        "SELECT * FROM delivery WHERE state = 'scheduled' AND due_at < $1 ORDER BY due_at, id LIMIT $2{}",
        locking(db, " FOR UPDATE SKIP LOCKED")
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    returning(db, &sql, [punctual.into(), most.into()]).await
}

/// The last turn that was given in each lane and is still to come.
pub async fn list_turns(
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<BTreeMap<LaneId, Timestamp>> {
    let rows = db
        .query_all_raw(statement(
            db,
            "SELECT lane_id, max(next_run_at) AS last_turn FROM delivery \
             WHERE state = 'ready' AND next_run_at > $1 GROUP BY lane_id",
            [now.into()],
        ))
        .await?;
    let read = |row: QueryResult| {
        Ok((
            row.try_get::<LaneId>("", "lane_id")?,
            row.try_get::<Timestamp>("", "last_turn")?,
        ))
    };
    rows.into_iter().map(read).collect()
}

/// Makes ready again what waited for this instant.
pub async fn wake(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<Delivery>> {
    let sql = format!(
        "UPDATE delivery SET state = 'ready', version = version + 1, updated_at = $1 \
         WHERE {WAITING} AND state IN ('retry_wait', 'held') AND next_run_at <= $1 RETURNING *"
    );
    returning(db, &sql, [now.into()]).await
}

/// Holds what is ready and may not be sent: its lane is stopped, people paused it, or the platform is down (until the
/// time for trying is over).
pub async fn hold_stopped(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<Delivery>> {
    let sql = format!(
        "UPDATE delivery SET state = 'held', version = version + 1, updated_at = $1, reason_params = '{{}}', \
         next_run_at = CASE WHEN {STOPPED} OR {PAUSED} THEN NULL ELSE give_up_at END, \
         reason = COALESCE((SELECT l.paused_reason FROM lane l WHERE l.id = delivery.lane_id), \
                           CASE WHEN {PAUSED} THEN 'paused' ELSE 'channel_down' END) \
         WHERE state = 'ready' AND ({STOPPED} OR {PAUSED} OR {BROKEN}) RETURNING *"
    );
    returning(db, &sql, [now.into()]).await
}

/// What is held for one of these reasons and nothing stops any more, the first due first.
pub async fn list_freed(db: &impl ConnectionTrait, reasons: &[Reason]) -> Result<Vec<Delivery>> {
    let reasons: Vec<_> = reasons
        .iter()
        .map(|reason| format!("'{}'", reason.as_str()))
        .collect();
    let sql = format!(
        "SELECT * FROM delivery WHERE {WAITING} AND state = 'held' AND reason IN ({}) \
         AND NOT ({STOPPED} OR {PAUSED} OR {BROKEN}) ORDER BY due_at, id{}",
        reasons.join(", "),
        locking(db, " FOR UPDATE SKIP LOCKED")
    );
    returning(db, &sql, []).await
}

/// Whether the breaker of a delivery's way is open.
pub async fn is_broken(db: &impl ConnectionTrait, delivery: &Delivery) -> Result<bool> {
    let sql = "SELECT 1 AS found FROM breaker WHERE channel = $1 AND lane = $2 AND is_open";
    let values = [
        delivery.channel.as_str().into(),
        delivery.lane.as_str().into(),
    ];
    Ok(db
        .query_one_raw(statement(db, sql, values))
        .await?
        .is_some())
}

/// Gives up what waits for a platform that did not come back in time.
pub async fn give_up(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<Delivery>> {
    let sql = format!(
        "UPDATE delivery SET state = 'failed', reason = 'gave_up', next_run_at = NULL, ended_at = $1, \
         version = version + 1, updated_at = $1 \
         WHERE {WAITING} AND state = 'held' AND reason = 'channel_down' AND next_run_at <= $1 RETURNING *"
    );
    returning(db, &sql, [now.into()]).await
}

/// Lanes that have something to send and may, the one that waited longest first.
pub async fn list_eligible_lanes(
    db: &impl ConnectionTrait,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<LaneId>> {
    let sql = format!(
        "SELECT l.id FROM lane l WHERE l.next_eligible_at <= $1 AND l.paused_reason IS NULL \
         AND (SELECT count(*) FROM delivery w WHERE w.lane_id = l.id AND w.state = 'working') < l.max_in_flight \
         AND EXISTS (SELECT 1 FROM delivery d WHERE d.lane_id = l.id AND d.state = 'ready' AND d.next_run_at <= $1) \
         ORDER BY l.last_served_at, l.id LIMIT $2{}",
        locking(db, " FOR UPDATE OF l SKIP LOCKED")
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = db
        .query_all_raw(statement(db, &sql, [now.into(), limit.into()]))
        .await?;
    let id = |row: QueryResult| Ok(row.try_get::<LaneId>("", "id")?);
    rows.into_iter().map(id).collect()
}

/// Whether any lane has something to send and may; cheap, and takes no lock.
pub async fn has_claimable(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool> {
    let sql = format!(
        "SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM lane l WHERE l.next_eligible_at <= $1 AND l.paused_reason IS NULL \
         AND EXISTS (SELECT 1 FROM delivery d WHERE d.lane_id = l.id AND d.state = 'ready' AND d.next_run_at <= $1) \
         AND (SELECT count(*) FROM delivery w WHERE w.lane_id = l.id AND w.state = 'working') < l.max_in_flight) \
         OR EXISTS (SELECT 1 FROM delivery WHERE {WAITING} AND {LOOKED_AFTER} AND next_run_at <= $1 \
                    AND (lease_until IS NULL OR lease_until <= $1))"
    );
    let found = db.query_one_raw(statement(db, &sql, [now.into()])).await?;
    Ok(found.is_some())
}

/// Deliveries that have ended while others still wait for their end.
pub async fn list_ended_parents(db: &impl ConnectionTrait) -> Result<Vec<Delivery>> {
    let sql = format!(
        "SELECT * FROM delivery WHERE ended_at IS NOT NULL AND id IN \
         (SELECT parent_delivery_id FROM delivery WHERE {WAITING} AND state = 'held' AND reason = 'parent')"
    );
    returning(db, &sql, []).await
}

/// Who claims, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Claimant<'a> {
    /// The worker.
    pub owner: &'a str,
    /// When its hold ends without a sign of life.
    pub until: Timestamp,
    /// The present instant.
    pub now: Timestamp,
}

/// Takes the first ready delivery of a lane that has a place free. In-flight is counted, never stored, so a
/// crash cannot leak a place.
pub async fn claim_ready(
    db: &impl ConnectionTrait,
    lane: LaneId,
    claimant: Claimant<'_>,
) -> Result<Option<Delivery>> {
    let claimed = delivery::Entity::find()
        .from_raw_sql(statement(
            db,
            "UPDATE delivery SET state = 'working', reason = NULL, attempt = attempt + 1, lease_owner = $2, \
             lease_token = lease_token + 1, lease_until = $3, version = version + 1, updated_at = $1 \
             WHERE state = 'ready' AND id = (SELECT d.id FROM delivery d \
               WHERE d.lane_id = $4 AND d.state = 'ready' AND d.next_run_at <= $1 \
               AND (SELECT count(*) FROM delivery w WHERE w.lane_id = $4 AND w.state = 'working') \
                   < (SELECT l.max_in_flight FROM lane l WHERE l.id = $4) \
               ORDER BY d.priority, d.next_run_at, d.id LIMIT 1) RETURNING *",
            [
                claimant.now.into(),
                claimant.owner.into(),
                claimant.until.into(),
                lane.into(),
            ],
        ))
        .one(db)
        .await?;
    let Some(claimed) = claimed else {
        return Ok(None);
    };
    db.execute_raw(statement(
        db,
        "UPDATE lane SET last_served_at = $1 WHERE id = $2",
        [claimant.now.into(), lane.into()],
    ))
    .await?;
    read(claimed).map(Some)
}

/// Takes the next delivery that is to be looked after; it needs no turn in its lane.
pub async fn claim_look(
    db: &impl ConnectionTrait,
    claimant: Claimant<'_>,
) -> Result<Option<Delivery>> {
    let sql = format!(
        "UPDATE delivery SET state = CASE WHEN state = 'uncertain' THEN 'reconciling' ELSE state END, \
         lease_owner = $2, lease_token = lease_token + 1, lease_until = $3, version = version + 1, updated_at = $1 \
         WHERE id = (SELECT id FROM delivery WHERE {WAITING} AND {LOOKED_AFTER} AND next_run_at <= $1 \
           AND (lease_until IS NULL OR lease_until <= $1) ORDER BY next_run_at, id LIMIT 1{}) RETURNING *",
        locking(db, " FOR UPDATE SKIP LOCKED")
    );
    let claimed = delivery::Entity::find()
        .from_raw_sql(statement(
            db,
            &sql,
            [
                claimant.now.into(),
                claimant.owner.into(),
                claimant.until.into(),
            ],
        ))
        .one(db)
        .await?;
    claimed.map(read).transpose()
}

/// A sign of life; `false`: the delivery is no longer this worker's.
pub async fn extend_lease(
    db: &impl ConnectionTrait,
    id: DeliveryId,
    lease_token: i64,
    until: Timestamp,
) -> Result<bool> {
    let extended = delivery::Entity::update_many()
        .set(delivery::ActiveModel {
            lease_until: Set(Some(until)),
            ..Default::default()
        })
        .filter(delivery::Column::Id.eq(id))
        .filter(delivery::Column::LeaseToken.eq(lease_token))
        .exec(db)
        .await?;
    Ok(extended.rows_affected == 1)
}

/// Whether a delivery is still in the hands of whoever claimed it with this token.
pub async fn is_held(db: &impl ConnectionTrait, id: DeliveryId, lease_token: i64) -> Result<bool> {
    let row = delivery::Entity::find_by_id(id)
        .select_only()
        .column(delivery::Column::LeaseToken)
        .into_tuple::<i64>()
        .one(db)
        .await?;
    Ok(row == Some(lease_token))
}

/// Deliveries whose worker gave no sign of life in time.
pub async fn list_expired(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<Delivery>> {
    // By the order of the index: by any other, SQLite would rather read the whole table in that order.
    let sql = format!(
        "SELECT * FROM delivery WHERE state = 'working' AND lease_until <= $1 ORDER BY lease_until{}",
        locking(db, " FOR UPDATE SKIP LOCKED")
    );
    returning(db, &sql, [now.into()]).await
}

/// Lets no hold reach further than one that is taken now.
pub async fn cut_leases(db: &impl ConnectionTrait, furthest: Timestamp) -> Result<()> {
    let beyond = furthest.plus(SKEW);
    // One after the other, since each has its partial index.
    let looks = format!("{WAITING} AND {LOOKED_AFTER}");
    for at_work in ["state = 'working'", &looks] {
        let sql =
            format!("UPDATE delivery SET lease_until = $1 WHERE lease_until > $2 AND {at_work}");
        db.execute_raw(statement(db, &sql, [furthest.into(), beyond.into()]))
            .await?;
    }
    Ok(())
}

/// Ends every hold at once: no worker but the caller lives. Returns what was being sent.
pub async fn void_leases(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<Delivery>> {
    db.execute_raw(statement(
        db,
        &format!(
            "UPDATE delivery SET lease_until = NULL WHERE {WAITING} AND lease_until IS NOT NULL"
        ),
        [],
    ))
    .await?;
    returning(
        db,
        "UPDATE delivery SET lease_until = $1 WHERE state = 'working' RETURNING *",
        [now.into()],
    )
    .await
}

/// Finds what would never wake up again, and wakes it.
pub async fn rescue_stuck(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<Delivery>> {
    // One statement for each partial index: with an OR between them, neither would be used.
    let wake = "UPDATE delivery SET next_run_at = $1, version = version + 1, updated_at = $1 WHERE next_run_at IS NULL";
    let ready = format!("{wake} AND state = 'ready' RETURNING *");
    let waiting = format!(
        "{wake} AND {WAITING} AND (state <> 'held' OR reason IS NULL OR reason = 'quota') RETURNING *"
    );
    let mut stuck = returning(db, &ready, [now.into()]).await?;
    stuck.extend(returning(db, &waiting, [now.into()]).await?);
    stuck.extend(
        returning(
            db,
            "UPDATE delivery SET lease_until = $1 WHERE state = 'working' AND lease_until IS NULL RETURNING *",
            [now.into()],
        )
        .await?,
    );
    Ok(stuck)
}

/// The next instant at which something is to happen by itself: what is ready waits for its lane too.
pub async fn next_wake_up(db: &impl ConnectionTrait) -> Result<Option<Timestamp>> {
    let sql = format!(
        "SELECT min(at) AS at FROM ( \
         SELECT min(CASE WHEN l.next_eligible_at > d.next_run_at THEN l.next_eligible_at ELSE d.next_run_at END) AS at \
           FROM delivery d JOIN lane l ON l.id = d.lane_id WHERE d.state = 'ready' \
         UNION ALL SELECT min(CASE WHEN lease_until > next_run_at THEN lease_until ELSE next_run_at END) \
           FROM delivery WHERE {WAITING} \
         UNION ALL SELECT min(lease_until) FROM delivery WHERE state = 'working' \
         UNION ALL SELECT min(due_at) FROM delivery WHERE state = 'scheduled' \
         UNION ALL SELECT min(probe_at) FROM breaker WHERE is_open) AS wake_up"
    );
    let row = db.query_one_raw(statement(db, &sql, [])).await?;
    Ok(row
        .map(|row| row.try_get::<Option<Timestamp>>("", "at"))
        .transpose()?
        .flatten())
}

/// How many deliveries of a lane are due in a span and not yet under way.
pub async fn count_planned(
    db: &impl ConnectionTrait,
    lane: LaneId,
    from: Timestamp,
    to: Timestamp,
) -> Result<u32> {
    let of = "lane_id = $1 AND due_at >= $2 AND due_at < $3";
    let sql = format!(
        "SELECT (SELECT COUNT(*) FROM delivery WHERE state = 'scheduled' AND {of}) \
         + (SELECT COUNT(*) FROM delivery WHERE state = 'ready' AND {of}) \
         + (SELECT COUNT(*) FROM delivery WHERE {WAITING} AND state IN ('held', 'retry_wait') AND {of}) AS planned"
    );
    let values = [lane.into(), from.into(), to.into()];
    let row = db.query_one_raw(statement(db, &sql, values)).await?;
    let planned = row.map_or(Ok(0), |row| row.try_get::<i64>("", "planned"))?;
    Ok(u32::try_from(planned).unwrap_or(u32::MAX))
}
