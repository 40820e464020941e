//! `fenfa bench`: what this machine does, as ratios within one run. A ratio holds on other machines too; a raw figure
//! does not.

pub mod corpus;
mod delivery;
mod due;
mod graphql;
mod http;
mod postgres;
mod report;
mod search;
mod stage;
mod start;
mod tailoring;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::Args;

use self::{postgres::Postgres, report::Report, stage::Stage};
use super::temporary::TemporaryFolder;
use crate::{
    config::TelemetryConfig,
    content::{Item, StoryContent},
    telemetry,
};

/// What is measured, and on what.
#[derive(Debug, Args)]
pub struct BenchCommand {
    /// Take a corpus from this folder (as `import corpus` does) instead of the demo's stories.
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Multiply the stories to this many for lists and search.
    #[arg(long, value_name = "NUMBER")]
    stories: Option<usize>,
    /// Work in a fresh folder inside this one, on the disk that is to be measured; it is removed at the end.
    #[arg(long, value_name = "DIR", default_value = "data")]
    dir: PathBuf,
    /// A small run: it shows that everything works; its figures say little.
    #[arg(long)]
    quick: bool,
    /// Measure only how punctual deliveries are.
    #[arg(long)]
    due: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// How long and how much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Stories to multiply to.
    pub stories: usize,
    /// How often what is compared takes turns; the median of the rounds counts.
    pub rounds: usize,
    /// Length of one turn.
    pub turn: Duration,
    /// Connections of the load.
    pub connections: usize,
    /// Searches that are timed, one after the other.
    pub searches: usize,
    /// Accounts that are delivered to at the same time.
    pub accounts: usize,
    /// Stories that go to each account.
    pub deliveries: usize,
    /// Deliveries that are due in one span.
    pub due: usize,
    /// The span.
    pub span: Duration,
    /// The lanes over which they are spread.
    pub lanes: usize,
}

impl BenchCommand {
    fn scale(&self) -> Scale {
        let scale = if self.quick {
            Scale {
                stories: 200,
                rounds: 1,
                turn: Duration::from_millis(150),
                connections: 2,
                searches: 40,
                accounts: 2,
                deliveries: 3,
                due: 30,
                span: Duration::from_secs(2),
                lanes: 3,
            }
        } else {
            Scale {
                stories: 100_000,
                rounds: 5,
                turn: Duration::from_secs(2),
                connections: 8,
                searches: 2000,
                accounts: 16,
                deliveries: 24,
                due: 10_000,
                span: Duration::from_mins(1),
                lanes: 20,
            }
        };
        Scale {
            stories: self.stories.unwrap_or(scale.stories),
            ..scale
        }
    }
}

/// Measures everything, one after the other, and prints what it found.
pub async fn run(command: BenchCommand) -> anyhow::Result<ExitCode> {
    telemetry::init(&TelemetryConfig {
        log: "warn".into(),
        log_format: crate::config::LogFormat::Text,
        metrics_token: crate::config::Secret::default(),
    })?;
    // The servers end on the first Ctrl-C; without this the measuring would go on without them.
    let report = tokio::select! {
        report = measure(&command) => report?,
        stopped = tokio::signal::ctrl_c() => {
            stopped.context("the signal cannot be listened to")?;
            anyhow::bail!("stopped");
        }
    };
    if command.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        report.print();
    }
    Ok(ExitCode::SUCCESS)
}

async fn measure(command: &BenchCommand) -> anyhow::Result<Report> {
    let scale = command.scale();
    let mut report = Report::new(command.quick, scale.stories);
    measure_due(command, scale, &mut report).await?;
    if command.due {
        return Ok(report);
    }
    let stage = Stage::build(&command.dir, command.corpus.as_deref()).await?;
    let texts = stage.texts().await?;
    tell(&format!("{} stories; tailoring", texts.len()));
    tailoring::measure(&stage, &texts, scale, &mut report).await?;
    tell("deliveries");
    delivery::measure(&stage, &texts, scale, &mut report).await?;
    tell("search, unmultiplied");
    let questions = search::questions(&texts, scale.searches);
    let small = search::measure(&stage, &questions).await?;
    multiply(&stage, &texts, scale.stories).await?;
    tell("search, multiplied");
    let large = search::measure(&stage, &questions).await?;
    search::compare(&small, &large, &mut report);
    tell("lists");
    graphql::measure(&stage, scale, &mut report).await?;
    tell("start and memory");
    start::measure(&stage, &mut report).await?;
    Ok(report)
}

/// Deliveries that are all due within a short span, on SQLite, and on PostgreSQL where it is installed.
async fn measure_due(
    command: &BenchCommand,
    scale: Scale,
    report: &mut Report,
) -> anyhow::Result<()> {
    let folder = TemporaryFolder::create_in(&command.dir, "bench-postgres")?;
    let server = Postgres::start(folder.path())?;
    if server.is_none() {
        tell("PostgreSQL is not installed; its figures are left out");
    }
    let on_postgres = server.iter().map(|server| Some(server.url()));
    for database in std::iter::once(None).chain(on_postgres) {
        let corpus = command.corpus.as_deref();
        let stage = Stage::build_on(&command.dir, corpus, database.as_deref()).await?;
        let texts = stage.texts().await?;
        let wanted = texts
            .len()
            .max(scale.due / scale.lanes * 2 + due::PROBES + 2);
        multiply(&stage, &texts, wanted).await?;
        let texts = stage.texts().await?;
        tell(&format!(
            "deliveries due at once, on {}",
            stage.database_name()
        ));
        due::measure(&stage, &texts, scale, report).await?;
    }
    Ok(())
}

/// Adds stories through an app that is in more of a hurry than the measured one.
async fn multiply(
    stage: &Stage,
    stories: &[Item<StoryContent>],
    until: usize,
) -> anyhow::Result<()> {
    let content = &stage.filler().await?.content;
    corpus::multiply(content, &stage.actor, stories, until, tell_progress).await
}

/// Progress goes to standard error, so that the figures can be piped.
fn tell(what: &str) {
    eprintln!("bench: {what} …");
}

fn tell_progress(done: usize, of: usize) {
    if done.is_multiple_of(10_000) || done == of {
        eprintln!("bench: multiplied to {done} of {of} stories");
    }
}
