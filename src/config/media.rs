//! `[media]`: where files are kept and how large they may be.

use serde::{Deserialize, Serialize};

use super::Secret;
use crate::error::{Error, Result};

/// See `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml explains every key")]
pub struct MediaConfig {
    pub storage: String,
    pub upload_dir: std::path::PathBuf,
    pub s3_endpoint: String,
    pub s3_region: String,
    pub s3_access_key_id: String,
    pub s3_secret_access_key: Secret,
    pub max_image_bytes: u64,
    pub max_video_bytes: u64,
    pub max_pixels: u64,
    pub parallelism: usize,
}

impl MediaConfig {
    pub(super) fn validate(&self) -> Result<()> {
        if self.storage.is_empty() || self.storage.trim_end_matches('/') == "s3:" {
            return Err(Error::invalid(
                "media.storage",
                "must name a folder or s3://BUCKET/PREFIX",
            ));
        }
        for (key, value) in [
            ("max_pixels", self.max_pixels),
            ("max_image_bytes", self.max_image_bytes),
            ("max_video_bytes", self.max_video_bytes),
        ] {
            if value == 0 {
                return Err(Error::invalid(format!("media.{key}"), "must be at least 1"));
            }
        }
        Ok(())
    }
}
