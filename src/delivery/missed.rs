//! What becomes of deliveries that are late: after a pause, an outage, or time without a server.

use std::{collections::BTreeMap, time::Duration};

use super::MissedPolicy;
use crate::{
    clock::Timestamp,
    error::{Error, Result},
    id::LaneId,
};

/// Later than this is late, not just the pace of the promoter.
pub const PUNCTUAL: Duration = Duration::from_mins(1);
/// What is late goes out at this pace in each lane, so that readers and platforms are not flooded.
pub const STAGGER: Duration = Duration::from_secs(30);
/// The longest window in which something may still go out late: 30 days.
const LONGEST_WINDOW_S: u32 = 30 * 24 * 3600;

/// What becomes of late deliveries of a story or video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissedRule {
    /// What to do.
    pub policy: MissedPolicy,
    /// How late it may still go out, in seconds.
    pub window_s: u32,
}

/// What a rule says of one late delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lateness {
    /// It goes out all the same.
    Send,
    /// It does not go out.
    Miss,
    /// A person decides.
    Ask,
}

impl MissedRule {
    /// A rule whose window makes sense.
    pub fn new(policy: MissedPolicy, window_s: u32) -> Result<Self> {
        if !(60..=LONGEST_WINDOW_S).contains(&window_s) {
            return Err(Error::invalid(
                "input.windowMinutes",
                "must be between 1 minute and 30 days (43200 minutes)",
            ));
        }
        Ok(Self { policy, window_s })
    }

    /// What becomes of a delivery that is this late.
    pub const fn judge(self, late_by: Duration) -> Lateness {
        if late_by.as_secs() <= PUNCTUAL.as_secs() {
            return Lateness::Send;
        }
        let is_within = late_by.as_secs() <= self.window_s as u64;
        match self.policy {
            MissedPolicy::CatchUp if is_within => Lateness::Send,
            MissedPolicy::Ask if is_within => Lateness::Ask,
            _ => Lateness::Miss,
        }
    }
}

/// Gives late deliveries their turns, one after the other in each lane.
#[derive(Debug, Default)]
pub struct Turns(BTreeMap<LaneId, Timestamp>);

impl Turns {
    /// Turns after those that were given already.
    pub const fn after(taken: BTreeMap<LaneId, Timestamp>) -> Self {
        Self(taken)
    }

    /// The next turn in a lane.
    pub fn next(&mut self, lane: LaneId, now: Timestamp) -> Timestamp {
        let turn = self
            .0
            .get(&lane)
            .map_or(now, |last| last.plus(STAGGER).max(now));
        self.0.insert(lane, turn);
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::{
        MissedPolicy::{Ask, CatchUp, Skip},
        *,
    };

    #[test]
    fn a_rule_says_what_becomes_of_the_late() {
        let judge = |policy, late_s| {
            MissedRule::new(policy, 7200)
                .expect("a rule")
                .judge(Duration::from_secs(late_s))
        };

        for policy in [CatchUp, Skip, Ask] {
            assert_eq!(judge(policy, 60), Lateness::Send, "a minute is punctual");
            assert_eq!(judge(policy, 7201), Lateness::Miss, "past the window");
        }
        assert_eq!(judge(CatchUp, 7200), Lateness::Send);
        assert_eq!(judge(Skip, 61), Lateness::Miss);
        assert_eq!(judge(Ask, 61), Lateness::Ask);
    }

    #[test]
    fn turns_follow_each_other_in_a_lane_and_lanes_do_not_wait_for_each_other() {
        let (one, other, now) = (LaneId::new(), LaneId::new(), Timestamp(1_000_000));
        let mut turns = Turns::after(BTreeMap::from([(other, now.plus(STAGGER))]));

        let given = [one, one, other].map(|lane| turns.next(lane, now).since(now));

        assert_eq!(given, [Duration::ZERO, STAGGER, STAGGER * 2]);
    }
}
