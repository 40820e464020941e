//! A delivery in a worker's hands: what it works with, and the one way in which it writes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::{
    channels::{Descriptor, LaneDescriptor, SharedChannel, Submission},
    clock::Timestamp,
    crash_point,
    delivery::{
        Attempt, ChannelAccount, Delivery, DeliveryState, DeliveryStep, Reason, StepState, Verdict,
        core::Core,
        delivery::effect_key,
        quota,
        store::{self, Allowance, Held},
    },
    error::{Error, Result},
    id::UserId,
    telemetry::metric::{ATTEMPTS, STEP_DURATION},
};

/// Whether the worker goes on with the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// With its next step.
    On,
    /// It is somebody else's, or nobody's, now.
    Stop,
}

/// A delivery in a worker's hands.
pub struct Hold {
    pub core: Arc<Core>,
    pub delivery: Delivery,
    pub steps: Vec<DeliveryStep>,
    pub submission: Submission,
    pub account: ChannelAccount,
    pub channel: SharedChannel,
    pub descriptor: &'static Descriptor,
    pub lane: &'static LaneDescriptor,
    /// What the last look found; written with what follows from it.
    pub looked: Option<Attempt>,
    /// The step whose token was refreshed already.
    pub refreshed: Option<i32>,
}

/// What one transaction writes, all of it or nothing.
pub struct Change {
    pub delivery: Delivery,
    pub step: Option<DeliveryStep>,
    pub effect: Option<(Verdict, Value)>,
    pub decided_by: Option<UserId>,
    pub attempt: Option<Attempt>,
    /// The lane rests until then.
    pub rest_lane_until: Option<Timestamp>,
    /// The platform says that the day's allowance is used up.
    pub is_exhausted: bool,
}

impl Change {
    pub const fn of(delivery: Delivery) -> Self {
        Self {
            delivery,
            step: None,
            effect: None,
            decided_by: None,
            attempt: None,
            rest_lane_until: None,
            is_exhausted: false,
        }
    }
}

impl Hold {
    /// Loads what carrying out the delivery takes.
    pub async fn load(core: Arc<Core>, delivery: Delivery) -> Result<Self> {
        let db = core.db.read();
        let sealed = store::find_account(db, delivery.site, delivery.account)
            .await?
            .ok_or_else(|| Error::not_found(format!("account {}", delivery.account)))?;
        let descriptor = core.channel(&delivery.channel)?;
        let lane = descriptor
            .lane(&delivery.lane)
            .ok_or_else(|| Error::not_found(format!("lane {}", delivery.lane)))?;
        let steps = store::list_steps(db, delivery.id).await?;
        let mut submission = store::submission(db, delivery.id).await?;
        submission.external_id.clone_from(&delivery.external_id);
        let channel = core.connect(&sealed)?;
        Ok(Self {
            core,
            delivery,
            steps,
            submission,
            account: sealed.account,
            channel,
            descriptor,
            lane,
            looked: None,
            refreshed: None,
        })
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.core.clock.now()
    }

    /// Outputs of the steps that are done, by name.
    pub fn outputs(&self) -> BTreeMap<String, Value> {
        self.steps
            .iter()
            .filter_map(|step| Some((step.step.name.clone(), step.output.as_ref()?.value.clone())))
            .collect()
    }

    /// Whether a step that readers see is done.
    pub fn has_committed(&self) -> bool {
        self.steps
            .iter()
            .any(|step| step.is_commit() && step.state == StepState::Done)
    }

    /// The allowances that a step takes from at an instant.
    pub fn allowances(&self, step: &DeliveryStep, at: Timestamp) -> Vec<(Allowance, u32)> {
        let named = step.step.quota.iter();
        named
            .filter_map(|(name, units)| {
                let spec = quota::find_quota(self.descriptor, name)?;
                if !self.account.has(spec) {
                    return None;
                }
                Some((allowance(&self.account, spec, at), *units))
            })
            .collect()
    }

    /// The key of a step's effect in the ledger.
    pub fn effect_key(&self, step: &DeliveryStep) -> String {
        effect_key(&self.delivery.dedup_key, &step.step.name, step.resend_count)
    }

    /// Writes a change if the delivery is still in these hands; else writes nothing and stops.
    pub async fn write(&mut self, change: Change) -> Result<Flow> {
        let Change {
            mut delivery,
            step,
            effect,
            decided_by,
            attempt,
            rest_lane_until,
            is_exhausted,
        } = change;
        let attempt = attempt.or_else(|| self.looked.take());
        let now = self.now();
        let before = step.as_ref().and_then(|step| self.step(step.seq)).cloned();
        delivery.keep(now.plus(self.core.config.lease()));
        let tx = self.core.db.begin().await?;
        if !store::save_delivery(&tx, &mut delivery, Held::of(&self.delivery), now).await? {
            tracing::warn!(delivery.id = %delivery.id, "the delivery changed hands; nothing was written");
            return Ok(Flow::Stop);
        }
        if let Some(step) = &step {
            store::save_step(&tx, delivery.id, step).await?;
        }
        if let (Some((verdict, evidence)), Some(before)) = (effect, &before) {
            // The key and the day are those under which it was armed.
            let key = self.effect_key(before);
            store::decide_effect(&tx, &key, verdict, evidence, decided_by, now).await?;
            if verdict != Verdict::Unknown {
                let is_used = verdict != Verdict::NotHappened;
                for (allowance, units) in self.allowances(before, before.armed_at.unwrap_or(now)) {
                    store::settle(&tx, &allowance, units, is_used).await?;
                }
            }
        }
        let told = step.as_ref().and_then(|step| step.output.as_ref());
        for (name, left) in told.iter().flat_map(|output| &output.quota_left) {
            if let Some(spec) = quota::find_quota(self.descriptor, name) {
                store::learn(&tx, &allowance(&self.account, spec, now), *left).await?;
            }
        }
        if is_exhausted && let Some(before) = &before {
            for (allowance, _) in self.allowances(before, now) {
                store::exhaust(&tx, &allowance).await?;
            }
        }
        if let Some(until) = rest_lane_until {
            store::slow_lane(&tx, delivery.lane_id, until).await?;
        }
        if let Some(attempt) = &attempt {
            store::insert_attempt(&tx, delivery.id, attempt).await?;
        }
        if delivery.state != self.delivery.state {
            self.core.tell(&tx, &delivery).await?;
        }
        crash_point!("before_verdict_commit");
        tx.commit().await?;
        crash_point!("after_verdict");
        if let Some(attempt) = &attempt {
            count(&delivery, attempt);
        }
        self.core.announce(
            &delivery,
            before.as_ref().map(|step| step.step.name.as_str()),
        );
        let flow = if delivery.lease_owner.is_some() {
            Flow::On
        } else {
            Flow::Stop
        };
        self.delivery = delivery;
        if let Some(step) = step
            && let Some(place) = self.steps.iter_mut().find(|old| old.seq == step.seq)
        {
            *place = step;
        }
        Ok(flow)
    }

    fn step(&self, seq: i32) -> Option<&DeliveryStep> {
        self.steps.iter().find(|step| step.seq == seq)
    }

    /// Lets the delivery go into a state, with the reason and the next wake-up.
    pub fn let_go(
        &self,
        state: DeliveryState,
        next_run_at: Option<Timestamp>,
        reason: Option<(Reason, Value)>,
    ) -> Delivery {
        let mut delivery = self.delivery.clone();
        delivery.enter(state, next_run_at, self.now());
        if let Some((reason, params)) = reason {
            delivery.because(reason, params);
        }
        delivery.release();
        delivery
    }
}

/// Takes a try into the figures.
fn count(delivery: &Delivery, attempt: &Attempt) {
    let (channel, lane) = (delivery.channel.as_str(), delivery.lane.as_str());
    let class = attempt.class.as_deref().unwrap_or("ok");
    ATTEMPTS.count(&[channel, lane, class]);
    let took = Duration::from_millis(attempt.duration_ms).as_secs_f64();
    STEP_DURATION.observe(&[channel, lane, &attempt.step], took);
}

/// The allowance of an account at an instant.
pub fn allowance(
    account: &ChannelAccount,
    spec: &'static crate::channels::QuotaSpec,
    at: Timestamp,
) -> Allowance {
    Allowance {
        scope: quota_scope(account),
        name: spec.name.to_owned(),
        window: quota::window(spec.zone, spec.per, at),
        allowed: account.allowance(spec),
    }
}

/// Whose allowance it is, as rows know it.
pub fn quota_scope(account: &ChannelAccount) -> String {
    format!("account:{}", account.id)
}

/// The parameters of a reason's sentence.
pub fn params(step: &DeliveryStep, message: &str) -> Value {
    json!({ "step": step.step.name, "message": message })
}
