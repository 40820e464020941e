//! `fenfa restore`: a backup becomes a server again, with every account paused.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{MEDIA, database, manifest::Manifest};
use crate::{app::App, clock::Clock, config::Config, media::Storage};

/// Where from.
#[derive(Debug, Args)]
pub struct RestoreCommand {
    /// The folder that `fenfa backup` made.
    dir: PathBuf,
}

/// Checks the backup, then puts it into an empty database and the storage.
pub async fn run(command: &RestoreCommand, config: Config) -> anyhow::Result<ExitCode> {
    let dir = &command.dir;
    let manifest = Manifest::read(dir)?;
    // Files first: a server that starts in between finds no database, rather than one whose files are missing.
    let storage = Storage::open(&config.media)?;
    for file in &manifest.files {
        if storage.size(&file.key).await? != Some(file.bytes) {
            storage
                .put_file(&file.key, &dir.join(MEDIA).join(&file.key))
                .await?;
        }
    }
    database::load(&config.database, &manifest.database, dir).await?;
    let key_file = config.security.credentials_key_file.display().to_string();
    let app = App::start(config, Clock::system()).await?;
    // What was due since the backup may have been sent, and the backup cannot know: nobody may send it again unasked.
    let paused = app.delivery.pause_all_accounts().await?;
    println!(
        "restored the database and {} files of {}",
        manifest.files.len(),
        manifest.created_at
    );
    println!("the search index is built when fenfa serve starts");
    if paused > 0 {
        println!(
            "{paused} accounts are paused: what was due since the backup may have been published already. Look on the \
             channels, cancel what is live, then resume the accounts."
        );
    }
    let accounts = app.delivery.inspect_accounts().await?;
    let locked = accounts
        .iter()
        .filter(|account| account.trouble.is_some())
        .count();
    if locked > 0 {
        println!(
            "the secrets of {locked} accounts cannot be opened: put the key that you kept apart into {key_file}, or \
             connect them again"
        );
    }
    Ok(ExitCode::SUCCESS)
}
