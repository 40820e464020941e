//! Douyin's own ways, against its simulator: uploads, review, figures, what an account may not do.

use std::time::Duration;

use fenfa::{
    channels::fault::Fault,
    delivery::{Delivery, DeliveryState, Reason},
};
use serde_json::{Value, json};

use crate::harness::{DOUYIN, TestApp};

/// Publishes a video with an account that has these settings.
async fn publish(app: &TestApp, settings: &[(&str, &str)]) -> Delivery {
    let account = app.connect("douyin", settings).await;
    let worker = app.worker().await;
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;
    app.settle(&worker, id).await
}

fn set(app: &TestApp, settings: &Value) {
    app.simulators
        .control("douyin", &json!({ "set": settings }))
        .unwrap();
}

both_databases! {
    async fn a_large_video_goes_in_parts_and_is_one_work(app: TestApp) {
        // The platform takes no single upload of this size, and parts of these bounds only.
        set(&app, &json!({ "single_upload_bytes": 5000, "least_part_bytes": 4000, "most_part_bytes": 20_000 }));

        let delivery = publish(&app, &[("single_upload_bytes", "5000"), ("part_bytes", "8000")]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
        let attempts = app.app.delivery.attempts(&app.system().await, delivery.id).await.unwrap();
        let calls: Vec<&str> = attempts.iter().flat_map(|attempt| &attempt.exchanges).map(|exchange| exchange.request.as_str()).collect();
        let parts = calls.iter().filter(|call| call.contains("upload_part_video") || call.contains("upload_video_part")).count();
        assert!(parts > 1, "{calls:#?}");
        assert!(calls.iter().any(|call| call.contains("complete")), "{calls:#?}");
    }

    async fn a_small_video_goes_at_once_with_its_caption_and_topics(app: TestApp) {
        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published);
        let live = app.live(DOUYIN);
        assert_eq!(live[0]["key"].as_str(), delivery.external_id.as_deref());
        assert!(live[0]["title"].as_str().unwrap().starts_with("一杯绿茶"), "{live:?}");
        assert!(live[0]["title"].as_str().unwrap().contains("#绿茶"), "{live:?}");
    }

    async fn what_a_review_refuses_is_not_called_published(app: TestApp) {
        set(&app, &json!({ "refused_words": ["绿茶"], "profile": "classic" }));

        let delivery = publish(&app, &[("read_profile", "classic")]).await;

        assert_eq!(delivery.state, DeliveryState::Rejected, "{delivery:#?}");
        assert_eq!(delivery.reason, Some(Reason::Refused));
        assert_eq!(app.live(DOUYIN)[0]["state"], "不适宜公开");
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

    async fn figures_come_from_the_day_after(app: TestApp) {
        let delivery = publish(&app, &[]).await;
        let actor = app.system().await;
        app.clock.advance(Duration::from_hours(48));

        let totals = app.app.delivery.statistics(&actor, delivery.id).await.unwrap().unwrap();

        assert_eq!(totals.views, Some(240));
        assert_eq!(totals.likes, Some(12));
    }

    async fn numbers_that_come_as_texts_are_read_all_the_same(app: TestApp) {
        set(&app, &json!({ "numbers_as_text": true }));

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    }

    async fn a_grant_outlives_its_tokens_by_refreshing_and_renewing(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let mut states = Vec::new();
        for _ in 0..4 {
            let id = app.send(DOUYIN, &account, "一杯绿茶").await;
            states.push(app.settle(&worker, id).await.state);
            app.clock.advance(Duration::from_hours(14 * 24));
        }

        assert_eq!(states, [DeliveryState::Published; 4]);
        let known = app.simulators.control("douyin", &json!({ "state": true })).unwrap();
        let grants = known["grants"].as_array().unwrap();
        assert_eq!(grants.len(), 1, "nobody had to sign in again");
        assert!((1..=5).contains(&grants[0]["renewals"].as_u64().unwrap()), "{grants:#?}");
    }

    async fn a_refresh_without_a_new_refresh_token_keeps_the_one_that_works(app: TestApp) {
        set(&app, &json!({ "access_life_s": 86_400 }));
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        app.settle(&worker, id).await;
        set(&app, &json!({ "empty_refresh_token": true }));

        for _ in 0..2 {
            app.clock.advance(Duration::from_hours(48));
            let id = app.send(DOUYIN, &account, "一杯绿茶").await;
            let delivery = app.settle(&worker, id).await;
            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        }

        assert_eq!(app.live(DOUYIN).len(), 3);
    }

    async fn a_work_made_by_hand_is_not_taken_for_a_lost_one(app: TestApp) {
        let foreign = json!({ "insert_foreign": { "text": "一杯绿茶" } });
        let foreign = app.simulators.control("douyin", &foreign).unwrap();
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_ne!(delivery.external_id.as_deref(), foreign["item_id"].as_str());
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn the_platforms_count_of_works_holds_the_rest_until_tomorrow(app: TestApp) {
        set(&app, &json!({ "creates_per_day": 1 }));
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let first = app.send(DOUYIN, &account, "一杯绿茶").await;
        app.settle(&worker, first).await;
        let second = app.send(DOUYIN, &account, "一杯红茶").await;
        app.clock.advance(Duration::from_mins(1));

        worker.run_until_idle().await.unwrap();
        let held = app.delivery(second).await;
        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Quota)), "{held:#?}");
        let delivery = app.settle(&worker, second).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert!(app.clock.now() >= "2026-03-03T16:00:00Z".parse().unwrap(), "after midnight in Beijing");
        assert_eq!(app.live(DOUYIN).len(), 2);
    }

    async fn a_busy_platform_is_doubt_for_a_work_and_a_retry_for_an_upload(app: TestApp) {
        let body = r#"{"data":{"error_code":2100004,"description":"busy"},"extra":{"error_code":2100004}}"#;
        app.fault(DOUYIN, "/upload_video", Fault::BodyBefore { body: body.to_owned() });
        app.fault(DOUYIN, DOUYIN.commit, Fault::BodyAfter { body: body.to_owned() });
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::RetryWait);
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1, "the busy platform had taken it");
    }

    async fn a_file_that_the_platform_cannot_take_ends_the_delivery_with_its_words(app: TestApp) {
        let body = r#"{"data":{"error_code":2190006,"description":"video too long"},"extra":{"error_code":2190006}}"#;
        app.fault(DOUYIN, "/upload_video", Fault::BodyBefore { body: body.to_owned() });

        let delivery = publish(&app, &[]).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Rejected, Some(Reason::Refused)), "{delivery:#?}");
        let attempts = app.app.delivery.attempts(&app.system().await, delivery.id).await.unwrap();
        assert!(format!("{attempts:?}").contains("2190006"), "{attempts:#?}");
        assert!(app.live(DOUYIN).is_empty());
    }

    async fn a_status_that_cannot_be_read_any_more_is_not_called_refused(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        set(&app, &json!({ "profile": "offline" }));
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }
}
