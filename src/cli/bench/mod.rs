//! `fenfa bench`: what this machine does, as ratios within one run. A ratio holds on other machines too; a raw figure
//! does not.

mod corpus;
mod delivery;
mod graphql;
mod http;
mod report;
mod search;
mod stage;
mod tailoring;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::Args;

use self::{report::Report, stage::Stage};
use crate::{config::TelemetryConfig, telemetry};

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
    let stage = Stage::build(&command.dir, command.corpus.as_deref()).await?;
    let texts = stage.texts().await?;
    tell(&format!("{} stories; tailoring", texts.len()));
    tailoring::measure(&stage, &texts, scale, &mut report).await?;
    tell("deliveries");
    delivery::measure(&stage, &texts, scale, &mut report).await?;
    tell("search, unmultiplied");
    let questions = search::questions(&texts, scale.searches);
    let small = search::measure(&stage, &questions).await?;
    corpus::multiply(&stage, &texts, scale.stories, tell_progress).await?;
    tell("search, multiplied");
    let large = search::measure(&stage, &questions).await?;
    search::compare(&small, &large, &mut report);
    tell("lists");
    graphql::measure(&stage, scale, &mut report).await?;
    Ok(report)
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
