//! The worker of the queue: claims jobs that are due, carries each out in a task of its own, and takes over from
//! workers that died.

use std::{
    collections::BTreeMap,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt as _;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinHandle, JoinSet},
    time::MissedTickBehavior,
};

use super::{
    Backoff, Carrier, Cron, Exclusive, Job, JobError, Leadership, Queue, Sweep, Try,
    store::job::{self as store, Claimed},
};
use crate::{
    config::DatabaseConfig,
    crash_point,
    error::{Error, Result},
};

/// How long running jobs may go on after the process was told to end.
const FAREWELL: Duration = Duration::from_secs(20);
/// How long a look for jobs may go on then.
const LAST_LOOK: Duration = Duration::from_secs(3);
/// The longest text of an error that a row keeps.
const LONGEST_ERROR: usize = 1000;
/// How often jobs of dead workers are looked for, in ticks.
const SWEEP_EVERY: u32 = 15;

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type CarryOut =
    Box<dyn Fn(serde_json::Value, Try) -> BoxFuture<Result<(), JobError>> + Send + Sync>;
type Bury = Box<dyn Fn(serde_json::Value, String) -> BoxFuture<Result<()>> + Send + Sync>;
type Feed = Box<dyn Fn() -> BoxFuture<Result<bool>> + Send + Sync>;

struct Kind {
    backoff: Backoff,
    carry_out: CarryOut,
    bury: Bury,
}

/// What a worker can do.
#[derive(Default)]
pub struct Kinds {
    kinds: BTreeMap<&'static str, Kind>,
    feeds: Vec<(&'static str, Feed)>,
}

impl Kinds {
    /// Adds a kind of job and who carries it out.
    #[must_use]
    pub fn register<J: Job>(mut self, carrier: impl Carrier<J>) -> Self {
        let carrier = Arc::new(carrier);
        let undertaker = Arc::clone(&carrier);
        let kind = Kind {
            backoff: J::BACKOFF,
            carry_out: Box::new(move |payload, this| {
                let carrier = Arc::clone(&carrier);
                Box::pin(async move { carrier.carry_out(read::<J>(payload)?, &this).await })
            }),
            bury: Box::new(move |payload, error| {
                let undertaker = Arc::clone(&undertaker);
                Box::pin(async move {
                    match read::<J>(payload) {
                        Ok(job) => undertaker.bury(job, &error).await,
                        // Nobody can tell whose it was; the row stays and says why.
                        Err(_) => Ok(()),
                    }
                })
            }),
        };
        self.kinds.insert(J::KIND, kind);
        self
    }

    /// Adds what makes jobs of rows whose time has come; it is asked before each look for jobs.
    #[must_use]
    pub fn feed<F>(
        mut self,
        name: &'static str,
        feed: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<bool>> + Send + 'static,
    {
        self.feeds.push((name, Box::new(move || Box::pin(feed()))));
        self
    }

    /// The words as SQL lists them; they are ours, and hold no quotes. An empty list is no SQL.
    fn list(&self) -> String {
        if self.kinds.is_empty() {
            return "''".to_owned();
        }
        let quoted: Vec<_> = self.kinds.keys().map(|kind| format!("'{kind}'")).collect();
        quoted.join(", ")
    }
}

fn read<J: Job>(payload: serde_json::Value) -> Result<J, JobError> {
    serde_json::from_value(payload)
        .map_err(|error| JobError::Fail(Error::internal("a job cannot be read", error)))
}

/// Carries jobs out for as long as it lives.
pub struct JobWorker {
    inner: Arc<Inner>,
    background: Option<(JoinHandle<()>, Cron)>,
}

struct Inner {
    queue: Queue,
    kinds: Kinds,
    list: String,
    owner: String,
    hands: Arc<Semaphore>,
    running: Mutex<JoinSet<()>>,
    stopping: Arc<AtomicBool>,
    _exclusive: Option<Exclusive>,
}

impl JobWorker {
    /// A worker that does only what it is told to: [`Self::tick`], [`Self::run_until_idle`].
    pub async fn open(queue: &Queue, database: &DatabaseConfig, kinds: Kinds) -> Result<Self> {
        let exclusive = Exclusive::acquire_for(database, "job-lock", "works off the jobs of")?;
        if exclusive.is_some() {
            store::void_leases(queue.db.write(), queue.clock.now()).await?;
        }
        Ok(Self {
            inner: Arc::new(Inner {
                queue: queue.clone(),
                list: kinds.list(),
                kinds,
                owner: uuid::Uuid::now_v7().to_string(),
                hands: Arc::new(Semaphore::new(queue.config.concurrency)),
                running: Mutex::default(),
                stopping: Arc::default(),
                _exclusive: exclusive,
            }),
            background: None,
        })
    }

    /// Lets the worker go by itself, with the fixed sweeps that belong to its work.
    pub async fn start(mut self, sweeps: Vec<Sweep>) -> Result<Self> {
        let inner = Arc::clone(&self.inner);
        let ticking = tokio::spawn(async move { inner.keep_ticking().await });
        let queue = &self.inner.queue;
        let owner = self.inner.owner.clone();
        let leadership = Leadership::new(queue.db.clone(), queue.clock.clone(), owner);
        self.background = Some((ticking, Cron::start(&leadership, sweeps, |_, _| {}).await?));
        Ok(self)
    }

    /// Feeds the queue and starts what can be started; `true` when there was anything.
    pub async fn tick(&self) -> Result<bool> {
        self.inner.tick().await
    }

    /// Works until nothing more is due at the present instant.
    pub async fn run_until_idle(&self) -> Result<()> {
        loop {
            let swept = self.inner.sweep().await?;
            let moved = self.inner.tick().await?;
            self.drain().await;
            if !swept && !moved {
                return Ok(());
            }
        }
    }

    /// Takes over from workers that gave no sign of life in time; a worker that goes by itself does it in between.
    pub async fn sweep(&self) -> Result<bool> {
        self.inner.sweep().await
    }

    /// Waits for what is running.
    pub async fn drain(&self) {
        loop {
            let mut running = std::mem::take(&mut *self.inner.running());
            if running.is_empty() {
                return;
            }
            while running.join_next().await.is_some() {}
        }
    }

    /// Begins nothing new and lets jobs end; what does not end in time is taken over at the next start.
    pub async fn shutdown(mut self) {
        self.inner.stopping.store(true, Ordering::SeqCst);
        if let Some((mut ticking, cron)) = self.background.take() {
            cron.stop().await;
            // A look that is under way ends by itself, so that no claim is left without hands.
            self.inner.queue.wake();
            if tokio::time::timeout(LAST_LOOK, &mut ticking).await.is_err() {
                ticking.abort();
            }
        }
        if tokio::time::timeout(FAREWELL, self.drain()).await.is_err() {
            tracing::warn!("some jobs did not end in time; they are done again at the next start");
        }
    }
}

impl Inner {
    fn running(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.running
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn keep_ticking(self: Arc<Self>) {
        let mut interval = tokio::time::interval(self.queue.config.tick());
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ticks = 0_u32;
        loop {
            tokio::select! {
                _ = interval.tick() => ticks += 1,
                () = self.queue.wake.notified() => {}
            }
            if self.stopping.load(Ordering::SeqCst) {
                return;
            }
            if ticks >= SWEEP_EVERY {
                ticks = 0;
                if let Err(error) = self.sweep().await {
                    tracing::warn!(%error, "jobs of dead workers could not be looked for; trying again");
                }
            }
            if let Err(error) = self.tick().await {
                tracing::warn!(%error, "due jobs could not be looked for; trying again");
            }
            let mut running = self.running();
            while running.try_join_next().is_some() {}
        }
    }

    async fn tick(self: &Arc<Self>) -> Result<bool> {
        let mut moved = false;
        for (name, feed) in &self.kinds.feeds {
            match feed().await {
                Ok(fed) => moved |= fed,
                // One source of work that fails must not stop the others.
                Err(error) => {
                    tracing::warn!(feed = name, %error, "no jobs could be made; trying again");
                }
            }
        }
        let (db, clock) = (&self.queue.db, &self.queue.clock);
        while !self.stopping.load(Ordering::SeqCst)
            && store::has_due(db.read(), clock.now()).await?
        {
            let Ok(hand) = Arc::clone(&self.hands).try_acquire_owned() else {
                break;
            };
            let now = clock.now();
            let until = now.plus(self.queue.config.lease());
            let claimed = store::claim(db.write(), &self.list, &self.owner, until, now).await?;
            let Some(claimed) = claimed else { break };
            moved = true;
            self.begin(claimed, hand);
        }
        Ok(moved)
    }

    fn begin(self: &Arc<Self>, claimed: Claimed, hand: OwnedSemaphorePermit) {
        let inner = Arc::clone(self);
        self.running().spawn(async move {
            tokio::select! {
                ended = inner.carry_out(&claimed) => {
                    if let Err(error) = ended {
                        tracing::warn!(
                            job.id = %claimed.id, job.kind = claimed.kind, %error,
                            "the end of a job could not be written; it is done again"
                        );
                    }
                }
                () = inner.lost(&claimed) => {
                    tracing::warn!(job.id = %claimed.id, job.kind = claimed.kind, "the lease of a job was lost");
                }
            }
            drop(hand);
            inner.queue.wake();
        });
    }

    /// Does the work and writes how it ended.
    async fn carry_out(&self, claimed: &Claimed) -> Result<()> {
        let Some(kind) = self.kinds.kinds.get(claimed.kind.as_str()) else {
            return Err(Error::internal(
                "a job was claimed that nobody knows",
                claimed.kind.clone(),
            ));
        };
        let this = Try {
            id: claimed.id,
            number: claimed.attempt,
            stopping: Arc::clone(&self.stopping),
        };
        let work = AssertUnwindSafe((kind.carry_out)(claimed.payload.clone(), this)).catch_unwind();
        let ended = work.await.unwrap_or_else(|_| {
            Err(JobError::Retry(
                Error::internal("a job panicked", claimed.kind.clone()),
                None,
            ))
        });
        crash_point!("before_job_end");
        let (db, now) = (self.queue.db.write(), self.queue.clock.now());
        match ended {
            Ok(()) => store::delete(db, claimed).await?,
            Err(JobError::Later(at)) => store::put_back(db, claimed, at, None, now).await?,
            Err(JobError::Retry(error, after)) if claimed.attempt < claimed.max_attempts => {
                let text = written(&error);
                tracing::info!(
                    job.id = %claimed.id, job.kind = claimed.kind, error = text,
                    "a job failed; it is tried again"
                );
                let run_at = now.plus(kind.backoff.pause(claimed.attempt, after));
                store::put_back(db, claimed, run_at, Some(&text), now).await?
            }
            Err(JobError::Retry(error, _) | JobError::Fail(error)) => {
                self.bury(kind, claimed, &written(&error)).await?
            }
        };
        Ok(())
    }

    async fn bury(&self, kind: &Kind, claimed: &Claimed, error: &str) -> Result<bool> {
        let (db, now) = (self.queue.db.write(), self.queue.clock.now());
        let until = now.plus(self.queue.config.lease());
        if !store::extend_lease(db, claimed, until).await? {
            // Somebody else has it, and may yet succeed.
            return Ok(false);
        }
        tracing::error!(job.id = %claimed.id, job.kind = claimed.kind, error, "a job is dead");
        (kind.bury)(claimed.payload.clone(), error.to_owned()).await?;
        store::bury(db, claimed, error, now).await
    }

    /// Takes over from workers that gave no sign of life in time. A job at which workers died as often as it may be
    /// tried is dead itself.
    async fn sweep(&self) -> Result<bool> {
        let (db, now) = (self.queue.db.write(), self.queue.clock.now());
        let until = now.plus(self.queue.config.lease());
        let orphans = store::take_over(db, &self.list, &self.owner, until, now).await?;
        for orphan in &orphans {
            let Some(kind) = self.kinds.kinds.get(orphan.kind.as_str()) else {
                continue;
            };
            let note = "the worker gave no sign of life";
            if orphan.attempt < orphan.max_attempts {
                store::put_back(db, orphan, now, Some(note), now).await?;
            } else {
                self.bury(kind, orphan, note).await?;
            }
        }
        Ok(!orphans.is_empty())
    }

    /// Gives signs of life; ends when the job is no longer ours, or when no sign could be given for so long that it
    /// will soon be somebody else's.
    async fn lost(&self, claimed: &Claimed) {
        let lease = self.queue.config.lease();
        let mut last = tokio::time::Instant::now();
        loop {
            tokio::time::sleep(lease / 3).await;
            let until = self.queue.clock.now().plus(lease);
            match store::extend_lease(self.queue.db.write(), claimed, until).await {
                Ok(true) => last = tokio::time::Instant::now(),
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(job.id = %claimed.id, %error, "a sign of life could not be given");
                    if last.elapsed() > lease * 5 / 6 {
                        return;
                    }
                }
            }
        }
    }
}

/// An error as a row keeps it, with its cause.
fn written(error: &Error) -> String {
    let mut text = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        text = format!("{text}: {cause}");
    }
    text.replace('\0', "").chars().take(LONGEST_ERROR).collect()
}
