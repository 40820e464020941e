//! The worker: claims what is due, carries each delivery out in a task of its own, and never waits on a platform
//! while claiming.

mod alarm;
mod history;
mod hold;
mod host;
mod probe;
mod pulse;
mod reconcile;
mod refusal;
mod run;
mod sign_in;
mod sweep;
mod tell;
mod token;

pub use alarm::grant_end;
pub use hold::{allowance, quota_scope};
pub use host::Host;
pub use pulse::Pulse;
pub use sign_in::Exchanged;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, broadcast},
    task::{JoinHandle, JoinSet},
    time::MissedTickBehavior,
};

use super::{Delivery, DeliveryEvent, DeliveryService, DeliveryState, core::Core, store};
use crate::{
    crash_point,
    error::Result,
    jobs::{Cron, Exclusive, Leadership, Sweep},
};

/// The places at which tests pull the plug.
pub const CRASH_POINTS: &[&str] = &[
    "before_claim",
    "after_claim",
    "before_arm",
    "after_arm",
    "effect_done",
    "before_verdict_commit",
    "after_verdict",
    "between_steps",
    "during_observe",
    "during_reconcile",
    "during_sweep",
    "during_token_refresh",
    "during_history",
];

/// The sweeps without which nothing is claimed; the others may fail without harm to what is due.
const CLAIMING: &[&str] = &["promoter", "lease_sweep"];
/// How long calls may go on after the process was told to end.
const FAREWELL: Duration = Duration::from_secs(25);

/// Delivers for as long as it lives.
pub struct Worker {
    inner: Arc<Inner>,
    background: Option<(JoinHandle<()>, Cron)>,
}

struct Inner {
    core: Arc<Core>,
    owner: String,
    sends: Arc<Semaphore>,
    looks: Arc<Semaphore>,
    running: Mutex<JoinSet<()>>,
    exclusive: Option<Exclusive>,
}

impl Worker {
    /// A worker that does only what it is told to: [`Self::tick`], [`Self::run_until_idle`].
    pub async fn open(service: &DeliveryService) -> Result<Self> {
        Self::with_core(service.core()).await
    }

    pub(super) async fn with_core(core: Arc<Core>) -> Result<Self> {
        let exclusive = Exclusive::acquire(&core.database)?;
        if exclusive.is_some() {
            core.sweep_dead().await?;
        }
        let concurrency = core.config.concurrency;
        Ok(Self {
            inner: Arc::new(Inner {
                core,
                owner: uuid::Uuid::now_v7().to_string(),
                sends: Arc::new(Semaphore::new(concurrency)),
                looks: Arc::new(Semaphore::new(concurrency)),
                running: Mutex::default(),
                exclusive,
            }),
            background: None,
        })
    }

    /// A worker that goes by itself.
    pub async fn start(service: &DeliveryService) -> Result<Self> {
        let mut worker = Self::open(service).await?;
        worker.inner.core.pulse.beat(Instant::now());
        let inner = Arc::clone(&worker.inner);
        let ticking = tokio::spawn(async move { inner.keep_ticking().await });
        let core = &worker.inner.core;
        let leadership = Leadership::new(
            core.db.clone(),
            core.clock.clone(),
            worker.inner.owner.clone(),
        );
        let pulse = Arc::clone(core);
        let note = move |sweep, ended: &Result<()>| {
            if CLAIMING.contains(&sweep) {
                pulse.pulse.note(sweep, ended);
            }
        };
        let cron = Cron::start(&leadership, sweeps(core), note).await?;
        worker.background = Some((ticking, cron));
        Ok(worker)
    }

    /// Moves what is due and starts what can be started; `true` when there was anything.
    pub async fn tick(&self) -> Result<bool> {
        self.inner.tick().await
    }

    /// Works until nothing more is due at the present instant.
    pub async fn run_until_idle(&self) -> Result<()> {
        loop {
            let swept = self.inner.core.sweep_leases().await?;
            self.inner.core.probe_breakers().await?;
            let moved = self.inner.tick().await?;
            self.drain().await;
            if !swept && !moved {
                return Ok(());
            }
        }
    }

    /// Takes over from workers that gave no sign of life in time; cron does it by itself.
    pub async fn sweep_leases(&self) -> Result<bool> {
        self.inner.core.sweep_leases().await
    }

    /// Finds what would never wake up again; cron does it by itself.
    pub async fn rescue_stuck(&self) -> Result<bool> {
        self.inner.core.rescue_stuck().await
    }

    /// Looks whether platforms are back that were down; cron does it by itself.
    pub async fn probe_breakers(&self) -> Result<bool> {
        self.inner.core.probe_breakers().await
    }

    /// Refreshes tokens that end soon; cron does it by itself.
    pub async fn refresh_tokens(&self) -> Result<()> {
        self.inner.core.refresh_tokens().await
    }

    /// Forgets ways to platforms' pages whose time is over; cron does it by itself.
    pub async fn forget_sign_ins(&self) -> Result<()> {
        self.inner.core.forget_sign_ins().await
    }

    /// Tells people of grants that end soon; cron does it by itself.
    pub async fn tell_ending_grants(&self) -> Result<()> {
        self.inner.core.tell_ending_grants().await
    }

    /// Takes the bodies out of old evidence; cron does it by itself.
    pub async fn thin_evidence(&self) -> Result<usize> {
        self.inner.core.thin_evidence().await
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

    /// Begins nothing new, lets armed calls end, and gives back the rest; that try does not count.
    pub async fn shutdown(mut self) {
        let core = Arc::clone(&self.inner.core);
        core.stop();
        core.wake.notify_one();
        let background = self.background.take();
        let ending = async {
            if let Some((ticking, cron)) = background {
                cron.stop().await;
                // What it is claiming right now is given back, not left behind.
                let _ = ticking.await;
            }
            self.drain().await;
            core.settle_refreshes().await;
        };
        if tokio::time::timeout(FAREWELL, ending).await.is_err() {
            tracing::warn!("some calls did not end in time; they are looked for at the next start");
        }
        core.pulse.end();
    }
}

impl Inner {
    fn running(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.running
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn keep_ticking(self: Arc<Self>) {
        let mut interval = tokio::time::interval(self.core.config.tick());
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = interval.tick() => {}
                () = self.core.wake.notified() => {}
            }
            if self.core.is_stopping() {
                return;
            }
            if self.core.jumps.was_set_back(&self.core.clock) {
                // Not later than now: what was written by the clock before reaches too far.
                let cut = self.core.sweep_leases().await;
                self.core.pulse.note("lease_sweep", &cut);
            }
            let ended = self.tick().await;
            self.core.pulse.note("claim", &ended);
            self.core.pulse.beat(Instant::now());
            if let Err(error) = ended {
                tracing::warn!(%error, "due work could not be looked for; trying again");
            }
            let mut running = self.running();
            while running.try_join_next().is_some() {}
        }
    }

    async fn tick(self: &Arc<Self>) -> Result<bool> {
        if let Some(exclusive) = &self.exclusive {
            exclusive.check()?;
        }
        let promoted = self.core.promote().await?;
        let claimed = self.claim().await?;
        Ok(promoted || claimed)
    }

    /// Claims as much as there are hands for, each in its own task.
    async fn claim(self: &Arc<Self>) -> Result<bool> {
        let mut has_claimed = false;
        while !self.core.is_stopping()
            && store::has_claimable(self.core.db.read(), self.core.clock.now()).await?
        {
            crash_point!("before_claim");
            let (sends, looks) = self.claim_batch().await?;
            crash_point!("after_claim");
            if sends.is_empty() && looks.is_empty() {
                break;
            }
            has_claimed = true;
            for (deliveries, hands) in [(sends, &self.sends), (looks, &self.looks)] {
                for delivery in deliveries {
                    // There are as many permits as were counted before, since only this loop takes them.
                    let Ok(permit) = Arc::clone(hands).acquire_owned().await else {
                        continue;
                    };
                    self.begin(delivery, permit);
                }
            }
        }
        Ok(has_claimed)
    }

    async fn claim_batch(&self) -> Result<(Vec<Delivery>, Vec<Delivery>)> {
        let now = self.core.clock.now();
        let claimant = store::Claimant {
            owner: &self.owner,
            until: now.plus(self.core.config.lease()),
            now,
        };
        let (mut sends, mut looks) = (Vec::new(), Vec::new());
        let tx = self.core.db.begin().await?;
        let free = self.sends.available_permits();
        if free > 0 {
            for lane in store::list_eligible_lanes(&tx, now, free).await? {
                sends.extend(store::claim_ready(&tx, lane, claimant).await?);
            }
        }
        let may_look = self.core.jumps.is_trusted(&self.core.clock);
        while may_look && looks.len() < self.looks.available_permits() {
            match store::claim_look(&tx, claimant).await? {
                Some(delivery) => looks.push(delivery),
                None => break,
            }
        }
        tx.commit().await?;
        Ok((sends, looks))
    }

    fn begin(self: &Arc<Self>, delivery: Delivery, permit: OwnedSemaphorePermit) {
        let core = Arc::clone(&self.core);
        core.announce(&delivery, None);
        self.running().spawn(async move {
            let (id, lease_token) = (delivery.id, delivery.lease_token);
            tokio::select! {
                done = run::carry_on(Arc::clone(&core), delivery) => {
                    if let Err(error) = done {
                        tracing::warn!(
                            delivery.id = %id, %error,
                            "a delivery stopped on the way; the next sweep takes it over"
                        );
                    }
                }
                () = lost(&core, id, lease_token) => {
                    tracing::warn!(delivery.id = %id, "the lease was lost; the call was dropped");
                }
            }
            drop(permit);
            core.wake.notify_one();
        });
    }
}

/// Gives signs of life; ends when the delivery is no longer ours, or when no sign could be given and the lease
/// will end soon: then nothing more may be done with it.
async fn lost(core: &Core, id: crate::id::DeliveryId, lease_token: i64) {
    let lease = core.config.lease();
    let mut last = tokio::time::Instant::now();
    let mut events = core.events.subscribe();
    loop {
        tokio::select! {
            () = tokio::time::sleep(lease / 3) => {}
            () = taken(&mut events, id) => {}
        }
        let until = core.clock.now().plus(lease);
        match store::extend_lease(core.db.write(), id, lease_token, until).await {
            Ok(true) => last = tokio::time::Instant::now(),
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(delivery.id = %id, %error, "a sign of life could not be given");
                if last.elapsed() > lease * 5 / 6 {
                    return;
                }
            }
        }
    }
}

/// Waits until somebody in this process ended a delivery.
async fn taken(events: &mut broadcast::Receiver<DeliveryEvent>, id: crate::id::DeliveryId) {
    use tokio::sync::broadcast::error::RecvError;
    loop {
        match events.recv().await {
            Ok(event) if event.id != id => {}
            Ok(event) if event.state.is_final() || event.state == DeliveryState::NeedsReview => {
                return;
            }
            // The next sign of life says it too.
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// The fixed sweeps, in UTC. Each is safe to run twice, late, or not at all.
fn sweeps(core: &Arc<Core>) -> Vec<Sweep> {
    let with = || Arc::clone(core);
    let (lease, promoter, reconcile, stuck, token) = (with(), with(), with(), with(), with());
    let probe = with();
    let (grant, evidence) = (with(), with());
    vec![
        Sweep::every("lease_sweep", "*/15 * * * * *", 15, move || {
            let core = Arc::clone(&lease);
            async move {
                if core.sweep_leases().await? {
                    core.wake.notify_one();
                }
                Ok(())
            }
        }),
        Sweep::every("promoter", "*/10 * * * * *", 10, move || {
            let core = Arc::clone(&promoter);
            async move {
                if core.promote().await? {
                    core.wake.notify_one();
                }
                Ok(())
            }
        }),
        Sweep::every("reconcile", "*/30 * * * * *", 30, move || {
            let core = Arc::clone(&reconcile);
            async move {
                core.wake.notify_one();
                Ok(())
            }
        }),
        Sweep::every("breaker_probe", "*/10 * * * * *", 10, move || {
            let core = Arc::clone(&probe);
            async move {
                if core.probe_breakers().await? {
                    core.wake.notify_one();
                }
                Ok(())
            }
        }),
        Sweep::every("stuck_detector", "0 * * * * *", 60, move || {
            let core = Arc::clone(&stuck);
            async move { core.rescue_stuck().await.map(|_| ()) }
        }),
        Sweep::every("token_refresh", "0 */5 * * * *", 300, move || {
            let core = Arc::clone(&token);
            async move {
                core.refresh_tokens().await?;
                core.forget_sign_ins().await
            }
        }),
        Sweep::every("grant_alarm", "30 */5 * * * *", 300, move || {
            let core = Arc::clone(&grant);
            async move { core.tell_ending_grants().await }
        }),
        // Once a day; the lead is given up long before the next.
        Sweep::every("evidence", "0 20 3 * * *", 3600, move || {
            let core = Arc::clone(&evidence);
            async move {
                let thinned = core.thin_evidence().await?;
                let forgotten = core.forget_calls().await?;
                tracing::info!(thinned, forgotten, "old evidence was thinned");
                Ok(())
            }
        }),
    ]
}
