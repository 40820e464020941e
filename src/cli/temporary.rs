//! A folder that goes when its command ends.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A folder of its own; dropping it removes everything in it.
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes a fresh one inside another folder.
    pub fn create_in(parent: &Path, name: &str) -> anyhow::Result<Self> {
        let path = parent.join(format!("{name}-{}", uuid::Uuid::now_v7().simple()));
        std::fs::create_dir_all(&path)
            .with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "a temporary folder could not be removed");
        }
    }
}
