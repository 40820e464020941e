//! `fenfa user`: the people who may sign in.

use std::{
    io::{BufRead as _, IsTerminal as _, Read as _},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use console::Term;
use serde_json::json;

use crate::{
    app::App,
    audit::Deed,
    auth::{Actor, NewUser, Role},
    clock::Clock,
    config::Config,
};

/// A password is never longer; a file that was piped in by mistake is not read to its end.
const LONGEST_INPUT: u64 = 4096;

/// What to do with people.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a person; the password is asked for, or read from standard input's first line.
    Create(CreateCommand),
    /// Print the address at which the first admin of a fresh server signs up.
    SetUp,
}

/// A new person.
#[derive(Debug, Args)]
pub struct CreateCommand {
    /// E-mail address, with which the person signs in.
    #[arg(long)]
    email: String,
    /// Name that others see.
    #[arg(long)]
    name: String,
    /// What the person may do.
    #[arg(long, value_enum, default_value_t = RoleName::Editor)]
    role: RoleName,
    /// Key of the site.
    #[arg(long, default_value = "default")]
    site: String,
}

/// A role, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    /// Also users, keys, accounts and settings.
    Admin,
    /// Writes, publishes and schedules.
    Editor,
    /// Writes; does not publish.
    Author,
    /// Reads everything, changes nothing.
    Viewer,
}

impl From<RoleName> for Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Admin => Self::Admin,
            RoleName::Editor => Self::Editor,
            RoleName::Author => Self::Author,
            RoleName::Viewer => Self::Viewer,
        }
    }
}

/// Does what was asked for.
pub async fn run(command: UserCommand, config: Config) -> anyhow::Result<ExitCode> {
    let app = App::start(config, Clock::system()).await?;
    match command {
        UserCommand::Create(command) => create(command, &app).await,
        UserCommand::SetUp => {
            let link = set_up_link(&app).await?;
            println!(
                "{}",
                link.context("this server is set up already; sign in")?
            );
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Where the first admin signs up, with the code; `None` once anybody may sign in. What stands behind # is not sent
/// to servers, so the code is in no log of a proxy.
pub async fn set_up_link(app: &App) -> anyhow::Result<Option<String>> {
    if !app.auth.needs_set_up().await? {
        return Ok(None);
    }
    let (url, code) = (app.config.server.base_url(), app.auth.set_up_code()?);
    Ok(Some(format!("{url}/admin/setup#{code}")))
}

/// Makes the person and says where to sign in.
async fn create(command: CreateCommand, app: &App) -> anyhow::Result<ExitCode> {
    let sites = app.auth.list_sites().await?;
    let site = sites
        .iter()
        .find(|site| site.key == command.site)
        .with_context(|| {
            let keys: Vec<_> = sites.iter().map(|site| site.key.as_str()).collect();
            format!(
                "--site: there is no {}; there is {}",
                command.site,
                keys.join(", ")
            )
        })?;
    let actor = Actor::system(site.id);
    let deed = Deed {
        action: "createUser".to_owned(),
        sent: json!({ "email": command.email, "name": command.name, "role": format!("{:?}", command.role) }),
        address: None,
    };
    let new = NewUser {
        email: command.email,
        name: command.name,
        password: read_password()?,
        role: command.role.into(),
    };
    let user = app.auth.create_user(&actor, new).await?;
    app.audit.record(&actor, &deed, "OK").await?;
    println!(
        "{} <{}> may sign in at {}/admin",
        user.name,
        user.email,
        app.config.server.base_url()
    );
    Ok(ExitCode::SUCCESS)
}

/// The password, never an argument: those stand in the process list and in the shell's history.
fn read_password() -> anyhow::Result<String> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .take(LONGEST_INPUT)
            .read_line(&mut line)
            .context("standard input cannot be read")?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let terminal = Term::stderr();
    terminal.write_str("Password (10 to 200 characters): ")?;
    let password = terminal.read_secure_line()?;
    terminal.write_str("Once more: ")?;
    anyhow::ensure!(
        terminal.read_secure_line()? == password,
        "the two passwords differ; nobody was added"
    );
    Ok(password)
}
