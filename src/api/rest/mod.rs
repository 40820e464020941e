//! What is not GraphQL: files, uploads.

pub mod admin_ui;
mod failure;
pub mod health;
pub mod media;
pub mod reader;
pub mod session;
pub mod upload;

pub use failure::Failure;
