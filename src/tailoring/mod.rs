//! Derives a variant of a story or video for a channel, lets people change it, checks it, and freezes it to be sent.

mod block;
mod check;
mod rules;
mod service;
mod source;
mod store;
mod variant;

pub use check::check;
pub use service::TailoringService;
pub use source::{SourceRef, media_spec, profile};
pub use variant::{Frozen, Inspected, Override, Variant, VariantField, VariantPicture};
