//! Runs: promoted when their time comes, each with the next in one transaction, and carried out as jobs.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{
    BackgroundService, RecurringJob, Run, RunState, Work,
    job::RunRecurring,
    service::{find_run, of},
    store,
};
use crate::{
    auth::Actor,
    clock::Timestamp,
    crash_point,
    error::Result,
    id::{RunId, SiteId},
    jobs::{Carrier, JobError, Try},
};

/// What became of the work of a run.
pub(super) enum Outcome {
    /// It is done.
    Done(Value),
    /// Further jobs do it, and say when they are done.
    HandedOn,
}

/// A run in a worker's hands.
pub(super) struct Running<'a> {
    pub actor: Actor,
    pub job: &'a RecurringJob,
    pub run: &'a Run,
    pub this: &'a Try,
}

impl BackgroundService {
    /// Promotes what is due; `true` when there was anything. Of several missed occurrences only the newest runs.
    pub async fn promote(&self) -> Result<bool> {
        let now = self.clock.now();
        if !store::has_due(self.db.read(), now).await? {
            return Ok(false);
        }
        let tx = self.db.begin().await?;
        let mut promoted = false;
        for job in store::list_due(&tx, now).await? {
            for run in store::promote(&tx, job.id, now).await? {
                promoted = true;
                self.plan_on(&tx, &job, run, now).await?;
            }
        }
        crash_point!("before_promote_commit");
        tx.commit().await?;
        if promoted {
            self.queue.wake();
        }
        Ok(promoted)
    }

    /// Queues a promoted run, or the newest one in its place, and plans the next.
    async fn plan_on(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        job: &RecurringJob,
        mut run: Run,
        now: Timestamp,
    ) -> Result<()> {
        let calendar = job.calendar()?;
        let newest = calendar.newest_until(run.occurrence_at, now);
        if newest > run.occurrence_at {
            tracing::warn!(recurring_job.id = %job.id, missed = %run.occurrence_at, "a run was missed; a newer one catches up");
            run.state = RunState::Skipped;
            run.report = json!({ "caught_up_by": newest });
            run.ended_at = Some(now);
            store::save_run(tx, &run).await?;
            run = Run::new(job, newest, RunState::Queued, now);
            store::insert_run(tx, &run).await?;
        }
        self.queue.enqueue(tx, &of(&run)).await?;
        if let Some(next) = calendar.next_after(newest.max(now)) {
            store::insert_run(tx, &Run::new(job, next, RunState::Planned, now)).await?;
        }
        Ok(())
    }

    /// Writes what a run came to, once.
    pub(super) async fn end_run(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        mut run: Run,
        report: Value,
        error: Option<&str>,
    ) -> Result<()> {
        run.state = match error {
            None => RunState::Done,
            Some(_) => RunState::Failed,
        };
        run.report = report;
        run.error = error.map(ToOwned::to_owned);
        run.ended_at = Some(self.clock.now());
        store::save_run(tx, &run).await?;
        Ok(())
    }

    async fn begin_run(&self, site: SiteId, id: RunId) -> Result<Option<Run>> {
        let tx = self.db.begin().await?;
        let Some(mut run) = find_run(&tx, site, id).await? else {
            return Ok(None);
        };
        if run.state.is_final() {
            return Ok(None);
        }
        run.state = RunState::Running;
        run.started_at = run.started_at.or(Some(self.clock.now()));
        store::save_run(&tx, &run).await?;
        tx.commit().await?;
        Ok(Some(run))
    }
}

#[async_trait]
impl Carrier<RunRecurring> for BackgroundService {
    async fn carry_out(&self, asked: RunRecurring, this: &Try) -> Result<(), JobError> {
        let actor = Actor::system(asked.site);
        // Whoever deleted the recurring job took its runs with it.
        let Some(run) = self.begin_run(asked.site, asked.run).await? else {
            return Ok(());
        };
        let Some(job) = store::find(self.db.read(), asked.site, asked.job).await? else {
            return Ok(());
        };
        let running = Running {
            actor,
            job: &job,
            run: &run,
            this,
        };
        let outcome = match &job.work {
            Work::SubmitChanged(work) => self.submit_changed(&running, work).await?,
            Work::Digest(work) => self.make_digest(&running, work).await?,
            Work::PullStatistics(work) => self.pull_statistics(&running, work).await?,
        };
        if let Outcome::Done(report) = outcome {
            let tx = self.db.begin().await?;
            self.end_run(&tx, run, report, None).await?;
            tx.commit().await.map_err(crate::error::Error::from)?;
        }
        Ok(())
    }

    async fn bury(&self, asked: RunRecurring, error: &str) -> Result<()> {
        let tx = self.db.begin().await?;
        if let Some(run) = find_run(&tx, asked.site, asked.run).await? {
            let report = run.report.clone();
            self.end_run(&tx, run, report, Some(error)).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
