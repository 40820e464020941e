//! The queue of jobs: what services put work into, inside their own transactions.

use std::{sync::Arc, time::Duration};

use sea_orm::ConnectionTrait;
use tokio::sync::Notify;

use super::{DeadJob, Job, store::job as store};
use crate::{
    clock::{Clock, Timestamp},
    config::JobsConfig,
    db::Db,
    error::{Error, Result},
    id::{JobId, SiteId},
};

/// The most dead jobs that a list shows.
const MOST_DEAD: u64 = 100;

/// Takes work in; clones share everything.
#[derive(Clone)]
pub struct Queue {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) config: JobsConfig,
    pub(super) wake: Arc<Notify>,
}

impl Queue {
    /// The queue. It does nothing by itself; a [`super::JobWorker`] does.
    pub fn new(db: Db, clock: Clock, config: &JobsConfig) -> Self {
        Self {
            db,
            clock,
            config: config.clone(),
            wake: Arc::new(Notify::new()),
        }
    }

    /// Puts a job in, if and only if the caller's transaction commits; `false` when one with its key waits or runs
    /// already. [`Self::wake`] afterwards saves the wait for the next look.
    pub async fn enqueue<J: Job>(&self, db: &impl ConnectionTrait, job: &J) -> Result<bool> {
        self.enqueue_at(db, job, self.clock.now()).await
    }

    /// Puts a job in that is not to run before an instant.
    pub async fn enqueue_at<J: Job>(
        &self,
        db: &impl ConnectionTrait,
        job: &J,
        run_at: Timestamp,
    ) -> Result<bool> {
        let payload = serde_json::to_value(job)
            .map_err(|error| Error::internal("a job cannot be written", error))?;
        store::insert(db, job, payload, run_at, self.clock.now()).await
    }

    /// Lets the worker of this process look at once.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// The next instant at which a job is due.
    pub async fn next_due(&self) -> Result<Option<Timestamp>> {
        store::next_due(self.db.read()).await
    }

    /// Jobs of a site that are not tried any more, the latest first, at most a hundred.
    pub async fn dead(&self, site: SiteId) -> Result<Vec<DeadJob>> {
        store::list_dead(self.db.read(), site, MOST_DEAD).await
    }

    /// Throws a dead job of a site away.
    pub async fn discard(&self, site: SiteId, id: JobId) -> Result<()> {
        if store::delete_dead(self.db.write(), site, id).await? {
            return Ok(());
        }
        Err(Error::not_found(format!("dead job {id}")))
    }

    /// Throws away what died longer ago than the configured time.
    pub async fn prune(&self) -> Result<()> {
        let kept = Duration::from_hours(24 * self.config.keep_dead_days);
        store::delete_dead_before(self.db.write(), self.clock.now().minus(kept)).await
    }
}
