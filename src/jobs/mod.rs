//! Who works: the one worker process of a SQLite file, the leader among nodes, and the fixed sweeps by cron.

mod cron;
mod exclusive;
mod leader;
mod store;

pub use cron::{Cron, Sweep};
pub use exclusive::Exclusive;
pub use leader::Leadership;
