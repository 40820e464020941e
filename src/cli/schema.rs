//! `fenfa schema print`: write the GraphQL schemas into a folder.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Subcommand;

use crate::api::graphql;

/// What to do with the schemas.
#[derive(Debug, Subcommand)]
pub enum SchemaCommand {
    /// Write public.graphql and admin.graphql.
    Print {
        /// The folder.
        #[arg(long, default_value = "schema", value_name = "DIR")]
        dir: PathBuf,
    },
}

/// Writes both files.
pub fn run(command: &SchemaCommand) -> anyhow::Result<ExitCode> {
    let SchemaCommand::Print { dir } = command;
    for (name, text) in [
        ("admin.graphql", graphql::admin::sdl()),
        ("public.graphql", graphql::public::sdl()),
    ] {
        let path = dir.join(name);
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("wrote {}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}
