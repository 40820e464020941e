//! Scalars, ids, connections and checks that both schemas use.

mod connection;
mod rendition;
mod scalar;
mod text;

pub use connection::{List, list_cost, to_connection};
pub use rendition::{NamedSize, PictureFormat, asset_url};
pub use scalar::{DateTime, Long, parse_id};
pub use text::text_field;
