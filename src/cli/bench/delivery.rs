//! Deliveries a second, every commit flushed to the disk, against bare flushed transactions on the same disk.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::json;
use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{Scale, report::Report, stage::Stage};
use crate::{
    content::{Item, StoryContent},
    delivery::{DeliveryFilter, DeliveryState, Due, NewAccount, ScheduleInput, Worker},
    id::AccountId,
    page::PageRequest,
    tailoring::SourceRef,
};

/// The rows are looked at so often.
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// Longer than this it does not take.
const PATIENCE: Duration = Duration::from_mins(3);
/// More than any run needs of an allowance.
const PLENTY: u32 = 1_000_000;

/// Plans everything first, then lets a worker go and takes the time until the last is out.
pub async fn measure(
    stage: &Stage,
    stories: &[Item<StoryContent>],
    scale: Scale,
    report: &mut Report,
) -> anyhow::Result<()> {
    let before = bare_transactions(stage.folder(), scale.turn).await?;
    let wanted = scale.accounts * scale.deliveries.min(stories.len());
    let planned = plan(stage, stories, scale).await?;
    anyhow::ensure!(
        planned * 2 > wanted,
        "only {planned} of {wanted} deliveries could be planned"
    );
    let started = Instant::now();
    let worker = Worker::start(&stage.app.delivery).await?;
    while is_busy(stage).await? {
        anyhow::ensure!(
            started.elapsed() < PATIENCE,
            "the deliveries did not end in time"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let took = started.elapsed().as_secs_f64();
    worker.shutdown().await;
    check(stage).await?;
    let after = bare_transactions(stage.folder(), scale.turn).await?;
    let rate = f64::from(u32::try_from(planned)?) / took;
    report.add(
        "delivery",
        format!(
            "deliveries to {} accounts at once, every commit flushed to the disk; each reads its live page, is armed, \
             sent over HTTP and settled",
            scale.accounts
        ),
        "flushed one-row transactions on the same disk, one after the other",
        "a second",
        (rate, f64::midpoint(before, after)),
    );
    Ok(())
}

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

async fn plan(
    stage: &Stage,
    stories: &[Item<StoryContent>],
    scale: Scale,
) -> anyhow::Result<usize> {
    let site = format!("http://{}", stage.address);
    allow(stage, &site)?;
    let push_url = format!("{}/baidu/zz", stage.simulators_url);
    let mut planned = 0;
    for number in 0..scale.accounts {
        let account = connect(stage, &site, &format!("bench {number}"), &push_url).await?;
        let sources = stories.iter().map(|story| SourceRef::Story(story.id));
        let mut sent = 0;
        for source in sources {
            if sent == scale.deliveries {
                break;
            }
            let input = ScheduleInput {
                source,
                account,
                lane: "website".into(),
                due: Due::Now,
            };
            // A story that a person would have to mend first is not what is measured.
            if stage
                .app
                .delivery
                .schedule(&stage.actor, input)
                .await
                .is_ok()
            {
                sent += 1;
            }
        }
        planned += sent;
    }
    Ok(planned)
}

/// Lets the simulator take more than any run needs.
pub fn allow(stage: &Stage, site: &str) -> anyhow::Result<()> {
    let allowed = json!({ "set": { "site": site, "website_push": PLENTY } });
    stage
        .simulators
        .control("baidu", &allowed)
        .map_err(anyhow::Error::msg)?;
    Ok(())
}

/// Connects an account that pushes to an address.
pub async fn connect(
    stage: &Stage,
    site: &str,
    name: &str,
    push_url: &str,
) -> anyhow::Result<AccountId> {
    let base = &stage.simulators_url;
    let new = NewAccount {
        channel: "baidu".into(),
        name: name.to_owned(),
        settings: texts([
            ("app_key", "AK_demo"),
            ("site", site),
            ("openapi_url", &format!("{base}/baidu/openapi")),
            ("push_url", push_url),
            ("quota.website_push", &PLENTY.to_string()),
        ]),
        credentials: texts([
            ("app_secret", "SK_demo"),
            ("push_token", "0123456789abcdef"),
        ]),
        tokens: None,
    };
    let account = stage
        .app
        .delivery
        .connect_account(&stage.actor, new)
        .await?;
    Ok(account.id)
}

/// Whether anything is still to be done.
async fn is_busy(stage: &Stage) -> anyhow::Result<bool> {
    let states = [DeliveryState::Ready, DeliveryState::Working];
    Ok(!found(stage, &states).await?.is_empty())
}

/// Whatever did not go out would make the figure a lie.
async fn check(stage: &Stage) -> anyhow::Result<()> {
    let states = [
        DeliveryState::RetryWait,
        DeliveryState::Held,
        DeliveryState::Uncertain,
        DeliveryState::Reconciling,
        DeliveryState::NeedsReview,
        DeliveryState::Rejected,
        DeliveryState::Failed,
        DeliveryState::Missed,
    ];
    let left = found(stage, &states).await?;
    anyhow::ensure!(left.is_empty(), "not delivered: {}", left.join(", "));
    Ok(())
}

/// Some of the deliveries in these states.
async fn found(stage: &Stage, states: &[DeliveryState]) -> anyhow::Result<Vec<String>> {
    let filter = DeliveryFilter {
        states: states.to_vec(),
        ..DeliveryFilter::default()
    };
    let page = PageRequest {
        size: 5,
        after: None,
    };
    let found = stage
        .app
        .delivery
        .deliveries(&stage.actor, &filter, &page)
        .await?;
    Ok(found
        .edges
        .into_iter()
        .map(|(_, delivery)| {
            format!(
                "{} ({}, {:?})",
                delivery.title,
                delivery.state.as_str(),
                delivery.reason
            )
        })
        .collect())
}

/// One row, one commit, one flush, again and again.
async fn bare_transactions(folder: &Path, turn: Duration) -> anyhow::Result<f64> {
    let mut connection = SqliteConnectOptions::new()
        .filename(folder.join("bare.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await?;
    connection
        .execute("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        .await?;
    let started = Instant::now();
    let mut commits = 0_u32;
    while started.elapsed() < turn {
        for statement in [
            "BEGIN IMMEDIATE",
            "INSERT INTO bare (text) VALUES ('one row')",
            "COMMIT",
        ] {
            connection.execute(statement).await?;
        }
        commits += 1;
    }
    let rate = f64::from(commits) / started.elapsed().as_secs_f64();
    connection.close().await?;
    Ok(rate)
}
