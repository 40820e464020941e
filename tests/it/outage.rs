//! T13: the database goes away under the worker, is full, is locked, or has no connection free. No armed effect is lost,
//! and the worker goes on by itself when it is back.

use std::time::Duration;

use fenfa::{
    channels::fault::Fault,
    delivery::{DeliveryState, Worker},
    id::DeliveryId,
};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use sqlx::{ConnectOptions as _, Executor as _, sqlite::SqliteConnectOptions};

use crate::harness::{Backend, DOUYIN, TestApp};

/// A server's administrator, beside the test's own database, and that one's name.
async fn administrator(app: &TestApp) -> (DatabaseConnection, String) {
    let url = app.app.config.database.url.expose();
    let (server, name) = url.rsplit_once('/').unwrap();
    let admin = Database::connect(format!("{server}/postgres")).await;
    (admin.unwrap(), name.to_owned())
}

/// Ends every connection to the database and lets no new one in, as a server that is being restarted does.
async fn shut(admin: &DatabaseConnection, name: &str, is_shut: bool) {
    let allows = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {}", !is_shut);
    admin.execute_unprepared(&allows).await.unwrap();
    let end =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    admin.execute_unprepared(&end).await.unwrap();
}

/// Ends what the outage left: one item, published.
async fn ends_well(app: &TestApp, worker: &Worker, id: DeliveryId) {
    let delivery = app.settle(worker, id).await;
    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(DOUYIN).len(), 1, "{:#?}", app.live(DOUYIN));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t13_postgres_that_restarts_during_a_call_loses_and_doubles_nothing() {
    let app = TestApp::start(Backend::Postgres).await;
    let account = app.connect("douyin", &[]).await;
    let worker = app.worker().await;
    let (admin, name) = administrator(&app).await;
    app.fault(DOUYIN, DOUYIN.commit, Fault::Slow { millis: 600 });
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;
    let call = async {
        worker.tick().await.unwrap();
        worker.drain().await;
    };
    let outage = async {
        app.until_armed(id).await;
        shut(&admin, &name, true).await;
    };

    tokio::join!(call, outage);
    assert!(worker.tick().await.is_err(), "it says so, and does not die");
    assert_eq!(app.live(DOUYIN).len(), 1, "the effect happened");
    shut(&admin, &name, false).await;
    // A pool hands out each broken connection once before it makes a new one.
    for _ in 0..10 {
        if app.app.db.read().ping().await.is_ok() && worker.tick().await.is_ok() {
            break;
        }
    }

    ends_well(&app, &worker, id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t13_a_pool_without_a_free_connection_is_waited_for() {
    let app = TestApp::start(Backend::Postgres).await;
    let account = app.connect("douyin", &[]).await;
    let worker = app.worker().await;
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;
    let mut taken = Vec::new();
    for _ in 0..5 {
        taken.push(app.app.db.begin().await.unwrap());
    }
    let work = async { worker.run_until_idle().await };
    let give_back = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        drop(taken);
    };

    let (result, ()) = tokio::join!(work, give_back);

    result.unwrap();
    ends_well(&app, &worker, id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t13_a_full_disk_stops_arming_and_nothing_is_lost() {
    let app = TestApp::start(Backend::Sqlite).await;
    let account = app.connect("douyin", &[]).await;
    let worker = app.worker().await;
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;
    let filler = "CREATE TABLE filler AS SELECT 1 AS n";
    app.app.db.write().execute_unprepared(filler).await.unwrap();
    // Not one page more than there is: SQLite answers as it does when the disk is full.
    let limit = "PRAGMA max_page_count = 1";
    app.app.db.write().execute_unprepared(limit).await.unwrap();
    let fill = "INSERT INTO filler SELECT n FROM filler";
    while app.app.db.write().execute_unprepared(fill).await.is_ok() {}

    // Whatever it tries, it neither dies nor sends without having written down that it will.
    for _ in 0..3 {
        let _ = worker.run_until_idle().await;
        app.clock.advance(Duration::from_secs(61));
    }
    let actor = app.system().await;
    let steps = app.app.delivery.steps(&actor, id).await.unwrap();
    let is_armed = steps
        .iter()
        .any(|step| step.is_commit() && step.armed_at.is_some());
    let live = app.live(DOUYIN).len();
    let room = "PRAGMA max_page_count = 1073741823";
    app.app.db.write().execute_unprepared(room).await.unwrap();

    assert!(
        is_armed || live == 0,
        "something was sent that was not armed"
    );
    let delivery = app.settle(&worker, id).await;
    if delivery.state == DeliveryState::NeedsReview {
        // Its worker could not write three times in a row: laid aside, and a person lets it go on.
        app.app.delivery.retry(&actor, id).await.unwrap();
    }
    ends_well(&app, &worker, id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t13_a_storm_of_locks_on_sqlite_is_waited_out() {
    let app = TestApp::start(Backend::Sqlite).await;
    let account = app.connect("douyin", &[]).await;
    let worker = app.worker().await;
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;
    let url = app.app.config.database.url.expose();
    let file = url.strip_prefix("sqlite://").unwrap().to_owned();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mut storm = Vec::new();
    for _ in 0..4 {
        let (file, stop) = (file.clone(), std::sync::Arc::clone(&stop));
        storm.push(tokio::spawn(async move {
            let options = SqliteConnectOptions::new()
                .filename(file)
                .busy_timeout(Duration::from_secs(15));
            let mut other = options.connect().await.unwrap();
            let mut locked = 0;
            while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                other.execute("BEGIN IMMEDIATE").await.unwrap();
                tokio::time::sleep(Duration::from_millis(15)).await;
                other.execute("COMMIT").await.unwrap();
                locked += 1;
                // SQLite keeps no queue: who lets go and takes hold at once locks all others out for ever.
                tokio::time::sleep(Duration::from_millis(45)).await;
            }
            locked
        }));
    }

    let result = worker.run_until_idle().await;
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    let mut locked = 0;
    for other in storm {
        locked += other.await.unwrap();
    }

    result.unwrap();
    assert!(locked > 4, "there was no storm");
    ends_well(&app, &worker, id).await;
}
