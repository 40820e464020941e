//! What the simulators of both platforms share.

pub mod envelope;
pub mod received;
