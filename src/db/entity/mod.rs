//! Tables, one file each, no logic.

pub mod api_key;
pub mod asset;
pub mod membership;
pub mod session;
pub mod site;
pub mod upload;
pub mod user;
