//! `fenfa import corpus DIR`: bring content in.

use std::{
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use bytes::Bytes;
use clap::{Args, Subcommand};

use crate::{
    app::App,
    auth::Actor,
    clock::Clock,
    config::Config,
    content::{CorpusFiles, ImportOptions, ImportProgress, ImportReport},
    error::{Error, Result},
};

/// What to bring in.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Stories, products, pictures and videos of a folder (stories.jsonl, products.jsonl, images/, videos/).
    Corpus(CorpusCommand),
}

/// A folder, and what to do with what is in it.
#[derive(Debug, Args)]
pub struct CorpusCommand {
    /// The folder.
    dir: PathBuf,
    /// Leave everything as drafts.
    #[arg(long)]
    draft: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// A folder on disk.
pub struct Folder(pub PathBuf);

impl CorpusFiles for Folder {
    fn read(&self, path: &str) -> Result<Option<Bytes>> {
        let is_inside = !path.split(['/', '\\']).any(|part| part == "..") && !path.starts_with('/');
        if !is_inside {
            return Err(Error::invalid(
                "file",
                format!("{path} leads out of the folder"),
            ));
        }
        let path = self.0.join(path);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::invalid(
                "file",
                format!("{} cannot be read: {error}", path.display()),
            )),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>> {
        let path = self.0.join(folder);
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                return Err(Error::invalid(
                    "dir",
                    format!("{} cannot be read: {error}", path.display()),
                ));
            }
        };
        let mut names: Vec<String> = entries
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        Ok(names)
    }
}

/// Runs the import into the default site.
pub async fn run(command: ImportCommand, config: Config) -> anyhow::Result<ExitCode> {
    let ImportCommand::Corpus(command) = command;
    anyhow::ensure!(
        command.dir.is_dir(),
        "{} is not a folder",
        command.dir.display()
    );
    let app = App::start(config, Clock::system()).await?;
    let actor = Actor::system(app.auth.ensure_default_site().await?.id);
    let options = ImportOptions {
        publish: !command.draft,
    };
    let report = app
        .content
        .import_corpus(&actor, &Folder(command.dir), options, &mut show)
        .await?;
    if command.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    Ok(ExitCode::SUCCESS)
}

/// One line that grows, on a terminal; else a line for each kind.
pub fn show(progress: ImportProgress) {
    let ImportProgress { what, done, of } = progress;
    let mut out = std::io::stderr();
    if out.is_terminal() {
        let _ = write!(out, "\r{what}: {done} of {of}   ");
        if done == of {
            let _ = writeln!(out);
        }
        let _ = out.flush();
    } else if done == of {
        let _ = writeln!(out, "{what}: {of}");
    }
}

fn print(report: &ImportReport) {
    for (what, count) in [
        ("stories", &report.stories),
        ("products", &report.products),
        ("pictures", &report.pictures),
        ("videos", &report.videos),
    ] {
        println!(
            "{what:<9} {:>5} new {:>5} unchanged {:>5} refused",
            count.created, count.unchanged, count.refused
        );
    }
    for refusal in &report.refusals {
        println!("refused   {}: {}", refusal.source, refusal.reason);
    }
}
