//! Time: instants as we store them, and the clock that tests can move.

use std::{
    fmt,
    sync::atomic::{AtomicI64, Ordering},
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::DeriveValueType;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An instant in UTC, in microseconds since 1970; what every `…_at` column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The instant as chrono knows it.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    /// This much later (it stops at the end of time).
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    /// This much earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    /// How long after `earlier` this is; zero when it is before.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Seconds since 1970.
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// From seconds since 1970.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        Self(instant.timestamp_micros())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl std::str::FromStr for Timestamp {
    type Err = chrono::ParseError;

    /// Reads RFC 3339; an offset is needed, so that no time is read in a zone nobody named.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(DateTime::parse_from_rfc3339(text)?.to_utc().into())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// Where services ask for the time: the system's clock, or one that a test sets.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    fixed: Option<Arc<Fixed>>,
}

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
struct Fixed {
    at: AtomicI64,
    /// By how much it was set wrong, or right, without any time having passed.
    jumped: AtomicI64,
}

/// From when on steady time counts.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock {
    /// The system's clock.
    pub const fn system() -> Self {
        Self { fixed: None }
    }

    /// A clock that stands still until it is moved; clones share it.
    pub fn fixed(at: Timestamp) -> Self {
        Self {
            fixed: Some(Arc::new(Fixed {
                at: AtomicI64::new(at.0),
                jumped: AtomicI64::new(0),
            })),
        }
    }

    /// The present instant.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system's clock"
    )]
    pub fn now(&self) -> Timestamp {
        match &self.fixed {
            Some(fixed) => Timestamp(fixed.at.load(Ordering::SeqCst)),
            None => Utc::now().into(),
        }
    }

    /// Whether it stands still until it is moved.
    pub const fn is_fixed(&self) -> bool {
        self.fixed.is_some()
    }

    /// Moves a fixed clock; a system clock cannot be moved.
    pub fn set(&self, at: Timestamp) {
        if let Some(fixed) = &self.fixed {
            fixed.at.store(at.0, Ordering::SeqCst);
        }
    }

    /// Microseconds that have passed since some instant; no setting of the clock changes them.
    pub fn steady_micros(&self) -> i64 {
        match &self.fixed {
            Some(fixed) => fixed.at.load(Ordering::SeqCst) - fixed.jumped.load(Ordering::SeqCst),
            None => i64::try_from(START.elapsed().as_micros()).unwrap_or(i64::MAX),
        }
    }

    /// Sets a fixed clock wrong by so many seconds, without any time having passed.
    pub fn jump(&self, seconds: i64) {
        if let Some(fixed) = &self.fixed {
            let micros = seconds.saturating_mul(1_000_000);
            fixed.jumped.fetch_add(micros, Ordering::SeqCst);
            fixed.at.fetch_add(micros, Ordering::SeqCst);
        }
    }

    /// Moves a fixed clock forward.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }
}
