//! The files of a variant: its pictures as they are rendered, its video, and their addresses in its fields.

use std::collections::BTreeMap;

use serde_json::Value;

use super::TailoringService;
use crate::{
    channels::{Descriptor, Media, SiteProfile},
    error::Result,
    id::AssetId,
    tailoring::source::{Loaded, media_spec},
};

impl TailoringService {
    /// Renders the pictures of a variant, in the order of the channel's specifications.
    pub(super) async fn picture_urls(
        &self,
        loaded: &Loaded,
        channel: &Descriptor,
        pictures: &BTreeMap<String, Vec<String>>,
        profile: &SiteProfile,
    ) -> Result<Vec<Media>> {
        let mut media = Vec::new();
        for spec in channel.pictures {
            for key in pictures.get(spec.name).into_iter().flatten() {
                let Some(asset) = key
                    .parse::<AssetId>()
                    .ok()
                    .and_then(|id| loaded.assets.get(&id))
                else {
                    continue;
                };
                let rendition = self.media.rendition(asset, &media_spec(spec)).await?;
                media.push(Media {
                    role: spec.name.to_owned(),
                    key: rendition.key.clone(),
                    url: format!("{}{}", profile.base_url, rendition.path),
                    mime: rendition.mime.clone(),
                    sha256: rendition.sha256.clone(),
                    size_bytes: rendition.size_bytes,
                    width: rendition.width,
                    height: rendition.height,
                    duration_ms: None,
                });
            }
        }
        Ok(media)
    }

    pub(super) fn video(&self, loaded: &Loaded) -> Option<Media> {
        let video = loaded.source.video.as_ref()?;
        let asset = video
            .key
            .parse::<AssetId>()
            .ok()
            .and_then(|id| loaded.assets.get(&id))?;
        Some(Media {
            role: "video".to_owned(),
            key: self.media.original_key(asset),
            url: video.url.clone(),
            mime: asset.mime.clone(),
            sha256: asset.sha256.clone(),
            size_bytes: asset.size_bytes,
            width: asset.width,
            height: asset.height,
            duration_ms: Some(video.duration_ms),
        })
    }
}

/// Wherever a value names a picture by its place (`{"picture": "spec/0"}`), its address takes the place: derivation is
/// pure and knows no addresses of renditions.
pub fn with_pictures(
    fields: BTreeMap<String, Value>,
    pictures: &[Media],
) -> BTreeMap<String, Value> {
    let mut urls: BTreeMap<String, &str> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for picture in pictures {
        let count = counts.entry(&picture.role).or_default();
        urls.insert(format!("{}/{count}", picture.role), &picture.url);
        *count += 1;
    }
    fields
        .into_iter()
        .map(|(name, value)| (name, placed(value, &urls)))
        .collect()
}

fn placed(value: Value, urls: &BTreeMap<String, &str>) -> Value {
    match value {
        Value::Object(object) => match object.get("picture").and_then(Value::as_str) {
            Some(place) if object.len() == 1 => {
                urls.get(place).map_or(Value::Null, |url| Value::from(*url))
            }
            _ => object
                .into_iter()
                .map(|(name, value)| (name, placed(value, urls)))
                .collect(),
        },
        Value::Array(list) => list
            .into_iter()
            .map(|value| placed(value, urls))
            .filter(|value| !value.is_null())
            .collect(),
        other => other,
    }
}
