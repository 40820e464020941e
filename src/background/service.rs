//! Use cases: make, change, pause, run and delete recurring jobs; look at what died.

use std::{collections::HashMap, time::Duration};

use serde_json::json;

use super::{
    Calendar, NewRecurringJob, RecurringChanges, RecurringJob, Run, RunState, job::RunRecurring,
    recurring::check_name, store,
};
use crate::{
    auth::{Actor, AuthService, Permission},
    clock::{Clock, Timestamp},
    content::ContentService,
    db::{Db, is_unique_violation},
    delivery::DeliveryService,
    error::{Error, Result},
    id::{JobId, RecurringJobId, RunId},
    jobs::{DeadJob, Queue},
};

/// The most recurring jobs that a site may have.
const MOST: usize = 50;
/// The runs that a list shows of each.
const SHOWN_RUNS: i64 = 5;
/// For how long runs that ended stay visible.
const KEPT: Duration = Duration::from_hours(24 * 400);

/// Recurring jobs and what became of jobs; clones share everything.
#[derive(Clone)]
pub struct BackgroundService {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) queue: Queue,
    pub(super) auth: AuthService,
    pub(super) content: ContentService,
    pub(super) delivery: DeliveryService,
    pub(super) base_url: String,
}

impl BackgroundService {
    /// The service. It does nothing by itself; a worker of the queue does.
    pub fn new(
        db: Db,
        clock: Clock,
        queue: Queue,
        auth: AuthService,
        content: ContentService,
        delivery: DeliveryService,
        base_url: &str,
    ) -> Self {
        Self {
            db,
            clock,
            queue,
            auth,
            content,
            delivery,
            base_url: base_url.to_owned(),
        }
    }

    /// The recurring jobs of the actor's site, by name.
    pub async fn recurring_jobs(&self, actor: &Actor) -> Result<Vec<RecurringJob>> {
        actor.require(Permission::ReadContent)?;
        store::list(self.db.read(), actor.site()).await
    }

    /// One recurring job.
    pub async fn recurring_job(&self, actor: &Actor, id: RecurringJobId) -> Result<RecurringJob> {
        actor.require(Permission::ReadContent)?;
        find(self.db.read(), actor, id).await
    }

    /// The next times of a calendar that nothing is made of yet.
    pub async fn fire_times(
        &self,
        actor: &Actor,
        expression: &str,
        zone: Option<&str>,
        count: usize,
    ) -> Result<Vec<Timestamp>> {
        actor.require(Permission::ReadContent)?;
        let zone = match zone.map(str::trim).filter(|zone| !zone.is_empty()) {
            Some(zone) => zone.to_owned(),
            None => self.auth.site(actor).await?.zone,
        };
        let calendar = Calendar::parse(expression, &zone)?;
        Ok(calendar.next_many(self.clock.now(), count))
    }

    /// The latest runs of each of these recurring jobs, newest first.
    pub async fn runs_of(
        &self,
        actor: &Actor,
        jobs: &[RecurringJobId],
    ) -> Result<HashMap<RecurringJobId, Vec<Run>>> {
        actor.require(Permission::ReadContent)?;
        store::list_runs_of(self.db.read(), actor.site(), jobs, SHOWN_RUNS).await
    }

    /// Makes a recurring job and plans its first run.
    pub async fn create_recurring_job(
        &self,
        actor: &Actor,
        new: NewRecurringJob,
    ) -> Result<RecurringJob> {
        actor.require(Permission::Schedule)?;
        let now = self.clock.now();
        let zone = match new.zone.filter(|zone| !zone.trim().is_empty()) {
            Some(zone) => zone.trim().to_owned(),
            None => self.auth.site(actor).await?.zone,
        };
        let job = RecurringJob {
            id: RecurringJobId::new(),
            site: actor.site(),
            name: check_name(&new.name)?,
            work: new.work,
            expression: new.expression.trim().to_owned(),
            zone,
            memory: json!({}),
            paused_at: None,
            created_by: actor.user(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.check_work(actor, &job.work).await?;
        let first = first_after(&job, now)?;
        if self.recurring_jobs(actor).await?.len() >= MOST {
            return Err(Error::precondition(format!(
                "a site has at most {MOST} recurring jobs; delete one first"
            )));
        }
        let tx = self.db.begin().await?;
        store::insert(&tx, &job).await.map_err(taken)?;
        store::insert_run(&tx, &Run::new(&job, first, RunState::Planned, now)).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// Changes a recurring job; its next run follows the new calendar.
    pub async fn update_recurring_job(
        &self,
        actor: &Actor,
        id: RecurringJobId,
        base_version: i32,
        changes: RecurringChanges,
    ) -> Result<RecurringJob> {
        actor.require(Permission::Schedule)?;
        let mut job = find(self.db.read(), actor, id).await?;
        check_version(&job, base_version)?;
        if let Some(name) = changes.name {
            job.name = check_name(&name)?;
        }
        if let Some(expression) = changes.expression {
            expression.trim().clone_into(&mut job.expression);
        }
        if let Some(zone) = changes.zone {
            zone.trim().clone_into(&mut job.zone);
        }
        let other = changes.work.filter(|work| *work != job.work);
        let Some(work) = other else {
            return self.replan(job).await;
        };
        self.check_work(actor, &work).await?;
        job.work = work;
        let job = self.replan(job).await?;
        // What was remembered belongs to what was done before: another account has to hear of everything.
        store::set_memory(self.db.write(), job.id, json!({})).await?;
        Ok(job)
    }

    /// Plans no more runs; one that is under way goes on.
    pub async fn pause_recurring_job(
        &self,
        actor: &Actor,
        id: RecurringJobId,
    ) -> Result<RecurringJob> {
        actor.require(Permission::Schedule)?;
        let mut job = find(self.db.read(), actor, id).await?;
        if job.paused_at.is_some() {
            return Ok(job);
        }
        job.paused_at = Some(self.clock.now());
        self.replan(job).await
    }

    /// Plans runs again; what would have run in between is left out.
    pub async fn resume_recurring_job(
        &self,
        actor: &Actor,
        id: RecurringJobId,
    ) -> Result<RecurringJob> {
        actor.require(Permission::Schedule)?;
        let mut job = find(self.db.read(), actor, id).await?;
        if job.paused_at.take().is_none() {
            return Ok(job);
        }
        self.replan(job).await
    }

    /// Runs it now, beside its calendar.
    pub async fn run_recurring_job(&self, actor: &Actor, id: RecurringJobId) -> Result<Run> {
        actor.require(Permission::Schedule)?;
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let job = find(&tx, actor, id).await?;
        let run = Run {
            is_manual: true,
            ..Run::new(&job, now, RunState::Queued, now)
        };
        if !store::insert_run(&tx, &run).await? {
            return Err(Error::conflict("it runs at this very instant already"));
        }
        self.queue.enqueue(&tx, &of(&run)).await?;
        tx.commit().await?;
        self.queue.wake();
        Ok(run)
    }

    /// Deletes a recurring job with its runs; what they made stays.
    pub async fn delete_recurring_job(&self, actor: &Actor, id: RecurringJobId) -> Result<()> {
        actor.require(Permission::Schedule)?;
        if store::delete(self.db.write(), actor.site(), id).await? {
            return Ok(());
        }
        Err(missing(id))
    }

    /// Jobs of the actor's site that are not tried any more, the latest first.
    pub async fn dead_jobs(&self, actor: &Actor) -> Result<Vec<DeadJob>> {
        actor.require(Permission::ManageSite)?;
        self.queue.dead(actor.site()).await
    }

    /// Throws a dead job away.
    pub async fn discard_job(&self, actor: &Actor, id: JobId) -> Result<()> {
        actor.require(Permission::ManageSite)?;
        self.queue.discard(actor.site(), id).await
    }

    /// The next instant at which a run of any site is due.
    pub async fn next_due(&self) -> Result<Option<Timestamp>> {
        store::next_due(self.db.read()).await
    }

    /// Throws away runs that ended long ago.
    pub async fn prune(&self) -> Result<()> {
        store::delete_runs_before(self.db.write(), self.clock.now().minus(KEPT)).await
    }

    /// Writes a change and plans the next run anew.
    async fn replan(&self, mut job: RecurringJob) -> Result<RecurringJob> {
        let now = self.clock.now();
        let next = first_after(&job, now)?;
        job.version += 1;
        job.updated_at = now;
        let tx = self.db.begin().await?;
        if !store::update(&tx, &job).await.map_err(taken)? {
            return Err(Error::conflict(
                "somebody else changed it in between; load it again",
            ));
        }
        store::delete_planned(&tx, job.id).await?;
        if job.paused_at.is_none() {
            store::insert_run(&tx, &Run::new(&job, next, RunState::Planned, now)).await?;
        }
        tx.commit().await?;
        Ok(job)
    }
}

/// The job that carries a run out.
pub(super) const fn of(run: &Run) -> RunRecurring {
    RunRecurring {
        site: run.site,
        job: run.job,
        run: run.id,
    }
}

pub(super) async fn find_run(
    db: &impl sea_orm::ConnectionTrait,
    site: crate::id::SiteId,
    id: RunId,
) -> Result<Option<Run>> {
    store::find_run(db, site, id).await
}

async fn find(
    db: &impl sea_orm::ConnectionTrait,
    actor: &Actor,
    id: RecurringJobId,
) -> Result<RecurringJob> {
    let found = store::find(db, actor.site(), id).await?;
    found.ok_or_else(|| missing(id))
}

fn missing(id: RecurringJobId) -> Error {
    Error::not_found(format!("recurring job {id}"))
}

fn first_after(job: &RecurringJob, now: Timestamp) -> Result<Timestamp> {
    job.calendar()?
        .next_after(now)
        .ok_or_else(|| Error::invalid("input.expression", "names a time that never comes"))
}

fn check_version(job: &RecurringJob, base_version: i32) -> Result<()> {
    if job.version == base_version {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "somebody else saved version {} in between; load it again",
        job.version
    )))
}

fn taken(error: sea_orm::DbErr) -> Error {
    if is_unique_violation(&error) {
        return Error::conflict("another recurring job has this name already")
            .on_field("input.name");
    }
    error.into()
}
