//! Calls that platforms make to us.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Inspection;

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
    /// The platform looked at a part of a content that it took its time for.
    Inspected {
        /// How it names the part.
        reference: String,
        /// What it thinks of it; `None`: it could not look.
        said: Option<Inspection>,
    },
    /// The platform shows nothing of the account any more, until a person has settled it there: nothing is to be sent, by it
    /// or by another that is the same there.
    Halted {
        /// Why, in words for people.
        why: String,
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
