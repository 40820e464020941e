//! The life of a delivery under faults, to every channel, on both databases. Numbers are those of the fault
//! protocol. Every test ends at the simulator's ledger: what readers see.

use std::time::Duration;

use fenfa::{
    channels::fault::{Fault, FaultRule},
    delivery::{DeliveryState, Reason, StepState},
};

use crate::harness::{
    ALIPAY, ALIPAY_ARTICLE, BAIDU_FEED, BAIDU_SEARCH, BAIDU_WEBSITE, DOUYIN, Route, TestApp,
    WECHAT, WECHAT_PICTURES,
};

/// How often the step that readers see was called, as attempts tell.
async fn commit_calls(app: &TestApp, id: fenfa::id::DeliveryId) -> usize {
    let actor = app.system().await;
    let steps = app.app.delivery.steps(&actor, id).await.unwrap();
    let commit = steps.iter().rfind(|step| step.is_commit()).unwrap();
    let attempts = app.app.delivery.attempts(&actor, id).await.unwrap();
    attempts
        .iter()
        .filter(|attempt| attempt.step == commit.step.name)
        .count()
}

async fn goes_out(app: &TestApp, route: Route) {
    let account = app.connect(route.channel, &[]).await;
    let worker = app.worker().await;
    let id = app.send(route, &account, "明前龙井的冲泡要点与火候").await;

    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert!(delivery.external_id.is_some());
    assert_eq!(app.live(route).len(), 1);
    assert_eq!(commit_calls(app, id).await, 1);
    let steps = app
        .app
        .delivery
        .steps(&app.system().await, id)
        .await
        .unwrap();
    assert!(steps.iter().all(|step| step.state == StepState::Done));
}

/// T2, T6: the effect happened, and what came back says nothing.
async fn is_found(app: &TestApp, route: Route, fault: Fault) {
    let account = app
        .connect(route.channel, &[("call_deadline_s", "2")])
        .await;
    let worker = app.worker().await;
    app.fault(route, route.commit, fault);
    let id = app.send(route, &account, "明前龙井的冲泡要点与火候").await;

    worker.run_until_idle().await.unwrap();
    let delivery = app.delivery(id).await;
    assert_eq!(delivery.state, DeliveryState::Uncertain, "{delivery:#?}");
    assert_eq!(delivery.reason, Some(Reason::AnswerLost));
    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(route).len(), 1, "{:#?}", app.live(route));
    if route.channel != "baidu" {
        assert_eq!(
            commit_calls(app, id).await,
            1,
            "it was found, not sent again"
        );
    } else {
        assert_eq!(
            commit_calls(app, id).await,
            2,
            "one repeat that does no harm"
        );
    }
}

/// T4: nothing arrived.
async fn is_sent_again_once(app: &TestApp, route: Route) {
    let account = app.connect(route.channel, &[]).await;
    let worker = app.worker().await;
    app.fault(route, route.commit, Fault::DropBefore);
    let id = app.send(route, &account, "明前龙井的冲泡要点与火候").await;

    worker.run_until_idle().await.unwrap();
    assert_eq!(app.delivery(id).await.state, DeliveryState::Uncertain);
    assert_eq!(app.live(route).len(), 0);
    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(route).len(), 1);
    assert_eq!(commit_calls(app, id).await, 2);
}

/// T8: a worker stands still in the middle of its call; another takes over; the first one wakes up.
async fn a_stale_worker_writes_nothing(app: &TestApp, route: Route) {
    let account = app.connect(route.channel, &[]).await;
    let worker = app.worker().await;
    app.fault(route, route.commit, Fault::Slow { millis: 1500 });
    let id = app.send(route, &account, "明前龙井的冲泡要点与火候").await;
    let call = async {
        worker.tick().await.unwrap();
        worker.drain().await;
    };
    let takeover = async {
        // Until the call is under way.
        app.until_armed(id).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        app.clock.advance(Duration::from_mins(5));
        assert!(worker.sweep_leases().await.unwrap());
        app.delivery(id).await
    };

    let ((), taken_over) = tokio::join!(call, takeover);
    let after_waking = app.delivery(id).await;
    assert_eq!(taken_over.state, DeliveryState::Uncertain);
    assert_eq!(after_waking, taken_over, "its writes change nothing");
    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(route).len(), 1);
}

macro_rules! faults {
    ($($name:ident: $route:expr;)+) => {
        $(
            mod $name {
                use super::*;

                both_databases! {
                    async fn it_goes_out_once(app: TestApp) {
                        goes_out(&app, $route).await;
                    }

                    async fn t2_a_lost_answer_is_settled(app: TestApp) {
                        is_found(&app, $route, Fault::AcceptThenDrop).await;
                    }

                    async fn t2_an_answer_that_comes_too_late_is_settled(app: TestApp) {
                        is_found(&app, $route, Fault::AcceptThenDelay { millis: 8000 }).await;
                    }

                    async fn t4_a_request_that_never_arrived_is_sent_again_once(app: TestApp) {
                        is_sent_again_once(&app, $route).await;
                    }

                    async fn t6_a_server_error_after_the_effect_is_doubt(app: TestApp) {
                        is_found(&app, $route, Fault::StatusAfter { status: 502 }).await;
                    }

                    async fn t6_an_empty_answer_is_doubt(app: TestApp) {
                        is_found(&app, $route, Fault::BodyAfter { body: String::new() }).await;
                    }

                    async fn t6_a_page_in_place_of_an_answer_is_doubt(app: TestApp) {
                        let body = "<html><body>welcome</body></html>".to_owned();
                        is_found(&app, $route, Fault::BodyAfter { body }).await;
                    }

                    async fn t6_an_answer_that_is_cut_off_is_doubt(app: TestApp) {
                        let body = "{\"data\":{\"error_code\":".to_owned();
                        is_found(&app, $route, Fault::BodyAfter { body }).await;
                    }

                    async fn t8_a_stale_worker_writes_nothing(app: TestApp) {
                        a_stale_worker_writes_nothing(&app, $route).await;
                    }
                }
            }
        )+
    };
}

faults! {
    douyin: DOUYIN;
    baidu_search: BAIDU_SEARCH;
    baidu_feed: BAIDU_FEED;
    baidu_website: BAIDU_WEBSITE;
    wechat: WECHAT;
    wechat_pictures: WECHAT_PICTURES;
    alipay: ALIPAY;
    alipay_article: ALIPAY_ARTICLE;
}

mod lookup {
    use super::*;

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
}
