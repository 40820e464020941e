//! One worker process per SQLite file: a lock that the operating system frees when the process dies.

use std::{
    fs::{self, File, TryLockError},
    os::unix::fs::MetadataExt as _,
    path::PathBuf,
};

use crate::{
    config::DatabaseConfig,
    error::{Error, Result},
};

/// Held for as long as the process works. While it is held, every lease of another owner is that of a dead process.
#[derive(Debug)]
pub struct Exclusive {
    file: File,
    path: PathBuf,
}

impl Exclusive {
    /// Takes the lock beside a SQLite file; `None` on PostgreSQL, where many may work.
    pub fn acquire(config: &DatabaseConfig) -> Result<Option<Self>> {
        Self::acquire_for(config, "worker-lock", "delivers from")
    }

    /// Takes the lock of one kind of work; `doing` is what the process that has it does with the database.
    pub fn acquire_for(config: &DatabaseConfig, name: &str, doing: &str) -> Result<Option<Self>> {
        let Some(database) = config.file() else {
            return Ok(None);
        };
        let path = PathBuf::from(format!("{}.{name}", database.display()));
        let failed = |error: std::io::Error| {
            Error::internal(
                format!("the lock file {} cannot be used", path.display()),
                error,
            )
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file, path })),
            Err(TryLockError::WouldBlock) => Err(Error::precondition(format!(
                "another process already {doing} this database; SQLite takes one, PostgreSQL many"
            ))),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
    /// Refuses when the lock file was removed or replaced: then another process can take a lock of its own.
    pub fn check(&self) -> Result<()> {
        let is_ours = self.file.metadata().is_ok_and(|ours| {
            fs::metadata(&self.path)
                .is_ok_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino()))
        });
        if is_ours {
            return Ok(());
        }
        Err(Error::precondition(
            "the worker's lock file was removed or replaced, so another process may deliver too; restart this one",
        ))
    }
}
