//! Before and beside sending: times, twins, pauses, allowances, sign-ins, and what people decide.

use std::time::Duration;

use fenfa::{
    channels::fault::Fault,
    delivery::{
        AccountStatus, Delivery, DeliveryState, Due, MissedPolicy, MissedRule, Reason, Resolution,
        ScheduleInput,
    },
    error::{Error, ErrorKind},
    id::DeliveryId,
};
use serde_json::json;

use crate::harness::{BAIDU_SEARCH, DOUYIN, TestApp};

fn at(wall_time: &str, zone: &str) -> Due {
    Due::At {
        wall_time: wall_time.to_owned(),
        zone: (!zone.is_empty()).then(|| zone.to_owned()),
    }
}

/// Schedules a video for a time.
async fn plan(app: &TestApp, account: fenfa::id::AccountId, due: Due) -> Result<Delivery, Error> {
    let title = format!("一杯绿茶 {}", uuid::Uuid::now_v7().simple());
    let input = ScheduleInput {
        source: app.video(&title).await,
        account,
        lane: DOUYIN.lane.to_owned(),
        due,
    };
    app.app.delivery.schedule(&app.system().await, input).await
}

async fn state(app: &TestApp, id: DeliveryId) -> (DeliveryState, Option<Reason>) {
    let delivery = app.delivery(id).await;
    (delivery.state, delivery.reason)
}

both_databases! {
    async fn a_delivery_waits_for_its_time_and_goes_out_then(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let planned = plan(&app, account.id, at("2026-03-04T08:00", "Asia/Shanghai")).await.unwrap();

        app.set_time("2026-03-03T23:59:59Z");
        worker.run_until_idle().await.unwrap();
        assert_eq!(state(&app, planned.id).await.0, DeliveryState::Scheduled);
        app.set_time("2026-03-04T00:00:00Z");
        let delivery = app.settle(&worker, planned.id).await;

        assert_eq!(delivery.state, DeliveryState::Published);
        assert_eq!(delivery.wall_time, "2026-03-04T08:00:00");
        assert_eq!(delivery.zone, "Asia/Shanghai");
        assert_eq!(delivery.due_at.to_string(), "2026-03-04T00:00:00Z");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_time_that_cannot_be_meant_is_refused_and_nothing_is_stored(app: TestApp) {
        let account = app.connect("douyin", &[]).await;

        for (due, field) in [
            (at("2026-03-04T08:00", ""), "input.at.zone"),
            (at("2026-03-04T08:00", "Nowhere"), "input.at.zone"),
            (at("2026-03-03T07:59", "UTC"), "input.at.wallTime"),
            (at("soon", "UTC"), "input.at.wallTime"),
        ] {
            let refused = plan(&app, account.id, due).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidInput);
            assert_eq!(refused.field(), Some(field));
        }
        assert_eq!(app.app.delivery.next_wake_up().await.unwrap(), None);
    }

    async fn the_same_content_goes_the_same_way_once(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let actor = app.system().await;
        let source = app.video("一杯绿茶").await;
        let schedule = || app.app.delivery.schedule(&actor, ScheduleInput {
            source,
            account: account.id,
            lane: DOUYIN.lane.to_owned(),
            due: Due::Now,
        });

        let first = schedule().await.unwrap();
        let second = schedule().await.unwrap_err();
        app.app.delivery.cancel(&actor, first.id).await.unwrap();
        let third = schedule().await.unwrap();
        let revived = app.app.delivery.reschedule(&actor, first.id, &Due::Now).await;

        assert_eq!(second.kind(), ErrorKind::Conflict);
        assert_eq!(third.occurrence, 1);
        assert!(revived.is_err(), "a cancelled one does not come back beside it");
        let worker = app.worker().await;
        app.settle(&worker, third.id).await;
        assert_eq!(schedule().await.unwrap_err().kind(), ErrorKind::Conflict, "it is live");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn what_is_past_its_window_is_missed_and_a_person_may_still_send_it(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let planned = plan(&app, account.id, at("2026-03-03T20:00", "Asia/Shanghai")).await.unwrap();

        app.set_time("2026-03-03T15:00:00Z");
        worker.run_until_idle().await.unwrap();
        assert_eq!(state(&app, planned.id).await, (DeliveryState::Missed, Some(Reason::Late)));
        assert_eq!(app.live(DOUYIN).len(), 0);
        app.app.delivery.retry(&actor, planned.id).await.unwrap();
        let delivery = app.settle(&worker, planned.id).await;

        assert_eq!(delivery.state, DeliveryState::Published);
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_delivery_moves_and_is_called_off_until_it_is_sent(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let service = &app.app.delivery;
        let planned = plan(&app, account.id, at("2026-03-04T08:00", "Asia/Shanghai")).await.unwrap();

        let moved = service.reschedule(&actor, planned.id, &at("2026-03-05T08:00", "Asia/Shanghai")).await.unwrap();
        assert_eq!(moved.due_at.to_string(), "2026-03-05T00:00:00Z");
        let cancelled = service.cancel(&actor, planned.id).await.unwrap();
        assert_eq!(cancelled.state, DeliveryState::Cancelled);
        let sent = plan(&app, account.id, Due::Now).await.unwrap();
        app.settle(&worker, sent.id).await;
        let too_late = service.cancel(&actor, sent.id).await.unwrap_err();

        assert_eq!(too_late.kind(), ErrorKind::FailedPrecondition);
        app.set_time("2026-03-06T00:00:00Z");
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.live(DOUYIN).len(), 1, "the cancelled one never went out");
    }

    async fn a_paused_account_sends_nothing_and_catches_up_one_by_one(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let first = plan(&app, account.id, Due::Now).await.unwrap();
        let second = plan(&app, account.id, Due::Now).await.unwrap();

        let paused = app.app.delivery.pause_account(&actor, account.id).await.unwrap();
        worker.run_until_idle().await.unwrap();
        assert_eq!(paused.status, AccountStatus::Paused);
        assert_eq!(state(&app, first.id).await, (DeliveryState::Held, Some(Reason::Paused)));
        assert_eq!(app.live(DOUYIN).len(), 0);
        app.app.delivery.resume_account(&actor, account.id).await.unwrap();
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.live(DOUYIN).len(), 1);
        app.settle(&worker, second.id).await;

        assert_eq!(app.live(DOUYIN).len(), 2);
    }

    async fn the_days_allowance_holds_the_rest_until_midnight_in_its_zone(app: TestApp) {
        let account = app.connect("douyin", &[("quota.publish_daily", "2")]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(plan(&app, account.id, Due::Now).await.unwrap().id);
        }
        let last = app.delivery(ids[2]).await;
        let outlook = app.app.delivery.quota_outlook(&actor, &last).await.unwrap();
        assert!(outlook[0].is_exceeded(), "{outlook:?}");

        worker.run_until_idle().await.unwrap();
        app.clock.advance(Duration::from_secs(30));
        worker.run_until_idle().await.unwrap();
        let held = app.delivery(ids[2]).await;
        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Quota)));
        assert_eq!(held.next_run_at.unwrap().to_string(), "2026-03-03T16:00:00Z");
        assert_eq!(app.live(DOUYIN).len(), 2);
        app.set_time("2026-03-03T16:00:00Z");
        let delivery = app.settle(&worker, ids[2]).await;

        assert_eq!(delivery.state, DeliveryState::Published);
        assert_eq!(app.live(DOUYIN).len(), 3);
    }

    async fn a_lost_grant_waits_for_a_person_to_sign_in_again(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let service = &app.app.delivery;
        assert!(service.check_account(&actor, account.id).await.unwrap().ok);
        app.simulators.control("douyin", &json!({ "revoke": true })).unwrap();
        let waiting = plan(&app, account.id, Due::Now).await.unwrap();

        worker.run_until_idle().await.unwrap();
        assert_eq!(state(&app, waiting.id).await, (DeliveryState::Held, Some(Reason::Login)));
        let lost = service.account(&actor, account.id).await.unwrap();
        assert_eq!(lost.status, AccountStatus::NeedsLogin);
        app.sign_in(&account).await;
        let found = service.account(&actor, account.id).await.unwrap();
        let delivery = app.settle(&worker, waiting.id).await;

        assert_eq!(found.status, AccountStatus::Active);
        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_token_that_ends_is_refreshed_once_and_the_step_goes_on(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        assert!(app.app.delivery.check_account(&actor, account.id).await.unwrap().ok);
        let before = app.app.delivery.account(&actor, account.id).await.unwrap();
        app.clock.advance(Duration::from_hours(16 * 24));
        let id = plan(&app, account.id, Due::Now).await.unwrap().id;

        let delivery = app.settle(&worker, id).await;

        let after = app.app.delivery.account(&actor, account.id).await.unwrap();
        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(after.token_version, before.token_version + 1);
    }

    async fn what_the_platform_refuses_says_why_and_is_not_live(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        app.simulators
            .control("douyin", &json!({ "set": { "refused_words": ["绿茶"], "profile": "classic" } }))
            .unwrap();
        let account = app.app.delivery.account(&app.system().await, account.id).await.unwrap();
        let id = plan(&app, account.id, Due::Now).await.unwrap().id;

        let delivery = app.settle(&worker, id).await;

        assert!(delivery.state.is_final(), "{delivery:#?}");
        let attempts = app.app.delivery.attempts(&app.system().await, id).await.unwrap();
        assert!(!attempts.is_empty());
    }

    async fn what_was_never_reached_is_tried_until_the_time_for_it_is_over(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        app.lasting_fault(DOUYIN, "/upload_video", Fault::StatusBefore { status: 502 });
        let actor = app.system().await;
        // By the rule of most stories it goes out within two hours or not at all; an evergreen one may be later.
        let mut ids = Vec::new();
        for (title, hours) in [("一杯绿茶", 2), ("四季都喝的绿茶", 24 * 7)] {
            let source = app.video(title).await;
            let rule = MissedRule { policy: MissedPolicy::CatchUp, window_s: hours * 3600 };
            app.app.delivery.set_missed_rule(&actor, source, rule).await.unwrap();
            ids.push(app.schedule(DOUYIN, &account, source).await);
        }

        worker.run_until_idle().await.unwrap();
        assert_eq!(state(&app, ids[0]).await.0, DeliveryState::RetryWait);
        let missed = app.settle(&worker, ids[0]).await;
        let delivery = app.settle(&worker, ids[1]).await;

        assert_eq!((missed.state, missed.reason), (DeliveryState::Missed, Some(Reason::Late)));
        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Failed, Some(Reason::GaveUp)));
        assert!(app.clock.now() <= delivery.give_up_at);
        assert_eq!(app.live(DOUYIN).len(), 0);
    }

    async fn a_person_decides_what_we_could_not_tell(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let service = &app.app.delivery;
        let mut asked = Vec::new();
        for _ in 0..3 {
            app.fault(DOUYIN, DOUYIN.commit, Fault::DropBefore);
            app.lasting_fault(DOUYIN, "/video_list", Fault::StatusBefore { status: 503 });
            let id = plan(&app, account.id, Due::Now).await.unwrap().id;
            assert_eq!(app.settle(&worker, id).await.state, DeliveryState::NeedsReview);
            app.simulators.clear_faults("douyin");
            asked.push(id);
        }

        let link = Resolution::Published {
            external_id: Some("@by+hand".into()),
            external_url: Some("https://www.douyin.com/video/1".into()),
        };
        let published = service.resolve(&actor, asked[0], link).await.unwrap();
        let ended = service.resolve(&actor, asked[1], Resolution::End).await.unwrap();
        service.resolve(&actor, asked[2], Resolution::Resend).await.unwrap();
        let resent = app.settle(&worker, asked[2]).await;

        assert_eq!(published.state, DeliveryState::Published);
        assert_eq!(published.external_id.as_deref(), Some("@by+hand"));
        assert_eq!(ended.state, DeliveryState::Cancelled);
        assert_eq!(resent.state, DeliveryState::Published, "{resent:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1, "only the one that was sent again");
        assert!(service.resolve(&actor, asked[0], Resolution::Resend).await.is_err());
    }

    async fn a_secret_is_neither_stored_openly_nor_shown(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let shown = format!("{account:?}");

        assert!(!shown.contains("sim-secret"), "{shown}");
        if let Some(path) = app.app.config.database.url.expose().strip_prefix("sqlite://") {
            for file in [path.to_owned(), format!("{path}-wal")] {
                let bytes = std::fs::read(&file).unwrap_or_default();
                assert!(!bytes.windows(10).any(|part| part == b"sim-secret"), "{file}");
            }
        }
    }

    async fn what_an_account_needs_is_asked_for_by_name(app: TestApp) {
        let actor = app.system().await;
        let new = |settings: &[(&str, &str)], credentials: &[(&str, &str)]| fenfa::delivery::NewAccount {
            channel: BAIDU_SEARCH.channel.to_owned(),
            name: "百度".to_owned(),
            settings: settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            credentials: credentials.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            tokens: None,
        };
        let refused = |new| async { app.app.delivery.connect_account(&actor, new).await.unwrap_err() };

        let missing = refused(new(&[], &[])).await;
        let misplaced = refused(new(&[("app_secret", "x")], &[])).await;
        let unknown = refused(new(&[("app_key", "x"), ("site", "x")], &[("password", "x")])).await;
        let no_number = refused(new(&[("quota.search_daily", "many")], &[])).await;

        for error in [&missing, &misplaced, &unknown, &no_number] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        }
        assert_eq!(misplaced.field(), Some("input.settings.app_secret"));
        assert_eq!(unknown.field(), Some("input.credentials"));
        assert_eq!(no_number.field(), Some("input.settings.quota.search_daily"));
    }
}
