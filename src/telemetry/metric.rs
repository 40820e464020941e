//! Every figure that the server keeps: its name, kind, labels and what it tells. The one place that names them.

pub use metrics::{Counter, Histogram};

use metrics::Label;

/// How a figure behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Goes up for as long as the process lives.
    Counter,
    /// What is so at the moment of asking.
    Gauge,
    /// How often a value fell below each of these bounds.
    Histogram(&'static [f64]),
}

impl Kind {
    /// As Prometheus calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// Its name, with the unit.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// Its labels, in the order in which values are given.
    pub labels: &'static [&'static str],
    /// What it tells.
    pub help: &'static str,
}

impl Metric {
    const fn counter(
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self {
            name,
            kind: Kind::Counter,
            labels,
            help,
        }
    }

    const fn gauge(
        name: &'static str,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self {
            name,
            kind: Kind::Gauge,
            labels,
            help,
        }
    }

    const fn histogram(
        name: &'static str,
        labels: &'static [&'static str],
        bounds: &'static [f64],
        help: &'static str,
    ) -> Self {
        Self {
            name,
            kind: Kind::Histogram(bounds),
            labels,
            help,
        }
    }

    fn labels(&self, values: &[&str]) -> Vec<Label> {
        debug_assert_eq!(values.len(), self.labels.len(), "labels of {}", self.name);
        let pairs = self.labels.iter().zip(values);
        pairs
            .map(|(name, value)| Label::new(*name, (*value).to_owned()))
            .collect()
    }

    /// The counter of a series, for who counts often.
    pub fn counter_of(&self, values: &[&str]) -> Counter {
        metrics::counter!(self.name, self.labels(values))
    }

    /// The histogram of a series, for who measures often.
    pub fn histogram_of(&self, values: &[&str]) -> Histogram {
        metrics::histogram!(self.name, self.labels(values))
    }

    /// Counts one more.
    pub fn count(&self, values: &[&str]) {
        self.counter_of(values).increment(1);
    }

    /// Counts none yet, so that the series is there before its first event.
    pub fn begin(&self, values: &[&str]) {
        self.counter_of(values).increment(0);
    }

    /// Takes a value into a histogram.
    pub fn observe(&self, values: &[&str], value: f64) {
        self.histogram_of(values).record(value);
    }

    /// Says what is so now.
    pub fn set(&self, values: &[&str], value: f64) {
        metrics::gauge!(self.name, self.labels(values)).set(value);
    }

    /// Tells the recorder in charge what the figure is.
    pub(super) fn describe(&self) {
        match self.kind {
            Kind::Counter => metrics::describe_counter!(self.name, self.help),
            Kind::Gauge => metrics::describe_gauge!(self.name, self.help),
            Kind::Histogram(_) => metrics::describe_histogram!(self.name, self.help),
        }
    }
}

/// Seconds of calls to platforms and of the engine.
const SECONDS: &[f64] = &[
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0,
];
/// Seconds of answers to readers and editors.
const ANSWER_SECONDS: &[f64] = &[
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
    10.0,
];
/// Sizes of queries.
const FIELDS: &[f64] = &[
    1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 5000.0, 20_000.0,
];

/// How late commits leave.
pub const DUE_TO_ARMED: Metric = Metric::histogram(
    "fenfa_delivery_due_to_armed_seconds",
    &["channel", "lane"],
    SECONDS,
    "From the due time of a delivery until the call that readers see was armed for the first time.",
);
/// Tries of steps.
pub const ATTEMPTS: Metric = Metric::counter(
    "fenfa_delivery_attempts_total",
    &["channel", "lane", "class"],
    "Tries of steps by how they ended; the class of one that went well is ok.",
);
/// How long steps take.
pub const STEP_DURATION: Metric = Metric::histogram(
    "fenfa_delivery_step_duration_seconds",
    &["channel", "lane", "step"],
    SECONDS,
    "How long one try of a step took.",
);
/// What is under way.
pub const DELIVERIES: Metric = Metric::gauge(
    "fenfa_deliveries",
    &["channel", "lane", "account", "state"],
    "Deliveries that are not at their end, by state; ready is the depth of the lane.",
);
/// How long the lane has waited.
pub const OLDEST_READY: Metric = Metric::gauge(
    "fenfa_delivery_oldest_ready_seconds",
    &["channel", "lane", "account"],
    "How long the first ready delivery of the lane has been waiting; 0 without any.",
);
/// Allowances.
pub const QUOTA_REMAINING: Metric = Metric::gauge(
    "fenfa_quota_remaining",
    &["channel", "account", "allowance"],
    "What is left of the day's allowance of an account, reserved units taken off.",
);
/// Tokens.
pub const TOKEN_REMAINING: Metric = Metric::gauge(
    "fenfa_account_token_remaining_seconds",
    &["channel", "account"],
    "How long the present token of an account is good for; below 0 when it has ended.",
);
/// Grants.
pub const GRANT_REMAINING: Metric = Metric::gauge(
    "fenfa_account_grant_remaining_seconds",
    &["channel", "account"],
    "How long until a person must sign in again for an account, where the platform tells.",
);
/// Clocks.
pub const CLOCK_JUMPS: Metric = Metric::counter(
    "fenfa_clock_jumps_total",
    &["direction"],
    "How often the system's clock was set back or forward by more than five seconds.",
);
/// Accounts.
pub const ACCOUNTS: Metric = Metric::gauge(
    "fenfa_accounts",
    &["channel", "status"],
    "Connected accounts by whether they can be used.",
);
/// Requests.
pub const HTTP_REQUESTS: Metric = Metric::counter(
    "fenfa_http_requests_total",
    &["method", "route", "status"],
    "HTTP requests answered, by the pattern of the path.",
);
/// Answers.
pub const HTTP_DURATION: Metric = Metric::histogram(
    "fenfa_http_request_duration_seconds",
    &["route"],
    ANSWER_SECONDS,
    "From a request until its answer begins.",
);
/// Queries.
pub const GRAPHQL_FIELDS: Metric = Metric::histogram(
    "fenfa_graphql_document_fields",
    &["schema"],
    FIELDS,
    "Cost of the GraphQL documents taken: their fields, with every fragment written out.",
);
/// The index.
pub const SEARCH_BEHIND: Metric = Metric::gauge(
    "fenfa_search_changes_behind",
    &[],
    "Changes of the content that the search index of this node has not taken in yet.",
);
/// Pools.
pub const DATABASE_CONNECTIONS: Metric = Metric::gauge(
    "fenfa_database_connections",
    &["pool", "state"],
    "Open connections to the database: idle, or in use.",
);
/// Bounds of pools.
pub const DATABASE_CONNECTIONS_MAX: Metric = Metric::gauge(
    "fenfa_database_connections_max",
    &["pool"],
    "The most connections that the pool opens.",
);
/// This build.
pub const BUILD: Metric = Metric::gauge("fenfa_build_info", &["version"], "Always 1.");
/// Memory.
pub const RESIDENT_MEMORY: Metric = Metric::gauge(
    "process_resident_memory_bytes",
    &[],
    "Memory of the process that is in RAM.",
);
/// Files.
pub const OPEN_FILES: Metric = Metric::gauge(
    "process_open_fds",
    &[],
    "Open files and sockets of the process.",
);

/// All of them, in the order of the table in `src/ARCHITECTURE.md`.
pub static METRICS: &[Metric] = &[
    DUE_TO_ARMED,
    ATTEMPTS,
    STEP_DURATION,
    DELIVERIES,
    OLDEST_READY,
    QUOTA_REMAINING,
    TOKEN_REMAINING,
    GRANT_REMAINING,
    ACCOUNTS,
    CLOCK_JUMPS,
    HTTP_REQUESTS,
    HTTP_DURATION,
    GRAPHQL_FIELDS,
    SEARCH_BEHIND,
    DATABASE_CONNECTIONS,
    DATABASE_CONNECTIONS_MAX,
    BUILD,
    RESIDENT_MEMORY,
    OPEN_FILES,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_conventions_of_prometheus() {
        for metric in METRICS {
            let is_counter = metric.kind == Kind::Counter;
            assert_eq!(
                is_counter,
                metric.name.ends_with("_total"),
                "{}",
                metric.name
            );
            assert!(metric.help.ends_with('.'), "{}", metric.name);
            let mut characters = metric.name.chars();
            assert!(
                characters.all(|c| c.is_ascii_lowercase() || c == '_'),
                "{}",
                metric.name
            );
        }
    }
}
