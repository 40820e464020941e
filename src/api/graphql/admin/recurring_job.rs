//! Recurring jobs: what operators have repeated by the calendar, and how it went.

use async_graphql::{Context, Enum, ID, InputObject, Json, Object, SimpleObject};
use serde_json::Value;

use super::recurring_work::{
    DigestInput, DigestObject, PullStatisticsInput, PullStatisticsObject, RecurringJobKind,
    SubmitChangedInput, SubmitChangedObject, one_kind, read_work,
};
use crate::{
    api::graphql::{
        ContextExt,
        loader::RunsOf,
        shared::{DateTime, parse_id},
    },
    background::{NewRecurringJob, RecurringChanges, RecurringJob, Run, RunState, Work},
    error::{Error, Result},
};

/// The occurrences to come that are shown.
const SHOWN_TIMES: usize = 5;

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "RunState", remote = "RunState")]
pub enum RunStateName {
    /// To come.
    Planned,
    /// Its time has come; a worker takes it next.
    Queued,
    /// Under way.
    Running,
    /// Done.
    Done,
    /// Given up.
    Failed,
    /// Missed while nobody worked; a newer occurrence caught up.
    Skipped,
}

/// One occurrence of a recurring job.
pub struct RunObject(Run);

#[Object(name = "RecurringJobRun")]
impl RunObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The instant of the occurrence.
    async fn occurrence_at(&self) -> DateTime {
        self.0.occurrence_at.into()
    }

    /// Whether a person asked for it.
    async fn is_manual(&self) -> bool {
        self.0.is_manual
    }

    /// Where it is.
    async fn state(&self) -> RunStateName {
        self.0.state.into()
    }

    /// What it did, as far as it got; its fields depend on the kind.
    async fn report(&self) -> Json<&Value> {
        Json(&self.0.report)
    }

    /// Why it was given up.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }

    /// When it began.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.started_at.map(Into::into)
    }

    /// When it ended.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(Into::into)
    }
}

/// Work that is repeated by the calendar.
pub struct RecurringJobObject(RecurringJob);

#[Object(name = "RecurringJob")]
impl RecurringJobObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it does.
    async fn kind(&self) -> RecurringJobKind {
        (&self.0.work).into()
    }

    /// The parameters of `SUBMIT_CHANGED`.
    async fn submit_changed(&self) -> Option<SubmitChangedObject> {
        match &self.0.work {
            Work::SubmitChanged(work) => Some(SubmitChangedObject(work.clone())),
            _ => None,
        }
    }

    /// The parameters of `DIGEST`.
    async fn digest(&self) -> Option<DigestObject> {
        match &self.0.work {
            Work::Digest(work) => Some(work.into()),
            _ => None,
        }
    }

    /// The parameters of `PULL_STATISTICS`.
    async fn pull_statistics(&self) -> Option<PullStatisticsObject> {
        match &self.0.work {
            Work::PullStatistics(work) => Some(work.into()),
            _ => None,
        }
    }

    /// When, as cron writes it: minute, hour, day of month, month, day of week.
    async fn expression(&self) -> &str {
        &self.0.expression
    }

    /// IANA zone of the wall that the expression is read from.
    async fn zone(&self) -> &str {
        &self.0.zone
    }

    /// The next five times; none while it is paused. A time that the clocks skip moves forward by what they skip; one
    /// that comes twice is its first.
    async fn next_fire_times(&self, ctx: &Context<'_>) -> Result<Vec<DateTime>> {
        let times = self.0.next_fire_times(ctx.app().clock.now(), SHOWN_TIMES)?;
        Ok(times.into_iter().map(Into::into).collect())
    }

    /// The last runs, newest first.
    async fn runs(&self, ctx: &Context<'_>) -> Result<Vec<RunObject>> {
        let found = ctx.loaders().load_one(RunsOf(self.0.id)).await;
        let runs = found.map_err(Error::shared)?.unwrap_or_default();
        Ok(runs.into_iter().map(RunObject).collect())
    }

    /// Since when it is paused.
    async fn paused_at(&self) -> Option<DateTime> {
        self.0.paused_at.map(Into::into)
    }

    /// Id of the person who made it.
    async fn created_by(&self) -> Option<ID> {
        self.0.created_by.map(Into::into)
    }

    /// Rises with each write.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }
}

/// Recurring jobs.
#[derive(Default)]
pub struct RecurringJobQueries;

#[Object]
impl RecurringJobQueries {
    /// The recurring jobs of this site, by name; there are at most fifty.
    #[graphql(complexity = "50 * child_complexity + 1")]
    async fn recurring_jobs(&self, ctx: &Context<'_>) -> Result<Vec<RecurringJobObject>> {
        let jobs = ctx.app().background.recurring_jobs(ctx.actor()).await?;
        Ok(jobs.into_iter().map(RecurringJobObject).collect())
    }

    /// One recurring job.
    async fn recurring_job(&self, ctx: &Context<'_>, id: ID) -> Result<RecurringJobObject> {
        let id = parse_id(&id, "id")?;
        let job = ctx.app().background.recurring_job(ctx.actor(), id).await?;
        Ok(RecurringJobObject(job))
    }

    /// The next five times of a calendar, before a job is made of it.
    async fn fire_times(&self, ctx: &Context<'_>, input: FireTimesInput) -> Result<Vec<DateTime>> {
        let background = &ctx.app().background;
        let times = background.fire_times(
            ctx.actor(),
            &input.expression,
            input.zone.as_deref(),
            SHOWN_TIMES,
        );
        Ok(times.await?.into_iter().map(Into::into).collect())
    }
}

/// A calendar to be tried out.
#[derive(InputObject)]
pub struct FireTimesInput {
    /// When, as cron writes it.
    expression: String,
    /// IANA zone; the site's own when it is left out.
    zone: Option<String>,
}

/// A recurring job to be made, with the parameters of one kind of work.
#[derive(InputObject)]
pub struct CreateRecurringJobInput {
    /// What people call it.
    name: String,
    /// When, as cron writes it: minute, hour, day of month, month, day of week.
    expression: String,
    /// IANA zone; the site's own when it is left out.
    zone: Option<String>,
    /// Sends what changed to an account.
    submit_changed: Option<SubmitChangedInput>,
    /// Makes a draft of the best stories.
    digest: Option<DigestInput>,
    /// Asks the platforms what readers did.
    pull_statistics: Option<PullStatisticsInput>,
}

/// A change of a recurring job; what is left out stays.
#[derive(InputObject)]
pub struct UpdateRecurringJobInput {
    /// The recurring job.
    id: ID,
    /// The version that was changed.
    base_version: i32,
    /// What people call it.
    name: Option<String>,
    /// When, as cron writes it.
    expression: Option<String>,
    /// IANA zone.
    zone: Option<String>,
    /// Sends what changed to an account.
    submit_changed: Option<SubmitChangedInput>,
    /// Makes a draft of the best stories.
    digest: Option<DigestInput>,
    /// Asks the platforms what readers did.
    pull_statistics: Option<PullStatisticsInput>,
}

/// Which recurring job.
#[derive(InputObject)]
pub struct RecurringJobInput {
    /// The recurring job.
    id: ID,
}

/// A recurring job after a change.
#[derive(SimpleObject)]
pub struct RecurringJobPayload {
    /// The recurring job.
    recurring_job: RecurringJobObject,
}

impl From<RecurringJob> for RecurringJobPayload {
    fn from(job: RecurringJob) -> Self {
        Self {
            recurring_job: RecurringJobObject(job),
        }
    }
}

/// The run that was asked for.
#[derive(SimpleObject)]
pub struct RunRecurringJobPayload {
    /// The run.
    run: RunObject,
}

/// The recurring job that is gone.
#[derive(SimpleObject)]
pub struct DeleteRecurringJobPayload {
    /// Its id.
    id: ID,
}

/// Changes of recurring jobs.
#[derive(Default)]
pub struct RecurringJobMutations;

#[Object]
impl RecurringJobMutations {
    /// Makes a recurring job.
    async fn create_recurring_job(
        &self,
        ctx: &Context<'_>,
        input: CreateRecurringJobInput,
    ) -> Result<RecurringJobPayload> {
        let work = read_work(input.submit_changed, input.digest, input.pull_statistics)?;
        let new = NewRecurringJob {
            name: input.name,
            work: work.ok_or_else(one_kind)?,
            expression: input.expression,
            zone: input.zone,
        };
        let background = &ctx.app().background;
        Ok(background
            .create_recurring_job(ctx.actor(), new)
            .await?
            .into())
    }

    /// Changes a recurring job; its next run follows the new calendar.
    async fn update_recurring_job(
        &self,
        ctx: &Context<'_>,
        input: UpdateRecurringJobInput,
    ) -> Result<RecurringJobPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let changes = RecurringChanges {
            name: input.name,
            work: read_work(input.submit_changed, input.digest, input.pull_statistics)?,
            expression: input.expression,
            zone: input.zone,
        };
        let background = &ctx.app().background;
        let job = background.update_recurring_job(ctx.actor(), id, input.base_version, changes);
        Ok(job.await?.into())
    }

    /// Plans no more runs; one that is under way goes on.
    async fn pause_recurring_job(
        &self,
        ctx: &Context<'_>,
        input: RecurringJobInput,
    ) -> Result<RecurringJobPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let background = &ctx.app().background;
        Ok(background
            .pause_recurring_job(ctx.actor(), id)
            .await?
            .into())
    }

    /// Plans runs again; what would have run in between is left out.
    async fn resume_recurring_job(
        &self,
        ctx: &Context<'_>,
        input: RecurringJobInput,
    ) -> Result<RecurringJobPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let background = &ctx.app().background;
        Ok(background
            .resume_recurring_job(ctx.actor(), id)
            .await?
            .into())
    }

    /// Runs it now, beside its calendar.
    async fn run_recurring_job(
        &self,
        ctx: &Context<'_>,
        input: RecurringJobInput,
    ) -> Result<RunRecurringJobPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let run = ctx
            .app()
            .background
            .run_recurring_job(ctx.actor(), id)
            .await?;
        Ok(RunRecurringJobPayload {
            run: RunObject(run),
        })
    }

    /// Deletes a recurring job with its runs; what they made stays.
    async fn delete_recurring_job(
        &self,
        ctx: &Context<'_>,
        input: RecurringJobInput,
    ) -> Result<DeleteRecurringJobPayload> {
        let id = parse_id(&input.id, "input.id")?;
        ctx.app()
            .background
            .delete_recurring_job(ctx.actor(), id)
            .await?;
        Ok(DeleteRecurringJobPayload { id: input.id })
    }
}
