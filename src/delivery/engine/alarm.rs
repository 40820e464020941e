//! Alarms: a grant that only a person can renew ends soon; the system's clock jumped.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    clock::Timestamp,
    delivery::{core::Core, store},
    error::Result,
    telemetry::metric::CLOCK_JUMPS,
};

/// How long before the end of a grant people are told, each once for a grant; the last is told last.
const NOTICE: [Duration; 3] = [
    Duration::from_hours(7 * 24),
    Duration::from_hours(24),
    Duration::from_hours(1),
];
/// Two ends of a grant this close together are one end: platforms tell what is left, in whole seconds.
const SAME_END: Duration = Duration::from_mins(10);
/// A clock that is set by less than this is being kept right.
const JUMP: Duration = Duration::from_secs(5);

impl Core {
    /// Tells people of grants that end soon.
    pub async fn tell_ending_grants(&self) -> Result<()> {
        let now = self.clock.now();
        for account in store::list_ending_grants(self.db.read(), now.plus(NOTICE[0])).await? {
            let Some(ends_at) = account.grant_expires_at else {
                continue;
            };
            let left = ends_at.since(now);
            // The shortest notice that has come; longer ones that were missed are not made up for.
            let Some(notice) = NOTICE.iter().rev().find(|notice| left <= **notice) else {
                continue;
            };
            let tx = self.db.begin().await?;
            if store::claim_grant_alarm(&tx, account.id, ends_at, *notice).await? {
                store::insert_grant_event(&tx, &account, ends_at, now).await?;
                tx.commit().await?;
                tracing::error!(
                    account.id = %account.id, channel.id = account.channel, account.name, %ends_at,
                    "the grant of an account ends soon; a person must sign in again before then"
                );
            }
        }
        Ok(())
    }
}

/// The end of the grant that new tokens belong to, given the end that was known.
pub fn grant_end(known: Option<Timestamp>, told: Option<Timestamp>) -> Option<Timestamp> {
    match (known, told) {
        (Some(known), Some(told))
            if known.since(told) < SAME_END && told.since(known) < SAME_END =>
        {
            Some(known)
        }
        (_, told) => told,
    }
}

/// How the system's clock went against time itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    /// It was set back.
    Back(Duration),
    /// It was set forward, or the machine slept.
    Forward(Duration),
}

impl Jump {
    /// Their names among the figures.
    const NAMES: [&str; 2] = ["back", "forward"];
}

/// Compares the system's clock with one that nobody can set.
#[derive(Debug, Default)]
pub struct ClockWatch {
    last: Mutex<Option<(Timestamp, Instant)>>,
}

impl ClockWatch {
    /// Has the figures say that no jump was seen yet.
    pub fn begin() {
        for name in Jump::NAMES {
            CLOCK_JUMPS.begin(&[name]);
        }
    }

    /// Looks at both clocks, and says if one jumped since the last look.
    pub fn look(&self, now: Timestamp, at: Instant) -> Option<Jump> {
        let (seen, before) = self
            .last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace((now, at))?;
        let expected = seen.plus(at.saturating_duration_since(before));
        let (back, forward) = (expected.since(now), now.since(expected));
        if back > JUMP {
            CLOCK_JUMPS.count(&["back"]);
            tracing::error!(
                seconds = back.as_secs(),
                "the system's clock was set back; leases are cut to their length, what was due by it waits"
            );
            return Some(Jump::Back(back));
        }
        if forward > JUMP {
            CLOCK_JUMPS.count(&["forward"]);
            tracing::warn!(
                seconds = forward.as_secs(),
                "the system's clock was set forward"
            );
            return Some(Jump::Forward(forward));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_is_noticed_and_time_that_passes_is_not() {
        let (watch, begin) = (ClockWatch::default(), Instant::now());
        let start = Timestamp::from_unix_seconds(1_800_000_000);
        let (hour, second) = (Duration::from_hours(1), Duration::from_secs(1));
        assert_eq!(watch.look(start, begin), None);
        let later = begin + hour;

        let passed = watch.look(start.plus(hour), later);
        let back = watch.look(start, later + second);
        let forward = watch.look(start.plus(hour), later + second);
        let kept_right = watch.look(start.plus(hour).minus(4 * second), later + second);

        assert_eq!(passed, None);
        assert_eq!(back, Some(Jump::Back(hour + second)));
        assert_eq!(forward, Some(Jump::Forward(hour)));
        assert_eq!(kept_right, None);
    }

    #[test]
    fn an_end_that_is_told_again_is_the_same_end() {
        let end = Timestamp::from_unix_seconds(1_800_000_000);
        let seconds = Duration::from_secs;

        assert_eq!(grant_end(Some(end), Some(end.plus(seconds(1)))), Some(end));
        assert_eq!(grant_end(Some(end), Some(end.minus(seconds(2)))), Some(end));
        let renewed = end.plus(seconds(86_400));
        assert_eq!(grant_end(Some(end), Some(renewed)), Some(renewed));
        assert_eq!(grant_end(None, Some(end)), Some(end));
        assert_eq!(grant_end(Some(end), None), None);
    }
}
