//! What is not GraphQL: files, uploads, health, figures.

pub mod admin_ui;
mod failure;
pub mod health;
pub mod hook;
pub mod media;
pub mod metrics;
pub mod reader;
pub mod session;
pub mod upload;

pub use failure::Failure;
