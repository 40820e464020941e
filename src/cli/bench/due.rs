//! From due to armed: many deliveries due in one minute over many lanes, the platform of one of which never answers. How
//! long after it could have been sent is each of them armed?

use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;

use super::{Scale, delivery, report::Report, stage::Stage};
use crate::{
    clock::Timestamp,
    content::{Item, StoryContent},
    delivery::{Delivery, DeliveryFilter, DeliveryState, Due, ScheduleInput, Worker},
    id::AccountId,
    page::PageRequest,
    tailoring::SourceRef,
};

/// What the design promises for the slowest in a hundred, in milliseconds.
const BAR_MS: f64 = 2000.0;
/// The rows are looked at so often.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How much longer than the span in which they are due it may take until they are out.
const PATIENCE: Duration = Duration::from_mins(10);
/// So many are planned and cancelled again to see how long that takes.
pub const PROBES: usize = 20;
/// What is planned is due no sooner than this, and later by what planning is thought to take.
const HEAD_START: Duration = Duration::from_secs(5);

/// The lanes, the first of which is stuck.
struct Lanes {
    stuck: AccountId,
    healthy: Vec<AccountId>,
}

/// Plans everything, lets a worker go, and compares when each was due with when it was armed.
pub async fn measure(
    stage: &Stage,
    stories: &[Item<StoryContent>],
    scale: Scale,
    report: &mut Report,
) -> anyhow::Result<()> {
    let database = stage.database_name();
    let lanes = connect(stage, scale.lanes).await?;
    let first = plan(stage, stories, &lanes, scale).await?;
    // From here on, the most memory is that of what follows.
    std::fs::write("/proc/self/clear_refs", "5")?;
    let before = memory_kib("VmRSS")?;
    let worker = Worker::start(&stage.app.delivery).await?;
    let busy_since = stage.app.clock.now().max(first);
    let last = first.plus(scale.span);
    wait(stage, &lanes, last).await?;
    let took = stage.app.clock.now().since(busy_since);
    let after = memory_kib("VmHWM")?;
    // What is stuck is given up when its grace is over; until then it would be at work beside the next measurement.
    worker.shutdown().await;

    let mut late_ms = Vec::new();
    let mut steps_done = 0_u32;
    for account in &lanes.healthy {
        let sent = all_of(stage, *account).await?;
        let (late, steps) = lateness(stage, sent).await?;
        late_ms.extend(late);
        steps_done += steps;
    }
    late_ms.sort_by(f64::total_cmp);
    let quantile = |percent: usize| {
        let place = late_ms.len() * percent / 100;
        let last = late_ms.len().saturating_sub(1);
        late_ms.get(place.min(last)).copied().unwrap_or(f64::NAN)
    };
    let what = format!(
        "from due (or the lane's turn, if later) to armed, {} deliveries due in {} s over {} lanes, one of them stuck, on {database}",
        late_ms.len(),
        scale.span.as_secs(),
        scale.lanes,
    );
    for (name, percent) in [("p50", 50), ("p99", 99)] {
        report.add(
            format!("due_to_armed_{name}_{database}"),
            what.clone(),
            "the bar for the slowest in a hundred",
            "ms",
            (quantile(percent), BAR_MS),
        );
    }
    report.add(
        format!("delivery_steps_{database}"),
        "steps of deliveries carried out while they were due, every commit flushed to the disk",
        "what is due a second, in steps",
        "a second",
        (
            f64::from(steps_done) / took.as_secs_f64(),
            f64::from(steps_done) / scale.span.as_secs_f64(),
        ),
    );
    report.add(
        format!("delivery_memory_{database}"),
        "the most memory of the whole process while they went out",
        "its memory before",
        "MiB",
        (after / 1024.0, before / 1024.0),
    );
    Ok(())
}

async fn connect(stage: &Stage, count: usize) -> anyhow::Result<Lanes> {
    let site = format!("http://{}", stage.address);
    delivery::allow(stage, &site)?;
    let silent = format!("http://{}/zz", stage.silent_address()?);
    let working = format!("{}/baidu/zz", stage.simulators_url);
    let mut accounts = Vec::new();
    for number in 0..count {
        let push_url = if number == 0 { &silent } else { &working };
        accounts.push(delivery::connect(stage, &site, &format!("due {number}"), push_url).await?);
    }
    let healthy = accounts.split_off(1);
    Ok(Lanes {
        stuck: accounts[0],
        healthy,
    })
}

/// Plans the deliveries evenly over the span, and returns its beginning.
async fn plan(
    stage: &Stage,
    stories: &[Item<StoryContent>],
    lanes: &Lanes,
    scale: Scale,
) -> anyhow::Result<Timestamp> {
    let accounts: Vec<AccountId> = std::iter::once(lanes.stuck)
        .chain(lanes.healthy.iter().copied())
        .collect();
    let per_lane = scale.due / scale.lanes;
    anyhow::ensure!(
        stories.len() > per_lane + PROBES + 1,
        "{per_lane} stories are needed, there are {}",
        stories.len()
    );
    let service = &stage.filler().await?.delivery;
    let input = |story: &Item<StoryContent>, account, at: Timestamp| ScheduleInput {
        source: SourceRef::Story(story.id),
        account,
        lane: "website".into(),
        due: Due::At {
            wall_time: at.to_string(),
            zone: None,
        },
    };
    // Some tell how long planning takes (the first one also loads dictionaries); nothing may be due before all of it is
    // planned.
    let (probes, stories) = stories.split_at(PROBES + 1);
    let mut started = std::time::Instant::now();
    let tomorrow = stage.app.clock.now().plus(Duration::from_hours(24));
    for (number, story) in probes.iter().enumerate() {
        if number == 1 {
            started = std::time::Instant::now();
        }
        let probe = input(story, lanes.stuck, tomorrow);
        if let Ok(probe) = service.schedule(&stage.actor, probe).await {
            service.cancel(&stage.actor, probe.id).await?;
        }
    }
    let each = started.elapsed() / u32::try_from(PROBES)?;
    let due = u32::try_from(scale.due)?;
    let first = stage.app.clock.now().plus(HEAD_START + each * due);
    let mut planned = 0_u32;
    let mut refused = None;
    for story in stories {
        for account in &accounts {
            if planned == due {
                break;
            }
            let share = f64::from(planned) / f64::from(due);
            let at = first.plus(scale.span.mul_f64(share));
            // A story that a person would have to mend first is not what is measured.
            match service
                .schedule(&stage.actor, input(story, *account, at))
                .await
            {
                Ok(_) => planned += 1,
                Err(error) => refused = Some(error),
            }
        }
    }
    anyhow::ensure!(
        planned * 2 > due,
        "only {planned} of {due} deliveries could be planned: {refused:?}"
    );
    anyhow::ensure!(
        stage.app.clock.now() < first,
        "planning took {:?}, longer than was thought; try again when the machine is quieter",
        started.elapsed()
    );
    Ok(first)
}

/// Waits until every lane but the stuck one is empty.
async fn wait(stage: &Stage, lanes: &Lanes, last: Timestamp) -> anyhow::Result<()> {
    let states = [
        DeliveryState::Scheduled,
        DeliveryState::Ready,
        DeliveryState::Working,
        DeliveryState::RetryWait,
    ];
    for account in &lanes.healthy {
        let filter = DeliveryFilter {
            states: states.to_vec(),
            account: Some(*account),
            ..DeliveryFilter::default()
        };
        let one = PageRequest {
            size: 1,
            after: None,
        };
        loop {
            let service = &stage.app.delivery;
            let left = service.deliveries(&stage.actor, &filter, &one).await?;
            if left.edges.is_empty() {
                break;
            }
            let now = stage.app.clock.now();
            anyhow::ensure!(
                now < last.plus(PATIENCE),
                "the deliveries did not end in time"
            );
            let rest = last.since(now).max(LOOK_EVERY);
            tokio::time::sleep(rest).await;
        }
    }
    Ok(())
}

/// Everything that went to an account.
async fn all_of(stage: &Stage, account: AccountId) -> anyhow::Result<Vec<Delivery>> {
    let filter = DeliveryFilter {
        account: Some(account),
        ..DeliveryFilter::default()
    };
    let mut page = PageRequest {
        size: 100,
        after: None,
    };
    let mut all = Vec::new();
    loop {
        let service = &stage.app.delivery;
        let found = service.deliveries(&stage.actor, &filter, &page).await?;
        page.after = found.edges.last().map(|(cursor, _)| cursor.clone());
        all.extend(found.edges.into_iter().map(|(_, delivery)| delivery));
        if !found.has_next {
            break;
        }
    }
    for delivery in &all {
        anyhow::ensure!(
            delivery.state == DeliveryState::Published,
            "{} is {}, {:?}",
            delivery.title,
            delivery.state,
            delivery.reason
        );
    }
    Ok(all)
}

/// By how much each was armed later than it was due and its lane was free, in milliseconds; and the steps in all.
async fn lateness(stage: &Stage, mut sent: Vec<Delivery>) -> anyhow::Result<(Vec<f64>, u32)> {
    let ids: Vec<_> = sent.iter().map(|delivery| delivery.id).collect();
    let mut armed = Vec::new();
    let mut steps_done = 0;
    for some in ids.chunks(100) {
        let steps = stage.app.delivery.steps_of(&stage.actor, some).await?;
        for (id, steps) in steps {
            steps_done += u32::try_from(steps.len())?;
            armed.extend(
                steps
                    .iter()
                    .find_map(|step| step.armed_at)
                    .map(|at| (id, at)),
            );
        }
    }
    let armed_at = |id| {
        let found = armed.iter().find(|(of, _)| *of == id);
        found
            .map(|(_, at)| *at)
            .context("a delivery without a commit")
    };
    sent.sort_by_key(|delivery| delivery.ended_at);
    let mut late = Vec::new();
    let mut free_at = Timestamp(0);
    for delivery in &sent {
        let possible = delivery.due_at.max(free_at);
        late.push(armed_at(delivery.id)?.since(possible).as_secs_f64() * 1000.0);
        free_at = delivery.ended_at.unwrap_or(free_at);
    }
    Ok((late, steps_done))
}

/// A line of this process's status, in KiB.
fn memory_kib(name: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(name));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(number
        .with_context(|| format!("the system does not tell {}", json!(name)))?
        .parse()?)
}
