//! Who may do what: sites, users, roles and permissions, sessions, API keys; the [`Actor`] of every call.

mod actor;

pub use actor::{Actor, ActorKind, Permission, Role};
