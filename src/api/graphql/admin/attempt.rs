//! The steps of a delivery, and every try of each with what was sent and answered.

use async_graphql::{ID, Json, Object, SimpleObject};
use serde_json::Value;

use crate::{
    api::graphql::shared::{DateTime, Long},
    channels::{Exchange, StepKind},
    delivery::{Attempt, DeliveryStep, Sent, StepState},
};

/// What a step does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "StepKind", remote = "StepKind")]
pub enum StepKindName {
    /// Touches nothing outside.
    Pure,
    /// May be repeated without harm.
    Safe,
    /// Readers see its effect.
    Commit,
    /// Asks what became of it.
    Observe,
}

/// Where a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "StepState", remote = "StepState")]
pub enum StepStateName {
    Pending,
    Armed,
    Unknown,
    Done,
    Skipped,
}

/// Whether a request left us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "Sent", remote = "Sent")]
pub enum SentName {
    No,
    Maybe,
    Yes,
}

/// A step of a delivery.
pub struct StepObject(pub DeliveryStep);

#[Object(name = "DeliveryStep")]
impl StepObject {
    /// Stable name.
    async fn name(&self) -> &str {
        &self.0.step.name
    }

    /// What it does to the world.
    async fn kind(&self) -> StepKindName {
        self.0.step.kind.into()
    }

    /// Where it is.
    async fn state(&self) -> StepStateName {
        self.0.state.into()
    }

    /// When its call was last allowed to start.
    async fn armed_at(&self) -> Option<DateTime> {
        self.0.armed_at.map(Into::into)
    }

    /// Nobody looks for its effect before then.
    async fn quiet_until(&self) -> Option<DateTime> {
        self.0.quiet_until.map(Into::into)
    }

    /// How often it was sent again.
    async fn resend_count(&self) -> u32 {
        self.0.resend_count
    }

    /// When it was done.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(Into::into)
    }
}

/// A call to a platform, redacted.
#[derive(SimpleObject)]
#[graphql(name = "Exchange")]
pub struct ExchangeObject {
    /// Method and address.
    request: String,
    /// Excerpt of what was sent.
    request_body: String,
    /// HTTP status; nothing when no answer came.
    status: Option<u16>,
    /// Excerpt of the answer.
    response_body: String,
    /// The platform's id of the call.
    request_id: Option<String>,
    /// How long it took.
    duration_ms: Long,
}

impl From<Exchange> for ExchangeObject {
    fn from(exchange: Exchange) -> Self {
        Self {
            request: exchange.request,
            request_body: exchange.request_body,
            status: exchange.status,
            response_body: exchange.response_body,
            request_id: exchange.request_id,
            duration_ms: exchange.duration_ms.into(),
        }
    }
}

/// One try of a step, with its evidence.
pub struct AttemptObject(pub Attempt);

#[Object(name = "Attempt")]
impl AttemptObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Name of the step.
    async fn step(&self) -> &str {
        &self.0.step
    }

    /// When it began.
    async fn started_at(&self) -> DateTime {
        self.0.started_at.into()
    }

    /// When it ended.
    async fn ended_at(&self) -> DateTime {
        self.0.ended_at.into()
    }

    /// The class of its error; nothing when it went well.
    async fn class(&self) -> Option<&str> {
        self.0.class.as_deref()
    }

    /// Whether a request left us.
    async fn sent(&self) -> SentName {
        self.0.sent.into()
    }

    /// What happened, in a sentence; empty when it went well.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// HTTP status of the last call.
    async fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The platform's code.
    async fn channel_code(&self) -> Option<&str> {
        self.0.channel_code.as_deref()
    }

    /// The platform's id of the call, for its support.
    async fn channel_request_id(&self) -> Option<&str> {
        self.0.channel_request_id.as_deref()
    }

    /// The calls, redacted.
    async fn exchanges(&self) -> Vec<ExchangeObject> {
        self.0.exchanges.iter().cloned().map(Into::into).collect()
    }

    /// How long it took.
    async fn duration_ms(&self) -> Long {
        self.0.duration_ms.into()
    }

    /// What a look on the platform was for and what it found, candidates included; nothing for a try of a step.
    async fn found(&self) -> Option<Json<&Value>> {
        self.0.found.as_ref().map(Json)
    }

    /// When the bodies of the calls were taken out, for age.
    async fn thinned_at(&self) -> Option<DateTime> {
        self.0.thinned_at.map(Into::into)
    }
}
