//! `fenfa config check` and `fenfa config defaults`.

use std::process::ExitCode;

use clap::Subcommand;

use crate::config::{Config, DEFAULT_TOML};

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check the file and the environment; print what is in force, without secrets.
    Check,
    /// Print every key with its default and what it means.
    Defaults,
}

/// Runs the command; a wrong configuration was already refused while it was read.
#[expect(clippy::unnecessary_wraps, reason = "every command returns the same")]
pub fn run(command: &ConfigCommand, config: &Config) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Check => println!("{config:#?}\nthe configuration is valid"),
        ConfigCommand::Defaults => print!("{DEFAULT_TOML}"),
    }
    Ok(ExitCode::SUCCESS)
}
