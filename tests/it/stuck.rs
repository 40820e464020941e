//! What must not be forgotten, sent twice or stopped by others: rows that nothing would wake, deliveries that kill their
//! workers, answers that come twice, figures that cannot be had, lists that lag behind.

use std::{sync::Arc, time::Duration};

use fenfa::{
    channels::fault::Fault,
    delivery::{AccountChanges, DeliveryState, Due, Reason, ScheduleInput},
    id::DeliveryId,
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;

use crate::harness::{DOUYIN, TestApp};

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

/// T15: whoever takes this delivery dies. After the third it is laid aside, and its lane goes on.
#[cfg(feature = "crashpoints")]
async fn is_laid_aside(backend: crate::harness::Backend) {
    let app = TestApp::start(backend).await;
    let account = app.connect("douyin", &[]).await;
    let poison = app.send(DOUYIN, &account, "一杯毒药").await;
    for death in 1..=3 {
        let worker = Arc::new(app.worker().await);
        fenfa::crash::pull(Some("before_arm"), 1);
        let working = Arc::clone(&worker);
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
    is_laid_aside(crate::harness::Backend::Sqlite).await;
}

#[cfg(feature = "crashpoints")]
#[tokio::test]
async fn t15_a_delivery_that_kills_its_workers_is_laid_aside_on_postgres() {
    is_laid_aside(crate::harness::Backend::Postgres).await;
}
