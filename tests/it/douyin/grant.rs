//! The life of a grant, and what an account may do.

use std::time::Duration;

use fenfa::delivery::{AccountStatus, DeliveryState, Reason};
use serde_json::json;

use super::{DAY, HOUR, account_of, at_call, control, count, publish, send, send_by, set};
use crate::harness::DOUYIN;

both_databases! {
    async fn whose_account_it_is_is_learnt_from_the_grant(app: TestApp) {
        let account = app.connect("douyin", &[("open_id", "")]).await;

        let delivery = send(&app, &account).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(account_of(&app, &account).await.external_id.as_deref(), Some("_000openid-a"));
    }

    async fn a_check_says_what_an_account_may_do(app: TestApp) {
        let connected = app.connect("douyin", &[]).await.status_note.unwrap();
        set(&app, &json!({ "profile": "offline" }));
        let offline = app.connect("douyin", &[]).await.status_note.unwrap();
        set(&app, &json!({ "user_scopes": ["user_info"] }));
        let hand_off = app.connect("douyin", &[]).await.status_note.unwrap();
        set(&app, &json!({ "user_scopes": ["content.publish"] }));
        let renamed = app.connect("douyin", &[("publish_scopes", "video.create.bind,content.publish")]).await;

        assert!(connected.starts_with("可以直接发布；能查询作品"), "{connected}");
        assert!(connected.contains("授权到 2026-04-02，还能自动续期 5 次"), "{connected}");
        assert!(offline.starts_with("可以直接发布；不能查询作品"), "{offline}");
        assert!(hand_off.starts_with("没有「代替用户发布」权限") && hand_off.contains("可以扫码发布"), "{hand_off}");
        assert!(renamed.status_note.as_ref().unwrap().starts_with("可以直接发布"), "{renamed:?}");
    }

    async fn a_grant_outlives_its_tokens_by_refreshing_and_renewing(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        // Nothing is sent for seven weeks; the sweep of tokens alone keeps the grant, as late as it may be.
        for _ in 0..50 * 24 * 2 {
            app.clock.advance(Duration::from_mins(30));
            worker.refresh_tokens().await.unwrap();
        }

        let delivery = send_by(&app, &worker, &account).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let known = control(&app, &json!({ "state": true }));
        let grants = known["grants"].as_array().unwrap();
        assert_eq!(grants.len(), 1, "nobody had to sign in again");
        assert!((1..=5).contains(&grants[0]["renewals"].as_u64().unwrap()), "{grants:#?}");
    }

    async fn an_account_that_sends_each_fortnight_keeps_its_grant(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        for _ in 0..4 {
            assert_eq!(send(&app, &account).await.state, DeliveryState::Published);
            app.clock.advance(14 * DAY + 12 * HOUR);
        }

        let known = control(&app, &json!({ "state": true }));
        assert_eq!(known["grants"].as_array().unwrap().len(), 1, "nobody had to sign in again");
    }

    async fn when_renewals_are_spent_a_person_signs_in_again(app: TestApp) {
        set(&app, &json!({ "most_renewals": 1 }));
        let account = app.connect("douyin", &[]).await;
        let mut states = Vec::new();
        for _ in 0..7 {
            let delivery = send(&app, &account).await;
            states.push((delivery.state, delivery.reason));
            app.clock.advance(14 * DAY);
        }

        let published = (DeliveryState::Published, None);
        assert_eq!(&states[..6], [published; 6]);
        assert_eq!(states[6], (DeliveryState::Held, Some(Reason::Login)));
        assert_eq!(account_of(&app, &account).await.status, AccountStatus::NeedsLogin);
    }

    async fn an_application_that_may_not_renew_goes_on_refreshing(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        set(&app, &json!({ "app_scopes": ["video.create.bind", "video.list.bind", "video.data.bind"] }));
        app.clock.advance(16 * DAY);

        let delivery = send(&app, &account).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(account_of(&app, &account).await.status, AccountStatus::Active);
    }

    async fn a_refresh_without_a_new_refresh_token_keeps_the_one_that_works(app: TestApp) {
        set(&app, &json!({ "access_life_s": 86_400 }));
        let account = app.connect("douyin", &[]).await;
        send(&app, &account).await;
        set(&app, &json!({ "empty_refresh_token": true }));

        for _ in 0..2 {
            app.clock.advance(2 * DAY);
            let delivery = send(&app, &account).await;
            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        }

        assert_eq!(app.live(DOUYIN).len(), 3);
    }

    async fn a_token_that_dies_between_upload_and_creation_is_refreshed(app: TestApp) {
        at_call(&app, DOUYIN.commit, 0, json!({ "expire": "access" }));

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, "upload_video").await, 1, "what was uploaded is still good");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_grant_that_the_user_withdrew_waits_for_a_person_and_then_goes_on(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        at_call(&app, "/upload_video", 0, json!({ "revoke": true }));
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();

        let held = app.delivery(id).await;
        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Login)), "{held:#?}");
        assert!(app.live(DOUYIN).is_empty());
        app.sign_in(&account).await;
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn an_account_that_may_not_publish_says_so_and_sends_nothing(app: TestApp) {
        set(&app, &json!({ "profile": "handoff" }));
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        worker.run_until_idle().await.unwrap();

        let delivery = app.delivery(id).await;
        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Held, Some(Reason::Permission)), "{delivery:#?}");
        assert!(app.live(DOUYIN).is_empty());
    }
}
