//! The command line, one file per command.

mod backup;
mod bench;
mod config;
mod demo;
mod doctor;
mod import;
mod migrate;
mod reindex;
mod schema;
mod serve;
mod signal;
mod simulators;
mod temporary;
mod user;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::config::Config;

/// Fenfa: one story, every channel.
#[derive(Debug, Parser)]
#[command(name = "fenfa", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// A configuration file that replaces defaults.
    #[arg(long, global = true, env = "FENFA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the configuration.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Bring the database up to date.
    Migrate,
    /// Serve.
    Serve(serve::ServeCommand),
    /// Show real content going out to simulated channels.
    Demo(demo::DemoCommand),
    /// Copy the database and the files while the server runs.
    Backup(backup::BackupCommand),
    /// Make a server of a backup.
    Restore(backup::RestoreCommand),
    /// Look at everything a server needs, and say what to do.
    Doctor(doctor::DoctorCommand),
    /// Serve the simulators of all channels.
    Simulators(simulators::SimulatorsCommand),
    /// Bring content in.
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// The people who may sign in.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Measure this machine: ratios within one run, and the raw figures.
    Bench(bench::BenchCommand),
    /// Build the search index anew, beside the one in use.
    Reindex,
    /// The GraphQL schemas.
    #[command(subcommand)]
    Schema(schema::SchemaCommand),
}

/// Runs the command line and turns an error into an exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("fenfa: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = Config::load(cli.config.as_deref())?;
    match cli.command {
        Command::Config(command) => config::run(&command, &config),
        Command::Demo(command) => Box::pin(demo::run(command, &config)).await,
        Command::Bench(command) => bench::run(command).await,
        Command::Schema(command) => schema::run(&command),
        Command::Migrate => {
            crate::telemetry::init(&config.telemetry)?;
            migrate::run(&config).await
        }
        Command::Reindex => {
            crate::telemetry::init(&config.telemetry)?;
            reindex::run(config).await
        }
        Command::Serve(command) => {
            crate::telemetry::init(&config.telemetry)?;
            serve::run(command, config).await
        }
        Command::Backup(command) => {
            crate::telemetry::init(&config.telemetry)?;
            backup::run(&command, &config).await
        }
        Command::Restore(command) => {
            crate::telemetry::init(&config.telemetry)?;
            backup::run_restore(&command, config).await
        }
        Command::Doctor(command) => doctor::run(command, config).await,
        Command::Simulators(command) => {
            crate::telemetry::init(&config.telemetry)?;
            simulators::run(command, &config).await
        }
        Command::User(command) => {
            crate::telemetry::init(&config.telemetry)?;
            user::run(command, config).await
        }
        Command::Import(command) => {
            crate::telemetry::init(&config.telemetry)?;
            import::run(command, config).await
        }
    }
}
