//! Tables, one file each, no logic.

pub mod api_key;
pub mod asset;
pub mod autosave;
pub mod category;
pub mod content_change;
pub mod item;
pub mod item_tag;
pub mod membership;
pub mod product;
pub mod revision;
pub mod session;
pub mod site;
pub mod tag;
pub mod upload;
pub mod user;
pub mod variant;
pub mod variant_revision;
