//! Instants as the gateway spells them: `2026-03-01 09:30:00`, in China.

use chrono::{NaiveDateTime, TimeZone as _};
use chrono_tz::Asia::Shanghai;

use crate::{channels::beijing, clock::Timestamp};

const FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// Spells an instant.
pub fn spelled(at: Timestamp) -> String {
    beijing(at).format(FORMAT).to_string()
}

/// Reads an instant.
pub fn read(text: &str) -> Option<Timestamp> {
    let local = NaiveDateTime::parse_from_str(text, FORMAT).ok()?;
    // Other spellings of the same instant are none of the format.
    let at = Shanghai.from_local_datetime(&local).single()?;
    Some(Timestamp::from_unix_seconds(at.timestamp())).filter(|at| spelled(*at) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_spelled_in_china_and_read_back() {
        let at: Timestamp = "2026-03-01T01:30:00Z".parse().expect("an instant");

        assert_eq!(spelled(at), "2026-03-01 09:30:00");
        assert_eq!(read("2026-03-01 09:30:00"), Some(at));
        assert_eq!(read("2026-3-1 9:30:00"), None);
        assert_eq!(read("2026-03-01T09:30:00"), None);
    }
}
