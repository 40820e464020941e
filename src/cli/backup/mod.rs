//! `fenfa backup` and `fenfa restore`: everything that counts, in one folder, taken while the server runs.
//!
//! The database is copied first and the files after it: files never change, and a row is written after its file, so
//! every file that a row of the copy names is there. The manifest is written last; a folder without one is half a backup.

mod database;
mod manifest;
mod restore;

pub use restore::{RestoreCommand, run as run_restore};

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Args;

use self::manifest::{FORMAT, Kept, Manifest};
use crate::{clock::Clock, config::Config, media::Storage};

/// The folder of files within a backup.
const MEDIA: &str = "media";

/// Where to.
#[derive(Debug, Args)]
pub struct BackupCommand {
    /// The folder to make; it must not be there yet, or be empty.
    dir: PathBuf,
}

/// Copies the database and the files.
pub async fn run(command: &BackupCommand, config: &Config) -> anyhow::Result<ExitCode> {
    let dir = &command.dir;
    make_folder(dir)?;
    let created_at = Clock::system().now();
    let database = database::dump(&config.database, dir).await?;
    let storage = Storage::open(&config.media)?;
    let mut files = Vec::new();
    for (key, bytes) in storage.list().await? {
        let path = dir.join(MEDIA).join(&key);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
        }
        storage.get_file(&key, &path).await?;
        files.push(Kept { key, bytes });
    }
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let count = files.len();
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        created_at,
        database,
        files,
    };
    manifest.write(dir)?;
    println!(
        "backed up the database and {count} files ({} MB) to {}",
        bytes / 1_000_000,
        dir.display()
    );
    if config.security.credentials_key.is_empty() {
        println!(
            "not in it: the key of credentials in {}. Keep a copy of it apart from the backup: without it every account \
             has to be connected again, and with it next to the backup whoever has the folder can publish in your name.",
            config.security.credentials_key_file.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn make_folder(dir: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let mut entries =
        fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    if entries.next().is_some() {
        bail!("{} is not empty; name a new folder", dir.display());
    }
    Ok(())
}
