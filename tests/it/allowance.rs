//! T11: a day's allowance is used up in the middle of a batch; the rest waits for the next day, in order.

use std::time::Duration;

use fenfa::{
    delivery::{DeliveryState, Reason},
    id::DeliveryId,
};
use serde_json::json;

use crate::harness::{BAIDU_WEBSITE, DOUYIN, TestApp};

const BATCH: usize = 50;
const A_DAY: usize = 20;

/// Works through a batch over three days. `declared` is what we believe the platform allows.
async fn takes_three_days(app: &TestApp, declared: &str) {
    let few = json!({ "set": { "creates_per_day": A_DAY } });
    app.simulators.control("douyin", &few).unwrap();
    let settings = [("quota.publish_daily", declared), ("listing_delay_s", "0")];
    let account = app.connect("douyin", &settings).await;
    let worker = app.worker().await;
    let mut ids = Vec::new();
    for number in 0..BATCH {
        let title = format!("第{number}杯绿茶的冲泡");
        ids.push(app.send(DOUYIN, &account, &title).await);
        // So that the order in which they are due is that of this list.
        app.clock.advance(Duration::from_millis(10));
    }

    for (day, midnight) in [
        "2026-03-03T16:00:00Z",
        "2026-03-04T16:00:00Z",
        "2026-03-05T16:00:00Z",
    ]
    .iter()
    .enumerate()
    {
        // A refused call lets its lane rest for a moment, not for the day.
        for _ in 0..3 {
            worker.run_until_idle().await.unwrap();
            app.clock.advance(Duration::from_secs(40));
        }
        let sent = BATCH.min((day + 1) * A_DAY);
        assert_eq!(app.live(DOUYIN).len(), sent, "never more than a day allows");
        for (place, id) in ids.iter().enumerate() {
            let delivery = app.delivery(*id).await;
            if place < sent {
                assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
            } else {
                assert_eq!(delivery.state, DeliveryState::Held, "{delivery:#?}");
                assert_eq!(delivery.reason, Some(Reason::Quota));
                assert_eq!(delivery.next_run_at.unwrap().to_string(), *midnight);
            }
        }
        counters_agree(app, ids[0], day).await;
        app.set_time(midnight);
    }
    let order: Vec<String> = titles(app);
    let expected: Vec<String> = (0..BATCH).map(|number| format!("第{number}杯")).collect();
    for (shown, expected) in order.iter().zip(&expected) {
        assert!(shown.contains(expected), "{shown} is not {expected}");
    }
}

/// What we counted is what the platform counted.
async fn counters_agree(app: &TestApp, any: DeliveryId, day: usize) {
    let mut delivery = app.delivery(any).await;
    delivery.due_at = app.clock.now();
    let actor = app.system().await;
    let outlook = app.app.delivery.quota_outlook(&actor, &delivery).await;
    let ours = outlook.unwrap()[0].taken;
    let state = app.simulators.control("douyin", &json!({ "state": true }));
    let theirs = &state.unwrap()["made"][format!("2026-03-0{}", 3 + day)];
    assert_eq!(theirs, &json!(ours), "on day {day}");
}

/// In the order in which they were made.
fn titles(app: &TestApp) -> Vec<String> {
    let live = app.live(DOUYIN);
    live.iter()
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect()
}

both_databases! {
    async fn t11_a_batch_beyond_the_allowance_goes_on_in_order_the_next_day(app: TestApp) {
        takes_three_days(&app, "20").await;
    }

    async fn t11_a_platform_that_allows_less_than_declared_is_believed(app: TestApp) {
        takes_three_days(&app, "75").await;
    }

    async fn a_platform_that_says_what_is_left_is_not_asked_for_more(app: TestApp) {
        app.simulators.control("baidu", &json!({ "set": { "website_push": 2 } })).unwrap();
        let account = app.connect("baidu", &[("quota.website_push", "100")]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let outlook = async || {
            let at = app.clock.now();
            let mut outlooks = app.app.delivery.lane_outlook(&actor, account.id, "website", at).await.unwrap();
            let of_pushes = outlooks.iter().position(|one| one.name == "website_push").unwrap();
            outlooks.swap_remove(of_pushes)
        };
        assert_eq!(outlook().await.allowed, 100, "as declared, until the platform says otherwise");

        let first = app.send(BAIDU_WEBSITE, &account, "春茶上新第一口鲜").await;
        app.settle(&worker, first).await;
        let learned = outlook().await;
        let today = app.app.delivery.account_outlook(&actor, account.id).await.unwrap();
        let website = today.iter().find(|lane| lane.lane == "website").unwrap();
        assert!(website.quotas.contains(&learned), "what people see is what is believed: {website:?}");
        let mut ids = Vec::new();
        for title in ["夏天的第一杯冷泡茶", "秋天的铁观音"] {
            ids.push(app.send(BAIDU_WEBSITE, &account, title).await);
            app.clock.advance(Duration::from_millis(10));
        }
        worker.run_until_idle().await.unwrap();

        assert_eq!((learned.allowed, learned.taken, learned.left()), (2, 1, 1), "{learned:#?}");
        let states = [app.delivery(ids[0]).await, app.delivery(ids[1]).await].map(|delivery| (delivery.state, delivery.reason));
        assert_eq!(states, [(DeliveryState::Published, None), (DeliveryState::Held, Some(Reason::Quota))]);
        let attempts = app.app.delivery.attempts(&actor, ids[1]).await.unwrap();
        assert!(attempts.iter().all(|attempt| attempt.step != "push_url"), "nothing was sent to be refused: {attempts:#?}");
    }
}
