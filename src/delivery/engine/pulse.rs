//! Signs of life of a worker, for the health of its process.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::error::{Error, Result};

/// A worker that has not looked for due work for this long is late, however short its pace.
const PATIENCE: Duration = Duration::from_secs(10);
/// Paces that a worker may miss.
const MISSED_TICKS: u32 = 20;

/// What a worker last managed to do.
#[derive(Debug, Default)]
pub struct Pulse {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When it last looked for due work to the end; nothing: it never started, or has ended.
    ticked_at: Option<Instant>,
    /// What failed the last time, by name.
    failures: BTreeMap<&'static str, String>,
}

impl Pulse {
    /// It starts, or looked for due work to the end.
    pub fn beat(&self, at: Instant) {
        self.state().ticked_at = Some(at);
    }

    /// It ends.
    pub fn end(&self) {
        *self.state() = State::default();
    }

    /// How a piece of its work ended.
    pub fn note<T>(&self, what: &'static str, ended: &Result<T>) {
        let mut state = self.state();
        match ended {
            Ok(_) => {
                state.failures.remove(what);
            }
            Err(error) => {
                state.failures.insert(what, said(error));
            }
        }
    }

    /// Why no work is being claimed, if so.
    pub fn trouble(&self, tick: Duration, at: Instant) -> Option<String> {
        let state = self.state();
        let Some(ticked_at) = state.ticked_at else {
            return Some("the worker is not running".to_owned());
        };
        if let Some((what, failure)) = state.failures.first_key_value() {
            return Some(format!("{what}: {failure}"));
        }
        let silence = at.saturating_duration_since(ticked_at);
        let is_late = silence > PATIENCE.max(tick * MISSED_TICKS);
        is_late.then(|| {
            format!(
                "no due work has been looked for since {} seconds",
                silence.as_secs()
            )
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Our own words: health is shown to anybody, and a database's words may name its address.
fn said(error: &Error) -> String {
    error.message().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(500);

    #[test]
    fn a_worker_that_does_not_look_is_late() {
        let (pulse, start) = (Pulse::default(), Instant::now());
        let trouble = |after_s| pulse.trouble(TICK, start + Duration::from_secs(after_s));
        assert!(trouble(0).is_some(), "it never started");

        pulse.beat(start);
        assert_eq!(trouble(9), None);
        assert_eq!(
            trouble(11).as_deref(),
            Some("no due work has been looked for since 11 seconds")
        );
        pulse.beat(start + Duration::from_secs(11));
        assert_eq!(trouble(12), None);
        pulse.end();
        assert!(trouble(12).is_some());
    }

    #[test]
    fn a_failure_lasts_until_the_same_work_succeeds() {
        let (pulse, now) = (Pulse::default(), Instant::now());
        pulse.beat(now);
        let failed = Error::internal("the database failed", "connection to db.internal lost");

        pulse.note("claim", &Err::<(), _>(failed));
        pulse.beat(now);
        pulse.note("promoter", &Ok(()));

        let trouble = pulse.trouble(TICK, now);
        assert_eq!(trouble.as_deref(), Some("claim: the database failed"));
        pulse.note("claim", &Ok(()));
        assert_eq!(pulse.trouble(TICK, now), None);
    }
}
