//! Who did what: an entry for each change that a person makes, never changed and never removed.

mod entry;
mod service;
mod store;

pub use entry::{AuditEntry, AuditFilter, Deed};
pub use service::AuditService;
