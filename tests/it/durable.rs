//! What keeps an armed step: commits that are on the disk, and a look that waits for the call to be over.

use std::time::Duration;

use fenfa::{
    channels::fault::Fault,
    clock::Clock,
    config::Config,
    delivery::{DeliveryState, StepState},
};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::harness::{Backend, DOUYIN, TestApp};

/// Where the engine writes, a commit is on the disk when it returns; asked of the connection that writes.
async fn is_flushed(app: &TestApp) -> bool {
    let tx = app.app.db.begin().await.unwrap();
    let backend = app.app.db.backend();
    let asked = match backend {
        DbBackend::Sqlite => "PRAGMA synchronous",
        _ => "SHOW synchronous_commit",
    };
    let asked = Statement::from_string(backend, asked);
    let row = tx.query_one_raw(asked).await.unwrap().unwrap();
    match backend {
        // 2 is FULL: the log is flushed at every commit.
        DbBackend::Sqlite => row.try_get_by_index::<i64>(0).unwrap() == 2,
        _ => row.try_get_by_index::<String>(0).unwrap() == "on",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_of_the_connection_that_writes_is_flushed_on_sqlite() {
    let as_it_comes = Config::with_overrides("").unwrap();
    let flushed = "[database]\nsynchronous_full = true\n";
    let clock = Clock::fixed(TestApp::START.parse().unwrap());

    let app = TestApp::start_at(Backend::Sqlite, flushed, clock).await;

    assert!(as_it_comes.database.synchronous_full, "it is the default");
    assert!(is_flushed(&app).await);
    // Also for single writes outside a transaction, and after one that failed.
    let failed = app.app.db.write().execute_unprepared("no SQL at all").await;
    assert!(failed.is_err());
    assert!(is_flushed(&app).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_of_the_connection_that_writes_is_flushed_on_postgres() {
    let app = TestApp::start(Backend::Postgres).await;

    assert!(is_flushed(&app).await);
}

/// Seen with a worker that was stopped within a transaction: its delivery stayed locked, and nobody could take it over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_of_a_process_that_stands_still_is_ended_by_postgres() {
    let app = TestApp::start(Backend::Postgres).await;
    let tx = app.app.db.begin().await.unwrap();

    let asked = "SHOW idle_in_transaction_session_timeout";
    let asked = Statement::from_string(DbBackend::Postgres, asked);
    let row = tx.query_one_raw(asked).await.unwrap().unwrap();

    assert_eq!(row.try_get_by_index::<String>(0).unwrap(), "30s");
}

both_databases! {
    async fn nobody_looks_before_the_call_is_surely_over(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
        let id = app.send(DOUYIN, &account, "明前龙井的冲泡要点").await;

        worker.run_until_idle().await.unwrap();

        let delivery = app.delivery(id).await;
        let steps = app.app.delivery.steps(&app.system().await, id).await.unwrap();
        let doubted = steps.iter().find(|step| step.state == StepState::Unknown).unwrap();
        let over = doubted.call_deadline_at.unwrap().plus(Duration::from_secs(30));
        assert_eq!(delivery.state, DeliveryState::Uncertain);
        assert!(doubted.quiet_until.unwrap() >= over, "{doubted:#?}");
        assert!(delivery.next_run_at.unwrap() >= over, "{delivery:#?}");
    }

    async fn nobody_looks_for_the_call_of_a_dead_worker_before_it_is_surely_over(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::Slow { millis: 1500 });
        let id = app.send(DOUYIN, &account, "明前龙井的冲泡要点").await;
        let call = async {
            worker.tick().await.unwrap();
            worker.drain().await;
        };
        let take_over = async {
            let armed = app.until_armed(id).await;
            // The lease is over, the call need not be.
            app.clock.advance(Duration::from_secs(61));
            assert!(worker.sweep_leases().await.unwrap());
            (armed, app.delivery(id).await)
        };

        let ((), (armed, delivery)) = tokio::join!(call, take_over);

        let over = armed.call_deadline_at.unwrap().plus(Duration::from_secs(30));
        assert_eq!(delivery.state, DeliveryState::Uncertain, "{delivery:#?}");
        assert!(delivery.next_run_at.unwrap() >= over, "{delivery:#?}");
    }
}
