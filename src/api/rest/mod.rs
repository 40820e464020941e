//! What is not GraphQL: files, uploads.

mod failure;
pub mod media;
pub mod reader;
pub mod session;
pub mod upload;

pub use failure::Failure;
