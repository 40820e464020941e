//! Reviews, and the figures that come the day after.

use fenfa::delivery::{DeliveryState, Metric, Reason};
use serde_json::json;

use super::{DAY, HOUR, at_call, control, publish, review_of, set};
use crate::harness::DOUYIN;

both_databases! {
    async fn a_review_is_awaited_where_the_platform_tells_of_it(app: TestApp) {
        set(&app, &json!({ "profile": "classic", "review_delay_s": 3600 }));
        let account = app.connect("douyin", &[("read_profile", "classic")]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::WaitingChannel);
        assert_eq!(app.live(DOUYIN)[0]["state"], "审核中");
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert!(app.clock.now() >= delivery.created_at.plus(HOUR));
        assert_eq!(review_of(&app, &delivery).await, "published");
        assert!(delivery.external_url.unwrap().starts_with("https://"));
    }

    async fn what_a_review_refuses_is_not_called_published(app: TestApp) {
        set(&app, &json!({ "refused_words": ["绿茶"], "profile": "classic" }));

        let delivery = publish(&app, &[("read_profile", "classic")]).await;

        assert_eq!(delivery.state, DeliveryState::Rejected, "{delivery:#?}");
        assert_eq!(delivery.reason, Some(Reason::Refused));
        assert_eq!(app.live(DOUYIN)[0]["state"], "不适宜公开");
    }

    async fn a_status_that_is_not_told_is_not_taken_for_approval(app: TestApp) {
        set(&app, &json!({ "refused_words": ["绿茶"] }));

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "accepted is all that is known: {delivery:#?}");
        assert_eq!(review_of(&app, &delivery).await, "not_told");
    }

    async fn a_status_that_cannot_be_read_any_more_is_not_called_refused(app: TestApp) {
        at_call(&app, "/video_data", 0, json!({ "set": { "profile": "offline" } }));

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(review_of(&app, &delivery).await, "not_readable");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_work_that_never_shows_is_left_to_a_person(app: TestApp) {
        let account = app.connect("douyin", &[("review_patience_s", "3600")]).await;
        let worker = app.worker().await;
        set(&app, &json!({ "list_delay_s": 600 }));
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        let made = app.delivery(id).await;
        assert_eq!(made.state, DeliveryState::WaitingChannel, "{made:#?}");
        control(&app, &json!({ "delete": made.external_id }));

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::NeedsReview, "{delivery:#?}");
        assert!(delivery.reason_params["message"].as_str().unwrap().contains("查不到"), "{delivery:#?}");
        assert!(app.clock.now() >= made.created_at.plus(HOUR));
    }

    async fn figures_come_from_the_day_after(app: TestApp) {
        let delivery = publish(&app, &[]).await;
        let actor = app.system().await;
        let statistics = async || app.app.delivery.statistics(&actor, delivery.id).await.unwrap().unwrap();

        assert_eq!(statistics().await.views, Some(0), "the platform tells of today tomorrow at ten");
        app.clock.advance(2 * DAY);

        let totals = statistics().await;
        assert_eq!((totals.views, totals.likes), (Some(240), Some(12)));
    }

    async fn figures_of_an_old_work_are_those_beside_it(app: TestApp) {
        let delivery = publish(&app, &[]).await;
        let actor = app.system().await;
        let mut totals = None;
        // Asking now and then keeps the grant alive.
        for _ in 0..3 {
            app.clock.advance(11 * DAY);
            totals = app.app.delivery.statistics(&actor, delivery.id).await.unwrap();
        }

        assert!(totals.unwrap().views.unwrap() > 1000, "{totals:?}");
    }

    async fn figures_are_kept_under_the_platforms_own_days_whenever_somebody_asks(app: TestApp) {
        let delivery = publish(&app, &[]).await;
        set(&app, &json!({ "numbers_as_text": true }));
        let (actor, made_at) = (app.system().await, app.clock.now());
        let day = |number: i64| made_at.to_utc().date_naive() + chrono::TimeDelta::days(number);
        let pull = async || {
            let today = app.clock.now().to_utc().date_naive();
            let pulled = app.app.delivery.pull_statistics(&actor, delivery.account, None, made_at.minus(DAY), today);
            pulled.await.unwrap()
        };
        let series = async |metric: Metric| {
            let rows = app.app.delivery.statistic_series(&actor, delivery.id, day(0)).await.unwrap();
            let rows = rows.into_iter().filter(|row| row.metric == metric);
            rows.map(|row| (row.day, row.value)).collect::<Vec<_>>()
        };
        assert_eq!(pull().await.not_available, 1);
        assert_eq!(series(Metric::Views).await, [(day(0), None)], "not known yet, which is not zero");

        // Nobody asked for a week and more; the seventh day was a quiet one.
        app.clock.advance(9 * DAY);
        assert_eq!(pull().await.told, 1);
        let views = series(Metric::Views).await;
        let days: Vec<_> = views.iter().map(|(day, _)| *day).collect();
        assert_eq!(days, (0..9).map(day).collect::<Vec<_>>());
        assert_eq!((views[0].1, views[1].1, views[2].1), (None, Some(240), Some(400)));
        assert_eq!(views[5].1, views[6].1, "a quiet day is told as such");
        assert_eq!(series(Metric::Likes).await[2].1, Some(20));

        app.clock.advance(DAY);
        assert_eq!(pull().await.told, 1);
        let later = series(Metric::Views).await;
        assert_eq!((later.len(), &later[..9]), (10, &views[..]), "what was told stays");
    }

    async fn figures_that_cannot_be_read_are_not_zero(app: TestApp) {
        let delivery = publish(&app, &[]).await;
        set(&app, &json!({ "profile": "offline" }));

        let told = app.app.delivery.statistics(&app.system().await, delivery.id).await.unwrap();

        assert_eq!(told, None);
    }
}
