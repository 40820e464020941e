//! Changing and taking down what is live.

use fenfa::{
    channels::{Intent, fault::Fault},
    content::{ItemChanges, StoryContent},
    delivery::{
        Delivery, DeliveryState, Due, Liveness, Reason, Resolution, ScheduleInput,
        WithdrawalOutcome,
    },
    error::{Error, ErrorKind},
    id::AccountId,
    tailoring::SourceRef,
};

use crate::harness::{BAIDU_FEED, BAIDU_SEARCH, BAIDU_WEBSITE, DOUYIN, Route, TestApp};

async fn schedule(
    app: &TestApp,
    route: Route,
    account: AccountId,
    source: SourceRef,
) -> Result<Delivery, Error> {
    let input = ScheduleInput {
        source,
        account,
        lane: route.lane.to_owned(),
        due: Due::Now,
    };
    app.app.delivery.schedule(&app.system().await, input).await
}

async fn change_lead(app: &TestApp, source: SourceRef, lead: &str) {
    let (actor, id) = (app.system().await, source.item());
    let item = app
        .app
        .content
        .item::<StoryContent>(&actor, id)
        .await
        .unwrap();
    let content = StoryContent {
        lead: lead.to_owned(),
        ..item.content
    };
    app.app
        .content
        .update(&actor, id, changes(item.version, content))
        .await
        .unwrap();
    app.app
        .content
        .publish::<StoryContent>(&actor, id)
        .await
        .unwrap();
}

const LEAD: &str =
    "冲泡绿茶先看水温：八十五度最稳，温杯、投茶、沿壁注水，三步就能泡出清而不浮的香气。";

fn changes<C>(base_version: i32, content: C) -> ItemChanges<C> {
    ItemChanges {
        base_version,
        content,
        slug: None,
    }
}

both_databases! {
    async fn what_is_live_is_changed_where_the_platform_can(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let source = app.story("明前龙井的冲泡要点与火候").await;
        let first = schedule(&app, BAIDU_FEED, account.id, source).await.unwrap();
        app.settle(&worker, first.id).await;
        let unchanged = schedule(&app, BAIDU_FEED, account.id, source).await.unwrap_err();
        change_lead(&app, source, LEAD).await;
        app.clock.advance(std::time::Duration::from_mins(1));

        let second = schedule(&app, BAIDU_FEED, account.id, source).await.unwrap();
        assert_eq!(app.delivery(second.id).await.liveness(), Liveness::Live, "the earlier version is there");
        let second = app.settle(&worker, second.id).await;

        assert_eq!(unchanged.kind(), ErrorKind::Conflict);
        assert_eq!((second.intent, second.parent), (Intent::Update, Some(first.id)));
        assert_eq!(second.state, DeliveryState::Published, "{second:#?}");
        assert_eq!(app.live(BAIDU_FEED).len(), 1, "one item, changed");
        assert!(schedule(&app, BAIDU_FEED, account.id, source).await.is_err(), "nothing changed since");
    }

    async fn what_the_platform_cannot_change_is_not_sent_twice_unless_a_person_wants_another(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let source = app.video("一杯绿茶").await;
        let first = schedule(&app, DOUYIN, account.id, source).await.unwrap();
        app.settle(&worker, first.id).await;
        let item = app.app.content.item::<fenfa::content::VideoContent>(&actor, source.item()).await.unwrap();
        let content = fenfa::content::VideoContent { title: "两杯绿茶".into(), ..item.content };
        app.app.content.update(&actor, source.item(), changes(item.version, content)).await.unwrap();

        let refused = schedule(&app, DOUYIN, account.id, source).await.unwrap_err();
        let input = ScheduleInput { source, account: account.id, lane: "publish".into(), due: Due::Now };
        let another = app.app.delivery.schedule_another(&actor, input).await.unwrap();
        app.settle(&worker, another.id).await;

        assert_eq!(refused.kind(), ErrorKind::Conflict);
        assert_eq!(app.live(DOUYIN).len(), 2);
    }

    async fn what_was_sent_is_taken_down_and_can_go_out_again(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let source = app.story("明前龙井的冲泡要点与火候").await;
        let sent = schedule(&app, BAIDU_WEBSITE, account.id, source).await.unwrap();
        app.settle(&worker, sent.id).await;

        let withdrawal = app.app.delivery.withdraw(&actor, sent.id).await.unwrap();
        assert_eq!(withdrawal.outcome, WithdrawalOutcome::Withdrawing);
        let twice = app.app.delivery.withdraw(&actor, sent.id).await.unwrap_err();
        let takedown = app.settle(&worker, withdrawal.takedown.unwrap().id).await;

        assert_eq!(twice.kind(), ErrorKind::Conflict);
        assert_eq!(takedown.state, DeliveryState::Published, "{takedown:#?}");
        assert_eq!((takedown.intent, takedown.liveness()), (Intent::Takedown, Liveness::NotLive));
        let parent = app.delivery(sent.id).await;
        assert!(parent.withdrawn_at.is_some());
        assert_eq!(parent.liveness(), Liveness::NotLive);
        assert_eq!(app.live(BAIDU_WEBSITE).len(), 0);
        let again = schedule(&app, BAIDU_WEBSITE, account.id, source).await.unwrap();
        assert_eq!(app.settle(&worker, again.id).await.state, DeliveryState::Published);
        assert_eq!(app.live(BAIDU_WEBSITE).len(), 1);
    }

    async fn t18_a_cancel_in_each_state_has_a_defined_end(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let (actor, service) = (app.system().await, app.app.delivery.clone());
        let ready = app.send(DOUYIN, &account, "一杯绿茶").await;
        assert_eq!(service.cancel(&actor, ready).await.unwrap().state, DeliveryState::Cancelled);

        app.fault(DOUYIN, "/upload_video", Fault::StatusBefore { status: 502 });
        let waiting = app.send(DOUYIN, &account, "两杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(waiting).await.state, DeliveryState::RetryWait);
        assert_eq!(service.cancel(&actor, waiting).await.unwrap().state, DeliveryState::Cancelled);

        // In the middle of an upload: the worker finds that it is no longer its own, and arms nothing.
        app.fault(DOUYIN, "/upload_video", Fault::Slow { millis: 500 });
        let working = app.send(DOUYIN, &account, "三杯绿茶").await;
        worker.tick().await.unwrap();
        assert_eq!(app.delivery(working).await.state, DeliveryState::Working);
        assert_eq!(service.cancel(&actor, working).await.unwrap().state, DeliveryState::Cancelled);
        worker.drain().await;
        assert_eq!(app.delivery(working).await.state, DeliveryState::Cancelled);

        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
        let uncertain = app.send(DOUYIN, &account, "四杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(uncertain).await.state, DeliveryState::Uncertain);
        assert_eq!(service.cancel(&actor, uncertain).await.unwrap_err().kind(), ErrorKind::FailedPrecondition);

        app.clock.advance(std::time::Duration::from_hours(1));
        app.settle(&worker, uncertain).await;
        assert_eq!(app.live(DOUYIN).len(), 1, "only what could not be called off any more");
    }

    async fn t18_what_is_in_doubt_is_taken_down_as_soon_as_it_is_known_to_be_live(app: TestApp) {
        let account = app.connect("baidu", &[("probe_quota", "on")]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let source = app.story("明前龙井的冲泡要点与火候").await;
        app.simulators.add_fault("baidu", fenfa::channels::fault::FaultRule {
            path: "/zz/urls".into(), skip: 1, times: 1, fault: Fault::AcceptThenDrop,
        });
        let sent = schedule(&app, BAIDU_WEBSITE, account.id, source).await.unwrap();
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(sent.id).await.state, DeliveryState::Uncertain);

        let withdrawal = app.app.delivery.withdraw(&actor, sent.id).await.unwrap();
        assert_eq!(withdrawal.outcome, WithdrawalOutcome::AfterArrival);
        let takedown = withdrawal.takedown.unwrap();
        assert_eq!((takedown.state, takedown.reason), (DeliveryState::Held, Some(Reason::Parent)));
        app.settle(&worker, sent.id).await;
        let takedown = app.settle(&worker, takedown.id).await;

        assert_eq!(takedown.state, DeliveryState::Published, "{takedown:#?}");
        assert_eq!(app.live(BAIDU_WEBSITE).len(), 0, "no orphan");
        assert!(app.delivery(sent.id).await.withdrawn_at.is_some());
    }

    async fn t18_what_never_arrived_needs_no_taking_down(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let (actor, service) = (app.system().await, app.app.delivery.clone());
        app.fault(DOUYIN, DOUYIN.commit, Fault::DropBefore);
        app.lasting_fault(DOUYIN, "/video_list", Fault::StatusBefore { status: 503 });
        let sent = app.send(DOUYIN, &account, "一杯绿茶").await;
        assert_eq!(app.settle(&worker, sent).await.state, DeliveryState::NeedsReview);

        let takedown = service.withdraw(&actor, sent).await.unwrap().takedown.unwrap();
        service.resolve(&actor, sent, Resolution::End).await.unwrap();

        let takedown = app.delivery(takedown.id).await;
        assert_eq!((takedown.state, takedown.reason), (DeliveryState::Cancelled, Some(Reason::Parent)));
    }

    async fn a_story_is_withdrawn_everywhere_and_the_report_says_how(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let (actor, service) = (app.system().await, app.app.delivery.clone());
        let source = app.story("明前龙井的冲泡要点与火候").await;
        for route in [BAIDU_SEARCH, BAIDU_FEED] {
            let sent = schedule(&app, route, account.id, source).await.unwrap();
            app.settle(&worker, sent.id).await;
        }
        let input = ScheduleInput {
            source, account: account.id, lane: BAIDU_WEBSITE.lane.into(),
            due: Due::At { wall_time: "2026-03-09T08:00".into(), zone: Some("Asia/Shanghai".into()) },
        };
        service.schedule(&actor, input).await.unwrap();

        let report = service.withdraw_everywhere(&actor, source).await.unwrap();
        let outcomes: Vec<_> = report.iter().map(|line| (line.of.lane.as_str(), line.outcome)).collect();
        assert_eq!(outcomes, [
            ("search", WithdrawalOutcome::Task),
            ("feed", WithdrawalOutcome::Withdrawing),
            ("website", WithdrawalOutcome::Cancelled),
        ]);
        worker.run_until_idle().await.unwrap();
        let task = app.delivery(report[0].takedown.as_ref().unwrap().id).await;
        assert_eq!((task.state, task.reason), (DeliveryState::WaitingUser, Some(Reason::Task)));
        assert!(task.reason_params["message"].as_str().unwrap().contains("删除文件"), "{task:#?}");
        assert_eq!(task.liveness(), Liveness::Live, "it never pretends");
        assert_eq!(app.live(BAIDU_FEED).len(), 0);

        // The person did it.
        let done = Resolution::Published { external_id: None, external_url: None };
        service.resolve(&actor, task.id, done).await.unwrap();
        assert!(app.delivery(report[0].of.id).await.withdrawn_at.is_some());
        assert!(service.withdraw_everywhere(&actor, source).await.unwrap().is_empty(), "nothing is left");
    }
}
