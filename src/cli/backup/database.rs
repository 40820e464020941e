//! Copies of databases: SQLite's own `VACUUM INTO`, and PostgreSQL's own `pg_dump` and `pg_restore`.

use std::{fs::File, io::ErrorKind, path::Path};

use anyhow::{Context as _, bail};
use tokio::process::Command;

use super::manifest::{Dump, hash};
use crate::{config::DatabaseConfig, db::Db};

const SQLITE: &str = "sqlite";
const POSTGRES: &str = "postgres";

/// Copies the database as it is at one instant; writers go on meanwhile.
pub async fn dump(config: &DatabaseConfig, dir: &Path) -> anyhow::Result<Dump> {
    let (kind, name) = match config.file() {
        Some(_) => (SQLITE, "database.sqlite"),
        None => (POSTGRES, "database.pgdump"),
    };
    let path = dir.join(name);
    if let Some(file) = config.file() {
        if !file.is_file() {
            bail!("there is no database in {}", file.display());
        }
        Db::connect(config).await?.copy_to(&path).await?;
        // SQLite leaves the copy to the operating system's cache.
        let flushed = File::open(&path).and_then(|copy| copy.sync_all());
        flushed.with_context(|| format!("cannot flush {}", path.display()))?;
    } else {
        let mut command = postgres("pg_dump", config)?;
        command.args(["--format=custom", "--no-owner", "--no-privileges", "--file"]);
        run(command.arg(&path), "pg_dump").await?;
    }
    Ok(Dump {
        kind: kind.to_owned(),
        file: name.to_owned(),
        sha256: hash(&path)?,
    })
}

/// Puts a copy into a database that is empty.
pub async fn load(config: &DatabaseConfig, dump: &Dump, dir: &Path) -> anyhow::Result<()> {
    let copy = dir.join(&dump.file);
    let kind = if config.file().is_some() {
        SQLITE
    } else {
        POSTGRES
    };
    if dump.kind != kind {
        bail!(
            "the backup is of {}, and database.url names {kind}; they cannot be mixed",
            dump.kind
        );
    }
    if let Some(file) = config.file() {
        if file.exists() {
            bail!(
                "the database {} exists already; move it away first, with its -wal and -shm",
                file.display()
            );
        }
        if let Some(folder) = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder)?;
        }
        let new = file.with_extension("restoring");
        let placed = std::fs::copy(&copy, &new)
            .and_then(|_| File::open(&new)?.sync_all())
            .and_then(|()| std::fs::rename(&new, file));
        return placed.with_context(|| format!("cannot write {}", file.display()));
    }
    if Db::connect(config).await?.has_tables().await? {
        bail!(
            "the database {} is not empty; name an empty one",
            config.redacted_url()
        );
    }
    let mut command = postgres("pg_restore", config)?;
    command.args([
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
    ]);
    run(command.arg(&copy), "pg_restore").await
}

/// A program of PostgreSQL that works on the database; the password is not among its arguments, which others can see.
fn postgres(program: &str, config: &DatabaseConfig) -> anyhow::Result<Command> {
    let mut url = url::Url::parse(config.url.expose()).context("database.url is no address")?;
    let password = url.password().map(|password| {
        percent_encoding::percent_decode_str(password)
            .decode_utf8_lossy()
            .into_owned()
    });
    let mut command = Command::new(program);
    if let Some(password) = password {
        // It had one, so it can have one taken away.
        let _ = url.set_password(None);
        command.env("PGPASSWORD", password);
    }
    command.arg(format!("--dbname={url}"));
    Ok(command)
}

async fn run(command: &mut Command, program: &str) -> anyhow::Result<()> {
    match command.output().await {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => bail!(
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ),
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "{program} is not installed; it comes with PostgreSQL's client (postgresql-client), of the server's \
             version or newer"
        ),
        Err(error) => Err(error).with_context(|| format!("{program} cannot be run")),
    }
}
