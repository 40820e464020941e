//! The clock by which every platform tells its days.

use chrono::DateTime;
use chrono_tz::{Asia::Shanghai, Tz};

use crate::clock::Timestamp;

/// An instant as the clocks in Beijing show it.
pub fn beijing(at: Timestamp) -> DateTime<Tz> {
    at.to_utc().with_timezone(&Shanghai)
}
