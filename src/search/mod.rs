//! The index over what readers see: jieba words, filters, highlighted snippets. It follows the cursor of content
//! changes, so a crash or a new node only means catching up, and it can be thrown away.

mod document;
mod hit;
mod index;
mod query;
mod service;
mod tokenizer;

pub use hit::{Hit, SearchPage, SearchQuery};
pub use service::{Follower, SearchService};
