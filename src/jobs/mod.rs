//! Who works: the queue of jobs that are safe to repeat and its worker, the one worker process of a SQLite file, the
//! leader among nodes, and the fixed sweeps by cron.

mod cron;
mod exclusive;
mod job;
mod leader;
mod queue;
mod store;
mod worker;

pub use cron::{Cron, Sweep};
pub use exclusive::Exclusive;
pub use job::{Backoff, Carrier, DeadJob, Job, JobError, Try};
pub use leader::Leadership;
pub use queue::Queue;
pub use worker::{JobWorker, Kinds};
