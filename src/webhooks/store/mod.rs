//! Queries on webhooks, events, messages, tries and the cursor of the content's changes.

mod cursor;
mod event;
mod message;
mod webhook;

pub use cursor::*;
pub use event::*;
pub use message::*;
pub use webhook::*;

use crate::error::Error;

fn broken(error: impl Into<crate::error::BoxError>) -> Error {
    Error::internal("a row cannot be read", error)
}
