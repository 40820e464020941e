//! A recurring job and its runs: plain types and rules.

use serde_json::Value;

use super::{Calendar, Work};
use crate::{
    clock::Timestamp,
    error::{Error, Result},
    id::{RecurringJobId, RunId, SiteId, UserId},
};

/// Work that an operator has repeated by the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct RecurringJob {
    /// Id.
    pub id: RecurringJobId,
    /// Site.
    pub site: SiteId,
    /// What people call it; unique in the site.
    pub name: String,
    /// What is done.
    pub work: Work,
    /// When, as cron writes it.
    pub expression: String,
    /// IANA zone of the wall that the expression is read from.
    pub zone: String,
    /// What the work remembers from run to run.
    pub memory: Value,
    /// Since when it is paused.
    pub paused_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// Rises with each write.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl RecurringJob {
    /// When it recurs.
    pub fn calendar(&self) -> Result<Calendar> {
        Calendar::parse(&self.expression, &self.zone)
    }

    /// The next occurrences; none while it is paused.
    pub fn next_fire_times(&self, now: Timestamp, count: usize) -> Result<Vec<Timestamp>> {
        if self.paused_at.is_some() {
            return Ok(Vec::new());
        }
        Ok(self.calendar()?.next_many(now, count))
    }
}

/// A recurring job to be made.
#[derive(Debug, Clone)]
pub struct NewRecurringJob {
    /// What people call it.
    pub name: String,
    /// What is done.
    pub work: Work,
    /// When, as cron writes it.
    pub expression: String,
    /// IANA zone; the site's own when it is left out.
    pub zone: Option<String>,
}

/// What of a recurring job changes; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct RecurringChanges {
    /// What people call it.
    pub name: Option<String>,
    /// What is done.
    pub work: Option<Work>,
    /// When, as cron writes it.
    pub expression: Option<String>,
    /// IANA zone.
    pub zone: Option<String>,
}

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// To come.
    Planned,
    /// Its time has come; a worker takes it next.
    Queued,
    /// Under way.
    Running,
    /// Done.
    Done,
    /// Given up.
    Failed,
    /// Its time passed while nobody worked, and a newer occurrence caught up.
    Skipped,
}

impl RunState {
    /// Every state.
    pub const ALL: &'static [Self] = &[
        Self::Planned,
        Self::Queued,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Skipped,
    ];

    /// As rows know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Reads the text of a row.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|state| state.as_str() == text)
    }

    /// Whether nothing more happens.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Skipped)
    }
}

/// One occurrence.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Id.
    pub id: RunId,
    /// Site.
    pub site: SiteId,
    /// Of which recurring job.
    pub job: RecurringJobId,
    /// The instant of the occurrence.
    pub occurrence_at: Timestamp,
    /// Whether a person asked for it.
    pub is_manual: bool,
    /// Where it is.
    pub state: RunState,
    /// What it did, as far as it got.
    pub report: Value,
    /// Why it was given up.
    pub error: Option<String>,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Run {
    /// A run that is not there yet.
    pub fn new(job: &RecurringJob, at: Timestamp, state: RunState, now: Timestamp) -> Self {
        Self {
            id: RunId::new(),
            site: job.site,
            job: job.id,
            occurrence_at: at,
            is_manual: false,
            state,
            report: Value::Object(serde_json::Map::new()),
            error: None,
            created_at: now,
            started_at: None,
            ended_at: None,
        }
    }
}

/// Checks the name of a recurring job.
pub fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    if !(1..=100).contains(&length) || name.chars().any(char::is_control) {
        return Err(Error::invalid(
            "input.name",
            "must have 1 to 100 characters on one line",
        ));
    }
    Ok(name.to_owned())
}
