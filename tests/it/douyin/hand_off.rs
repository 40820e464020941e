//! Works that a person publishes from a link.

use std::time::Duration;

use fenfa::delivery::{ChannelAccount, Delivery, DeliveryState, NewAccount, Reason, Worker};
use serde_json::{Value, json};

use super::{HOUR, set};
use crate::harness::{DOUYIN_HAND_OFF, TestApp, fixture};

/// Schedules a video for hand-off and works until it waits for a person.
async fn hand_off(app: &TestApp, worker: &Worker, account: &ChannelAccount) -> Delivery {
    let id = app.send(DOUYIN_HAND_OFF, account, "一杯绿茶").await;
    worker.run_until_idle().await.unwrap();
    app.delivery(id).await
}

/// The link in a delivery's task.
fn link(delivery: &Delivery) -> String {
    let task = delivery.reason_params["message"].as_str().unwrap();
    let at = task
        .find("snssdk1128://")
        .unwrap_or_else(|| panic!("no link: {delivery:#?}"));
    task[at..].to_owned()
}

/// Somebody opens a link on a telephone.
async fn open(app: &TestApp, body: Value) -> (u16, Value) {
    let url = format!("{}/douyin/phone", app.simulators_url);
    let answer = app.http.post(url).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

both_databases! {
    async fn a_person_publishes_what_a_link_opens(app: TestApp) {
        // Nobody may publish directly; reading back is allowed.
        set(&app, &json!({ "user_scopes": ["user_info", "video.list.bind"] }));
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;

        let waiting = hand_off(&app, &worker, &account).await;
        assert_eq!((waiting.state, waiting.reason), (DeliveryState::WaitingUser, Some(Reason::Task)), "{waiting:#?}");
        assert!(app.live(DOUYIN_HAND_OFF).is_empty(), "nothing is public before a person acts");
        let (status, shown) = open(&app, json!({ "link": link(&waiting) })).await;
        assert_eq!((status, &shown["size_bytes"]), (200, &json!(fixture("vertical-2s.mp4").len())), "{shown}");
        let (status, made) = open(&app, json!({ "link": link(&waiting), "publish": true })).await;
        assert_eq!(status, 200, "{made}");
        let delivery = app.settle(&worker, waiting.id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(delivery.external_id.as_deref(), made["item_id"].as_str());
        let live = app.live(DOUYIN_HAND_OFF);
        assert_eq!(live.len(), 1);
        assert!(live[0]["title"].as_str().unwrap().contains(&delivery.marker));
    }

    async fn pictures_are_handed_off_too(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let source = app.gallery("一杯绿茶", 2).await;
        let id = app.schedule(DOUYIN_HAND_OFF, &account, source).await;
        worker.run_until_idle().await.unwrap();

        let (status, shown) = open(&app, json!({ "link": link(&app.delivery(id).await) })).await;

        assert_eq!((status, &shown["pictures"]), (200, &json!(2)), "{shown}");
    }

    async fn a_work_that_is_published_twice_from_one_link_is_the_first(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let waiting = hand_off(&app, &worker, &account).await;
        let (_, first) = open(&app, json!({ "link": link(&waiting), "publish": true })).await;
        app.clock.advance(Duration::from_secs(1));
        open(&app, json!({ "link": link(&waiting), "publish": true })).await;

        let delivery = app.settle(&worker, waiting.id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(delivery.external_id.as_deref(), first["item_id"].as_str());
    }

    async fn a_link_is_signed_anew_while_it_waits(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let first = hand_off(&app, &worker, &account).await;
        app.clock.advance(3 * HOUR);

        let (stale, told) = open(&app, json!({ "link": link(&first) })).await;
        worker.run_until_idle().await.unwrap();
        let (fresh, _) = open(&app, json!({ "link": link(&app.delivery(first.id).await) })).await;

        assert_eq!((stale, fresh), (400, 200), "{told}");
        let forged = link(&first).replace("signature=", "signature=0");
        assert_eq!(open(&app, json!({ "link": forged })).await.0, 400);
    }

    async fn a_link_that_nobody_opens_is_left_to_a_person(app: TestApp) {
        let account = app.connect("douyin", &[("handoff_patience_s", "7200")]).await;
        let worker = app.worker().await;
        let waiting = hand_off(&app, &worker, &account).await;

        let delivery = app.settle(&worker, waiting.id).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::NeedsReview, Some(Reason::TaskExpired)), "{delivery:#?}");
        assert!(app.clock.now() >= waiting.created_at.plus(2 * HOUR));
    }

    async fn handing_off_needs_nobodys_grant(app: TestApp) {
        let texts = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let new = NewAccount {
            channel: "douyin".into(),
            name: "扫码".into(),
            settings: texts(&[("client_key", "awsim0001"), ("base_url", &format!("{}/douyin", app.simulators_url))]),
            credentials: texts(&[("client_secret", "sim-secret-0001")]),
            tokens: None,
        };
        let account = app.app.delivery.connect_account(&app.system().await, new).await.unwrap();
        let waiting = hand_off(&app, &app.worker().await, &account).await;

        let note = account.status_note.unwrap();
        assert!(note.contains("不能直接发布：还没有授权") && note.contains("可以扫码发布"), "{note}");
        assert_eq!(waiting.state, DeliveryState::WaitingUser, "{waiting:#?}");
        assert_eq!(open(&app, json!({ "link": link(&waiting) })).await.0, 200);
    }
}
