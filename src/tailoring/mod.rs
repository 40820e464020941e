//! Derives a variant of a story or video for a channel, lets people change it, checks it, and freezes it to be sent.

mod block;
mod check;
mod inspection;
mod rules;
mod service;
mod source;
mod store;
mod variant;

pub use check::check;
pub use inspection::{Inspected, Standing};
pub use service::TailoringService;
pub use source::{SourceRef, media_spec, profile};
pub use variant::{Frozen, Override, Variant, VariantField, VariantPicture};
