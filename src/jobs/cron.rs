//! Fixed sweeps by the clock, in UTC. Cron only wakes work; what must not be missed lives in rows.

use std::{future::Future, pin::Pin, sync::Arc};

use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use super::Leadership;
use crate::error::{Error, Result};

/// What a sweep does: safe to run twice, late, or not at all this time.
type Run = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<()>> + Send>> + Send + Sync>;

/// A piece of work at fixed times.
pub struct Sweep {
    name: &'static str,
    expression: &'static str,
    hold: std::time::Duration,
    run: Run,
}

impl Sweep {
    /// A sweep every so many seconds, led by one node; `expression` says the same for cron (with seconds, UTC).
    pub fn every<F>(
        name: &'static str,
        expression: &'static str,
        seconds: u64,
        run: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        Self {
            name,
            expression,
            hold: std::time::Duration::from_secs(seconds),
            run: Arc::new(move || Box::pin(run())),
        }
    }
}

/// The running sweeps.
pub struct Cron {
    scheduler: JobScheduler,
}

impl Cron {
    /// Starts the sweeps; each runs on the node that leads in its name. `note` is told how each ended.
    pub async fn start(
        leadership: &Leadership,
        sweeps: Vec<Sweep>,
        note: impl Fn(&'static str, &Result<()>) + Send + Sync + 'static,
    ) -> Result<Self> {
        let failed = |error: JobSchedulerError| Error::internal("the sweeps cannot start", error);
        let scheduler = JobScheduler::new().await.map_err(failed)?;
        let note = Arc::new(note);
        for sweep in sweeps {
            let note = Arc::clone(&note);
            let leadership = leadership.clone();
            let sweep = Arc::new(sweep);
            let expression = sweep.expression;
            let job = Job::new_async(expression, move |_, _| {
                let (leadership, sweep) = (leadership.clone(), Arc::clone(&sweep));
                let note = Arc::clone(&note);
                Box::pin(async move {
                    let ended = run(&leadership, &sweep).await;
                    note(sweep.name, &ended);
                    if let Err(error) = ended {
                        tracing::warn!(sweep = sweep.name, %error, "a sweep failed; the next one follows");
                    }
                })
            });
            scheduler.add(job.map_err(failed)?).await.map_err(failed)?;
        }
        scheduler.start().await.map_err(failed)?;
        Ok(Self { scheduler })
    }

    /// Stops the clock of the sweeps.
    pub async fn stop(mut self) {
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!(%error, "the sweeps did not stop");
        }
    }
}

async fn run(leadership: &Leadership, sweep: &Sweep) -> Result<()> {
    if leadership.take(sweep.name, sweep.hold).await? {
        (sweep.run)().await?;
    }
    Ok(())
}
