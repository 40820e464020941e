//! What follows where a platform cannot be asked, on both databases. Numbers are those of the fault protocol.

use fenfa::{
    channels::fault::{Fault, FaultRule},
    delivery::{DeliveryState, Reason},
};

use crate::{
    conformance::commit_calls,
    harness::{BAIDU_SEARCH, BAIDU_WEBSITE, DOUYIN},
};

both_databases! {
    async fn t5_douyin_without_its_list_asks_a_person(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
        app.lasting_fault(DOUYIN, "/video_list", Fault::StatusBefore { status: 503 });
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::NeedsReview, "{delivery:#?}");
        assert_eq!(delivery.reason, Some(Reason::LookupFailed));
        assert_eq!(delivery.reason_params["candidates"], serde_json::json!([]));
        assert_eq!(commit_calls(&app, id).await, 1, "no resend");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn t5_baidu_without_its_counter_asks_a_person(app: TestApp) {
        let route = BAIDU_WEBSITE;
        let account = app.connect(route.channel, &[("probe_quota", "on")]).await;
        let worker = app.worker().await;
        let rule = |skip, times, fault| FaultRule {
            path: route.commit.to_owned(),
            skip,
            times,
            fault,
        };
        // The counter is read, the push is lost, and the counter is gone from then on.
        app.simulators.add_fault(route.channel, rule(1, 1, Fault::AcceptThenDrop));
        app.simulators.add_fault(route.channel, rule(1, 0, Fault::StatusBefore { status: 503 }));
        let id = app.send(route, &account, "明前龙井的冲泡要点与火候").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::NeedsReview, "{delivery:#?}");
        assert_eq!(delivery.reason, Some(Reason::LookupFailed));
        assert_eq!(commit_calls(&app, id).await, 1, "no resend");
        assert_eq!(app.live(route).len(), 1);
    }

    async fn a_repeat_that_is_lost_too_is_taken_as_accepted_and_says_so(app: TestApp) {
        let route = BAIDU_SEARCH;
        let account = app.connect(route.channel, &[]).await;
        let worker = app.worker().await;
        app.lasting_fault(route, route.commit, Fault::AcceptThenDrop);
        let id = app.send(route, &account, "明前龙井的冲泡要点与火候").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert!(delivery.is_assumed);
        assert_eq!(delivery.reason, Some(Reason::Assumed));
        assert_eq!(commit_calls(&app, id).await, 2);
        assert_eq!(app.live(route).len(), 1);
    }
}
