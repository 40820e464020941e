//! Builds every service from the configuration, once.

use std::sync::Arc;

use crate::{clock::Clock, config::Config, db::Db, error::Result};

/// Everything that the edge (HTTP, command line, tests) works with.
pub struct App {
    /// What was set.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// The database; services alone use it.
    pub db: Db,
    /// The client for the wire out.
    pub http: reqwest::Client,
}

impl App {
    /// Opens the database, brings it up to date and builds the services.
    pub async fn start(config: Config, clock: Clock) -> Result<Arc<Self>> {
        let http = crate::outbound::client(&config.outbound, &[])?;
        let db = Db::connect(&config.database).await?;
        crate::db::migrate(&db).await?;
        Ok(Arc::new(Self {
            config,
            clock,
            db,
            http,
        }))
    }
}
