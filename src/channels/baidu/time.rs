//! One instant, spelled as each of Baidu's interfaces wants it (Asia/Shanghai).

use chrono::{Datelike as _, Days, NaiveDate, TimeZone as _};
use chrono_tz::Asia::Shanghai;

use crate::{channels::beijing, clock::Timestamp};

/// `2026-03-01 08:00:00`: page info and the index page.
pub fn release_date(at: Timestamp) -> String {
    beijing(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2026年3月1日`, without leading zeros: `ext.publish_time` of articles and videos.
pub fn publish_time(at: Timestamp) -> String {
    let day = beijing(at);
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// Seconds since 1970: `ext.publish_time` of live streams.
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "no lane carries live streams yet")
)]
pub fn epoch(at: Timestamp) -> i64 {
    at.unix_seconds()
}

/// `2026-03-01T08:00:00`, without a zone: JSON-LD.
pub fn json_ld(at: Timestamp) -> String {
    beijing(at).format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `2026-03-01`: site maps and lists of articles.
pub fn day(at: Timestamp) -> String {
    beijing(at).format("%Y-%m-%d").to_string()
}

/// `20260301`: data reports.
pub fn compact_day(at: Timestamp) -> String {
    beijing(at).format("%Y%m%d").to_string()
}

/// The day that it is in Beijing.
pub fn date(at: Timestamp) -> NaiveDate {
    beijing(at).date_naive()
}

/// The Monday of the week that it is in Beijing.
pub fn monday(at: Timestamp) -> NaiveDate {
    let day = date(at);
    day - Days::new(day.weekday().num_days_from_monday().into())
}

/// The next midnight in Beijing, when allowances start anew.
pub fn next_midnight(at: Timestamp) -> Timestamp {
    let tomorrow = date(at)
        .checked_add_days(Days::new(1))
        .and_then(|day| day.and_hms_opt(0, 0, 0));
    tomorrow
        .and_then(|midnight| Shanghai.from_local_datetime(&midnight).earliest())
        .map_or(at, |midnight| midnight.to_utc().into())
}

/// The length of a video in whole seconds, one at least.
pub fn seconds(duration_ms: u64) -> u64 {
    ((duration_ms + 500) / 1000).max(1)
}

/// `61:20`: the length of a video, in minutes even when it is over an hour.
pub fn length(duration_ms: u64) -> String {
    let seconds = seconds(duration_ms);
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_has_six_spellings() {
        let at: Timestamp = "2026-03-01T00:00:00Z".parse().expect("an instant");

        assert_eq!(release_date(at), "2026-03-01 08:00:00");
        assert_eq!(publish_time(at), "2026年3月1日");
        assert_eq!(epoch(at), 1_772_323_200);
        assert_eq!(json_ld(at), "2026-03-01T08:00:00");
        assert_eq!(day(at), "2026-03-01");
        assert_eq!(compact_day(at), "20260301");
    }

    #[test]
    fn allowances_start_anew_at_midnight_in_beijing() {
        let at: Timestamp = "2026-03-01T15:59:59Z".parse().expect("an instant");

        assert_eq!(next_midnight(at).to_string(), "2026-03-01T16:00:00Z");
        assert_eq!(monday(at).to_string(), "2026-02-23");
        assert_eq!(monday(next_midnight(at)).to_string(), "2026-03-02");
    }

    #[test]
    fn a_length_counts_minutes_beyond_the_hour() {
        assert_eq!(length(3_680_000), "61:20");
        assert_eq!(length(8_400), "00:08");
        assert_eq!(length(200), "00:01");
    }
}
