//! What must not be forgotten, sent twice or stopped by others: rows that nothing would wake, deliveries that kill their
//! workers, answers that come twice, figures that cannot be had, lists that lag behind.

use std::time::Duration;

use fenfa::{
    channels::fault::{Fault, FaultRule},
    delivery::{AccountChanges, DeliveryState, Due, Reason, ScheduleInput},
    id::DeliveryId,
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;

use crate::harness::{Backend, DOUYIN, TestApp, large_file};

async fn commit_calls(app: &TestApp, id: DeliveryId) -> usize {
    let actor = app.system().await;
    let attempts = app.app.delivery.attempts(&actor, id).await.unwrap();
    attempts
        .iter()
        .filter(|attempt| attempt.step == "create_video")
        .count()
}

/// Writes a row as no code of ours would.
async fn make(app: &TestApp, id: DeliveryId, changes: &str) {
    let db = app.app.db.write();
    let sql = format!("UPDATE delivery SET {changes} WHERE id = $1");
    let sql = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.into()]);
    assert_eq!(db.execute_raw(sql).await.unwrap().rows_affected(), 1);
}

both_databases! {
    async fn t3_what_the_list_shows_late_is_not_sent_again(app: TestApp) {
        app.simulators.control("douyin", &json!({ "set": { "list_delay_s": 300 } })).unwrap();
        let account = app.connect("douyin", &[("listing_delay_s", "300")]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        let sent_at = app.clock.now();

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert!(app.clock.now().since(sent_at) >= Duration::from_mins(5), "it was in no list before");
        assert_eq!(commit_calls(&app, id).await, 1, "found, not sent again");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn what_was_uploaded_before_an_error_is_not_uploaded_again(app: TestApp) {
        let parts = [("single_upload_bytes", "1048576"), ("part_bytes", "5242880")];
        let account = app.connect("douyin", &parts).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let third_part = FaultRule {
            path: "/upload_video_part".into(),
            skip: 2,
            times: 1,
            fault: Fault::StatusBefore { status: 502 },
        };
        app.simulators.add_fault("douyin", third_part);
        let source = app.video_of("一杯绿茶", large_file(16)).await;
        let id = app.schedule(DOUYIN, &account, source).await;

        worker.run_until_idle().await.unwrap();
        let steps = app.app.delivery.steps(&actor, id).await.unwrap();
        let kept: Vec<_> = steps.iter().filter_map(|step| step.handle["progress"].get("parts")).collect();
        assert_eq!(kept, [&json!(2)], "two parts arrived");
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let state = app.simulators.control("douyin", &json!({ "state": true })).unwrap();
        assert_eq!(state["uploads"].as_object().unwrap().len(), 1, "one upload, of which the rest was sent");
    }

    async fn an_account_that_cannot_be_used_as_it_stands_holds_its_deliveries_and_tells(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        let settings = json!({ "client_key": "awsim0001", "part_bytes": "a few" }).to_string();
        let cast = if app.app.db.backend() == sea_orm::DbBackend::Postgres { "$1::jsonb" } else { "$1" };
        let sql = format!("UPDATE channel_account SET settings = {cast}");
        let db = app.app.db.write();
        let sql = Statement::from_sql_and_values(db.get_database_backend(), sql, [settings.into()]);
        db.execute_raw(sql).await.unwrap();

        worker.run_until_idle().await.unwrap();

        let held = app.delivery(id).await;
        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Login)), "{held:#?}");
        assert!(held.reason_params["message"].as_str().unwrap().contains("part_bytes"), "{held:#?}");
        let told = app.app.delivery.untold_events(100).await.unwrap();
        let told: Vec<_> = told.iter().map(|event| event.payload["state"].clone()).collect();
        assert!(told.contains(&json!("held")), "{told:?}");
    }

    async fn t19_an_observation_that_arrives_twice_and_late_counts_once(app: TestApp) {
        let slow = json!({ "set": { "review_delay_s": 60, "profile": "classic" } });
        app.simulators.control("douyin", &slow).unwrap();
        let account = app.connect("douyin", &[("read_profile", "classic")]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::WaitingChannel);
        app.clock.advance(Duration::from_secs(70));
        let mut seen = app.app.delivery.subscribe();
        // The first look is so slow that another is made, whose answer is here before that of the first.
        app.fault(DOUYIN, "/video_", Fault::Slow { millis: 800 });
        let first = async {
            worker.tick().await.unwrap();
            worker.drain().await;
        };
        let second = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            app.clock.advance(Duration::from_secs(61));
            let other = fenfa::delivery::Worker::open(&app.app.delivery).await;
            if let Ok(other) = other {
                other.run_until_idle().await.unwrap();
            } else {
                // SQLite takes one worker; its own next round looks again.
                worker.tick().await.unwrap();
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            app.delivery(id).await
        };

        let ((), after_second) = tokio::join!(first, second);
        let delivery = app.delivery(id).await;

        assert_eq!(after_second.state, DeliveryState::Published, "{after_second:#?}");
        assert_eq!(delivery, after_second, "the late answer changes nothing");
        let mut ends = 0;
        while let Ok(event) = seen.try_recv() {
            ends += usize::from(event.state == DeliveryState::Published);
        }
        assert_eq!(ends, 1, "it is told once");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn t21_figures_that_cannot_be_had_change_nothing_of_what_is_live(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        let published = app.settle(&worker, id).await;
        app.lasting_fault(DOUYIN, "/data/external", Fault::StatusBefore { status: 500 });

        let failed = app.app.delivery.statistics(&actor, id).await;
        worker.run_until_idle().await.unwrap();
        let still = app.delivery(id).await;
        app.simulators.clear_faults("douyin");
        let told = app.app.delivery.statistics(&actor, id).await.unwrap();

        assert!(failed.is_err());
        assert_eq!(published.state, DeliveryState::Published);
        assert_eq!(still, published, "it stays published, untouched");
        assert!(told.is_some(), "the figures alone are asked for again");
        assert_eq!(commit_calls(&app, id).await, 1);
    }

    async fn t23_every_row_that_nothing_would_wake_is_found(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let nobody = "lease_owner = NULL, lease_until = NULL, next_run_at = NULL";
        let violations = [
            format!("state = 'ready', {nobody}"),
            format!("state = 'retry_wait', reason = 'not_sent', {nobody}"),
            format!("state = 'uncertain', reason = 'answer_lost', {nobody}"),
            format!("state = 'reconciling', {nobody}"),
            format!("state = 'waiting_channel', {nobody}"),
            format!("state = 'waiting_user', {nobody}"),
            format!("state = 'held', reason = NULL, {nobody}"),
            format!("state = 'held', reason = 'quota', {nobody}"),
            // Its account was set free while it was being stopped.
            format!("state = 'held', reason = 'paused', {nobody}"),
            format!("state = 'held', reason = 'login', {nobody}"),
            format!("state = 'working', {nobody}"),
        ];
        for (number, violation) in violations.iter().enumerate() {
            let id = app.send(DOUYIN, &account, &format!("第{number}杯绿茶")).await;
            make(&app, id, violation).await;

            assert!(worker.rescue_stuck().await.unwrap(), "not found: {violation}");
            assert!(!worker.rescue_stuck().await.unwrap(), "found once: {violation}");
            let delivery = app.settle(&worker, id).await;

            assert_eq!(delivery.state, DeliveryState::Published, "{violation}: {delivery:#?}");
            assert_eq!(app.live(DOUYIN).len(), number + 1, "{violation}");
        }
    }

    async fn t23_what_waits_for_a_reason_is_left_alone(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let service = &app.app.delivery;
        app.send(DOUYIN, &account, "一杯绿茶").await;
        let later = ScheduleInput {
            source: app.video("两杯绿茶").await,
            account: account.id,
            lane: DOUYIN.lane.to_owned(),
            due: Due::At { wall_time: "2026-03-04T08:00".into(), zone: Some("Asia/Shanghai".into()) },
        };
        service.schedule(&actor, later).await.unwrap();
        service.pause_account(&actor, account.id).await.unwrap();
        worker.run_until_idle().await.unwrap();

        assert!(!worker.rescue_stuck().await.unwrap());
        let account = service.account(&actor, account.id).await.unwrap();
        let renamed = AccountChanges { name: Some("抖音".into()), ..AccountChanges::default() };
        service.update_account(&actor, account.id, account.version, renamed).await.unwrap();
        assert!(!worker.rescue_stuck().await.unwrap());
        assert_eq!(app.live(DOUYIN).len(), 0);
    }
}

/// A worker that is at work for longer than a lease keeps its delivery from step to step. Seen in the rows: each step's
/// write set the lease back to that of the claim, although signs of life had been given since.
async fn stays_in_its_hands(backend: Backend) {
    let app = TestApp::start_with(backend, "[delivery]\nlease_s = 3\n").await;
    let account = app.connect("douyin", &[]).await;
    let worker = app.worker().await;
    app.fault(DOUYIN, "/upload_video", Fault::Slow { millis: 3000 });
    app.fault(DOUYIN, DOUYIN.commit, Fault::Slow { millis: 800 });
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;
    let work = async {
        worker.tick().await.unwrap();
        worker.drain().await;
    };
    let time_passes = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let claimed = app.delivery(id).await.lease_until.unwrap();
        app.clock.advance(Duration::from_secs(2));
        // Until a sign of life has been given.
        while app.delivery(id).await.lease_until.unwrap() <= claimed {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        app.until_armed(id).await;
        // Beyond the lease of the claim, within that of the sign of life.
        app.clock.advance(Duration::from_millis(1500));
        worker.sweep_leases().await.unwrap()
    };

    let ((), has_swept) = tokio::join!(work, time_passes);

    assert!(!has_swept, "its worker lives");
    assert_eq!(app.delivery(id).await.state, DeliveryState::Published);
    assert_eq!(app.live(DOUYIN).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_lives_keeps_its_delivery_from_step_to_step_on_sqlite() {
    stays_in_its_hands(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_lives_keeps_its_delivery_from_step_to_step_on_postgres() {
    stays_in_its_hands(Backend::Postgres).await;
}

/// T15: whoever takes this delivery dies. After the third it is laid aside, and its lane goes on.
#[cfg(feature = "crashpoints")]
async fn is_laid_aside(backend: Backend) {
    let app = TestApp::start(backend).await;
    let account = app.connect("douyin", &[]).await;
    let poison = app.send(DOUYIN, &account, "一杯毒药").await;
    for death in 1..=3 {
        let worker = std::sync::Arc::new(app.worker().await);
        fenfa::crash::pull(Some("before_arm"), 1);
        let working = std::sync::Arc::clone(&worker);
        let ended = tokio::spawn(async move { working.run_until_idle().await }).await;
        worker.drain().await;
        assert!(fenfa::crash::plug_in(), "worker {death} lived: {ended:?}");
        drop(worker);
        app.clock.advance(Duration::from_secs(61));
    }
    let worker = app.worker().await;
    let next = app.send(DOUYIN, &account, "一杯绿茶").await;

    let gone_out = app.settle(&worker, next).await;
    let poison = app.delivery(poison).await;

    assert_eq!(poison.state, DeliveryState::NeedsReview, "{poison:#?}");
    assert_eq!(poison.reason, Some(Reason::Poison));
    assert_eq!(gone_out.state, DeliveryState::Published, "{gone_out:#?}");
    assert_eq!(app.live(DOUYIN).len(), 1);
}

#[cfg(feature = "crashpoints")]
#[tokio::test]
async fn t15_a_delivery_that_kills_its_workers_is_laid_aside_on_sqlite() {
    is_laid_aside(Backend::Sqlite).await;
}

#[cfg(feature = "crashpoints")]
#[tokio::test]
async fn t15_a_delivery_that_kills_its_workers_is_laid_aside_on_postgres() {
    is_laid_aside(Backend::Postgres).await;
}
