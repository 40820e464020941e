//! Assets (original files by content), renditions made from them, the probe of videos, object storage.

mod animation;
mod asset;
mod decode;
mod examine;
mod picture;
mod probe;
mod rendition;
mod service;
mod storage;
mod store;
mod webm;

pub use asset::{
    Asset, AssetChanges, AssetFilter, AssetKind, FocalPoint, NewAsset, Upload, VideoFacts,
};
pub use rendition::{Fit, ImageFormat, NAMED_SIZES, Rendition, RenditionSpec, find_named_size};
pub use service::{MediaService, StoredFile};
pub use storage::Storage;
