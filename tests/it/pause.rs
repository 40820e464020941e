//! Pauses of everything, a channel, an account, a story; and what becomes of what is late.

use std::time::Duration;

use fenfa::{
    delivery::{
        Action, Delivery, DeliveryState, Due, MissedPolicy, MissedRule, PauseScope, Reason,
        ScheduleInput,
    },
    error::ErrorKind,
    id::DeliveryId,
    tailoring::SourceRef,
};

use crate::harness::{BAIDU_SEARCH, DOUYIN, Route, TestApp};

async fn state(app: &TestApp, id: DeliveryId) -> (DeliveryState, Option<Reason>) {
    let delivery = app.delivery(id).await;
    (delivery.state, delivery.reason)
}

/// Plans something for a time in Shanghai.
async fn plan(
    app: &TestApp,
    route: Route,
    account: fenfa::id::AccountId,
    source: SourceRef,
    wall_time: &str,
) -> Delivery {
    let input = ScheduleInput {
        source,
        account,
        lane: route.lane.to_owned(),
        due: Due::At {
            wall_time: wall_time.to_owned(),
            zone: Some("Asia/Shanghai".to_owned()),
        },
    };
    let actor = app.system().await;
    app.app.delivery.schedule(&actor, input).await.unwrap()
}

both_databases! {
    async fn each_scope_stops_its_own_and_nothing_else(app: TestApp) {
        let (douyin, baidu) = (app.connect("douyin", &[]).await, app.connect("baidu", &[]).await);
        let worker = app.worker().await;
        let (actor, service) = (app.system().await, app.app.delivery.clone());
        for number in 0..4 {
            let video = app.video(&format!("一杯绿茶{number}")).await;
            let story = app.story(&format!("第{number}泡龙井的水温与出汤时间")).await;
            let scope = match number {
                0 => PauseScope::All,
                1 => PauseScope::Channel("douyin".into()),
                2 => PauseScope::Account(douyin.id),
                _ => PauseScope::Source(video),
            };
            service.pause(&actor, scope.clone(), Some("春节".into())).await.unwrap();
            let to_douyin = app.schedule(DOUYIN, &douyin, video).await;
            let to_baidu = app.schedule(BAIDU_SEARCH, &baidu, story).await;

            worker.run_until_idle().await.unwrap();
            let held = (DeliveryState::Held, Some(Reason::Paused));
            assert_eq!(state(&app, to_douyin).await, held, "{scope:?}");
            assert!(app.delivery(to_douyin).await.allows(Action::Resume));
            let other = state(&app, to_baidu).await;
            if scope == PauseScope::All {
                assert_eq!(other, held);
            } else {
                assert_eq!(other.0, DeliveryState::Published, "{scope:?}");
            }
            service.resume(&actor, &scope).await.unwrap();
            assert_eq!(service.pauses(&actor).await.unwrap(), []);
            app.settle(&worker, to_douyin).await;
            app.settle(&worker, to_baidu).await;

            assert_eq!(app.live(DOUYIN).len(), number + 1);
            assert_eq!(app.live(BAIDU_SEARCH).len(), number + 1);
        }
    }

    async fn what_two_pauses_stop_waits_for_the_end_of_both(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let (actor, service) = (app.system().await, app.app.delivery.clone());
        let (all, channel) = (PauseScope::All, PauseScope::Channel("douyin".into()));
        service.pause(&actor, all.clone(), None).await.unwrap();
        service.pause(&actor, channel.clone(), None).await.unwrap();
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        worker.run_until_idle().await.unwrap();
        service.resume(&actor, &all).await.unwrap();
        worker.run_until_idle().await.unwrap();
        assert_eq!(state(&app, id).await, (DeliveryState::Held, Some(Reason::Paused)));
        service.resume(&actor, &channel).await.unwrap();

        assert_eq!(app.settle(&worker, id).await.state, DeliveryState::Published);
    }

    async fn a_pause_between_claim_and_call_still_stops_what_readers_would_see(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let (actor, service) = (app.system().await, app.app.delivery.clone());
        let slow = fenfa::channels::fault::Fault::Slow { millis: 700 };
        app.fault(DOUYIN, "/upload_video", slow);
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        worker.tick().await.unwrap();
        assert_eq!(state(&app, id).await.0, DeliveryState::Working);

        service.pause(&actor, PauseScope::All, None).await.unwrap();
        worker.drain().await;

        assert_eq!(state(&app, id).await, (DeliveryState::Held, Some(Reason::Paused)));
        assert_eq!(app.live(DOUYIN).len(), 0);
        service.resume(&actor, &PauseScope::All).await.unwrap();
        assert_eq!(app.settle(&worker, id).await.state, DeliveryState::Published);
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn what_is_not_there_cannot_be_paused(app: TestApp) {
        let (actor, service) = (app.system().await, app.app.delivery.clone());
        let pause = |scope| service.pause(&actor, scope, None);

        let account = pause(PauseScope::Account(fenfa::id::AccountId::new())).await;
        let channel = pause(PauseScope::Channel("nowhere".into())).await;
        let story = pause(PauseScope::Source(SourceRef::Story(fenfa::id::ItemId::new()))).await;
        let note = service.pause(&actor, PauseScope::All, Some("长".repeat(501))).await;

        assert_eq!(account.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(channel.unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(story.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(note.unwrap_err().field(), Some("input.note"));
        assert_eq!(service.pauses(&actor).await.unwrap(), []);
    }

    async fn t16_after_three_hours_without_a_server_each_goes_by_its_rule_and_one_after_the_other(app: TestApp) {
        let account = app.connect("douyin", &[("quota.publish_daily", "100")]).await;
        app.simulators.control("douyin", &serde_json::json!({ "set": { "creates_per_day": 100 } })).unwrap();
        let (actor, service) = (app.system().await, app.app.delivery.clone());
        let mut planned = Vec::new();
        for number in 0..40u32 {
            let source = app.video(&format!("一杯绿茶{number}")).await;
            let rule = match number % 4 {
                0 => None,
                1 => Some((MissedPolicy::CatchUp, 4 * 3600)),
                2 => Some((MissedPolicy::Skip, 7200)),
                _ => Some((MissedPolicy::Ask, 4 * 3600)),
            };
            let id = plan(&app, DOUYIN, account.id, source, "2026-03-03T16:30").await.id;
            if let Some((policy, window_s)) = rule {
                // What is planned already follows a rule that is set later.
                service.set_missed_rule(&actor, source, MissedRule { policy, window_s }).await.unwrap();
            }
            planned.push(id);
        }

        app.set_time("2026-03-03T11:30:00Z");
        let worker = app.worker().await;
        worker.tick().await.unwrap();

        let mut turns = Vec::new();
        for (number, id) in planned.iter().enumerate() {
            let delivery = app.delivery(*id).await;
            let expected = match number % 4 {
                0 | 2 => (DeliveryState::Missed, Some(Reason::Late)),
                3 => (DeliveryState::Held, Some(Reason::Late)),
                _ => {
                    turns.push(delivery.next_run_at.unwrap());
                    continue;
                }
            };
            assert_eq!((delivery.state, delivery.reason), expected, "{number}");
        }
        worker.drain().await;
        turns.sort_unstable();
        assert_eq!(turns.len(), 10);
        assert!(turns.windows(2).all(|pair| pair[1].since(pair[0]) == Duration::from_secs(30)), "{turns:?}");
        for id in planned.iter().skip(1).step_by(4) {
            assert_eq!(app.settle(&worker, *id).await.state, DeliveryState::Published);
        }
        assert_eq!(app.live(DOUYIN).len(), 10, "nothing outside its window");

        // A person is asked, and says yes to one and no to another.
        let asked = app.delivery(planned[3]).await;
        assert!(asked.allows(Action::Retry) && asked.allows(Action::Cancel));
        service.retry(&actor, planned[3]).await.unwrap();
        service.cancel(&actor, planned[7]).await.unwrap();
        assert_eq!(app.settle(&worker, planned[3]).await.state, DeliveryState::Published);
        assert_eq!(app.live(DOUYIN).len(), 11);
    }

    async fn a_rule_whose_window_makes_no_sense_is_refused(app: TestApp) {
        let (actor, service) = (app.system().await, app.app.delivery.clone());
        let source = app.video("一杯绿茶").await;
        let before = service.missed_rule(&actor, source).await.unwrap();

        for window_s in [0, 59, 30 * 24 * 3600 + 1] {
            let rule = MissedRule { policy: MissedPolicy::CatchUp, window_s };
            let refused = service.set_missed_rule(&actor, source, rule).await.unwrap_err();
            assert_eq!(refused.field(), Some("input.windowMinutes"));
        }

        assert_eq!(service.missed_rule(&actor, source).await.unwrap(), before);
        assert_eq!(before.window_s, 7200);
    }
}
