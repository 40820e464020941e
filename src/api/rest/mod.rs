//! What is not GraphQL: files, uploads, exports, health, figures.

pub mod admin_ui;
pub mod export;
mod failure;
pub mod health;
pub mod hook;
pub mod media;
pub mod metrics;
pub mod reader;
pub mod session;
pub mod sign_in;
pub mod upload;

pub use failure::Failure;
