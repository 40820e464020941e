//! Stories, videos and products: drafts, immutable revisions, what is published, and the cursor of changes.

pub mod body;
mod change;
mod import;
mod item;
mod product;
mod service;
mod store;
mod story;
mod term;
mod usage;
mod video;

pub use body::{Block, Body, Inline, Mark};
pub use change::{Change, ChangeKind};
pub use import::{CorpusFiles, ImportCount, ImportOptions, ImportProgress, ImportReport, Refusal};
pub use item::{
    Address, Autosave, Content, ContentState, Item, ItemChanges, ItemFilter, ItemOrder, NewItem,
    Published, PublishedFilter, References, Revision,
};
pub use product::{Attribute, NewProduct, Product, ProductChanges, ProductFilter};
pub use service::{ContentService, GONE_AFTER, ImportedStory, ReadText, StoryText, TextFormat};
pub use story::{Story, StoryContent, StoryKind};
pub use term::{Category, Tag, TermKind};
pub use usage::AssetUse;
pub use video::{Video, VideoContent};
