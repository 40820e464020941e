//! A step of a delivery, as it is kept.

use std::time::Duration;

use serde_json::Value;

use super::StepState;
use crate::{
    channels::{Step, StepKind, StepOutput},
    clock::Timestamp,
    id::AttemptId,
};

/// A step of the plan with what became of it so far.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryStep {
    /// Its place in the plan.
    pub seq: i32,
    /// What the adapter carries out.
    pub step: Step,
    /// Where it is.
    pub state: StepState,
    /// Hash of what it sends.
    pub input_hash: String,
    /// When its call was last allowed to start.
    pub armed_at: Option<Timestamp>,
    /// When that call had to be over.
    pub call_deadline_at: Option<Timestamp>,
    /// Nobody looks for its effect before then.
    pub quiet_until: Option<Timestamp>,
    /// What the platform gave us on the way.
    pub handle: Value,
    /// What it left for later steps.
    pub output: Option<StepOutput>,
    /// How often it was sent again.
    pub resend_count: u32,
    /// How often its effect was looked for.
    pub look_count: u32,
    /// When it was done.
    pub ended_at: Option<Timestamp>,
}

impl DeliveryStep {
    /// The steps of a plan, none begun.
    pub fn of_plan(plan: Vec<Step>, input_hash: &str) -> Vec<Self> {
        (0..)
            .zip(plan)
            .map(|(seq, step)| Self {
                seq,
                step,
                state: StepState::Pending,
                input_hash: input_hash.to_owned(),
                armed_at: None,
                call_deadline_at: None,
                quiet_until: None,
                handle: Value::Null,
                output: None,
                resend_count: 0,
                look_count: 0,
                ended_at: None,
            })
            .collect()
    }

    /// Whether readers see its effect.
    pub fn is_commit(&self) -> bool {
        self.step.kind == StepKind::Commit
    }

    /// Whether nothing is left to do for it.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, StepState::Done | StepState::Skipped)
    }

    /// Whether it may have had an effect that we do not know of.
    pub fn is_in_doubt(&self) -> bool {
        self.is_commit() && matches!(self.state, StepState::Armed | StepState::Unknown)
    }

    /// The earliest instant at which looking for its effect makes sense: its call is surely over by then.
    pub fn quiet_from(&self, grace: Duration) -> Option<Timestamp> {
        Some(self.call_deadline_at.or(self.armed_at)?.plus(grace))
    }
}

/// The step that comes next.
pub fn current(steps: &[DeliveryStep]) -> Option<&DeliveryStep> {
    steps.iter().find(|step| !step.is_over())
}

/// One try of a step, with its evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Id.
    pub id: AttemptId,
    /// Name of the step.
    pub step: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The class of its error; `None` when it went well.
    pub class: Option<String>,
    /// Whether a request left us.
    pub sent: super::Sent,
    /// What a person reads.
    pub message: String,
    /// HTTP status of the last call.
    pub http_status: Option<u16>,
    /// The platform's code.
    pub channel_code: Option<String>,
    /// The platform's id of the call.
    pub channel_request_id: Option<String>,
    /// The calls, redacted.
    pub exchanges: Vec<crate::channels::Exchange>,
    /// How long it took.
    pub duration_ms: u64,
    /// What a look on the platform was for and what it found; nothing for a try of a step.
    pub found: Option<Value>,
    /// When the bodies of its calls were taken out, for age.
    pub thinned_at: Option<Timestamp>,
}

impl Attempt {
    /// What a look on the platform is called among the tries of steps.
    pub const LOOK: &'static str = "reconcile";
}
