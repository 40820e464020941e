//! Scalars, ids, connections and checks that both schemas use.

mod connection;
mod rendition;
mod scalar;
mod text;

pub use connection::{List, few_cost, in_order, list_cost, to_connection};
pub use rendition::{NamedSize, PictureFormat, asset_url};
pub use scalar::{DateTime, Long, parse_id, parse_ids, parse_optional_id, scalar_error};
pub use text::{text_field, under};
