//! One worker process per SQLite file: a lock that the operating system frees when the process dies.

use std::{fs::File, fs::TryLockError, path::Path};

use crate::{
    config::DatabaseConfig,
    error::{Error, Result},
};

/// Held for as long as the process works. While it is held, every lease of another owner is that of a dead process.
#[derive(Debug)]
pub struct Exclusive {
    _file: File,
}

impl Exclusive {
    /// Takes the lock beside a SQLite file; `None` on PostgreSQL, where many may work.
    pub fn acquire(config: &DatabaseConfig) -> Result<Option<Self>> {
        let Some(path) = config.url.expose().strip_prefix("sqlite://") else {
            return Ok(None);
        };
        let path = format!("{}.worker-lock", path.split('?').next().unwrap_or_default());
        let failed = |error: std::io::Error| {
            Error::internal(format!("the lock file {path} cannot be used"), error)
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(Path::new(&path))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Err(Error::precondition(
                "another process already delivers from this database; SQLite takes one, PostgreSQL many",
            )),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}
