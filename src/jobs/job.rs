//! A job: a piece of work that is safe to repeat, and what becomes of a try.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    clock::Timestamp,
    error::{Error, ErrorKind, Result},
    id::{JobId, SiteId},
};

/// A piece of work that is safe to repeat, as it stands in its row.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The word for it in rows; never changed once rows hold it.
    const KIND: &'static str;
    /// How often it is tried before it is dead.
    const MOST_ATTEMPTS: i32 = 8;
    /// How the pauses between tries grow.
    const BACKOFF: Backoff = Backoff {
        base: Duration::from_secs(5),
        factor: 3.0,
        cap: Duration::from_mins(15),
    };

    /// Whose work it is; `None`: the server's own.
    fn site(&self) -> Option<SiteId> {
        None
    }

    /// Jobs of one lane run one after another.
    fn lane(&self) -> Option<String> {
        None
    }

    /// While a job with this key waits or runs, another is not taken.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

/// How the pauses between tries grow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    /// The longest first pause.
    pub base: Duration,
    /// How much longer each next one may be.
    pub factor: f64,
    /// The longest of all.
    pub cap: Duration,
}

impl Backoff {
    /// A pause after so many failures: anything up to its bound, so that those who failed together do not come back
    /// together. What the other end asked for is the least.
    pub fn pause(&self, failures: i32, floor: Option<Duration>) -> Duration {
        let grown = self.base.as_secs_f64() * self.factor.powi(failures.saturating_sub(1).max(0));
        let bound = grown.min(self.cap.as_secs_f64());
        floor.unwrap_or_default() + Duration::from_secs_f64(bound * rand::random::<f64>())
    }
}

/// Why a try ended without the work done, told apart by what comes next.
#[derive(Debug)]
pub enum JobError {
    /// Another try may help, not before so long.
    Retry(Error, Option<Duration>),
    /// No further try would change it.
    Fail(Error),
    /// It was put off and nothing went wrong: the try does not count.
    Later(Timestamp),
}

impl From<Error> for JobError {
    /// What a person has to change does not change by trying again.
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Internal
            | ErrorKind::Unavailable
            | ErrorKind::RateLimited
            | ErrorKind::Conflict => Self::Retry(error, None),
            _ => Self::Fail(error),
        }
    }
}

/// What a try may know of itself.
#[derive(Debug, Clone)]
pub struct Try {
    /// The job.
    pub id: JobId,
    /// 1 for the first.
    pub number: i32,
    pub(super) stopping: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

impl Try {
    /// Whether the process is to end: long work saves its place and comes back later.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(std::sync::atomic::Ordering::SeqCst)
    }
}

/// Who carries a kind of job out.
#[async_trait]
pub trait Carrier<J: Job>: Send + Sync + 'static {
    /// Does the work. It may have been done before, wholly or in part.
    async fn carry_out(&self, job: J, this: &Try) -> Result<(), JobError>;

    /// Takes note that it will not be tried again.
    async fn bury(&self, _job: J, _error: &str) -> Result<()> {
        Ok(())
    }
}

/// A job that is not tried any more.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadJob {
    /// Id.
    pub id: JobId,
    /// The word for its kind.
    pub kind: String,
    /// What it was to do.
    pub payload: serde_json::Value,
    /// How often it was tried.
    pub attempt_count: i32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was given up.
    pub ended_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff {
        base: Duration::from_secs(5),
        factor: 3.0,
        cap: Duration::from_mins(15),
    };

    #[test]
    fn pauses_grow_to_a_bound_and_heed_the_other_end() {
        for _ in 0..100 {
            assert!(BACKOFF.pause(1, None) <= Duration::from_secs(5));
            assert!(BACKOFF.pause(3, None) <= Duration::from_secs(45));
            assert!(BACKOFF.pause(99, None) <= Duration::from_mins(15));
            assert!(BACKOFF.pause(1, Some(Duration::from_mins(1))) >= Duration::from_mins(1));
        }
    }

    #[test]
    fn what_a_person_has_to_change_is_not_tried_again() {
        let unavailable = JobError::from(Error::new(ErrorKind::Unavailable, "away"));
        let missing = JobError::from(Error::not_found("story 1"));

        assert!(matches!(unavailable, JobError::Retry(_, None)));
        assert!(matches!(missing, JobError::Fail(_)));
    }
}
