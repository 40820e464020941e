//! Brings the database up to date, behind a lock, so that nodes which start together do it once.

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend};

use super::Db;
use crate::error::{Error, Result};

/// The key of PostgreSQL's advisory lock: "fenfa" in ASCII.
const LOCK_KEY: i64 = 0x66_65_6e_66_61;

/// Applies all pending migrations. On PostgreSQL an advisory lock lets one node at a time in; on SQLite
/// the writer's exclusive lock does.
pub async fn migrate(db: &Db) -> Result<()> {
    let failed = |error| Error::internal("the database could not be brought up to date", error);
    match db.backend() {
        DbBackend::Postgres => {
            // The lock belongs to this transaction's connection and ends with it, even when we crash.
            let lock = db.begin().await?;
            lock.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK_KEY})"))
                .await?;
            let migrated = Migrator::up(db.write(), None).await.map_err(failed);
            lock.commit().await?;
            migrated
        }
        _ => Migrator::up(db.write(), None).await.map_err(failed),
    }
}

/// Names of migrations that are not applied yet.
pub async fn pending(db: &Db) -> Result<Vec<String>> {
    let pending = Migrator::get_pending_migrations(db.write()).await?;
    Ok(pending
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect())
}
