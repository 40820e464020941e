//! A clock that jumps ahead makes everything seem overdue at once: leases whose workers live, calls that are still on
//! their way, lists that had no time to show. For a while, nothing is concluded from the clock. A clock that is set back
//! leaves leases behind that reach too far.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{clock::Clock, telemetry::metric::CLOCK_JUMPS};

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
    /// Whether it was set back, and nobody has asked since.
    was_set_back: bool,
}

impl JumpWatch {
    pub fn new(clock: &Clock) -> Self {
        for direction in ["back", "forward"] {
            CLOCK_JUMPS.begin(&[direction]);
        }
        Self {
            seen: Mutex::new(Seen {
                ahead: ahead(clock),
                trusted_from: i64::MIN,
                was_set_back: false,
            }),
        }
    }

    /// Whether what is overdue by the clock is so by time.
    pub fn is_trusted(&self, clock: &Clock) -> bool {
        let trusted_from = self.look(clock).trusted_from;
        clock.steady_micros() >= trusted_from
    }

    /// Whether the clock was set back since this was asked last.
    pub fn was_set_back(&self, clock: &Clock) -> bool {
        std::mem::take(&mut self.look(clock).was_set_back)
    }

    /// Compares the clock with time; alarms when it has jumped.
    fn look(&self, clock: &Clock) -> MutexGuard<'_, Seen> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = ahead(clock);
        let jumped = ahead - seen.ahead;
        seen.ahead = ahead;
        if jumped.abs() > TOLERANCE_MICROS {
            let direction = if jumped > 0 { "forward" } else { "back" };
            CLOCK_JUMPS.count(&[direction]);
            tracing::error!(
                seconds = jumped / 1_000_000,
                direction,
                "the system's clock was set; check what sets it"
            );
        }
        if jumped > TOLERANCE_MICROS {
            let settled = clock
                .steady_micros()
                .saturating_add(jumped.min(SETTLING_MICROS));
            seen.trusted_from = seen.trusted_from.max(settled);
        }
        seen.was_set_back |= jumped < -TOLERANCE_MICROS;
        seen
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
    fn a_clock_that_was_set_back_is_told_once_whoever_saw_it() {
        let clock = Clock::fixed(Timestamp(0));
        let watch = JumpWatch::new(&clock);
        assert!(!watch.was_set_back(&clock));
        clock.jump(-4);
        assert!(!watch.was_set_back(&clock), "kept right");
        clock.jump(-3600);
        assert!(watch.is_trusted(&clock));

        assert!(watch.was_set_back(&clock));
        assert!(!watch.was_set_back(&clock));
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
