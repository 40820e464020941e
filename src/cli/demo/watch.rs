//! What one sees of the demo: each step as it happens, and at the end what became of everything.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::person::Person;
use crate::{
    app::App,
    auth::Actor,
    channels::Simulators,
    clock::Timestamp,
    content::{ItemFilter, StoryContent, VideoContent},
    delivery::{Delivery, DeliveryEvent, DeliveryFilter, DeliveryState},
    page::PageRequest,
};

/// The rows are looked at so often, whatever the events say.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// Give up watching after this long.
const PATIENCE: Duration = Duration::from_mins(5);

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Stories that readers see.
    pub stories: usize,
    /// Videos that readers see.
    pub videos: usize,
    /// Every delivery.
    pub deliveries: Vec<Line>,
    /// What readers of the channels would see.
    pub simulator_ledger: Value,
    /// Why the demo is not complete; empty when it is.
    pub problems: Vec<String>,
}

/// A delivery, in short.
#[derive(Debug, Serialize)]
pub struct Line {
    channel: String,
    lane: String,
    title: String,
    state: DeliveryState,
    attempts: i32,
    external_id: Option<String>,
    due_at: Timestamp,
    published_at: Option<Timestamp>,
}

impl Report {
    /// Everything published, everything exactly once.
    pub fn is_complete(&self) -> bool {
        self.problems.is_empty() && !self.deliveries.is_empty()
    }
}

/// Shows events until everything is planned and every delivery has ended or waits for a decision; the person does what
/// no API does.
pub async fn until_done(
    app: &App,
    actor: &Actor,
    mut events: Receiver<DeliveryEvent>,
    is_loud: bool,
    is_planned: &AtomicBool,
    mut person: Person<'_>,
) -> anyhow::Result<Vec<Delivery>> {
    let started = tokio::time::Instant::now();
    loop {
        let deadline = tokio::time::sleep(LOOK_EVERY);
        tokio::pin!(deadline);
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    Ok(event) if is_loud => show(&event),
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => break,
                },
                () = &mut deadline => break,
            }
        }
        let is_complete = is_planned.load(Ordering::Acquire);
        let deliveries = all(app, actor).await?;
        person.work(app, actor, &deliveries).await?;
        let is_settled = |delivery: &Delivery| {
            delivery.state.is_final() || delivery.state == DeliveryState::NeedsReview
        };
        let mut own = deliveries.iter().filter(|delivery| is_own(delivery));
        if (is_complete && own.all(is_settled)) || started.elapsed() > PATIENCE {
            while let Ok(event) = events.try_recv() {
                if is_loud {
                    show(&event);
                }
            }
            return Ok(deliveries);
        }
    }
}

/// Whether the demo planned it, and no person.
const fn is_own(delivery: &Delivery) -> bool {
    delivery.created_by.is_none()
}

async fn all(app: &App, actor: &Actor) -> anyhow::Result<Vec<Delivery>> {
    let page = PageRequest {
        size: 100,
        after: None,
    };
    let mut deliveries: Vec<Delivery> = app
        .delivery
        .deliveries(actor, &DeliveryFilter::default(), &page)
        .await?
        .edges
        .into_iter()
        .map(|(_, delivery)| delivery)
        .collect();
    deliveries.sort_by_key(|delivery| (delivery.due_at, delivery.id));
    Ok(deliveries)
}

fn show(event: &DeliveryEvent) {
    let is_between = matches!(event.state, DeliveryState::Ready | DeliveryState::Working);
    if is_between && event.step.is_none() {
        return;
    }
    let time = event
        .at
        .to_utc()
        .with_timezone(&chrono_tz::Asia::Shanghai)
        .format("%H:%M:%S");
    let step = event.step.as_deref().unwrap_or_default();
    println!(
        "{time}  {:<7} {:<8} {:<16} {:<20} {}",
        event.channel,
        event.lane,
        event.state.as_str(),
        step,
        event.title
    );
}

/// What became of everything, held against what readers of the channels would see.
pub async fn report(
    app: &App,
    actor: &Actor,
    simulators: &Simulators,
    deliveries: Vec<Delivery>,
) -> anyhow::Result<Report> {
    let page = PageRequest {
        size: 100,
        after: None,
    };
    let stories = app
        .content
        .list::<StoryContent>(actor, &ItemFilter::default(), &page)
        .await?
        .edges
        .len();
    let videos = app
        .content
        .list::<VideoContent>(actor, &ItemFilter::default(), &page)
        .await?
        .edges
        .len();
    let simulator_ledger = settled_ledger(simulators).await;
    let mut problems: Vec<String> = deliveries
        .iter()
        .filter(|delivery| is_own(delivery) && delivery.state != DeliveryState::Published)
        .map(|delivery| {
            format!(
                "{} {} {}: {}",
                delivery.channel,
                delivery.lane,
                delivery.title,
                delivery.state.as_str()
            )
        })
        .collect();
    problems.extend(compare(&deliveries, &simulator_ledger));
    let deliveries = deliveries
        .into_iter()
        .map(|delivery| Line {
            channel: delivery.channel,
            lane: delivery.lane,
            title: delivery.title,
            state: delivery.state,
            attempts: delivery.attempt,
            external_id: delivery.external_id,
            due_at: delivery.due_at,
            published_at: delivery.published_at,
        })
        .collect();
    Ok(Report {
        stories,
        videos,
        deliveries,
        simulator_ledger,
        problems,
    })
}

/// The ledger once the platforms have crawled and reviewed what they were sent.
async fn settled_ledger(simulators: &Simulators) -> Value {
    simulators.work_all().await;
    simulators.ledger()
}

fn items(ledger: &Value) -> impl Iterator<Item = (&String, &Value)> {
    ledger
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(channel, shown)| {
            shown["items"]
                .as_array()
                .into_iter()
                .flatten()
                .map(move |item| (channel, item))
        })
}

/// Each delivery's item exactly once on its channel, shown as it should be, and nothing else.
fn compare(deliveries: &[Delivery], ledger: &Value) -> Vec<String> {
    let mut shown: HashMap<(&str, &str, &str), usize> = HashMap::new();
    let mut problems = Vec::new();
    for (channel, item) in items(ledger) {
        let (lane, key) = (
            item["lane"].as_str().unwrap_or_default(),
            item["key"].as_str().unwrap_or_default(),
        );
        *shown.entry((channel.as_str(), lane, key)).or_default() += 1;
        if matches!(
            item["state"].as_str(),
            Some("rejected" | "审核失败" | "不适宜公开")
        ) {
            problems.push(format!(
                "{channel} {lane} {key}: {} {}",
                item["state"], item["reason"]
            ));
        }
    }
    for delivery in deliveries {
        let key = (
            delivery.channel.as_str(),
            delivery.lane.as_str(),
            delivery.external_id.as_deref().unwrap_or_default(),
        );
        match shown.remove(&key) {
            Some(1) => {}
            Some(count) => problems.push(format!(
                "{} {} {}: shown {count} times",
                key.0, key.1, delivery.title
            )),
            None => problems.push(format!("{} {} {}: not shown", key.0, key.1, delivery.title)),
        }
    }
    problems.extend(
        shown.keys().map(|(channel, lane, key)| {
            format!("{channel} {lane} {key}: shown without a delivery")
        }),
    );
    problems
}

/// The report for people.
pub fn print(report: &Report) {
    println!();
    for line in &report.deliveries {
        println!(
            "{:<10} {:<7} {:<8} {}",
            line.state.as_str(),
            line.channel,
            line.lane,
            line.title
        );
    }
    let shown = items(&report.simulator_ledger).count();
    println!(
        "\n{} stories, {} videos, {} deliveries; the channels show {shown} items",
        report.stories,
        report.videos,
        report.deliveries.len()
    );
    for problem in &report.problems {
        println!("problem: {problem}");
    }
    if report.is_complete() {
        println!("every item is live exactly once");
    }
}
