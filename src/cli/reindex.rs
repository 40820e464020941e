//! `fenfa reindex`: build the search index anew, beside the one in use; a running server goes over to it.

use std::process::ExitCode;

use crate::{app::App, clock::Clock, config::Config};

/// Builds and says how much was taken in.
pub async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let app = App::start(config, Clock::system()).await?;
    let taken = app.search.rebuild().await?;
    println!("the index is new; {taken} changes were taken in");
    Ok(ExitCode::SUCCESS)
}
