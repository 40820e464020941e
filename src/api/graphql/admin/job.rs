//! Jobs that are not tried any more.

use async_graphql::{Context, ID, InputObject, Json, Object, SimpleObject};
use serde_json::Value;

use crate::{
    api::graphql::{
        ContextExt,
        shared::{DateTime, parse_id},
    },
    background::DeadJob,
    error::Result,
};

/// A job that was given up; what it was to do stays to be looked at.
pub struct DeadJobObject(DeadJob);

#[Object(name = "DeadJob")]
impl DeadJobObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What kind of work.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// What it was to do.
    async fn payload(&self) -> Json<&Value> {
        Json(&self.0.payload)
    }

    /// How often it was tried.
    async fn attempt_count(&self) -> i32 {
        self.0.attempt_count
    }

    /// Why the last try failed.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it was given up.
    async fn ended_at(&self) -> DateTime {
        self.0.ended_at.into()
    }
}

/// Dead jobs.
#[derive(Default)]
pub struct JobQueries;

#[Object]
impl JobQueries {
    /// Jobs of this site that are not tried any more, the latest first, at most a hundred.
    async fn dead_jobs(&self, ctx: &Context<'_>) -> Result<Vec<DeadJobObject>> {
        let jobs = ctx.app().background.dead_jobs(ctx.actor()).await?;
        Ok(jobs.into_iter().map(DeadJobObject).collect())
    }
}

/// Which job.
#[derive(InputObject)]
pub struct DiscardJobInput {
    /// The dead job.
    id: ID,
}

/// The job that is gone.
#[derive(SimpleObject)]
pub struct DiscardJobPayload {
    /// Its id.
    id: ID,
}

/// Changes of dead jobs.
#[derive(Default)]
pub struct JobMutations;

#[Object]
impl JobMutations {
    /// Throws a dead job away.
    async fn discard_job(
        &self,
        ctx: &Context<'_>,
        input: DiscardJobInput,
    ) -> Result<DiscardJobPayload> {
        let id = parse_id(&input.id, "input.id")?;
        ctx.app().background.discard_job(ctx.actor(), id).await?;
        Ok(DiscardJobPayload { id: input.id })
    }
}
