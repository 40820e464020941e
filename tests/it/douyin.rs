//! Douyin's own ways, against its simulator: uploads, review, figures, what an account may not do.

use std::time::Duration;

use fenfa::delivery::{Delivery, DeliveryState, Reason};
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
}
