//! Time zones: from the clock on the wall to an instant and back, by one rule for everything that is planned: a time
//! that the clocks skip moves forward by what they skip, a time that comes twice is its first.

use chrono::{Duration as Span, LocalResult, NaiveDateTime, TimeZone as _};
use chrono_tz::Tz;

use crate::{
    clock::Timestamp,
    error::{Error, Result},
};

/// Reads an IANA zone; the error names the field.
pub fn parse_zone(field: &str, zone: &str) -> Result<Tz> {
    zone.parse()
        .map_err(|_| Error::invalid(field, "is not an IANA time zone such as Asia/Shanghai"))
}

/// What the clock on the wall shows at an instant.
pub fn local(zone: Tz, at: Timestamp) -> NaiveDateTime {
    at.to_utc().with_timezone(&zone).naive_local()
}

/// The instant of a local time: the first of two; one that the clocks skip moves forward by what they skip.
pub fn resolve_local(zone: Tz, local: NaiveDateTime) -> Timestamp {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => {
            instant.to_utc().into()
        }
        LocalResult::None => {
            // With the offset from before the gap, the skipped time falls behind it by just what was skipped.
            let before = (1..=48).find_map(|half_hours| {
                zone.from_local_datetime(&(local - Span::minutes(30 * half_hours)))
                    .latest()
                    .map(|instant| instant.to_utc() + Span::minutes(30 * half_hours))
            });
            before.unwrap_or_else(|| local.and_utc()).into()
        }
    }
}
