//! What a backup says of itself.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::Path,
};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;

/// The form of backups that this build writes and reads.
pub const FORMAT: u32 = 1;
const FILE: &str = "backup.json";

/// A backup.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Its form.
    pub format: u32,
    /// The build that wrote it.
    pub version: String,
    /// When its copying began.
    pub created_at: Timestamp,
    /// The database's copy.
    pub database: Dump,
    /// The files.
    pub files: Vec<Kept>,
}

/// A copy of a database.
#[derive(Debug, Serialize, Deserialize)]
pub struct Dump {
    /// `sqlite` or `postgres`.
    pub kind: String,
    /// Its file in the folder.
    pub file: String,
    /// Hash of that file.
    pub sha256: String,
}

/// A file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Its key in the storage.
    pub key: String,
    /// Its size.
    pub bytes: u64,
}

impl Manifest {
    /// Writes it, all or nothing.
    pub fn write(&self, dir: &Path) -> anyhow::Result<()> {
        let new = dir.join(format!("{FILE}.new"));
        let written = File::create(&new).and_then(|mut file| {
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.sync_all()?;
            fs::rename(&new, dir.join(FILE))
        });
        written.with_context(|| format!("cannot write the manifest of {}", dir.display()))
    }

    /// Reads it, and checks that what it names is there and whole.
    pub fn read(dir: &Path) -> anyhow::Result<Self> {
        let text = fs::read(dir.join(FILE)).with_context(|| {
            format!("{} is no complete backup: it has no {FILE}", dir.display())
        })?;
        let manifest: Self = serde_json::from_slice(&text)
            .with_context(|| format!("{FILE} of {} is damaged", dir.display()))?;
        if manifest.format != FORMAT {
            bail!(
                "the backup has form {}; this build reads {FORMAT}",
                manifest.format
            );
        }
        let dump = dir.join(&manifest.database.file);
        if hash(&dump).with_context(|| format!("cannot read {}", dump.display()))?
            != manifest.database.sha256
        {
            bail!(
                "{} is damaged: its hash is not that of the manifest",
                dump.display()
            );
        }
        for file in &manifest.files {
            if file.key.split('/').any(|part| part == "..") {
                bail!("{FILE} names a file outside the backup: {}", file.key);
            }
            let path = dir.join(super::MEDIA).join(&file.key);
            let there =
                fs::metadata(&path).with_context(|| format!("{} is missing", path.display()))?;
            if there.len() != file.bytes {
                bail!(
                    "{} is damaged: {} bytes in place of {}",
                    path.display(),
                    there.len(),
                    file.bytes
                );
            }
        }
        Ok(manifest)
    }
}

/// Hash of a file.
pub fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
    }
}
