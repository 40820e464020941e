//! Use cases of renditions: made once, then from storage; found by their addresses.

use std::sync::{Arc, PoisonError};

use sha2::{Digest as _, Sha256};

use super::{MediaService, original_key};
use crate::{
    error::{Error, Result},
    media::{Asset, AssetKind, Rendition, RenditionSpec, picture, store},
};

/// A stored file, found by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Where it is stored.
    pub key: String,
    /// Media type.
    pub mime: String,
    /// Size.
    pub size_bytes: u64,
}

/// What is kept beside a rendition: width, height, hash, size.
type Facts = (u32, u32, String, u64);

impl MediaService {
    /// Adds specifications that may be asked for by address, beside the named sizes.
    pub fn register_specs(&self, specs: impl IntoIterator<Item = RenditionSpec>) {
        self.specs
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(specs);
    }

    /// A rendition of an asset that one holds; made at the first call, then from storage. Calls for the same one
    /// wait for the one that makes it.
    pub async fn rendition(&self, asset: &Asset, spec: &RenditionSpec) -> Result<Arc<Rendition>> {
        if asset.kind != AssetKind::Image {
            return Err(Error::precondition(format!(
                "{} is not a picture",
                asset.name
            )));
        }
        let key = spec.key(asset);
        self.made
            .try_get_with(key.clone(), self.make_rendition(asset, spec, key))
            .await
            .map_err(Error::shared)
    }

    /// Where a rendition in a registered specification can be had; it is made when somebody asks for it.
    pub fn rendition_path(&self, asset: &Asset, spec: &RenditionSpec) -> String {
        address(&spec.key(asset))
    }

    async fn make_rendition(
        &self,
        asset: &Asset,
        spec: &RenditionSpec,
        key: String,
    ) -> Result<Arc<Rendition>> {
        let facts_key = format!("{key}.json");
        if self.storage.size(&facts_key).await?.is_some() {
            let facts = self.storage.get(&facts_key).await?;
            let facts = serde_json::from_slice(&facts).map_err(|error| {
                Error::internal(format!("the facts of {key} are damaged"), error)
            })?;
            return Ok(Arc::new(rendition(key, spec, facts)));
        }
        let original = self.storage.get(&original_key(&asset.sha256)).await?;
        let (mime, wanted) = (asset.mime.clone(), spec.clone());
        let (focal, max_pixels) = (asset.focal_point, self.limits.max_pixels);
        let written = self
            .work(move || picture::render(&original, &mime, &wanted, focal, max_pixels))
            .await?;
        let facts: Facts = (
            written.width,
            written.height,
            hex::encode(Sha256::digest(&written.bytes)),
            written.bytes.len() as u64,
        );
        self.storage.put(&key, written.bytes.into()).await?;
        // The facts come last: with them the rendition is whole.
        let json = serde_json::to_vec(&facts)
            .map_err(|error| Error::internal("facts could not be written", error))?;
        self.storage.put(&facts_key, json.into()).await?;
        Ok(Arc::new(rendition(key, spec, facts)))
    }

    /// The file behind `/media/{sha256}/{name}.{extension}`: a video, or a rendition in a registered specification.
    ///
    /// Such addresses hold the hash of the content, which nobody can guess who does not have the file or was
    /// given the address; so they need no permission, unpublished or not. Originals of pictures are not served,
    /// since they may tell where they were taken; of a moving GIF the original is the only form that moves.
    pub async fn find_file(
        &self,
        sha256: &str,
        name: &str,
        extension: &str,
    ) -> Result<Option<StoredFile>> {
        let is_hash = sha256.len() == 64
            && sha256
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hash {
            return Ok(None);
        }
        let assets = store::list_assets_by_content(self.db.read(), sha256).await?;
        let Some(first) = assets.first() else {
            return Ok(None);
        };
        if name == "original" {
            let is_served = first.has_public_original() && extension == first.extension();
            return Ok(is_served.then(|| StoredFile {
                key: original_key(sha256),
                mime: first.mime.clone(),
                size_bytes: first.size_bytes,
            }));
        }
        // Every site has its own focal point for the same content.
        let wanted = format!("renditions/{sha256}/{name}.{extension}");
        let found = assets
            .iter()
            .find_map(|asset| Some((asset, self.find_spec(asset, &wanted)?)));
        if let Some((asset, spec)) = found {
            let made = self.rendition(asset, &spec).await?;
            return Ok(Some(StoredFile {
                key: made.key.clone(),
                mime: made.mime.clone(),
                size_bytes: made.size_bytes,
            }));
        }
        // Made before the focal point moved or the specification changed: what was given out stays.
        let size = self.storage.size(&wanted).await?;
        Ok(size
            .zip(picture_mime(extension))
            .map(|(size_bytes, mime)| StoredFile {
                key: wanted,
                mime: mime.to_owned(),
                size_bytes,
            }))
    }

    fn find_spec(&self, asset: &Asset, key: &str) -> Option<RenditionSpec> {
        self.specs
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .find(|spec| asset.kind == AssetKind::Image && spec.key(asset) == key)
            .cloned()
    }
}

fn address(key: &str) -> String {
    format!("/media/{}", key.trim_start_matches("renditions/"))
}

fn rendition(
    key: String,
    spec: &RenditionSpec,
    (width, height, sha256, size_bytes): Facts,
) -> Rendition {
    Rendition {
        path: address(&key),
        key,
        width,
        height,
        mime: spec.format.mime().to_owned(),
        sha256,
        size_bytes,
    }
}

fn picture_mime(extension: &str) -> Option<&'static str> {
    match extension {
        "jpg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "webp" => Some("image/webp"),
        _ => None,
    }
}
