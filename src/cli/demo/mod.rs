//! `fenfa demo`: real content goes out to simulated channels, while you watch.

pub mod content;
mod crowd;
mod memory;
mod person;
mod plan;
mod practice;
mod watch;

use std::{
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context as _;
use clap::Args;

pub use self::practice::Practice;
use self::{content::DemoContent, memory::Memory, person::Person};
use super::{import, serve, signal::Signals, temporary::TemporaryFolder};
use crate::{
    app::App,
    auth::{Actor, NewUser, Role},
    clock::Clock,
    config::Config,
    content::ImportOptions,
    telemetry,
};

/// How the demo runs.
#[derive(Debug, Args)]
pub struct DemoCommand {
    /// End when everything is delivered; exit with 0 only if every channel shows each item exactly once.
    #[arg(long)]
    once: bool,
    /// Print one JSON object at the end.
    #[arg(long)]
    json: bool,
    /// Keep everything in this folder, so that a demo that was killed goes on where it was.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Use this database instead of a file in the folder.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Use only so many of the stories.
    #[arg(long, default_value_t = 12)]
    stories: usize,
    /// When all is live, add stories until there are so many, each planned for five channels: to see how pages do when
    /// there is a lot. Commits are not flushed one by one then.
    #[arg(long, value_name = "NUMBER")]
    crowd: Option<usize>,
}

/// Runs the demo.
pub async fn run(command: DemoCommand, config: &Config) -> anyhow::Result<ExitCode> {
    // The demo tells its own story; the log speaks up only when something is wrong, unless it was asked to.
    let mut logging = config.telemetry.clone();
    if logging.log == Config::with_layers(&[])?.telemetry.log {
        "warn".clone_into(&mut logging.log);
    }
    telemetry::init(&logging)?;
    let temporary = if command.data.is_none() {
        Some(TemporaryFolder::create_in(
            &std::env::temp_dir(),
            "fenfa-demo",
        )?)
    } else {
        None
    };
    let dir = command
        .data
        .clone()
        .or_else(|| temporary.as_ref().map(|folder| folder.path().to_owned()))
        .context("no folder")?;
    let mut memory = Memory::open(&dir)?;
    let (server, simulator_server) = memory.listeners()?;
    let say = |line: &str| {
        if !command.json {
            println!("{line}");
        }
    };

    let layer = memory.config(&dir, command.database.as_deref(), &config.telemetry.log);
    let hasty = "[database]\nsynchronous_full = false\n";
    let config = match command.crowd {
        Some(_) => Config::with_layers(&[&layer, hasty])?,
        None => Config::with_layers(&[&layer])?,
    };
    let mut signals = Signals::listen()?;
    let practice = Practice::start(simulator_server, &dir.join("simulators"), &config)?;

    let app = App::start(config, Clock::system()).await?;
    let server = serve::http_server(&app, server)?;
    let answering = server.handle();
    let serving = tokio::spawn(server);
    let actor = Actor::system(app.auth.ensure_default_site().await?.id);
    let login = sign_up(&app, &actor, &mut memory).await?;

    say("分发 Fenfa · demo");
    say(&format!("  admin    {}/admin", memory.url()));
    say(&format!("  sign in  {} / {}", login.0, login.1));
    say(&format!(
        "  ledgers  {}/control/ledger\n",
        memory.simulators_url()
    ));
    let mut quiet = |_| {};
    let mut loud = import::show;
    let progress: &mut (dyn FnMut(_) + Send) = if command.json { &mut quiet } else { &mut loud };
    let files = DemoContent {
        stories: command.stories,
    };
    app.content
        .import_corpus(&actor, &files, ImportOptions { publish: true }, progress)
        .await?;

    let _follower = app.search.follow();
    let events = app.delivery.subscribe();
    say("\nTailoring each item for its channels; it goes out when it is due.\n");
    let workers = serve::Workers::start(&app).await?;
    let is_planned = AtomicBool::new(false);
    let planning = async {
        plan::schedule_all(&app, &actor, &practice).await?;
        is_planned.store(true, Ordering::Release);
        anyhow::Ok(())
    };
    let person = Person::new(&practice);
    let watching = watch::until_done(&app, &actor, events, !command.json, &is_planned, person);
    let ((), outcome) = tokio::select! {
        shown = async { tokio::try_join!(planning, watching) } => shown?,
        told = signals.next() => {
            serve::wind_down(&app, Some(workers), answering).await;
            return Ok(ExitCode::from(told.code()));
        }
    };
    let report = watch::report(&app, &actor, &practice.simulators, outcome).await?;
    if command.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        watch::print(&report);
    }
    let code = if report.is_complete() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    };
    if let Some(stories) = command.crowd {
        let progress = |done: usize, of: usize| {
            if done.is_multiple_of(1_000) || done == of {
                say(&format!("  {done} of {of}"));
            }
        };
        let (planned, refused) = crowd::gather(&app, &actor, &practice, stories, progress).await?;
        say(&format!(
            "planned for later: {planned} deliveries ({refused} refused by a rule)"
        ));
    }
    if command.once {
        serve::wind_down(&app, Some(workers), answering).await;
        return Ok(code);
    }
    say(&format!(
        "\nstill serving: {}/admin (end with Ctrl-C)",
        memory.url()
    ));
    tokio::select! {
        _ = signals.next() => {}
        ended = serving => ended??,
    }
    tokio::select! {
        () = serve::wind_down(&app, Some(workers), answering) => {}
        told = signals.next() => return Ok(ExitCode::from(told.code())),
    }
    Ok(ExitCode::SUCCESS)
}

/// The demo's admin; the password is kept in the demo's folder, so that it can be printed again.
async fn sign_up(
    app: &Arc<App>,
    actor: &Actor,
    memory: &mut Memory,
) -> anyhow::Result<(String, String)> {
    let (email, password) = memory.login()?;
    let is_known = app
        .auth
        .members(actor)
        .await?
        .iter()
        .any(|member| member.user.email == email);
    if !is_known {
        let new = NewUser {
            email: email.clone(),
            name: "演示管理员".into(),
            password: password.clone(),
            role: Role::Admin,
        };
        app.auth.create_user(actor, new).await?;
    }
    Ok((email, password))
}
