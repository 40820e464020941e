//! What became of a call whose answer was lost.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{StepOutput, Submission};
use crate::clock::Timestamp;

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
