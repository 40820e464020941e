//! How one platform carries out a delivery: named steps that the engine arms, runs and recovers.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ContentKind, Inspection};
use crate::clock::{Clock, Timestamp};

/// A connected account, as an adapter sees it. `Debug` shows no secret.
#[derive(Clone)]
pub struct Account {
    /// Our id, as text.
    pub id: String,
    /// The account's id on the platform (open id, app id, site), if it has one.
    pub external_id: Option<String>,
    /// Values of the public fields of the connect form, and further settings.
    pub settings: BTreeMap<String, String>,
    /// Values of the secret fields of the connect form.
    pub credentials: BTreeMap<String, String>,
    /// The client for the wire out; it refuses private addresses but those that the operator allows.
    pub http: reqwest::Client,
    /// The time.
    pub clock: Clock,
}

impl Account {
    /// A setting, or the default.
    pub fn setting<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.settings.get(name).map_or(default, String::as_str)
    }

    /// How long a call of this account may take: the setting `call_deadline_s`, or the default.
    pub fn deadline(&self, default: Duration) -> Duration {
        let set = self
            .settings
            .get("call_deadline_s")
            .and_then(|seconds| seconds.parse().ok());
        set.map_or(default, Duration::from_secs)
    }

    /// A secret; empty when it was not given.
    pub fn credential(&self, name: &str) -> &str {
        self.credentials.get(name).map_or("", String::as_str)
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("external_id", &self.external_id)
            .finish_non_exhaustive()
    }
}

/// Tokens of an account: what refreshing takes and gives. `Debug` shows none of them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// What calls carry.
    pub access_token: String,
    /// What the next refresh needs, if the platform has such a thing.
    pub refresh_token: Option<String>,
    /// When the access token ends.
    pub expires_at: Option<Timestamp>,
    /// When the refresh token ends: then only a person can sign in again.
    pub refresh_expires_at: Option<Timestamp>,
    /// What the grant allows, as the platform lists it.
    pub scopes: Vec<String>,
    /// How often the refresh token itself was renewed.
    pub renewals: u32,
    /// Whose tokens they are, as the platform numbers accounts, if it says so with the grant.
    #[serde(default)]
    pub external_id: Option<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("expires_at", &self.expires_at)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// What a delivery wants to happen on the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Make it live.
    Publish,
    /// Change what is live.
    Update,
    /// Take it down.
    Takedown,
}

/// What is sent: frozen when the delivery was approved; the same bytes however often it is tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// Delivery id, as text.
    pub delivery_id: String,
    /// What is to happen.
    pub intent: Intent,
    /// Lane of the channel.
    pub lane: String,
    /// Story or video.
    pub kind: ContentKind,
    /// The variant's values by field name, overrides applied.
    pub fields: BTreeMap<String, Value>,
    /// Renditions and files to send, in order.
    pub media: Vec<Media>,
    /// Absolute address of the reader page.
    pub page_url: String,
    /// Short mark that is unique to this delivery's effect (letters and digits); adapters put it where the
    /// platform shows it again.
    pub marker: String,
    /// The item's id on the platform, for updates and takedowns.
    pub external_id: Option<String>,
}

/// A file that goes with a submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Media {
    /// What it is for: a [`super::PictureSpec`] name, or `video`.
    pub role: String,
    /// Key for the host, which opens the file.
    pub key: String,
    /// Public address.
    pub url: String,
    /// Media type.
    pub mime: String,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// Size.
    pub size_bytes: u64,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// For video.
    pub duration_ms: Option<u64>,
}

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

/// What delivery does next depends on the class alone (delivery contract, 5.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// Surely not sent: DNS, connect or TLS failed.
    NotSent,
    /// May have been sent: reset, timeout, 5xx, an answer that makes no sense.
    SentUnknown,
    /// Refused: too fast.
    RateLimited,
    /// Refused: the day's allowance is used up.
    QuotaExhausted,
    /// Refused: the token has ended.
    AuthExpired,
    /// Refused: the grant is gone; a person must sign in again.
    AuthRevoked,
    /// Refused: the account may not do this (scope, certificate, address list).
    Permission,
    /// Refused: a field breaks a rule; `field` says which.
    Validation,
    /// Refused by review or by a word list.
    ContentRejected,
    /// Not yet: still transcoding.
    MediaNotReady,
    /// Refused: codec, size, ratio.
    MediaRejected,
    /// Refused as a duplicate: likely our own.
    Conflict,
    /// The platform is down and surely did nothing.
    ChannelDown,
    /// An answer we do not know: code, shape.
    ProtocolDrift,
    /// Our own mistake.
    Bug,
}

/// Why a step did not end well.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct ChannelError {
    /// What delivery goes by.
    pub class: ErrorClass,
    /// The platform's code, as text.
    pub code: Option<String>,
    /// What a person reads.
    pub message: String,
    /// The field at fault.
    pub field: Option<String>,
    /// HTTP status.
    pub http_status: Option<u16>,
    /// The platform's id of the call.
    pub request_id: Option<String>,
    /// Not before this long.
    pub retry_after: Option<Duration>,
}

impl ChannelError {
    /// An error of a class with a message.
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            class,
            code: None,
            message: message.into(),
            field: None,
            http_status: None,
            request_id: None,
            retry_after: None,
        }
    }

    /// With the platform's code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// What was sent and may or may not have had its effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Fingerprint<'a> {
    /// The frozen submission.
    pub submission: &'a Submission,
    /// The commit step in question.
    pub step: &'a str,
    /// When the call was armed.
    pub armed_at: Timestamp,
    /// Outputs of earlier steps.
    pub outputs: &'a BTreeMap<String, Value>,
    /// What the step had saved.
    pub handle: &'a Value,
    /// How often it was sent again already.
    pub resend_count: u32,
    /// Items on this account that belong to other deliveries: never candidates.
    pub taken: &'a [String],
}

/// An item on the platform that may be ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its id there.
    pub external_id: String,
    /// Where readers see it.
    pub external_url: Option<String>,
    /// Its title there.
    pub title: String,
    /// When it was made there.
    pub created_at: Option<Timestamp>,
    /// What matches: `marker`, `title`, `time`.
    pub matches: Vec<String>,
}

/// What the platform shows for a commit whose reply was lost.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Exactly one: it happened; the output is what the step would have left.
    One(StepOutput),
    /// The list was read and it is not there (yet): look again until the lane's listing delay is over.
    Absent,
    /// More than one: a person looks.
    Many(Vec<Candidate>),
    /// There is no way to look, but a repeat of the same bytes does no harm: once, not before then.
    Harmless {
        /// Not before.
        resend_at: Timestamp,
    },
    /// There is no way to look and a repeat was already made: it is taken as accepted, and said so.
    Assumed {
        /// Why.
        reason: String,
    },
    /// No way to tell: a person looks.
    CannotTell {
        /// Why.
        reason: String,
    },
}

/// What readers did with an item, as far as the platform tells; `None` is "not told", not zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Views or plays.
    pub views: Option<u64>,
    /// Likes.
    pub likes: Option<u64>,
    /// Comments.
    pub comments: Option<u64>,
    /// Shares.
    pub shares: Option<u64>,
}

/// A call that a platform makes to us.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// The values of the query, decoded.
    pub query: &'a BTreeMap<String, String>,
    /// Headers, by lower-case name.
    pub headers: &'a BTreeMap<String, String>,
    /// The body, byte for byte: signatures are over these.
    pub body: &'a [u8],
}

/// What such a call says, once it is verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// What to answer, with status 200.
    pub reply: Reply,
    /// The platform's id of the message: the same when it is delivered again.
    pub message_id: Option<String>,
    /// What happened; empty for what does not concern us.
    pub events: Vec<Event>,
}

/// What a platform's call is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Media type of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A JSON answer.
    pub fn json(value: &Value) -> Self {
        Self {
            content_type: "application/json",
            body: value.to_string().into_bytes(),
        }
    }

    /// Words that the platform looks for: `success`, the echo of its text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            content_type: "text/plain; charset=utf-8",
            body: text.into().into_bytes(),
        }
    }
}

/// Something that happened on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Somebody published what was handed off.
    Published {
        /// What the handed-off work carries: found in the output of an earlier step.
        reference: String,
        /// Its id there.
        external_id: String,
    },
    /// Something became of what was sent: it is to be looked at now.
    Changed {
        /// What the platform calls it: found in the output of an earlier step.
        reference: String,
    },
    /// A user agreed.
    Granted {
        /// Whose account it is there.
        who: String,
    },
    /// A user withdrew everything: the tokens are dead.
    Revoked {
        /// Whose account it is there.
        who: String,
    },
}

/// What a live check of an account found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccountCheck {
    /// Whether it can be used.
    pub ok: bool,
    /// One sentence: what works, what is missing, what this account may do.
    pub message: String,
    /// Lanes this account may use.
    pub lanes: Vec<String>,
    /// The account's id on the platform, if the check learned it.
    pub external_id: Option<String>,
}

/// One platform, bound to one account.
#[async_trait]
pub trait Channel: Send + Sync {
    /// The steps of this submission, in order. Pure: the same submission gives the same plan.
    fn plan(&self, submission: &Submission) -> Vec<Step>;
    /// Carries out a step. The engine enforces [`Step::deadline`].
    async fn run(&self, step: &Step, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError>;
    /// What the platform shows for a commit whose reply was lost: how it is settled.
    async fn find(
        &self,
        sent: &Fingerprint<'_>,
        host: &dyn StepHost,
    ) -> Result<Found, ChannelError>;
    /// Fetches or refreshes the account's tokens; `None` for accounts whose secret is the token.
    async fn refresh(&self, current: Option<&Tokens>) -> Result<Option<Tokens>, ChannelError>;
    /// Totals of a published item; `None` where the platform tells none.
    async fn statistics(
        &self,
        _external_id: &str,
        _host: &dyn StepHost,
    ) -> Result<Option<Totals>, ChannelError> {
        Ok(None)
    }
    /// Asks what the platform thinks of the values of a variant before they are published, where the descriptor says so.
    async fn inspect(
        &self,
        _fields: &BTreeMap<String, Value>,
        _host: &dyn StepHost,
    ) -> Result<Inspection, ChannelError> {
        Err(ChannelError::new(
            ErrorClass::Permission,
            "this channel checks nothing before it is published",
        ))
    }
    /// Verifies and reads a call that the platform makes to us. Pure: what follows is the engine's.
    fn receive(&self, _incoming: &Incoming<'_>) -> Result<Received, ChannelError> {
        Err(ChannelError::new(
            ErrorClass::Permission,
            "this channel makes no calls",
        ))
    }
    /// Asks the platform what this account may do.
    async fn check_account(&self, host: &dyn StepHost) -> AccountCheck;
}

/// Shared by [`Account`]s: how long connecting and reading may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// A boxed channel.
pub type SharedChannel = Arc<dyn Channel>;
