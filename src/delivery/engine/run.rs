//! Carries out a delivery step by step: arm, call, verdict.

use std::{
    panic::AssertUnwindSafe,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use serde_json::{Value, json};

use super::{
    hold::{Change, Flow, Hold, params},
    host::{Host, Running},
};
use crate::{
    auth::Actor,
    channels::{ChannelError, ErrorClass, Intent, Outcome, StepContext, StepKind, StepOutput},
    clock::Timestamp,
    crash_point,
    delivery::{
        Attempt, Delivery, DeliveryState, DeliveryStep, Reason, Sent, StepState, Verdict,
        breaker::Health,
        class::{self, class_name, observe_pause},
        core::Core,
        step,
        store::{self, Held},
    },
    error::{ErrorKind, Result},
    id::AttemptId,
    tailoring::SourceRef,
    telemetry::metric::DUE_TO_ARMED,
};

/// Goes on with a delivery that was just claimed, until it is done or has to wait.
pub async fn carry_on(core: Arc<Core>, delivery: Delivery) -> Result<()> {
    let mut hold = match Hold::load(Arc::clone(&core), delivery.clone()).await {
        Ok(hold) => hold,
        Err(error) if is_lasting(error.kind()) => {
            return park(&core, delivery, &error.to_string()).await;
        }
        Err(error) => return Err(error),
    };
    if hold.delivery.state == DeliveryState::Reconciling && hold.reconcile().await? == Flow::Stop {
        return Ok(());
    }
    while hold.advance().await? == Flow::On {
        crash_point!("between_steps");
    }
    Ok(())
}

/// Trying again would find the same.
const fn is_lasting(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::InvalidInput | ErrorKind::FailedPrecondition | ErrorKind::NotFound
    )
}

/// The account cannot be used as it stands: its deliveries wait for a person.
async fn park(core: &Core, mut delivery: Delivery, message: &str) -> Result<()> {
    let held = Held::of(&delivery);
    let (was, now) = (delivery.state, core.clock.now());
    if delivery.state.is_looked_after() {
        // What was sent stays in doubt; it is looked at again when the account may be mended.
        let later = now.plus(std::time::Duration::from_secs(core.config.observe_cap_s));
        delivery.next_run_at = Some(later);
    } else {
        delivery.enter(DeliveryState::Held, None, now);
    }
    delivery.because(Reason::Login, json!({ "message": message }));
    delivery.release();
    let tx = core.db.begin().await?;
    core.stop_account(&tx, delivery.account, message).await?;
    let is_ours = store::save_delivery(&tx, &mut delivery, held, now).await?;
    if is_ours && delivery.state != was {
        core.tell(&tx, &delivery).await?;
    }
    tx.commit().await?;
    if is_ours {
        core.announce(&delivery, None);
    }
    Ok(())
}

/// What became of arming.
enum Armed {
    Yes,
    Lost,
    /// It was armed before and nobody knows what became of it.
    InDoubt,
    /// The lane is stopped.
    Stopped(Reason),
    /// The day's allowance is used up.
    Exhausted(String, Timestamp),
}

/// A call that ended, with its evidence.
struct Called {
    answer: Result<Outcome, ChannelError>,
    attempt: Attempt,
    token: Option<String>,
    /// What the platform gave us on the way, as it was kept.
    handle: Value,
}

impl Hold {
    /// Carries out the next step.
    async fn advance(&mut self) -> Result<Flow> {
        let Some(step) = step::current(&self.steps).cloned() else {
            return self.publish().await;
        };
        if self.core.is_stopping() {
            return self.put_back().await;
        }
        if step.is_in_doubt() {
            return self.doubt(step, None).await;
        }
        if self.delivery.state != DeliveryState::Working && step.step.kind != StepKind::Observe {
            // What readers see needs a turn in the lane.
            let ready = self.let_go(DeliveryState::Ready, Some(self.now()), None);
            return self.write(Change::of(ready)).await;
        }
        if step.is_commit() && self.was_edited().await? {
            let params = params(&step, "");
            let held = self.let_go(DeliveryState::Held, None, Some((Reason::Edited, params)));
            return self.write(Change::of(held)).await;
        }
        // The deadline that is written down when a step is armed begins here, whatever comes before its first byte.
        let begun = Instant::now();
        let step = if step.is_commit() || !step.step.quota.is_empty() {
            crash_point!("before_arm");
            match self.arm(step.clone()).await? {
                Armed::Yes => {}
                Armed::Lost => return Ok(Flow::Stop),
                Armed::InDoubt => return self.doubt(step, None).await,
                Armed::Stopped(reason) => {
                    let params = params(&step, reason.as_str());
                    // A platform that is down is waited for until the time for trying is over.
                    let until = (reason == Reason::ChannelDown).then_some(self.delivery.give_up_at);
                    let held = self.let_go(DeliveryState::Held, until, Some((reason, params)));
                    return self.write(Change::of(held)).await;
                }
                Armed::Exhausted(name, resets_at) => {
                    let params = json!({ "step": step.step.name, "quota": name, "at": resets_at });
                    let reason = Some((Reason::Quota, params));
                    let held = self.let_go(DeliveryState::Held, Some(resets_at), reason);
                    return self.write(Change::of(held)).await;
                }
            }
            crash_point!("after_arm");
            step::current(&self.steps).cloned().unwrap_or(step)
        } else {
            step
        };
        let mut step = step;
        let called = tokio::select! {
            biased;
            called = self.call(&step, begun) => called,
            // A call that readers do not see is made again by whoever goes on; an armed one ends here.
            () = self.core.stopped(), if !step.is_commit() => return self.put_back().await,
        };
        step.handle.clone_from(&called.handle);
        crash_point!("effect_done");
        self.watch_health(&step, called.answer.as_ref().err())
            .await?;
        if step.step.kind == StepKind::Observe {
            crash_point!("during_observe");
        }
        match called.answer {
            Ok(Outcome::Done(output)) => self.done(step, output, called.attempt).await,
            Ok(Outcome::Pending { note, retry_in }) if !step.is_commit() => {
                let pause = observe_pause(
                    &self.core.config,
                    i32::try_from(step.look_count).unwrap_or(i32::MAX),
                );
                let at = self.now().plus(retry_in.unwrap_or(pause));
                self.wait(step, at, (Reason::Processing, note), called.attempt)
                    .await
            }
            Ok(Outcome::NeedsUser { task, expires_at }) if !step.is_commit() => {
                self.hand_over(step, task, expires_at, called.attempt).await
            }
            Ok(_) => {
                let error = ChannelError::new(
                    ErrorClass::Bug,
                    "the adapter gave no verdict on a step that readers see",
                );
                self.refused(step, error, called.attempt, None).await
            }
            Err(error) => {
                self.refused(step, error, called.attempt, called.token)
                    .await
            }
        }
    }

    /// Whether what a person approved is no longer what the story would give: then it goes out only after another look.
    async fn was_edited(&self) -> Result<bool> {
        let Some(approved) = &self.delivery.approved_hash else {
            return Ok(false);
        };
        if self.delivery.intent == Intent::Takedown {
            return Ok(false);
        }
        let actor = Actor::system(self.delivery.site);
        let source = SourceRef::new(self.delivery.source_kind, self.delivery.source_id);
        let tailoring = &self.core.tailoring;
        match tailoring
            .variant(&actor, source, &self.delivery.channel)
            .await
        {
            Ok(variant) => Ok(variant.content_hash != *approved),
            // It was deleted, or cannot be derived any more.
            Err(error) if is_lasting(error.kind()) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Writes down, durably, that the step's call may be under way, before its first byte is sent.
    async fn arm(&mut self, mut step: DeliveryStep) -> Result<Armed> {
        let now = self.now();
        let is_first = step.is_commit() && step.armed_at.is_none() && !self.has_committed();
        let mut delivery = self.delivery.clone();
        delivery.keep(now.plus(self.core.config.lease()));
        let tx = self.core.db.begin().await?;
        if !store::save_delivery(&tx, &mut delivery, Held::of(&self.delivery), now).await? {
            return Ok(Armed::Lost);
        }
        if step.is_commit()
            && let Some(reason) = stopped_by(&tx, &delivery).await?
        {
            return Ok(Armed::Stopped(reason));
        }
        for (allowance, units) in self.allowances(&step, now) {
            if !store::reserve(&tx, &allowance, units).await? {
                return Ok(Armed::Exhausted(allowance.name, allowance.window.resets_at));
            }
            if !step.is_commit() {
                store::settle(&tx, &allowance, units, true).await?;
            }
        }
        if step.is_commit() {
            let key = self.effect_key(&step);
            if !store::arm_effect(&tx, &key, delivery.id, &step.step.name, now).await? {
                return Ok(Armed::InDoubt);
            }
            step.state = StepState::Armed;
            step.armed_at = Some(now);
            step.call_deadline_at = Some(now.plus(step.step.deadline));
            step.look_count = 0;
            store::save_step(&tx, delivery.id, &step).await?;
        }
        tx.commit().await?;
        if is_first {
            let late = now.since(delivery.due_at).as_secs_f64();
            DUE_TO_ARMED.observe(&[&delivery.channel, &delivery.lane], late);
        }
        self.delivery = delivery;
        if let Some(place) = self.steps.iter_mut().find(|old| old.seq == step.seq) {
            *place = step;
        }
        Ok(Armed::Yes)
    }

    /// Lets the adapter carry out the step, within its deadline, and keeps the evidence.
    async fn call(&self, step: &DeliveryStep, begun: Instant) -> Called {
        let running = Running {
            delivery: self.delivery.id,
            lease_token: self.delivery.lease_token,
            seq: step.seq,
        };
        let host = Host::new(Arc::clone(&self.core), &self.account, Some(running));
        let outputs = self.outputs();
        let (started_at, started) = (self.now(), Instant::now());
        let mut context = StepContext {
            submission: &self.submission,
            outputs: &outputs,
            handle: step.handle.clone(),
            resend_count: step.resend_count,
            host: &host,
        };
        let answer = {
            let call = AssertUnwindSafe(self.channel.run(&step.step, &mut context)).catch_unwind();
            match until(begun + step.step.deadline, call).await {
                Some(Ok(answer)) => answer,
                Some(Err(_)) => Err(ChannelError::new(ErrorClass::Bug, "the adapter panicked")),
                None => Err(ChannelError::new(
                    ErrorClass::SentUnknown,
                    "no answer came in time",
                )),
            }
        };
        let handle = context.handle;
        let error = answer.as_ref().err();
        let token = host.last_token();
        let exchanges = host.into_exchanges();
        let last = exchanges.last();
        let attempt = Attempt {
            id: AttemptId::new(),
            step: step.step.name.clone(),
            started_at,
            ended_at: self.now(),
            class: error.map(|error| class_name(error.class)),
            sent: error.map_or(Sent::Yes, |error| class::sent(error.class)),
            message: error.map(|error| error.message.clone()).unwrap_or_default(),
            http_status: error
                .and_then(|error| error.http_status)
                .or_else(|| last.and_then(|exchange| exchange.status)),
            channel_code: error.and_then(|error| error.code.clone()),
            channel_request_id: error
                .and_then(|error| error.request_id.clone())
                .or_else(|| last.and_then(|exchange| exchange.request_id.clone())),
            exchanges,
            duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            found: None,
            thinned_at: None,
        };
        Called {
            answer,
            attempt,
            token,
            handle,
        }
    }

    /// Takes note of how the platform is. When it fails again and again, its breaker opens: nothing more is sent that way
    /// until a look has succeeded.
    async fn watch_health(&self, step: &DeliveryStep, error: Option<&ChannelError>) -> Result<()> {
        let Some(health) = Health::of(error.map(|error| error.class)) else {
            return Ok(());
        };
        if step.step.kind == StepKind::Pure {
            return Ok(());
        }
        let (channel, lane, now) = (&self.delivery.channel, &self.delivery.lane, self.now());
        if self.delivery.error_count == 0 {
            self.core.breakers.earn_retry(channel);
        }
        if self.core.breakers.note(channel, lane, health, now) {
            let tx = self.core.db.begin().await?;
            let opened = store::open_breaker(&tx, channel, lane, now).await?;
            tx.commit().await?;
            tracing::error!(
                channel.id = channel, lane, probe_at = %opened.probe_at, trips = opened.trip_count,
                "a platform fails again and again; nothing more is sent there until it answers"
            );
        }
        Ok(())
    }

    /// The step is done: its verdict, what it left, and the next step, in one transaction.
    async fn done(
        &mut self,
        mut step: DeliveryStep,
        output: StepOutput,
        attempt: Attempt,
    ) -> Result<Flow> {
        let effect = step.is_commit().then(|| {
            let evidence = json!({ "by": "answer", "attempt": attempt.id });
            (Verdict::Happened, evidence)
        });
        let delivery = self.after(&mut step, output);
        self.write(Change {
            step: Some(step),
            effect,
            attempt: Some(attempt),
            ..Change::of(delivery)
        })
        .await
    }

    /// Ends the step and says what the delivery is after it.
    pub(super) fn after(&self, step: &mut DeliveryStep, output: StepOutput) -> Delivery {
        let now = self.now();
        let mut delivery = self.delivery.clone();
        delivery.learn(&output);
        delivery.expiry_count = 0;
        delivery.error_count = 0;
        step.state = StepState::Done;
        step.ended_at = Some(now);
        step.output = Some(output);
        let next = self
            .steps
            .iter()
            .find(|other| other.seq != step.seq && !other.is_over());
        match next {
            None => finish(&mut delivery, now),
            Some(_) if delivery.state == DeliveryState::Working => {}
            // What is only looked after stays in hand while there is nothing but to look.
            Some(next) if next.step.kind == StepKind::Observe => {
                delivery.enter(DeliveryState::WaitingChannel, Some(now), now);
            }
            Some(_) => {
                delivery.enter(DeliveryState::Ready, Some(now), now);
                delivery.release();
            }
        }
        delivery
    }

    /// All steps are done; only a crash between them and this leaves it to be said.
    async fn publish(&mut self) -> Result<Flow> {
        let mut delivery = self.delivery.clone();
        finish(&mut delivery, self.now());
        self.write(Change::of(delivery)).await
    }

    /// The process ends: the next one goes on here, and this try does not count.
    pub(super) async fn put_back(&mut self) -> Result<Flow> {
        let mut delivery = self.delivery.clone();
        if delivery.state == DeliveryState::Working {
            delivery.enter(DeliveryState::Ready, Some(self.now()), self.now());
            delivery.attempt -= 1;
        }
        delivery.release();
        self.write(Change::of(delivery)).await
    }

    /// The platform is still at it.
    pub(super) async fn wait(
        &mut self,
        mut step: DeliveryStep,
        at: Timestamp,
        (reason, note): (Reason, String),
        attempt: Attempt,
    ) -> Result<Flow> {
        step.look_count += 1;
        let params = json!({ "step": step.step.name, "message": note, "at": at });
        let mut delivery = self.let_go(
            DeliveryState::WaitingChannel,
            Some(at),
            Some((reason, params)),
        );
        delivery.error_count = 0;
        delivery.expiry_count = 0;
        self.write(Change {
            step: Some(step),
            attempt: Some(attempt),
            ..Change::of(delivery)
        })
        .await
    }

    /// A person has to finish on the platform.
    async fn hand_over(
        &mut self,
        mut step: DeliveryStep,
        task: String,
        expires_at: Option<Timestamp>,
        attempt: Attempt,
    ) -> Result<Flow> {
        let now = self.now();
        let is_over = expires_at.is_some_and(|end| end <= now);
        let params = json!({ "step": step.step.name, "message": task, "at": expires_at });
        let delivery = if is_over {
            self.let_go(
                DeliveryState::NeedsReview,
                None,
                Some((Reason::TaskExpired, params)),
            )
        } else {
            let pause = observe_pause(
                &self.core.config,
                i32::try_from(step.look_count).unwrap_or(i32::MAX),
            );
            let at = expires_at.map_or(now.plus(pause), |end| end.min(now.plus(pause)));
            self.let_go(
                DeliveryState::WaitingUser,
                Some(at),
                Some((Reason::Task, params)),
            )
        };
        step.look_count += 1;
        self.write(Change {
            step: Some(step),
            attempt: Some(attempt),
            ..Change::of(delivery)
        })
        .await
    }

    /// Nobody knows whether the call had its effect: nothing is sent again until we do.
    pub(super) async fn doubt(
        &mut self,
        mut step: DeliveryStep,
        attempt: Option<Attempt>,
    ) -> Result<Flow> {
        let quiet_until = step
            .quiet_from(Duration::from_secs(self.core.config.quiet_grace_s))
            .unwrap_or_else(|| self.now());
        let message = attempt
            .as_ref()
            .map_or("", |attempt| attempt.message.as_str());
        let params = params(&step, message);
        self.look_from(&mut step, quiet_until);
        let delivery = self.let_go(
            DeliveryState::Uncertain,
            Some(self.look_at(&step)),
            Some((Reason::AnswerLost, params)),
        );
        self.write(Change {
            step: Some(step),
            effect: Some((Verdict::Unknown, Value::Null)),
            attempt,
            ..Change::of(delivery)
        })
        .await
    }
}

/// What keeps a delivery from being sent just now.
async fn stopped_by(
    tx: &sea_orm::DatabaseTransaction,
    delivery: &Delivery,
) -> Result<Option<Reason>> {
    if let Some(reason) = store::lane_pause(tx, delivery.lane_id).await? {
        return Ok(Some(Reason::parse(&reason).unwrap_or(Reason::Paused)));
    }
    if store::is_paused(tx, delivery).await? {
        return Ok(Some(Reason::Paused));
    }
    let is_broken = store::is_broken(tx, delivery).await?;
    Ok(is_broken.then_some(Reason::ChannelDown))
}

/// Goes on with a call until its deadline, which is looked at before each step of the way: a process that stood still
/// must not begin a call whose time is over, since others may have looked for its effect and sent it again.
async fn until<F: Future>(deadline: Instant, call: F) -> Option<F::Output> {
    let mut call = pin!(call);
    let mut over = pin!(tokio::time::sleep_until(deadline.into()));
    std::future::poll_fn(|context| {
        if Instant::now() >= deadline || over.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        call.as_mut().poll(context).map(Some)
    })
    .await
}

/// The delivery has reached its end.
fn finish(delivery: &mut Delivery, now: Timestamp) {
    delivery.enter(DeliveryState::Published, None, now);
    if delivery.is_assumed {
        delivery.because(Reason::Assumed, json!({}));
    }
    delivery.published_at = Some(now);
    delivery.release();
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn a_call_whose_deadline_is_over_is_not_begun() {
        let is_begun = Cell::new(false);
        let call = async { is_begun.set(true) };

        let answer = until(Instant::now(), call).await;

        assert_eq!((answer, is_begun.get()), (None, false));
    }

    #[tokio::test]
    async fn a_call_that_takes_longer_than_its_deadline_is_given_up() {
        let deadline = Instant::now() + Duration::from_millis(5);

        let answer = until(deadline, std::future::pending::<()>()).await;

        assert_eq!(answer, None);
        assert!(Instant::now() >= deadline);
    }
}
