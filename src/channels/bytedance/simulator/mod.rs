//! What the simulators of both platforms share.

pub mod consent;
pub mod envelope;
pub mod received;
