//! Platforms that are down or slow: the breaker, the budget for trying again, and lanes that do not feel it.

use std::time::Duration;

use fenfa::{
    channels::fault::Fault,
    delivery::{DeliveryState, Reason},
};

use crate::harness::{BAIDU_SEARCH, DOUYIN};

both_databases! {
    async fn a_platform_that_is_down_is_left_alone_until_a_look_succeeds(app: TestApp) {
        let account = app.connect("douyin", &[("quota.publish_daily", "100")]).await;
        let worker = app.worker().await;
        let (actor, service) = (app.system().await, app.app.delivery.clone());
        assert!(service.check_account(&actor, account.id).await.unwrap().ok);
        app.lasting_fault(DOUYIN, "/", Fault::StatusBefore { status: 503 });
        let mut ids = Vec::new();
        for number in 0..6 {
            ids.push(app.send(DOUYIN, &account, &format!("一杯绿茶{number}")).await);
        }

        for _ in 0..6 {
            worker.run_until_idle().await.unwrap();
        }
        let open = service.breakers(&actor).await.unwrap();
        assert_eq!(open.len(), 1, "five failures in a row open it");
        let last = app.delivery(ids[5]).await;
        assert_eq!((last.state, last.reason), (DeliveryState::Held, Some(Reason::ChannelDown)));
        assert_eq!(last.attempt, 0, "it was not even tried");
        let before = open[0].probe_at;
        assert!(!worker.probe_breakers().await.unwrap(), "nobody looks before its rest is over");

        app.clock.set(before);
        assert!(!worker.probe_breakers().await.unwrap(), "it is still down");
        let still = service.breakers(&actor).await.unwrap();
        assert_eq!(still[0].trip_count, 2);
        assert_eq!(still[0].probe_at.since(before), Duration::from_mins(1), "the rest doubles");
        app.simulators.clear_faults("douyin");
        app.clock.set(still[0].probe_at);
        assert!(worker.probe_breakers().await.unwrap());

        assert_eq!(service.breakers(&actor).await.unwrap(), []);
        for id in &ids {
            assert_eq!(app.settle(&worker, *id).await.state, DeliveryState::Published);
        }
        assert_eq!(app.live(DOUYIN).len(), 6, "each once");
    }

    async fn t12_a_lane_that_is_told_to_slow_down_waits_and_the_others_do_not(app: TestApp) {
        let (douyin, baidu) = (app.connect("douyin", &[]).await, app.connect("baidu", &[]).await);
        let worker = app.worker().await;
        app.lasting_fault(DOUYIN, "/create_video", Fault::StatusBefore { status: 429 });
        let slowed = app.send(DOUYIN, &douyin, "一杯绿茶").await;
        let behind = app.send(DOUYIN, &douyin, "两杯绿茶").await;
        worker.run_until_idle().await.unwrap();

        let other = app.send(BAIDU_SEARCH, &baidu, "明前龙井的冲泡要点与火候").await;
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(other).await.state, DeliveryState::Published);
        let waits = app.delivery(slowed).await;
        assert_eq!((waits.state, waits.reason), (DeliveryState::RetryWait, Some(Reason::RateLimited)));
        let next = app.delivery(behind).await;
        assert_eq!((next.state, next.attempt), (DeliveryState::Ready, 0), "its lane rests");
        app.simulators.clear_faults("douyin");
        app.settle(&worker, slowed).await;
        app.settle(&worker, behind).await;

        assert_eq!(app.live(DOUYIN).len(), 2);
    }

    async fn t14_a_platform_that_never_answers_delays_no_other_lane(app: TestApp) {
        let (douyin, baidu) = (
            app.connect("douyin", &[("call_deadline_s", "3")]).await,
            app.connect("baidu", &[("quota.search_daily", "100")]).await,
        );
        app.simulators.control("baidu", &serde_json::json!({ "set": { "search_daily": 100 } })).unwrap();
        let worker = app.worker().await;
        app.lasting_fault(DOUYIN, "/create_video", Fault::AcceptThenDelay { millis: 60_000 });
        for number in 0..5 {
            app.send(DOUYIN, &douyin, &format!("一杯绿茶{number}")).await;
        }
        let mut others = Vec::new();
        for number in 0..8 {
            others.push(app.send(BAIDU_SEARCH, &baidu, &format!("第{number}泡龙井的水温与出汤时间")).await);
        }

        let started = std::time::Instant::now();
        for id in &others {
            while app.delivery(*id).await.state != DeliveryState::Published {
                worker.tick().await.unwrap();
                tokio::task::yield_now().await;
            }
        }
        let took = started.elapsed();

        let stuck = app.live(DOUYIN).len();
        assert!(stuck <= 1, "one in flight in its lane: {stuck}");
        assert!(took < Duration::from_mins(1), "the others took {took:?}");
        worker.drain().await;
    }
}
