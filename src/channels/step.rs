//! The steps of a delivery, what runs them, and how they end.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ChannelError, Media, Submission, Tokens};
use crate::clock::Timestamp;

/// What a step does to the world, which decides what may be done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Touches nothing outside.
    Pure,
    /// May be repeated without harm: uploads, checks, tokens.
    Safe,
    /// Readers see its effect: armed in the database first, never repeated blindly.
    Commit,
    /// Asks what became of it.
    Observe,
}

/// A named step of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Stable name, unique in the plan: `create_video`.
    pub name: String,
    /// What it does to the world.
    pub kind: StepKind,
    /// The longest its call may take.
    pub deadline: Duration,
    /// Units it takes from these allowances: (name of a [`super::QuotaSpec`], how many).
    pub quota: Vec<(String, u32)>,
}

impl Step {
    /// A step that takes nothing from an allowance.
    pub fn new(name: &str, kind: StepKind, deadline: Duration) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            deadline,
            quota: Vec::new(),
        }
    }

    /// Takes this much from an allowance when it is armed.
    #[must_use]
    pub fn taking(mut self, quota: &str, units: u32) -> Self {
        self.quota.push((quota.to_owned(), units));
        self
    }
}

/// What the engine does for a running step.
#[async_trait]
pub trait StepHost: Send + Sync {
    /// Keeps what the platform just gave us (upload id, part reached) before the next byte is sent.
    async fn save_handle(&self, handle: &Value) -> Result<(), ChannelError>;
    /// Opens a file of the submission.
    async fn open_media(&self, media: &Media) -> Result<bytes::Bytes, ChannelError>;
    /// Reads a part of a file of the submission.
    async fn read_media(
        &self,
        media: &Media,
        from: u64,
        to: u64,
    ) -> Result<bytes::Bytes, ChannelError>;
    /// The current token; `stale` is one that the platform just refused: it is refreshed once, single-flight.
    async fn token(&self, stale: Option<&str>) -> Result<Tokens, ChannelError>;
    /// Waits until the account may be called again, so that calls do not come in bursts.
    async fn pace(&self) {}
    /// Lets the next call go out only if it is still wanted: nobody took the step out of this worker's hands.
    async fn admit(&self) -> Result<(), ChannelError> {
        Ok(())
    }
    /// Keeps evidence of a call: redacted, at most 4 KB each way.
    fn record(&self, exchange: Exchange);
}

/// What a running step works with.
pub struct StepContext<'a> {
    /// What is sent.
    pub submission: &'a Submission,
    /// Outputs of earlier steps by name.
    pub outputs: &'a BTreeMap<String, Value>,
    /// What earlier tries of this step saved.
    pub handle: Value,
    /// How often this commit was sent before and proven absent.
    pub resend_count: u32,
    /// The engine.
    pub host: &'a dyn StepHost,
}

impl StepContext<'_> {
    /// Keeps what the platform just gave us before the next byte is sent.
    pub async fn save_handle(&mut self, handle: Value) -> Result<(), ChannelError> {
        self.host.save_handle(&handle).await?;
        self.handle = handle;
        Ok(())
    }

    /// Media of a role, in order.
    pub fn media(&self, role: &str) -> impl Iterator<Item = &Media> {
        self.submission
            .media
            .iter()
            .filter(move |media| media.role == role)
    }
}

/// One call to a platform, kept as evidence. Secrets are already taken out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Method and address without secrets.
    pub request: String,
    /// Excerpt of the body sent.
    pub request_body: String,
    /// HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// Excerpt of the answer.
    pub response_body: String,
    /// The platform's id of the call.
    pub request_id: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// How a step ended well.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is done; the output is kept for later steps.
    Done(StepOutput),
    /// The platform is still at it (observe steps): ask again then.
    Pending {
        /// What the platform says.
        note: String,
        /// When to ask again; the engine has its own pace without it.
        retry_in: Option<Duration>,
    },
    /// A person has to finish on the platform.
    NeedsUser {
        /// What to do.
        task: String,
        /// Until when.
        expires_at: Option<Timestamp>,
    },
}

/// What a step leaves behind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StepOutput {
    /// For later steps.
    pub value: Value,
    /// The item's id on the platform, once known.
    pub external_id: Option<String>,
    /// Where readers see it.
    pub external_url: Option<String>,
    /// What the platform said is left of its allowances, by their names: believed over what was declared.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quota_left: BTreeMap<String, u32>,
}
