//! Queries on leaders and jobs.

pub mod job;
pub mod leader;
