//! Work behind the scenes that operators see: recurring jobs, their runs with what they report, and jobs that died.

mod calendar;
mod job;
mod recurring;
mod run;
mod service;
mod store;
mod work;

pub use calendar::Calendar;
pub use job::{PullAccount, RunRecurring};
pub use recurring::{NewRecurringJob, RecurringChanges, RecurringJob, Run, RunState};
pub use service::BackgroundService;
pub use work::{Digest, PullStatistics, SubmitChanged, Work};

pub use crate::jobs::DeadJob;
