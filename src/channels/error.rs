//! How a call to a platform fails, and what follows from it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

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

    /// Why a lane is barred, if this error says that the account may not use it, and not just that nobody knows.
    pub fn bars(&self) -> Option<String> {
        (self.class == ErrorClass::Permission).then(|| self.message.clone())
    }

    /// With the platform's code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
}
