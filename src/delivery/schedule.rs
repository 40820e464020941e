//! When something goes out: a time on the wall, whose zone is always named, becomes an instant by the rule of
//! [`crate::zone`].

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime};
use chrono_tz::Tz;

use crate::{
    clock::Timestamp,
    error::{Error, Result},
    zone::{local, parse_zone, resolve_local},
};

/// Nothing is planned further ahead than this: such a date is a slip of the pen.
const FURTHEST: Duration = Duration::from_hours(5 * 366 * 24);
/// The ways in which a time of the wall may be written.
const SPELLINGS: [&str; 4] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
];

/// When something is to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// At once.
    Now,
    /// At a time.
    At {
        /// What the clock on the wall shows, as `2026-03-04T08:00`; with an offset no zone is needed.
        wall_time: String,
        /// IANA zone of that wall: `Asia/Shanghai`.
        zone: Option<String>,
    },
}

/// A time, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueTime {
    /// What the clock on the wall shows.
    pub wall_time: String,
    /// IANA zone, or an offset.
    pub zone: String,
    /// The instant.
    pub at: Timestamp,
}

impl Due {
    /// Resolves the time; what cannot be meant is refused, naming the field.
    pub fn resolve(&self, site_zone: &str, now: Timestamp) -> Result<DueTime> {
        match self {
            Self::Now => {
                let zone: Tz = site_zone.parse().unwrap_or(Tz::UTC);
                Ok(DueTime {
                    wall_time: wall(zone, now),
                    zone: zone.name().to_owned(),
                    at: now,
                })
            }
            Self::At { wall_time, zone } => {
                let due = resolve_wall_time(wall_time.trim(), zone.as_deref().map(str::trim))?;
                if due.at < now {
                    return Err(Error::invalid(
                        "input.at.wallTime",
                        format!("{} is in the past", due.at),
                    ));
                }
                if due.at.since(now) > FURTHEST {
                    return Err(Error::invalid(
                        "input.at.wallTime",
                        "is more than five years ahead",
                    ));
                }
                Ok(due)
            }
        }
    }
}

fn resolve_wall_time(wall_time: &str, zone: Option<&str>) -> Result<DueTime> {
    let zone = zone.filter(|zone| !zone.is_empty());
    if let Ok(instant) = DateTime::parse_from_rfc3339(wall_time) {
        let at = Timestamp::from(instant.to_utc());
        let Some(zone) = zone else {
            return Ok(DueTime {
                wall_time: instant.format("%Y-%m-%dT%H:%M:%S").to_string(),
                zone: instant.offset().to_string(),
                at,
            });
        };
        let zone = parse_zone("input.at.zone", zone)?;
        return Ok(DueTime {
            wall_time: wall(zone, at),
            zone: zone.name().to_owned(),
            at,
        });
    }
    let read = SPELLINGS
        .iter()
        .find_map(|spelling| NaiveDateTime::parse_from_str(wall_time, spelling).ok())
        .ok_or_else(|| {
            Error::invalid(
                "input.at.wallTime",
                "must be a date and a time such as 2026-03-04T08:00",
            )
        })?;
    let zone = zone.ok_or_else(|| {
        Error::invalid(
            "input.at.zone",
            "a time without a zone can mean several instants; name one, such as Asia/Shanghai",
        )
    })?;
    let zone = parse_zone("input.at.zone", zone)?;
    Ok(DueTime {
        wall_time: read.format("%Y-%m-%dT%H:%M:%S").to_string(),
        zone: zone.name().to_owned(),
        at: resolve_local(zone, read),
    })
}

fn wall(zone: Tz, at: Timestamp) -> String {
    local(zone, at).format("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(wall_time: &str, zone: &str) -> String {
        let now = "2026-01-01T00:00:00Z".parse().expect("an instant");
        let due = Due::At {
            wall_time: wall_time.to_owned(),
            zone: (!zone.is_empty()).then(|| zone.to_owned()),
        };
        match due.resolve("Asia/Shanghai", now) {
            Ok(due) => due.at.to_string(),
            Err(error) => error.field().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn a_wall_time_in_a_zone_is_an_instant() {
        assert_eq!(
            resolve("2026-03-04T08:00", "Asia/Shanghai"),
            "2026-03-04T00:00:00Z"
        );
        assert_eq!(
            resolve("2026-03-04T08:00:00+08:00", ""),
            "2026-03-04T00:00:00Z"
        );
        assert_eq!(
            resolve("2026-03-04T00:00:00Z", "Asia/Shanghai"),
            "2026-03-04T00:00:00Z"
        );
    }

    #[test]
    fn a_skipped_time_moves_forward_by_the_gap() {
        assert_eq!(
            resolve("2026-03-29T02:30", "Europe/Berlin"),
            "2026-03-29T01:30:00Z"
        );
        assert_eq!(
            resolve("2026-03-08T02:30", "America/New_York"),
            "2026-03-08T07:30:00Z"
        );
        assert_eq!(
            resolve("2026-10-04T02:15", "Australia/Lord_Howe"),
            "2026-10-03T15:45:00Z"
        );
    }

    #[test]
    fn a_time_that_comes_twice_is_the_first() {
        assert_eq!(
            resolve("2026-10-25T02:30", "Europe/Berlin"),
            "2026-10-25T00:30:00Z"
        );
        assert_eq!(
            resolve("2026-11-01T01:30", "America/New_York"),
            "2026-11-01T05:30:00Z"
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused_naming_the_field() {
        for (wall_time, zone, field) in [
            ("2026-03-04T08:00", "", "input.at.zone"),
            ("2026-03-04T08:00", "Mars/Olympus", "input.at.zone"),
            ("2025-12-31T08:00", "Asia/Shanghai", "input.at.wallTime"),
            ("2126-03-04T08:00", "Asia/Shanghai", "input.at.wallTime"),
            ("tomorrow", "Asia/Shanghai", "input.at.wallTime"),
            ("2026-02-30T08:00", "Asia/Shanghai", "input.at.wallTime"),
        ] {
            assert_eq!(resolve(wall_time, zone), field, "{wall_time} {zone}");
        }
    }
}
