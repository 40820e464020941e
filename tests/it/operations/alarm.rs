//! Alarms: grants that end, clocks that jump.

use std::time::Duration;

use fenfa::{
    auth::Role,
    channels::{Tokens, fault::Fault},
    delivery::{AccountChanges, DeliveryState},
    jobs::Leadership,
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;

use super::until_armed;
use crate::harness::{DOUYIN, TestApp};

async fn told(app: &TestApp) -> i64 {
    let db = app.app.db.read();
    let sql = "SELECT count(*) AS n FROM outbox_event WHERE topic = 'account.grant_ending'";
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await;
    row.unwrap().unwrap().try_get("", "n").unwrap()
}

both_databases! {
    async fn t10_people_are_told_before_a_grant_ends_each_time_once(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let account = app.app.delivery.account(&actor, account.id).await.unwrap();
        let ends_at = account.grant_expires_at.expect("the platform tells when the grant ends");
        let days = |days: u64| Duration::from_hours(24 * days);
        let mut counts = Vec::new();
        for before in [days(8), days(7), days(6), days(1), Duration::from_hours(2), Duration::from_hours(1), Duration::ZERO] {
            app.clock.set(ends_at.minus(before));
            worker.tell_ending_grants().await.unwrap();
            worker.tell_ending_grants().await.unwrap();
            counts.push(told(&app).await);
        }

        assert_eq!(counts, [0, 1, 1, 2, 2, 3, 3]);
        let admin = app.person(Role::Admin).await;
        let query = "{ accounts { isGrantEnding grantExpiresAt } }";
        let shown = app.admin_graphql(&admin, query, json!({})).await;
        assert_eq!(shown["data"]["accounts"][0]["isGrantEnding"], true, "{shown:#}");
        let changes = AccountChanges {
            tokens: Some(Tokens {
                access_token: "act.new".to_owned(),
                refresh_token: Some("rft.new".to_owned()),
                refresh_expires_at: Some(ends_at.plus(days(30))),
                ..Tokens::default()
            }),
            ..AccountChanges::default()
        };
        let current = app.app.delivery.account(&actor, account.id).await.unwrap();
        assert!(current.is_grant_ending);
        let renewed = app.app.delivery.update_account(&actor, account.id, current.version, changes).await.unwrap();
        assert_eq!(renewed.grant_expires_at, Some(ends_at.plus(days(30))));
        worker.tell_ending_grants().await.unwrap();
        assert_eq!(told(&app).await, 3, "the new grant is far from its end");
        assert!(!app.app.delivery.account(&actor, account.id).await.unwrap().is_grant_ending);
        app.clock.set(ends_at.plus(days(24)));
        worker.tell_ending_grants().await.unwrap();
        assert_eq!(told(&app).await, 4, "and is told of in its turn");
    }

    async fn t9_a_clock_that_is_set_back_extends_no_lease(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        let worker = app.worker().await;
        let lease = app.app.config.delivery.lease();
        app.fault(DOUYIN, DOUYIN.commit, Fault::Slow { millis: 2500 });
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        let call = async {
            worker.tick().await.unwrap();
            worker.drain().await;
        };
        let jump = async {
            until_armed(&app, id).await;
            app.clock.set(app.clock.now().minus(Duration::from_hours(1)));
            worker.sweep_leases().await.unwrap();
            let cut = app.delivery(id).await;
            assert_eq!(cut.lease_until, Some(app.clock.now().plus(lease)), "{cut:#?}");
            // The worker stands still from here on; its lease ends in time.
            app.clock.advance(lease + Duration::from_secs(1));
            assert!(worker.sweep_leases().await.unwrap());
        };

        tokio::join!(call, jump);

        assert_eq!(app.delivery(id).await.state, DeliveryState::Uncertain);
        let settled = app.settle(&worker, id).await;
        assert_eq!(settled.state, DeliveryState::Published, "{settled:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn t9_a_clock_that_is_set_forward_arms_nothing_twice(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::Slow { millis: 1500 });
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        let call = async {
            worker.tick().await.unwrap();
            worker.drain().await;
        };
        let jump = async {
            until_armed(&app, id).await;
            app.clock.advance(Duration::from_hours(1));
            worker.sweep_leases().await.unwrap();
            worker.tick().await.unwrap();
        };

        tokio::join!(call, jump);

        let settled = app.settle(&worker, id).await;
        assert_eq!(settled.state, DeliveryState::Published, "{settled:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
        let attempts = app.app.delivery.attempts(&app.system().await, id).await.unwrap();
        let commits = attempts.iter().filter(|attempt| attempt.step == "create_video").count();
        assert!(commits <= 1, "{attempts:#?}");
    }

    async fn t9_a_lead_taken_by_a_clock_that_was_ahead_is_free_again(app: TestApp) {
        let lead = |owner: &str| Leadership::new(app.app.db.clone(), app.clock.clone(), owner.to_owned());
        let hold = Duration::from_mins(1);
        app.clock.advance(Duration::from_hours(1));
        assert!(lead("first").take("sweep", hold).await.unwrap());
        assert!(!lead("second").take("sweep", hold).await.unwrap());

        app.clock.set(app.clock.now().minus(Duration::from_hours(1)));

        assert!(lead("second").take("sweep", hold).await.unwrap());
        assert!(!lead("first").take("sweep", hold).await.unwrap());
    }
}
