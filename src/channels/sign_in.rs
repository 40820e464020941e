//! Signing in: a person lets us use an account on a page of its platform, which sends the browser back with a code.

use super::{ChannelError, ErrorClass, Tokens};

/// What the platform's page sent the browser back with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInReply {
    /// What the first tokens are had for, once.
    Code(String),
    /// The person did not agree.
    Denied,
}

/// What came of the code.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The first tokens; [`Tokens::external_id`] says whose they are.
    pub tokens: Tokens,
    /// What the platform calls the person.
    pub name: Option<String>,
}

/// What channels answer to which nobody signs in.
pub(super) fn nobody_signs_in() -> ChannelError {
    ChannelError::new(
        ErrorClass::Permission,
        "nobody signs in to this channel on a page of its platform",
    )
}
