//! Queries on recurring jobs and their runs.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbBackend, DbErr,
    EntityTrait as _, FromQueryResult as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, Statement, TryInsertResult, Value,
};

use super::{RecurringJob, Run, RunState};
use crate::{
    clock::Timestamp,
    db::entity::{recurring_job, recurring_run},
    error::{Error, Result},
    id::{RecurringJobId, RunId, SiteId},
};

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

fn broken(error: impl Into<crate::error::BoxError>) -> Error {
    Error::internal("a row cannot be read", error)
}

fn read(row: recurring_job::Model) -> Result<RecurringJob> {
    Ok(RecurringJob {
        id: row.id,
        site: row.site_id,
        name: row.name,
        work: serde_json::from_value(row.work).map_err(broken)?,
        expression: row.expression,
        zone: row.zone,
        memory: row.memory,
        paused_at: row.paused_at,
        created_by: row.created_by,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn write(job: &RecurringJob) -> Result<recurring_job::Model, DbErr> {
    Ok(recurring_job::Model {
        id: job.id,
        site_id: job.site,
        name: job.name.clone(),
        kind: job.work.kind().to_owned(),
        work: serde_json::to_value(&job.work).map_err(|error| DbErr::Json(error.to_string()))?,
        expression: job.expression.clone(),
        zone: job.zone.clone(),
        memory: job.memory.clone(),
        paused_at: job.paused_at,
        created_by: job.created_by,
        version: job.version,
        created_at: job.created_at,
        updated_at: job.updated_at,
    })
}

fn read_run(row: recurring_run::Model) -> Result<Run> {
    Ok(Run {
        id: row.id,
        site: row.site_id,
        job: row.recurring_job_id,
        occurrence_at: row.occurrence_at,
        is_manual: row.is_manual,
        state: RunState::parse(&row.state)
            .ok_or_else(|| broken(format!("{} is not a state of this version", row.state)))?,
        report: row.report,
        error: row.error,
        created_at: row.created_at,
        started_at: row.started_at,
        ended_at: row.ended_at,
    })
}

pub async fn insert(db: &impl ConnectionTrait, job: &RecurringJob) -> Result<(), DbErr> {
    recurring_job::Entity::insert(write(job)?.into_active_model())
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Writes a recurring job whose version must still be one less than the given one; `false` when it is not.
pub async fn update(db: &impl ConnectionTrait, job: &RecurringJob) -> Result<bool, DbErr> {
    let mut row = write(job)?.into_active_model().reset_all();
    // What a run remembers is the run's to write.
    row.memory = sea_orm::ActiveValue::NotSet;
    let written = recurring_job::Entity::update_many()
        .set(row)
        .filter(recurring_job::Column::Id.eq(job.id))
        .filter(recurring_job::Column::Version.eq(job.version - 1))
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

/// Keeps what a run remembers for the next.
pub async fn set_memory(
    db: &impl ConnectionTrait,
    id: RecurringJobId,
    memory: serde_json::Value,
) -> Result<()> {
    recurring_job::Entity::update_many()
        .set(recurring_job::ActiveModel {
            memory: Set(memory),
            ..Default::default()
        })
        .filter(recurring_job::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, site: SiteId, id: RecurringJobId) -> Result<bool> {
    let deleted = recurring_job::Entity::delete_many()
        .filter(recurring_job::Column::Id.eq(id))
        .filter(recurring_job::Column::SiteId.eq(site))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected == 1)
}

pub async fn find(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: RecurringJobId,
) -> Result<Option<RecurringJob>> {
    let row = recurring_job::Entity::find_by_id(id)
        .filter(recurring_job::Column::SiteId.eq(site))
        .one(db)
        .await?;
    row.map(read).transpose()
}

pub async fn list(db: &impl ConnectionTrait, site: SiteId) -> Result<Vec<RecurringJob>> {
    let rows = recurring_job::Entity::find()
        .filter(recurring_job::Column::SiteId.eq(site))
        .order_by_asc(recurring_job::Column::Name)
        .all(db)
        .await?;
    rows.into_iter().map(read).collect()
}

/// Stores a run unless there is one of this occurrence already; `false` then.
pub async fn insert_run(db: &impl ConnectionTrait, run: &Run) -> Result<bool> {
    let row = recurring_run::Model {
        id: run.id,
        site_id: run.site,
        recurring_job_id: run.job,
        occurrence_at: run.occurrence_at,
        is_manual: run.is_manual,
        state: run.state.as_str().to_owned(),
        report: run.report.clone(),
        error: run.error.clone(),
        created_at: run.created_at,
        started_at: run.started_at,
        ended_at: run.ended_at,
    };
    let inserted = recurring_run::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([
            recurring_run::Column::RecurringJobId,
            recurring_run::Column::OccurrenceAt,
        ])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// Writes where a run is, unless it has ended already; `false` then.
pub async fn save_run(db: &impl ConnectionTrait, run: &Run) -> Result<bool> {
    let open = [RunState::Planned, RunState::Queued, RunState::Running];
    let written = recurring_run::Entity::update_many()
        .set(recurring_run::ActiveModel {
            state: Set(run.state.as_str().to_owned()),
            report: Set(run.report.clone()),
            error: Set(run.error.clone()),
            started_at: Set(run.started_at),
            ended_at: Set(run.ended_at),
            ..Default::default()
        })
        .filter(recurring_run::Column::Id.eq(run.id))
        .filter(recurring_run::Column::State.is_in(open.map(RunState::as_str)))
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

/// A run, kept from others until the end of the transaction.
pub async fn find_run(db: &impl ConnectionTrait, site: SiteId, id: RunId) -> Result<Option<Run>> {
    let sql = format!(
        "SELECT * FROM recurring_run WHERE id = $1 AND site_id = $2{}",
        locking(db, " FOR UPDATE")
    );
    let row = recurring_run::Entity::find()
        .from_raw_sql(statement(db, &sql, [id.into(), site.into()]))
        .one(db)
        .await?;
    row.map(read_run).transpose()
}

/// Takes away what is planned but not due.
pub async fn delete_planned(db: &impl ConnectionTrait, job: RecurringJobId) -> Result<()> {
    recurring_run::Entity::delete_many()
        .filter(recurring_run::Column::RecurringJobId.eq(job))
        .filter(recurring_run::Column::State.eq(RunState::Planned.as_str()))
        .exec(db)
        .await?;
    Ok(())
}

/// Whether any run is due; cheap, and takes no lock.
pub async fn has_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool> {
    let sql = "SELECT 1 AS found WHERE EXISTS \
               (SELECT 1 FROM recurring_run WHERE state = 'planned' AND occurrence_at <= $1)";
    Ok(db
        .query_one_raw(statement(db, sql, [now.into()]))
        .await?
        .is_some())
}

/// Recurring jobs with a run that is due, kept from other nodes until the end of the transaction.
pub async fn list_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<RecurringJob>> {
    let sql = format!(
        "SELECT * FROM recurring_job WHERE id IN (SELECT recurring_job_id FROM recurring_run \
         WHERE state = 'planned' AND occurrence_at <= $1) ORDER BY id{}",
        locking(db, " FOR UPDATE SKIP LOCKED")
    );
    let rows = recurring_job::Entity::find()
        .from_raw_sql(statement(db, &sql, [now.into()]))
        .all(db)
        .await?;
    rows.into_iter().map(read).collect()
}

/// Promotes the planned run of a job that is due.
pub async fn promote(
    db: &impl ConnectionTrait,
    job: RecurringJobId,
    now: Timestamp,
) -> Result<Vec<Run>> {
    let sql = "UPDATE recurring_run SET state = 'queued' WHERE recurring_job_id = $1 AND state = 'planned' \
               AND occurrence_at <= $2 RETURNING *";
    let rows = recurring_run::Entity::find()
        .from_raw_sql(statement(db, sql, [job.into(), now.into()]))
        .all(db)
        .await?;
    rows.into_iter().map(read_run).collect()
}

/// The next instant at which a run is due.
pub async fn next_due(db: &impl ConnectionTrait) -> Result<Option<Timestamp>> {
    let sql = "SELECT min(occurrence_at) AS at FROM recurring_run WHERE state = 'planned'";
    let row = db.query_one_raw(statement(db, sql, [])).await?;
    Ok(row
        .map(|row| row.try_get::<Option<Timestamp>>("", "at"))
        .transpose()?
        .flatten())
}

/// The latest runs of each of these jobs of a site that are not planned only, newest first.
pub async fn list_runs_of(
    db: &impl ConnectionTrait,
    site: SiteId,
    jobs: &[RecurringJobId],
    each: i64,
) -> Result<HashMap<RecurringJobId, Vec<Run>>> {
    if jobs.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<_> = (0..jobs.len())
        .map(|place| format!("${}", place + 3))
        .collect();
    let sql = format!(
        "SELECT * FROM (SELECT r.*, ROW_NUMBER() OVER (PARTITION BY recurring_job_id ORDER BY occurrence_at DESC) \
         AS place FROM recurring_run r WHERE site_id = $1 AND state <> 'planned' AND recurring_job_id IN ({})) ranked \
         WHERE place <= $2 ORDER BY occurrence_at DESC",
        places.join(", ")
    );
    let mut values: Vec<Value> = vec![site.into(), each.into()];
    values.extend(jobs.iter().map(|job| Value::from(*job)));
    let rows = db.query_all_raw(statement(db, &sql, values)).await?;
    let mut found = HashMap::<_, Vec<_>>::new();
    for row in rows {
        let run = read_run(recurring_run::Model::from_query_result(&row, "")?)?;
        found.entry(run.job).or_default().push(run);
    }
    Ok(found)
}

/// Throws away runs that ended before an instant.
pub async fn delete_runs_before(db: &impl ConnectionTrait, before: Timestamp) -> Result<()> {
    recurring_run::Entity::delete_many()
        .filter(recurring_run::Column::EndedAt.lt(before))
        .exec(db)
        .await?;
    Ok(())
}
