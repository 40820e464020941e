//! T10: tokens end in the middle of a delivery, and refreshing them goes wrong in every way. One refresh, no grant lost
//! by a passing error, and the work goes on at its step.

use std::time::Duration;

use fenfa::{
    app::App,
    channels::fault::{Fault, FaultRule},
    config::Config,
    delivery::{AccountStatus, ChannelAccount, DeliveryState},
    id::DeliveryId,
};
use serde_json::json;

use crate::harness::{DOUYIN, TestApp};

/// An account whose token has half an hour and a little more.
async fn connect(app: &TestApp) -> ChannelAccount {
    let short = json!({ "set": { "access_life_s": 2000 } });
    app.simulators.control("douyin", &short).unwrap();
    let account = app.connect("douyin", &[("listing_delay_s", "0")]).await;
    let actor = app.system().await;
    let check = app.app.delivery.check_account(&actor, account.id).await;
    assert!(check.unwrap().ok);
    app.app.delivery.account(&actor, account.id).await.unwrap()
}

async fn again(app: &TestApp, account: &ChannelAccount) -> ChannelAccount {
    let actor = app.system().await;
    app.app.delivery.account(&actor, account.id).await.unwrap()
}

async fn calls(app: &TestApp, id: DeliveryId, step: &str) -> usize {
    let actor = app.system().await;
    let attempts = app.app.delivery.attempts(&actor, id).await.unwrap();
    attempts
        .iter()
        .filter(|attempt| attempt.step == step)
        .count()
}

fn fault(app: &TestApp, path: &str, times: u32, fault: Fault) {
    let rule = FaultRule {
        path: path.to_owned(),
        skip: 0,
        times,
        fault,
    };
    assert!(app.simulators.add_fault("douyin", rule));
}

/// The token has ended, and refreshing it meets a fault: the grant stays, and the delivery goes out in the end.
async fn survives(app: &TestApp, times: u32, met: Fault) {
    let account = connect(app).await;
    let worker = app.worker().await;
    app.clock.advance(Duration::from_mins(35));
    fault(app, "/oauth/refresh_token", times, met);
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;

    let delivery = app.settle(&worker, id).await;

    let after = again(app, &account).await;
    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(after.status, AccountStatus::Active);
    assert_eq!(after.token_version, account.token_version + 1);
    assert_eq!(app.live(DOUYIN).len(), 1);
}

both_databases! {
    async fn t10_a_token_that_ends_between_upload_and_publishing_is_refreshed_once(app: TestApp) {
        let account = connect(&app).await;
        let worker = app.worker().await;
        fault(&app, "/upload_video", 1, Fault::Slow { millis: 600 });
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        let work = async {
            worker.tick().await.unwrap();
            worker.drain().await;
        };
        let time_passes = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            app.clock.advance(Duration::from_mins(35));
        };

        tokio::join!(work, time_passes);
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(again(&app, &account).await.token_version, account.token_version + 1);
        assert_eq!(calls(&app, id, "create_video").await, 1);
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn t10_a_token_that_the_platform_ends_early_is_refreshed_and_nothing_is_uploaded_again(app: TestApp) {
        let account = connect(&app).await;
        let worker = app.worker().await;
        let expired = json!({
            "data": { "error_code": 2_190_008, "description": "access_token expired" },
            "extra": { "error_code": 2_190_008, "description": "access_token expired", "logid": "x" },
        });
        fault(&app, DOUYIN.commit, 1, Fault::BodyBefore { body: expired.to_string() });
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(again(&app, &account).await.token_version, account.token_version + 1);
        assert_eq!(calls(&app, id, "upload_video").await, 1);
        assert_eq!(calls(&app, id, "create_video").await, 2, "a definite refusal may be repeated");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn t10_a_token_that_ends_while_the_platform_reviews_is_refreshed(app: TestApp) {
        let account = connect(&app).await;
        let worker = app.worker().await;
        let slow = json!({ "set": { "review_delay_s": 3000, "profile": "classic" } });
        app.simulators.control("douyin", &slow).unwrap();
        let actor = app.system().await;
        let mut settings = account.settings.clone();
        settings.insert("read_profile".into(), "classic".into());
        let changes = fenfa::delivery::AccountChanges { settings: Some(settings), ..Default::default() };
        app.app.delivery.update_account(&actor, account.id, account.version, changes).await.unwrap();
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::WaitingChannel);
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert!(again(&app, &account).await.token_version > account.token_version);
        assert_eq!(calls(&app, id, "create_video").await, 1);
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn t10_a_refresh_that_fails_twice_loses_no_grant(app: TestApp) {
        survives(&app, 2, Fault::StatusBefore { status: 500 }).await;
    }

    async fn t10_a_refresh_that_is_slow_is_waited_for(app: TestApp) {
        survives(&app, 1, Fault::Slow { millis: 1500 }).await;
    }

    async fn t10_an_empty_refresh_token_never_overwrites_the_one_that_is_there(app: TestApp) {
        let account = connect(&app).await;
        let worker = app.worker().await;
        app.simulators.control("douyin", &json!({ "set": { "empty_refresh_token": true } })).unwrap();

        for number in 1..=3 {
            app.clock.advance(Duration::from_mins(35));
            let id = app.send(DOUYIN, &account, &format!("第{number}杯绿茶")).await;
            let delivery = app.settle(&worker, id).await;

            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
            assert_eq!(again(&app, &account).await.token_version, account.token_version + number);
        }
        assert_eq!(app.live(DOUYIN).len(), 3);
    }

    async fn t10_two_nodes_that_need_a_new_token_share_one_refresh(app: TestApp) {
        let account = connect(&app).await;
        let layers = [app.layers[0].as_str(), app.layers[1].as_str()];
        let second = App::start(Config::with_layers(&layers).unwrap(), app.clock.clone()).await.unwrap();
        app.clock.advance(Duration::from_mins(35));
        fault(&app, "/oauth/refresh_token", 1, Fault::Slow { millis: 400 });
        let actor = app.system().await;

        let (here, there) = tokio::join!(
            app.app.delivery.check_account(&actor, account.id),
            second.delivery.check_account(&actor, account.id),
        );

        assert!(here.unwrap().ok && there.unwrap().ok);
        assert_eq!(again(&app, &account).await.token_version, account.token_version + 1);
    }
}
