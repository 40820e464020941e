//! Calendar allowances: the window of an instant, and what is left of it.

use chrono::{Days, NaiveTime, TimeZone as _};
use chrono_tz::Tz;

use crate::{
    channels::{Descriptor, QuotaSpec},
    clock::Timestamp,
    zone::resolve_local,
};

/// A day in an allowance's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its midnight.
    pub start: Timestamp,
    /// The next midnight.
    pub resets_at: Timestamp,
}

/// The window in which an instant lies.
pub fn window(zone: Tz, at: Timestamp) -> Window {
    let today = zone
        .from_utc_datetime(&at.to_utc().naive_utc())
        .date_naive();
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    let midnight = |day: chrono::NaiveDate| resolve_local(zone, day.and_time(NaiveTime::MIN));
    Window {
        start: midnight(today),
        resets_at: midnight(tomorrow),
    }
}

/// The allowance of this name, in whatever lane of the channel it is declared.
pub fn find_quota(channel: &Descriptor, name: &str) -> Option<&'static QuotaSpec> {
    channel
        .lanes
        .iter()
        .flat_map(|lane| lane.quotas)
        .find(|quota| quota.name == name)
}

/// What is left of an allowance on the day of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaOutlook {
    /// Name of the allowance.
    pub name: String,
    /// How many a day.
    pub allowed: u32,
    /// Used and under way on that day.
    pub taken: u32,
    /// Planned for that day and not yet under way, this delivery included.
    pub planned: u32,
    /// When the next day begins.
    pub resets_at: Timestamp,
}

/// What is left of the allowances of one lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneOutlook {
    /// Id of the channel's lane.
    pub lane: &'static str,
    /// Its allowances, as the channel declares them.
    pub quotas: Vec<QuotaOutlook>,
}

impl QuotaOutlook {
    /// How many more fit into that day.
    pub const fn left(&self) -> u32 {
        self.allowed.saturating_sub(self.taken + self.planned)
    }

    /// Whether more is planned than is allowed, so that some will wait for the next day.
    pub const fn is_exceeded(&self) -> bool {
        self.taken + self.planned > self.allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_a_day_in_its_own_zone() {
        let at = "2026-03-03T16:30:00Z".parse().expect("an instant");

        let shanghai = window(chrono_tz::Asia::Shanghai, at);

        assert_eq!(shanghai.start.to_string(), "2026-03-03T16:00:00Z");
        assert_eq!(shanghai.resets_at.to_string(), "2026-03-04T16:00:00Z");
    }

    #[test]
    fn a_window_on_the_night_of_the_clock_change_has_its_true_length() {
        let at = "2026-10-25T12:00:00Z".parse().expect("an instant");

        let berlin = window(chrono_tz::Europe::Berlin, at);

        assert_eq!(
            berlin.resets_at.since(berlin.start).as_secs(),
            25 * 3600,
            "the day has 25 hours"
        );
    }
}
