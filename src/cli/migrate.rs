//! `fenfa migrate`: bring the database up to date.

use std::process::ExitCode;

use crate::{config::Config, db};

/// Applies what is pending and says what it was.
pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let db = db::Db::connect(&config.database).await?;
    let pending = db::pending(&db).await?;
    db::migrate(&db).await?;
    for name in &pending {
        println!("applied {name}");
    }
    println!("the database is up to date");
    Ok(ExitCode::SUCCESS)
}
