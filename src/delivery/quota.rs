//! Calendar allowances: the window of an instant, and what is left of it.

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime, TimeZone as _};
use chrono_tz::Tz;

use crate::{
    channels::{Descriptor, Period, QuotaSpec},
    clock::Timestamp,
    zone::resolve_local,
};

/// A day or month in an allowance's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The midnight at which it begins.
    pub start: Timestamp,
    /// The midnight at which the next one begins.
    pub resets_at: Timestamp,
}

/// The window in which an instant lies.
pub fn window(zone: Tz, per: Period, at: Timestamp) -> Window {
    let today = zone
        .from_utc_datetime(&at.to_utc().naive_utc())
        .date_naive();
    let (first, next) = match per {
        Period::Day => (today, today.checked_add_days(Days::new(1))),
        Period::Month => {
            let first = today.with_day(1).unwrap_or(today);
            (first, first.checked_add_months(Months::new(1)))
        }
    };
    let midnight = |day: NaiveDate| resolve_local(zone, day.and_time(NaiveTime::MIN));
    Window {
        start: midnight(first),
        resets_at: midnight(next.unwrap_or(first)),
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

/// What is left of an allowance on the day, or in the month, of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaOutlook {
    /// Name of the allowance.
    pub name: String,
    /// How many.
    pub allowed: u32,
    /// Used and under way in that time.
    pub taken: u32,
    /// Planned for that time and not yet under way, this delivery included.
    pub planned: u32,
    /// When it begins anew.
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
    /// How many more fit into that time.
    pub const fn left(&self) -> u32 {
        self.allowed.saturating_sub(self.taken + self.planned)
    }

    /// Whether more is planned than is allowed, so that some will wait until it begins anew.
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

        let shanghai = window(chrono_tz::Asia::Shanghai, Period::Day, at);

        assert_eq!(shanghai.start.to_string(), "2026-03-03T16:00:00Z");
        assert_eq!(shanghai.resets_at.to_string(), "2026-03-04T16:00:00Z");
    }

    #[test]
    fn a_window_is_a_month_where_the_allowance_is_one() {
        let at = "2026-12-31T16:30:00Z".parse().expect("an instant");

        let shanghai = window(chrono_tz::Asia::Shanghai, Period::Month, at);

        assert_eq!(shanghai.start.to_string(), "2026-12-31T16:00:00Z");
        assert_eq!(shanghai.resets_at.to_string(), "2027-01-31T16:00:00Z");
    }

    #[test]
    fn a_window_on_the_night_of_the_clock_change_has_its_true_length() {
        let at = "2026-10-25T12:00:00Z".parse().expect("an instant");

        let berlin = window(chrono_tz::Europe::Berlin, Period::Day, at);

        assert_eq!(
            berlin.resets_at.since(berlin.start).as_secs(),
            25 * 3600,
            "the day has 25 hours"
        );
    }
}
