//! Looks on the platform for what was sent and never answered. Nothing is sent again before it is proven absent.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use serde_json::{Value, json};

use super::{
    hold::{Change, Flow, Hold, params},
    host::{Host, Running},
};
use crate::{
    channels::{ChannelError, ErrorClass, Exchange, Fingerprint, Found, StepOutput},
    clock::Timestamp,
    crash_point,
    delivery::{
        Attempt, DeliveryState, DeliveryStep, Reason, Sent, StepState, Verdict,
        class::{self, class_name},
        step, store,
    },
    error::Result,
    id::AttemptId,
};

/// How long one look may take.
const LOOK_DEADLINE: Duration = Duration::from_mins(1);

impl Hold {
    /// The step is in doubt from now on, and nobody looks before then.
    pub(super) fn look_from(&self, step: &mut DeliveryStep, quiet_until: Timestamp) {
        step.state = StepState::Unknown;
        step.quiet_until = Some(quiet_until.max(self.now()));
        step.look_count = 0;
    }

    /// When to look next: the pace counts from the end of the quiet period.
    pub(super) fn look_at(&self, step: &DeliveryStep) -> Timestamp {
        let quiet_until = step.quiet_until.unwrap_or_else(|| self.now());
        quiet_until.plus(look_pause(
            &self.core.config.reconcile_after_s,
            step.look_count,
        ))
    }

    /// Looks once, and writes what follows.
    pub(super) async fn reconcile(&mut self) -> Result<Flow> {
        let Some(mut step) = step::current(&self.steps)
            .filter(|step| step.is_in_doubt())
            .cloned()
        else {
            // Nothing is in doubt (any more): go on with what is to be done.
            let ready = self.let_go(DeliveryState::Ready, Some(self.now()), None);
            return self.write(Change::of(ready)).await;
        };
        let looked_at = self.now();
        if step.state == StepState::Armed || step.quiet_until.is_none() {
            self.look_from(&mut step, looked_at);
        }
        let found = tokio::select! {
            biased;
            found = self.find(&step) => found,
            () = self.core.stopped() => return self.put_back().await,
        };
        crash_point!("during_reconcile");
        let found = self.keep_evidence(&step, looked_at, found);
        tracing::info!(delivery.id = %self.delivery.id, step = step.step.name, found = ?found, "looked for a lost commit");
        match found {
            Ok(Found::One(output)) => {
                let evidence = json!({ "by": "look", "external_id": output.external_id });
                self.happened(step, output, Verdict::Happened, evidence)
                    .await
            }
            Ok(Found::Assumed { reason }) => {
                self.delivery.is_assumed = true;
                let evidence = json!({ "by": "assumption", "reason": reason });
                let output = StepOutput::default();
                self.happened(step, output, Verdict::Assumed, evidence)
                    .await
            }
            Ok(Found::Absent) => self.absent(step, looked_at).await,
            Ok(Found::Harmless { resend_at }) => {
                if step.resend_count < self.lane.max_resends {
                    // Not known to be absent, but a repeat does no harm: the ledger keeps the doubt.
                    self.send_again(step, resend_at, Verdict::Unknown).await
                } else {
                    self.ask_person(step, Reason::NoLookup, json!({})).await
                }
            }
            Ok(Found::Many(candidates)) => {
                let extra = json!({ "candidates": candidates });
                self.ask_person(step, Reason::SeveralFound, extra).await
            }
            Ok(Found::CannotTell { reason }) => {
                let extra = json!({ "message": reason, "candidates": [] });
                self.ask_person(step, Reason::NoLookup, extra).await
            }
            Err(error) => {
                if error.class == ErrorClass::AuthRevoked {
                    self.core
                        .demand_login(self.delivery.account, &error.message)
                        .await?;
                }
                if self.has_looks_left(&step) {
                    self.look_later(step, Reason::LookupFailed, &error.message)
                        .await
                } else {
                    let extra = json!({ "message": error.message, "candidates": [] });
                    self.ask_person(step, Reason::LookupFailed, extra).await
                }
            }
        }
    }

    async fn find(&self, step: &DeliveryStep) -> Looked {
        let mut exchanges = Vec::new();
        let began = Instant::now();
        let found = self.ask(step, &mut exchanges).await;
        Looked {
            found,
            exchanges,
            took: began.elapsed(),
        }
    }

    async fn ask(
        &self,
        step: &DeliveryStep,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Found, ChannelError> {
        let armed_at = step.armed_at.unwrap_or_else(|| self.now());
        let taken = store::list_taken(self.core.db.read(), &self.delivery, armed_at)
            .await
            .map_err(|error| ChannelError::new(ErrorClass::NotSent, error.to_string()))?;
        let mut refreshed = false;
        loop {
            let running = Running {
                delivery: self.delivery.id,
                lease_token: self.delivery.lease_token,
                seq: step.seq,
            };
            let host = Host::new(Arc::clone(&self.core), &self.account, Some(running));
            let outputs = self.outputs();
            let sent = Fingerprint {
                submission: &self.submission,
                step: &step.step.name,
                armed_at,
                outputs: &outputs,
                handle: &step.handle,
                resend_count: step.resend_count,
                taken: &taken,
            };
            let look = AssertUnwindSafe(self.channel.find(&sent, &host)).catch_unwind();
            let found = match tokio::time::timeout(LOOK_DEADLINE, look).await {
                Ok(Ok(found)) => found,
                Ok(Err(_)) => Err(ChannelError::new(ErrorClass::Bug, "the adapter panicked")),
                Err(_) => Err(ChannelError::new(
                    ErrorClass::SentUnknown,
                    "no answer came in time",
                )),
            };
            let last_token = host.last_token();
            exchanges.extend(host.into_exchanges());
            match (found, last_token) {
                (Err(error), Some(refused))
                    if error.class == ErrorClass::AuthExpired && !refreshed =>
                {
                    self.core
                        .token(self.delivery.site, self.delivery.account, Some(&refused))
                        .await?;
                    refreshed = true;
                }
                (found, _) => return found,
            }
        }
    }

    /// Keeps what was asked and what was found, to be written with what follows from it.
    fn keep_evidence(
        &mut self,
        step: &DeliveryStep,
        looked_at: Timestamp,
        looked: Looked,
    ) -> Result<Found, ChannelError> {
        let Looked {
            found,
            exchanges,
            took,
        } = looked;
        let error = found.as_ref().err();
        let last = exchanges.last();
        self.looked = Some(Attempt {
            id: AttemptId::new(),
            step: Attempt::LOOK.to_owned(),
            started_at: looked_at,
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
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            found: Some(json!({
                "step": step.step.name,
                "armed_at": step.armed_at,
                "look": step.look_count + 1,
                "resend": step.resend_count,
                "answer": told(&found),
            })),
            thinned_at: None,
        });
        found
    }

    async fn happened(
        &mut self,
        mut step: DeliveryStep,
        output: StepOutput,
        verdict: Verdict,
        evidence: Value,
    ) -> Result<Flow> {
        let delivery = self.after(&mut step, output);
        self.write(Change {
            step: Some(step),
            effect: Some((verdict, evidence)),
            ..Change::of(delivery)
        })
        .await
    }

    /// Not in the list: proof only after the list's delay and the last look.
    async fn absent(&mut self, step: DeliveryStep, looked_at: Timestamp) -> Result<Flow> {
        // Without a list, the adapter has another proof of absence, which needs no time to show.
        let delay = self
            .account
            .listing_delay_s(self.lane.listing_delay_s)
            .unwrap_or(0);
        let shown_by = step
            .quiet_until
            .unwrap_or(looked_at)
            .plus(Duration::from_secs(delay.into()));
        if self.has_looks_left(&step) {
            return self.look_later(step, Reason::AnswerLost, "").await;
        }
        if looked_at < shown_by {
            let params = params(&step, "");
            let reason = Some((Reason::AnswerLost, params));
            let uncertain = self.let_go(DeliveryState::Uncertain, Some(shown_by), reason);
            return self
                .write(Change {
                    step: Some(step),
                    ..Change::of(uncertain)
                })
                .await;
        }
        if step.resend_count < self.lane.max_resends {
            let now = self.now();
            return self.send_again(step, now, Verdict::NotHappened).await;
        }
        let params = params(&step, "");
        let failed = self.let_go(
            DeliveryState::Failed,
            None,
            Some((Reason::NeverAppeared, params)),
        );
        self.write(Change {
            step: Some(pending(step)),
            effect: Some((Verdict::NotHappened, json!({ "by": "look" }))),
            ..Change::of(failed)
        })
        .await
    }

    async fn send_again(
        &mut self,
        step: DeliveryStep,
        at: Timestamp,
        verdict: Verdict,
    ) -> Result<Flow> {
        let params = params(&step, "");
        let state = if at <= self.now() {
            DeliveryState::Ready
        } else {
            DeliveryState::RetryWait
        };
        let delivery = self.let_go(state, Some(at), Some((Reason::AnswerLost, params)));
        let mut step = pending(step);
        step.resend_count += 1;
        self.write(Change {
            step: Some(step),
            effect: Some((verdict, json!({ "by": "look" }))),
            ..Change::of(delivery)
        })
        .await
    }

    async fn look_later(
        &mut self,
        mut step: DeliveryStep,
        reason: Reason,
        message: &str,
    ) -> Result<Flow> {
        step.look_count += 1;
        let at = self.look_at(&step).max(self.now());
        let params = params(&step, message);
        let uncertain = self.let_go(DeliveryState::Uncertain, Some(at), Some((reason, params)));
        self.write(Change {
            step: Some(step),
            ..Change::of(uncertain)
        })
        .await
    }

    async fn ask_person(
        &mut self,
        mut step: DeliveryStep,
        reason: Reason,
        extra: Value,
    ) -> Result<Flow> {
        step.look_count += 1;
        let mut params = params(&step, "");
        if let (Some(params), Value::Object(extra)) = (params.as_object_mut(), extra) {
            params.extend(extra);
        }
        let asked = self.let_go(DeliveryState::NeedsReview, None, Some((reason, params)));
        self.write(Change {
            step: Some(step),
            ..Change::of(asked)
        })
        .await
    }

    /// Whether another look is planned after this one.
    fn has_looks_left(&self, step: &DeliveryStep) -> bool {
        (step.look_count as usize) + 1 < self.core.config.reconcile_after_s.len()
    }
}

/// One look: what it found, and the calls that it took.
struct Looked {
    found: Result<Found, ChannelError>,
    exchanges: Vec<Exchange>,
    took: Duration,
}

/// What was found, as it is kept.
fn told(found: &Result<Found, ChannelError>) -> Value {
    match found {
        Ok(Found::One(output)) => json!({
            "outcome": "one", "external_id": output.external_id, "external_url": output.external_url,
        }),
        Ok(Found::Absent) => json!({ "outcome": "absent" }),
        Ok(Found::Many(candidates)) => json!({ "outcome": "many", "candidates": candidates }),
        Ok(Found::Harmless { resend_at }) => {
            json!({ "outcome": "harmless", "resend_at": resend_at })
        }
        Ok(Found::Assumed { reason }) => json!({ "outcome": "assumed", "reason": reason }),
        Ok(Found::CannotTell { reason }) => json!({ "outcome": "cannot_tell", "reason": reason }),
        Err(error) => json!({ "outcome": "failed", "reason": error.message }),
    }
}

fn pending(mut step: DeliveryStep) -> DeliveryStep {
    step.state = StepState::Pending;
    step.quiet_until = None;
    step.look_count = 0;
    step
}

/// When a look is due, counted from the end of the quiet period.
pub fn look_pause(after_s: &[u64], look_count: u32) -> Duration {
    let planned = after_s.get(look_count as usize).or(after_s.last());
    Duration::from_secs(planned.copied().unwrap_or(0))
}
