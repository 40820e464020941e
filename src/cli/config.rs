//! `fenfa config check` and `fenfa config defaults`.

use std::{
    io::{ErrorKind, Write as _},
    process::ExitCode,
};

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
pub fn run(command: &ConfigCommand, config: &Config) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Check => {
            show(&toml::to_string_pretty(config)?)?;
            eprintln!("the configuration is valid");
        }
        ConfigCommand::Defaults => show(DEFAULT_TOML)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a long text; that nobody reads it to its end is no error.
fn show(text: &str) -> std::io::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}
