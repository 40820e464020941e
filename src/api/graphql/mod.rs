//! GraphQL: the public schema for readers, the admin schema for editors, and what both are served with.

pub mod admin;
mod context;
mod deed;
mod endpoint;
mod failure;
mod guard;
mod loader;
pub mod public;
pub mod shared;
mod variable;

pub use context::ContextExt;
pub use endpoint::{Endpoint, Limits};
