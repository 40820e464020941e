//! A clock that jumps ahead makes everything seem overdue at once: leases whose workers live, calls that are still on
//! their way, lists that had no time to show. For a while, nothing is concluded from the clock.

use std::sync::{Mutex, PoisonError};

use crate::clock::Clock;

/// What runs apart by less than this in one look was set right, not wrong.
const TOLERANCE_MICROS: i64 = 5_000_000;
/// After this long, every lease, call and list from before the jump has come to its end.
const SETTLING_MICROS: i64 = 30 * 60 * 1_000_000;

/// Looks whether the clock goes as time does.
pub struct JumpWatch {
    seen: Mutex<Seen>,
}

struct Seen {
    /// By how much the clock was ahead of steady time.
    ahead: i64,
    /// From when on, in steady time, the clock is believed again.
    trusted_from: i64,
}

impl JumpWatch {
    pub fn new(clock: &Clock) -> Self {
        Self {
            seen: Mutex::new(Seen {
                ahead: ahead(clock),
                trusted_from: i64::MIN,
            }),
        }
    }

    /// Whether what is overdue by the clock is so by time. Alarms when the clock has jumped.
    pub fn is_trusted(&self, clock: &Clock) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let steady = clock.steady_micros();
        let ahead = ahead(clock);
        let jumped = ahead - seen.ahead;
        seen.ahead = ahead;
        if jumped.abs() > TOLERANCE_MICROS {
            tracing::error!(
                seconds = jumped / 1_000_000,
                "the clock jumped; check what sets it"
            );
        }
        if jumped > TOLERANCE_MICROS {
            let settled = steady.saturating_add(jumped.min(SETTLING_MICROS));
            seen.trusted_from = seen.trusted_from.max(settled);
        }
        steady >= seen.trusted_from
    }
}

fn ahead(clock: &Clock) -> i64 {
    clock.now().0 - clock.steady_micros()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::Timestamp;

    #[test]
    fn a_jump_ahead_is_waited_out_and_time_that_passes_is_not() {
        let clock = Clock::fixed(Timestamp(0));
        let watch = JumpWatch::new(&clock);

        clock.advance(Duration::from_hours(5));
        assert!(watch.is_trusted(&clock));
        clock.jump(60);
        assert!(!watch.is_trusted(&clock));
        clock.advance(Duration::from_secs(59));
        assert!(!watch.is_trusted(&clock));
        clock.advance(Duration::from_secs(1));
        assert!(watch.is_trusted(&clock));
    }

    #[test]
    fn a_jump_back_makes_nothing_overdue() {
        let clock = Clock::fixed(Timestamp(0));
        let watch = JumpWatch::new(&clock);

        clock.jump(-3600);

        assert!(watch.is_trusted(&clock));
    }

    #[test]
    fn a_jump_of_a_day_is_waited_out_for_half_an_hour() {
        let clock = Clock::fixed(Timestamp(0));
        let watch = JumpWatch::new(&clock);

        clock.jump(86_400);
        assert!(!watch.is_trusted(&clock));
        clock.advance(Duration::from_mins(30));

        assert!(watch.is_trusted(&clock));
    }
}
