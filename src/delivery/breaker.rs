//! Circuit breakers: when a way to a platform fails again and again, nothing more is sent there until a look at the
//! platform has succeeded; and the budget for trying again.
//!
//! What is counted stays in memory; that a breaker is open stands in its row, for every node and after a restart.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use crate::{channels::ErrorClass, clock::Timestamp};

/// How far back failures count.
const SPAN: Duration = Duration::from_mins(1);
/// The fewest calls in that span of which half must fail.
const FEWEST_CALLS: usize = 10;
/// Failures in a row that open it whatever was before.
const IN_A_ROW: u32 = 5;
/// How long it stays open before somebody looks, at the first trip; each further trip doubles it.
const FIRST_REST: Duration = Duration::from_secs(30);
/// The longest it rests between two looks.
const LONGEST_REST: Duration = Duration::from_mins(15);
/// A trip after this long of quiet is a first one again.
pub const PROBATION: Duration = Duration::from_mins(30);

/// A way to a platform that is, or was lately, down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    /// Channel id.
    pub channel: String,
    /// Lane of the channel.
    pub lane: String,
    /// Nothing is sent while it is.
    pub is_open: bool,
    /// When it opened last.
    pub opened_at: Timestamp,
    /// When somebody looks whether the platform is back.
    pub probe_at: Timestamp,
    /// How often in a row it opened.
    pub trip_count: u32,
}

impl Breaker {
    /// How long to rest after this many trips in a row.
    pub fn rest(trip_count: u32) -> Duration {
        let doubled = FIRST_REST.saturating_mul(1 << trip_count.saturating_sub(1).min(10));
        doubled.min(LONGEST_REST)
    }
}

/// What a call tells of the platform's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It answered, whatever it said.
    Up,
    /// It did not answer, or not sensibly.
    Failing,
    /// It says itself that it is down.
    Down,
}

impl Health {
    /// What the end of a call tells; `None`: nothing.
    pub const fn of(class: Option<ErrorClass>) -> Option<Self> {
        Some(match class {
            Some(ErrorClass::NotSent | ErrorClass::SentUnknown | ErrorClass::ProtocolDrift) => {
                Self::Failing
            }
            Some(ErrorClass::ChannelDown) => Self::Down,
            Some(ErrorClass::Bug) => return None,
            _ => Self::Up,
        })
    }
}

#[derive(Debug, Default)]
struct Window {
    calls: Vec<(Timestamp, bool)>,
    in_a_row: u32,
}

/// The calls of the last minute, by channel and lane, and what is left for trying again, by channel.
#[derive(Debug, Default)]
pub struct Breakers {
    windows: Mutex<BTreeMap<(String, String), Window>>,
    budgets: Mutex<BTreeMap<String, f64>>,
}

impl Breakers {
    /// Takes note of a call; `true` when the breaker must open now.
    pub fn note(&self, channel: &str, lane: &str, health: Health, now: Timestamp) -> bool {
        let mut windows = lock(&self.windows);
        let window = windows
            .entry((channel.to_owned(), lane.to_owned()))
            .or_default();
        window.calls.retain(|(at, _)| now.since(*at) < SPAN);
        window.calls.push((now, health != Health::Up));
        window.in_a_row = match health {
            Health::Up => 0,
            Health::Failing => window.in_a_row + 1,
            // A platform that says itself that it is down is believed when it says so twice.
            Health::Down => window.in_a_row + IN_A_ROW / 2 + 1,
        };
        let failures = window.calls.iter().filter(|(_, failed)| *failed).count();
        let is_half = window.calls.len() >= FEWEST_CALLS && failures * 2 >= window.calls.len();
        let trips = health != Health::Up && (window.in_a_row >= IN_A_ROW || is_half);
        if trips {
            *window = Window::default();
        }
        trips
    }

    /// The way was opened again: for now a single failure closes it.
    pub fn put_on_probation(&self, channel: &str, lane: &str) {
        let mut windows = lock(&self.windows);
        let window = windows
            .entry((channel.to_owned(), lane.to_owned()))
            .or_default();
        window.in_a_row = IN_A_ROW - 1;
    }

    /// Takes one further try out of the channel's budget: a fifth of the first tries, with a few to begin with.
    /// `false`: it is used up, and trying again has to wait.
    pub fn spend_retry(&self, channel: &str) -> bool {
        let mut budgets = lock(&self.budgets);
        let budget = budgets.entry(channel.to_owned()).or_insert(RETRIES_MOST);
        let is_left = *budget >= 1.0;
        if is_left {
            *budget -= 1.0;
        }
        is_left
    }

    /// A first try pays into the channel's budget.
    pub fn earn_retry(&self, channel: &str) {
        let mut budgets = lock(&self.budgets);
        let budget = budgets.entry(channel.to_owned()).or_insert(RETRIES_MOST);
        *budget = (*budget + RETRY_SHARE).min(RETRIES_MOST);
    }
}

/// Further calls for each first one.
const RETRY_SHARE: f64 = 0.2;
/// The most that a budget holds, and what it begins with.
const RETRIES_MOST: f64 = 20.0;

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(breakers: &Breakers, health: Health, at_s: i64) -> bool {
        breakers.note("channel", "lane", health, Timestamp(at_s * 1_000_000))
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_an_answer_in_between_does_not() {
        let breakers = Breakers::default();
        for second in 0..4 {
            assert!(!note(&breakers, Health::Failing, second));
        }
        assert!(!note(&breakers, Health::Up, 4));
        for second in 100..104 {
            assert!(!note(&breakers, Health::Failing, second));
        }
        assert!(note(&breakers, Health::Failing, 104));
    }

    #[test]
    fn half_of_ten_calls_within_a_minute_open_it() {
        let breakers = Breakers::default();
        for second in 0..9 {
            let health = if second % 2 == 0 {
                Health::Up
            } else {
                Health::Failing
            };
            assert!(!note(&breakers, health, second), "{second}");
        }
        assert!(note(&breakers, Health::Failing, 9));
    }

    #[test]
    fn a_platform_that_says_twice_that_it_is_down_is_believed() {
        let breakers = Breakers::default();
        assert!(!note(&breakers, Health::Down, 0));
        assert!(note(&breakers, Health::Down, 1));
    }

    #[test]
    fn a_way_that_was_just_opened_again_is_closed_by_one_failure() {
        let breakers = Breakers::default();
        breakers.put_on_probation("channel", "lane");
        assert!(note(&breakers, Health::Failing, 0));
        breakers.put_on_probation("channel", "lane");
        assert!(!note(&breakers, Health::Up, 1));
        assert!(!note(&breakers, Health::Failing, 2));
    }

    #[test]
    fn rests_double_to_a_bound() {
        let rests: Vec<_> = (1..8).map(|trip| Breaker::rest(trip).as_secs()).collect();
        assert_eq!(rests, [30, 60, 120, 240, 480, 900, 900]);
    }

    #[test]
    fn trying_again_is_a_fifth_of_what_is_tried_first() {
        let breakers = Breakers::default();
        let mut spent = 0;
        for _ in 0..1000 {
            breakers.earn_retry("channel");
            while breakers.spend_retry("channel") {
                spent += 1;
            }
        }
        assert!((200..=220).contains(&spent), "{spent}");
    }
}
