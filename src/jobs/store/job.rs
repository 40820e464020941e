//! Queries on jobs.
//!
//! States stand in the SQL as words, not parameters, so that both planners see that the partial indexes apply.

use sea_orm::{ConnectionTrait, DbBackend, EntityTrait as _, Statement, Value};

use crate::{
    clock::Timestamp,
    db::{
        entity::job::{self, Model},
        is_unique_violation,
    },
    error::Result,
    id::{JobId, SiteId},
    jobs::{DeadJob, Job},
};

fn statement(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// A job in a worker's hands.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: JobId,
    pub kind: String,
    pub payload: serde_json::Value,
    pub attempt: i32,
    pub max_attempts: i32,
    pub lease_token: i64,
}

impl From<Model> for Claimed {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            payload: row.payload,
            attempt: row.attempt,
            max_attempts: row.max_attempts,
            lease_token: row.lease_token,
        }
    }
}

/// Stores a job; `false` when one with its key waits or runs already.
pub async fn insert<J: Job>(
    db: &impl ConnectionTrait,
    new: &J,
    payload: serde_json::Value,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let inserted = db
        .execute_raw(statement(
            db,
            "INSERT INTO job (id, site_id, kind, lane, unique_key, payload, state, run_at, attempt, max_attempts, \
             lease_token, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, 'ready', $7, 0, $8, 0, $9, $9) ON CONFLICT DO NOTHING",
            [
                JobId::new().into(),
                new.site().into(),
                J::KIND.into(),
                new.lane().into(),
                new.unique_key().into(),
                payload.into(),
                run_at.into(),
                J::MOST_ATTEMPTS.into(),
                now.into(),
            ],
        ))
        .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Takes the next job that is due, of a kind that the worker knows and in a lane where none runs.
pub async fn claim(
    db: &impl ConnectionTrait,
    kinds: &str,
    owner: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<Option<Claimed>> {
    // Only PostgreSQL has several writers that could meet at a row.
    let locking = match db.get_database_backend() {
        DbBackend::Postgres => " FOR UPDATE SKIP LOCKED",
        _ => "",
    };
    let sql = format!(
        "UPDATE job SET state = 'working', attempt = attempt + 1, lease_owner = $2, lease_token = lease_token + 1, \
         lease_until = $3, updated_at = $1 \
         WHERE state = 'ready' AND id = (SELECT j.id FROM job j WHERE j.state = 'ready' AND j.run_at <= $1 \
           AND j.kind IN ({kinds}) \
           AND (j.lane IS NULL OR NOT EXISTS (SELECT 1 FROM job w WHERE w.lane = j.lane AND w.state = 'working')) \
           ORDER BY j.run_at, j.id LIMIT 1{locking}) RETURNING *"
    );
    let claimed = job::Entity::find()
        .from_raw_sql(statement(
            db,
            &sql,
            [now.into(), owner.into(), until.into()],
        ))
        .one(db)
        .await;
    match claimed {
        Ok(claimed) => Ok(claimed.map(Claimed::from)),
        // Another node took one of the same lane at the same instant.
        Err(error) if is_unique_violation(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether there is anything to claim; cheap, and takes no lock.
pub async fn has_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool> {
    let sql =
        "SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM job WHERE state = 'ready' AND run_at <= $1)";
    Ok(db
        .query_one_raw(statement(db, sql, [now.into()]))
        .await?
        .is_some())
}

/// The next instant at which a job is due.
pub async fn next_due(db: &impl ConnectionTrait) -> Result<Option<Timestamp>> {
    let sql = "SELECT min(run_at) AS at FROM job WHERE state = 'ready'";
    let row = db.query_one_raw(statement(db, sql, [])).await?;
    Ok(row
        .map(|row| row.try_get::<Option<Timestamp>>("", "at"))
        .transpose()?
        .flatten())
}

/// A sign of life; `false`: the job is no longer this worker's.
pub async fn extend_lease(
    db: &impl ConnectionTrait,
    held: &Claimed,
    until: Timestamp,
) -> Result<bool> {
    let sql =
        "UPDATE job SET lease_until = $3 WHERE id = $1 AND lease_token = $2 AND state = 'working'";
    write(db, sql, held, [until.into()]).await
}

/// Takes a job away that is done.
pub async fn delete(db: &impl ConnectionTrait, held: &Claimed) -> Result<bool> {
    let sql = "DELETE FROM job WHERE id = $1 AND lease_token = $2 AND state = 'working'";
    write(db, sql, held, []).await
}

/// Puts a job back until later; `error` is `None` when the try does not count.
pub async fn put_back(
    db: &impl ConnectionTrait,
    held: &Claimed,
    run_at: Timestamp,
    error: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let counts = i32::from(error.is_none());
    let sql = "UPDATE job SET state = 'ready', run_at = $3, attempt = attempt - $4, \
               last_error = COALESCE($5, last_error), lease_owner = NULL, lease_until = NULL, updated_at = $6 \
               WHERE id = $1 AND lease_token = $2 AND state = 'working'";
    let values = [run_at.into(), counts.into(), error.into(), now.into()];
    write(db, sql, held, values).await
}

/// Keeps a job as dead.
pub async fn bury(
    db: &impl ConnectionTrait,
    held: &Claimed,
    error: &str,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE job SET state = 'dead', last_error = $3, lease_owner = NULL, lease_until = NULL, \
               updated_at = $4, ended_at = $4 WHERE id = $1 AND lease_token = $2 AND state = 'working'";
    write(db, sql, held, [error.into(), now.into()]).await
}

async fn write(
    db: &impl ConnectionTrait,
    sql: &str,
    held: &Claimed,
    further: impl IntoIterator<Item = Value>,
) -> Result<bool> {
    let held: [Value; 2] = [held.id.into(), held.lease_token.into()];
    let written = db
        .execute_raw(statement(db, sql, held.into_iter().chain(further)))
        .await?;
    Ok(written.rows_affected() == 1)
}

/// Jobs whose worker gave no sign of life in time: they are taken over with a new token.
pub async fn take_over(
    db: &impl ConnectionTrait,
    kinds: &str,
    owner: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<Vec<Claimed>> {
    let sql = format!(
        "UPDATE job SET lease_owner = $2, lease_token = lease_token + 1, lease_until = $3, updated_at = $1 \
         WHERE state = 'working' AND lease_until <= $1 AND kind IN ({kinds}) RETURNING *"
    );
    let rows = job::Entity::find()
        .from_raw_sql(statement(
            db,
            &sql,
            [now.into(), owner.into(), until.into()],
        ))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Claimed::from).collect())
}

/// Ends every hold at once: no worker but the caller lives.
pub async fn void_leases(db: &impl ConnectionTrait, now: Timestamp) -> Result<()> {
    let sql = "UPDATE job SET lease_until = $1 WHERE state = 'working'";
    db.execute_raw(statement(db, sql, [now.into()])).await?;
    Ok(())
}

/// Jobs of a site that are not tried any more, the latest first.
pub async fn list_dead(
    db: &impl ConnectionTrait,
    site: SiteId,
    limit: u64,
) -> Result<Vec<DeadJob>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = job::Entity::find()
        .from_raw_sql(statement(
            db,
            "SELECT * FROM job WHERE state = 'dead' AND site_id = $1 ORDER BY ended_at DESC, id DESC LIMIT $2",
            [site.into(), limit.into()],
        ))
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| DeadJob {
            id: row.id,
            kind: row.kind,
            payload: row.payload,
            attempt_count: row.attempt,
            last_error: row.last_error,
            created_at: row.created_at,
            ended_at: row.ended_at.unwrap_or(row.updated_at),
        })
        .collect())
}

/// Throws a dead job of a site away.
pub async fn delete_dead(db: &impl ConnectionTrait, site: SiteId, id: JobId) -> Result<bool> {
    let sql = "DELETE FROM job WHERE id = $1 AND site_id = $2 AND state = 'dead'";
    let deleted = db
        .execute_raw(statement(db, sql, [id.into(), site.into()]))
        .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Throws away what died before an instant.
pub async fn delete_dead_before(db: &impl ConnectionTrait, before: Timestamp) -> Result<()> {
    let sql = "DELETE FROM job WHERE state = 'dead' AND ended_at < $1";
    db.execute_raw(statement(db, sql, [before.into()])).await?;
    Ok(())
}
