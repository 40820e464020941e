//! Looks at a database for an operator: is it whole, is it set as it must be, what time does it have.

use std::path::Path;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TryGetable};

use super::Db;
use crate::{
    clock::Timestamp,
    error::{Error, Result},
};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What it is.
    pub what: String,
    /// Its time, where it has a clock of its own.
    pub now: Option<Timestamp>,
    /// What is wrong, each with what to do.
    pub troubles: Vec<(String, String)>,
}

impl Db {
    /// Looks at the database; changes nothing.
    pub async fn inspect(&self) -> Result<Inspection> {
        match self.backend() {
            DbBackend::Postgres => self.inspect_postgres().await,
            _ => self.inspect_sqlite().await,
        }
    }

    /// Copies a SQLite database as it is at this instant into a new file.
    pub async fn copy_to(&self, path: &Path) -> Result<()> {
        let path = path.display().to_string().replace('\'', "''");
        self.write()
            .execute_unprepared(&format!("VACUUM INTO '{path}'"))
            .await?;
        Ok(())
    }

    /// Whether anything was made in a PostgreSQL database.
    pub async fn has_tables(&self) -> Result<bool> {
        let sql =
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()";
        Ok(value::<i64>(self.read(), sql).await? > 0)
    }

    async fn inspect_postgres(&self) -> Result<Inspection> {
        let db = self.read();
        let micros = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
        let now: i64 = value(db, micros).await?;
        let version: String = value(db, "SELECT current_setting('server_version')").await?;
        let mut troubles = Vec::new();
        for (setting, cure) in [
            (
                "synchronous_commit",
                "ALTER DATABASE … SET synchronous_commit = on",
            ),
            ("fsync", "set fsync = on in postgresql.conf"),
        ] {
            let sql = format!("SELECT current_setting('{setting}')");
            if value::<String>(db, &sql).await? == "off" {
                let what = format!("{setting} is off: a power cut can lose what was armed");
                troubles.push((what, cure.to_owned()));
            }
        }
        Ok(Inspection {
            what: format!("PostgreSQL {version}"),
            now: Some(Timestamp(now)),
            troubles,
        })
    }

    async fn inspect_sqlite(&self) -> Result<Inspection> {
        let db = self.read();
        let version: String = value(db, "SELECT sqlite_version()").await?;
        let mode: String = value(db, "PRAGMA journal_mode").await?;
        let whole: String = value(db, "PRAGMA quick_check(1)").await?;
        let strays: i64 = value(db, "SELECT count(*) FROM pragma_foreign_key_check").await?;
        let mut troubles = Vec::new();
        if mode != "wal" {
            troubles.push((
                format!(
                    "its journal is {mode}, not wal, so readers and the writer wait for each other"
                ),
                "keep the file on a local disk; network file systems cannot share a WAL".to_owned(),
            ));
        }
        if whole != "ok" {
            troubles.push((
                format!("the file is damaged: {whole}"),
                "stop the server, keep a copy of the file, and restore a backup".to_owned(),
            ));
        }
        if strays > 0 {
            troubles.push((
                format!("{strays} rows point to rows that are not there"),
                "stop the server, keep a copy of the file, and restore a backup".to_owned(),
            ));
        }
        Ok(Inspection {
            what: format!("SQLite {version}, whole, journal {mode}"),
            now: None,
            troubles,
        })
    }
}

/// The one value of a query.
async fn value<T: TryGetable>(db: &DatabaseConnection, sql: &str) -> Result<T> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::internal("the database gave no answer", sql.to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}
