//! The database: one writer and a read pool on SQLite, one pool on PostgreSQL; the same code on both.

pub mod entity;
mod inspect;
mod migrate;

pub use inspect::Inspection;
pub use migrate::{migrate, pending};

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection,
    DatabaseTransaction, DbBackend, DbErr, RuntimeErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
    sea_query::{Expr, Func, LikeExpr, SimpleExpr},
};
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};

use crate::{
    config::DatabaseConfig,
    error::{Error, ErrorKind, Result},
};

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// A handle to the database; clones share the pools.
#[derive(Clone)]
pub struct Db {
    writer: Arc<DatabaseConnection>,
    reader: Arc<DatabaseConnection>,
    statements: Arc<AtomicU64>,
    /// The file of a SQLite database.
    file: Option<Arc<Path>>,
}

/// How full a pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolFigures {
    /// What it is for.
    pub name: &'static str,
    /// Open connections that nobody uses.
    pub idle: u32,
    /// Open connections in use.
    pub in_use: u32,
    /// The most that it opens.
    pub max: u32,
}

impl PoolFigures {
    fn new(name: &'static str, size: u32, idle: usize, max: u32) -> Self {
        let idle = u32::try_from(idle).unwrap_or(u32::MAX).min(size);
        Self {
            name,
            idle,
            in_use: size - idle,
            max,
        }
    }
}

impl Db {
    /// Opens the pools; creates the SQLite file and its folder when absent.
    pub async fn connect(config: &DatabaseConfig) -> Result<Self> {
        let failed = |error: DbErr| {
            Error::internal(
                format!("cannot open the database {}", config.redacted_url()),
                error,
            )
        };
        let url = config.url.expose();
        if let Some(path) = url.strip_prefix("sqlite://") {
            let file = path.split('?').next().unwrap_or_default();
            if let Some(folder) = Path::new(file)
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty())
            {
                std::fs::create_dir_all(folder).map_err(|error| {
                    Error::internal(
                        format!("cannot create the folder {}", folder.display()),
                        error,
                    )
                })?;
            }
            let full = config.synchronous_full;
            let open = |connections: u32, read_only: bool| {
                let mut options = ConnectOptions::new(format!(
                    "sqlite://{file}?mode={}",
                    if read_only { "rw" } else { "rwc" }
                ));
                options
                    .max_connections(connections)
                    .min_connections(1)
                    .sqlx_logging(false)
                    .test_before_acquire(false)
                    .acquire_timeout(Duration::from_secs(30))
                    .map_sqlx_sqlite_opts(move |sqlite| {
                        sqlite
                            .journal_mode(SqliteJournalMode::Wal)
                            .synchronous(if full {
                                SqliteSynchronous::Full
                            } else {
                                SqliteSynchronous::Off
                            })
                            .busy_timeout(Duration::from_secs(15))
                            .foreign_keys(true)
                            .pragma("mmap_size", "268435456")
                            .pragma("cache_size", "-16384")
                            .pragma("temp_store", "memory")
                            .pragma("query_only", if read_only { "on" } else { "off" })
                    });
                options
            };
            let statements = Arc::default();
            let mut writer = Database::connect(open(1, false)).await.map_err(failed)?;
            let mut reader = Database::connect(open(config.read_connections, true))
                .await
                .map_err(failed)?;
            count_statements(&mut writer, &statements);
            count_statements(&mut reader, &statements);
            return Ok(Self {
                writer: Arc::new(writer),
                reader: Arc::new(reader),
                statements,
                file: Some(Path::new(file).into()),
            });
        }
        let mut options = ConnectOptions::new(url.to_owned());
        options
            .max_connections(config.connections)
            .sqlx_logging(false)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(30))
            .map_sqlx_postgres_opts(|postgres| {
                // A process that stands still in the middle of a transaction holds its rows no longer than this.
                postgres.options([("idle_in_transaction_session_timeout", "30s")])
            });
        let statements = Arc::default();
        let mut pool = Database::connect(options).await.map_err(failed)?;
        count_statements(&mut pool, &statements);
        let pool = Arc::new(pool);
        Ok(Self {
            writer: Arc::clone(&pool),
            reader: pool,
            statements,
            file: None,
        })
    }

    /// Starts a transaction that may write: `BEGIN IMMEDIATE` on SQLite. Only services open transactions.
    pub async fn begin(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// For single reads outside a transaction.
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For single writes outside a transaction.
    pub fn write(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Whether the database answers, and soon.
    pub async fn check(&self) -> Result<()> {
        if let Some(file) = &self.file
            && !file.is_file()
        {
            return Err(Error::new(
                ErrorKind::Unavailable,
                "the file of the database is gone",
            ));
        }
        match tokio::time::timeout(PATIENCE, self.reader.execute_unprepared("SELECT 1")).await {
            Ok(answer) => answer.map(|_| ()).map_err(Into::into),
            Err(late) => {
                let error = Error::new(ErrorKind::Unavailable, "the database does not answer");
                Err(error.because(late))
            }
        }
    }

    /// How full the pools are: the writer's and the readers', which are one on PostgreSQL.
    pub fn pools(&self) -> Vec<PoolFigures> {
        match self.backend() {
            DbBackend::Postgres => {
                let pool = self.writer.get_postgres_connection_pool();
                vec![PoolFigures::new(
                    "all",
                    pool.size(),
                    pool.num_idle(),
                    pool.options().get_max_connections(),
                )]
            }
            _ => [("write", &self.writer), ("read", &self.reader)]
                .map(|(name, connection)| {
                    let pool = connection.get_sqlite_connection_pool();
                    PoolFigures::new(
                        name,
                        pool.size(),
                        pool.num_idle(),
                        pool.options().get_max_connections(),
                    )
                })
                .into(),
        }
    }

    /// Closes the pools; for a process that goes on without the database.
    pub async fn close(self) {
        for pool in [self.writer, self.reader] {
            if let Ok(pool) = Arc::try_unwrap(pool)
                && let Err(error) = pool.close().await
            {
                tracing::warn!(%error, "a database pool did not close");
            }
        }
    }

    /// How many statements were sent since the start, without the beginnings and ends of transactions.
    pub fn statement_count(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Which of the two databases it is.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }
}

fn count_statements(connection: &mut DatabaseConnection, statements: &Arc<AtomicU64>) {
    let statements = Arc::clone(statements);
    connection.set_metric_callback(move |info| {
        statements.fetch_add(1, Ordering::Relaxed);
        // Without its values, which may be secret.
        tracing::trace!(
            target: "fenfa::sql",
            sql = info.statement.sql.as_str(),
            elapsed_us = info.elapsed.as_micros(),
            "a statement was run"
        );
        crate::crash_point!("statement");
    });
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if let DbErr::RecordNotFound(what) = &error {
            return Self::not_found(what);
        }
        match passing_trouble(&error) {
            Some(trouble) => Self::new(ErrorKind::Unavailable, trouble).because(error),
            None => Self::internal("the database failed", error),
        }
    }
}

/// What goes away by itself or by a hand outside: not our fault, and worth another try.
fn passing_trouble(error: &DbErr) -> Option<&'static str> {
    let cause = match error {
        DbErr::ConnectionAcquire(_) => return Some("the database is busy; try again"),
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => cause,
        _ => return None,
    };
    if matches!(**cause, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) {
        return Some("the database cannot be reached");
    }
    // Codes of SQLite (https://www.sqlite.org/rescode.html) and classes 40, 53 and 57 of PostgreSQL.
    let code = cause.as_database_error()?.code()?;
    match &*code {
        "5" | "517" | "40001" | "53300" => Some("the database is busy; try again"),
        "13" | "53100" => Some("the disk of the database is full"),
        "10" | "778" | "1034" => Some("the disk of the database fails"),
        "57P01" | "57P02" | "57P03" => Some("the database is starting or ending"),
        _ => None,
    }
}

/// Whether a write failed because a unique value is taken.
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(
        error.sql_err(),
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_))
    )
}

/// Whether a column holds a text, in upper or lower case; the signs of patterns stand for themselves.
pub fn holds(column: impl ColumnTrait, text: &str) -> SimpleExpr {
    use sea_orm::sea_query::ExprTrait as _;

    let lower = || Expr::expr(Func::lower(Expr::col(column.as_column_ref())));
    let like = |text: String| {
        let text = text.replace('\\', "\\\\");
        let text = text.replace('%', "\\%").replace('_', "\\_");
        lower().like(LikeExpr::new(format!("%{text}%")).escape('\\'))
    };
    // SQLite's lower(), and that of PostgreSQL in some locales, knows ASCII alone.
    like(text.to_ascii_lowercase()).or(like(text.to_lowercase()))
}
