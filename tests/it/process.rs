//! Several worker processes: many on PostgreSQL, one on SQLite; one that is stopped for long and wakes up.

use std::{path::PathBuf, time::Duration};

use fenfa::{
    delivery::{DeliveryState, StepState, Worker},
    id::DeliveryId,
};

use crate::{
    crash::{run_worker, spawn_worker, start},
    harness::{BAIDU_WEBSITE, Backend, DOUYIN, Route, TestApp},
};

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until it is so.
async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(waited.await.is_ok(), "never: {what}");
}

/// T7: as many workers as there are, one effect each.
async fn is_sent_once_by_many(workers: usize) {
    let (app, account) = start(Backend::Postgres, BAIDU_WEBSITE).await;
    let mut ids = Vec::new();
    for number in 0..2 * workers {
        let title = format!("第{number}泡毛尖的水温与出汤时间");
        ids.push(app.send(BAIDU_WEBSITE, &account, &title).await);
    }

    let mut running = Vec::new();
    for number in 0..workers {
        running.push(spawn_worker(&app, None, &format!("worker-{number}.log")));
    }
    for (number, mut worker) in running.into_iter().enumerate() {
        let ended = tokio::time::timeout(PATIENCE, worker.wait()).await;
        let log = std::fs::read_to_string(app.dir().join(format!("worker-{number}.log")));
        assert!(ended.expect("it ends").unwrap().success(), "{log:?}");
    }

    for id in &ids {
        let delivery = app.delivery(*id).await;
        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let attempts = attempts(&app, *id, "push_url").await;
        assert!(attempts <= 1, "sent {attempts} times: {delivery:#?}");
    }
    let live = app.live(BAIDU_WEBSITE);
    assert_eq!(live.len(), ids.len());
    assert!(
        live.iter().all(|item| item["submissions"] == 1),
        "{live:#?}"
    );
}

async fn attempts(app: &TestApp, id: DeliveryId, step: &str) -> usize {
    let actor = app.system().await;
    let attempts = app.app.delivery.attempts(&actor, id).await.unwrap();
    attempts
        .iter()
        .filter(|attempt| attempt.step == step)
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t7_two_workers_send_everything_once() {
    is_sent_once_by_many(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t7_eight_workers_send_everything_once() {
    is_sent_once_by_many(8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t7_a_second_worker_on_one_sqlite_file_says_why_it_does_not_start() {
    let (app, account) = start(Backend::Sqlite, BAIDU_WEBSITE).await;
    let id = app
        .send(BAIDU_WEBSITE, &account, "毛尖的水温与出汤时间")
        .await;
    let first = app.worker().await;

    let has_started = run_worker(&app, None).await;
    let said = std::fs::read_to_string(app.dir().join("worker.log")).unwrap();
    let here = Worker::open(&app.app.delivery).await.err().unwrap();

    assert!(!has_started);
    assert!(
        said.contains("another process already delivers from this database"),
        "{said}"
    );
    assert!(here.to_string().contains("SQLite takes one"), "{here}");
    assert_eq!(app.delivery(id).await.attempt, 0, "it touched nothing");
    drop(first);
    assert!(run_worker(&app, None).await, "the place is free again");
    assert_eq!(app.delivery(id).await.state, DeliveryState::Published);
}

/// Whether a process stands still.
fn is_stopped(process: u32) -> bool {
    let stat = PathBuf::from(format!("/proc/{process}/stat"));
    let stat = std::fs::read_to_string(stat).unwrap_or_default();
    // The state follows the name, which is in parentheses.
    stat.rsplit(") ")
        .next()
        .is_some_and(|rest| rest.starts_with('T'))
}

async fn signal(process: u32, signal: &str) {
    let sent = tokio::process::Command::new("kill")
        .args([signal, &process.to_string()])
        .status();
    assert!(sent.await.unwrap().success());
}

/// T8: a worker is stopped at a place for longer than its lease, its call and the quiet period together (minutes, with
/// the defaults). Another takes over and ends it. The first one wakes up, sends nothing and writes nothing.
async fn wakes_up_too_late(place: &str, route: Route) {
    let (app, account) = start(Backend::Postgres, route).await;
    let id = app.send(route, &account, "毛尖的水温与出汤时间").await;
    let mut stopped = spawn_worker(&app, Some(&format!("{place}:1:stop")), "stopped.log");
    let process = stopped.id().unwrap();
    until("the first worker stands still", async || {
        is_stopped(process)
    })
    .await;

    assert!(run_worker(&app, None).await, "another takes over");
    let taken_over = app.delivery(id).await;
    signal(process, "-CONT").await;
    let ended = tokio::time::timeout(PATIENCE, stopped.wait()).await;
    let after_waking = app.delivery(id).await;

    assert!(ended.expect("it ends").unwrap().success());
    assert_eq!(
        taken_over.state,
        DeliveryState::Published,
        "{taken_over:#?}"
    );
    assert_eq!(after_waking, taken_over, "its writes change nothing");
    let live = app.live(route);
    assert_eq!(live.len(), 1, "{place}: {live:#?}");
    let steps = app
        .app
        .delivery
        .steps(&app.system().await, id)
        .await
        .unwrap();
    assert!(steps.iter().all(|step| step.state == StepState::Done));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t8_a_worker_stopped_before_it_armed_sends_nothing_when_it_wakes() {
    wakes_up_too_late("before_arm", DOUYIN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t8_a_worker_stopped_before_its_call_sends_nothing_when_it_wakes() {
    wakes_up_too_late("after_arm", DOUYIN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t8_a_worker_stopped_after_its_call_writes_nothing_when_it_wakes() {
    wakes_up_too_late("effect_done", DOUYIN).await;
}
