//! What recurring jobs do. One file per kind: its parameters, and how a run goes.

mod digest;
mod statistics;
mod submit;

use serde::{Deserialize, Serialize};

pub use digest::Digest;
pub use statistics::PullStatistics;
pub use submit::SubmitChanged;

use super::BackgroundService;
use crate::{auth::Actor, error::Result};

/// What a recurring job does, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Sends what changed to an account, within its day's allowance.
    SubmitChanged(SubmitChanged),
    /// Makes a draft of the best stories of the last days.
    Digest(Digest),
    /// Asks the platforms what readers did.
    PullStatistics(PullStatistics),
}

impl Work {
    /// The word for it in rows.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SubmitChanged(_) => "submit_changed",
            Self::Digest(_) => "digest",
            Self::PullStatistics(_) => "pull_statistics",
        }
    }
}

impl BackgroundService {
    /// Refuses parameters that cannot be meant; the error names the field.
    pub(super) async fn check_work(&self, actor: &Actor, work: &Work) -> Result<()> {
        match work {
            Work::SubmitChanged(work) => self.check_submit(actor, work).await,
            Work::Digest(work) => work.check(),
            Work::PullStatistics(work) => work.check(),
        }
    }
}
