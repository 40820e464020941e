//! Approval: bound to what was seen; an edit stops what has not gone out.

use fenfa::{
    auth::SiteChanges,
    content::{ItemChanges, StoryContent, VideoContent},
    delivery::{Action, DeliveryState, Due, Reason, ScheduleInput},
    error::ErrorKind,
    id::{DeliveryId, ItemId},
    tailoring::SourceRef,
};

use crate::harness::{DOUYIN, TestApp};

/// From now on variants need an approval.
async fn demand_approval(app: &TestApp) {
    let actor = app.system().await;
    let site = app.app.auth.site(&actor).await.unwrap();
    let changes = SiteChanges {
        needs_approval: Some(true),
        ..SiteChanges::default()
    };
    app.app
        .auth
        .update_site(&actor, site.version, changes)
        .await
        .unwrap();
}

async fn state(app: &TestApp, id: DeliveryId) -> (DeliveryState, Option<Reason>) {
    let delivery = app.delivery(id).await;
    (delivery.state, delivery.reason)
}

/// Approves what the variant holds now.
async fn approve(app: &TestApp, source: SourceRef) {
    let actor = app.system().await;
    let variant = app
        .app
        .tailoring
        .variant(&actor, source, "douyin")
        .await
        .unwrap();
    let service = &app.app.delivery;
    service
        .approve(&actor, source, "douyin", &variant.content_hash)
        .await
        .unwrap();
}

async fn retitle(app: &TestApp, id: ItemId, title: &str) {
    let actor = app.system().await;
    let item = app
        .app
        .content
        .item::<VideoContent>(&actor, id)
        .await
        .unwrap();
    let content = VideoContent {
        title: title.to_owned(),
        ..item.content
    };
    app.app
        .content
        .update(&actor, id, changes(item.version, content))
        .await
        .unwrap();
    app.app
        .content
        .publish::<VideoContent>(&actor, id)
        .await
        .unwrap();
}

fn changes<C>(base_version: i32, content: C) -> ItemChanges<C> {
    ItemChanges {
        base_version,
        content,
        slug: None,
    }
}

both_databases! {
    async fn what_needs_an_approval_waits_for_it_and_then_goes_out(app: TestApp) {
        demand_approval(&app).await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let source = app.video("一杯绿茶").await;
        let id = app.schedule(DOUYIN, &account, source).await;

        worker.run_until_idle().await.unwrap();
        assert_eq!(state(&app, id).await, (DeliveryState::Held, Some(Reason::Approval)));
        assert!(app.delivery(id).await.allows(Action::Approve));
        assert_eq!(app.live(DOUYIN).len(), 0);
        approve(&app, source).await;

        assert_eq!(app.settle(&worker, id).await.state, DeliveryState::Published);
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn only_what_the_person_saw_is_approved(app: TestApp) {
        let actor = app.system().await;
        let source = app.video("一杯绿茶").await;
        let service = &app.app.delivery;
        let seen = app.app.tailoring.variant(&actor, source, "douyin").await.unwrap().content_hash;
        retitle(&app, source.item(), "两杯绿茶").await;

        let refused = service.approve(&actor, source, "douyin", &seen).await.unwrap_err();

        assert_eq!((refused.kind(), refused.field()), (ErrorKind::Conflict, Some("input.contentHash")));
        assert_eq!(service.approval(&actor, source, "douyin").await.unwrap(), None);
    }

    async fn t17_an_edit_after_approval_stops_what_is_ready(app: TestApp) {
        demand_approval(&app).await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let source = app.video("一杯绿茶").await;
        approve(&app, source).await;
        let id = app.schedule(DOUYIN, &account, source).await;
        assert_eq!(state(&app, id).await.0, DeliveryState::Ready);
        retitle(&app, source.item(), "两杯绿茶").await;

        worker.run_until_idle().await.unwrap();
        assert_eq!(state(&app, id).await, (DeliveryState::Held, Some(Reason::Edited)));
        assert_eq!(app.live(DOUYIN).len(), 0);
        approve(&app, source).await;
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(delivery.title, "两杯绿茶");
        let live = app.live(DOUYIN);
        assert_eq!(live.len(), 1);
        assert!(live[0].to_string().contains("两杯绿茶"), "what was approved last: {live:#?}");
    }

    async fn t17_an_edit_while_it_is_in_doubt_changes_nothing_of_what_was_sent(app: TestApp) {
        demand_approval(&app).await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let source = app.video("一杯绿茶").await;
        approve(&app, source).await;
        app.fault(DOUYIN, DOUYIN.commit, fenfa::channels::fault::Fault::AcceptThenDrop);
        let id = app.schedule(DOUYIN, &account, source).await;
        worker.run_until_idle().await.unwrap();
        assert_eq!(state(&app, id).await.0, DeliveryState::Uncertain);
        retitle(&app, source.item(), "两杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(DOUYIN);
        assert_eq!(live.len(), 1);
        assert!(live[0].to_string().contains("一杯绿茶"), "the old one, whole: {live:#?}");
        assert!(!live[0].to_string().contains("两杯绿茶"));
    }

    async fn t17_an_edit_that_was_not_seen_before_the_proof_of_absence_stops_the_second_try(app: TestApp) {
        demand_approval(&app).await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let source = app.video("一杯绿茶").await;
        approve(&app, source).await;
        app.fault(DOUYIN, DOUYIN.commit, fenfa::channels::fault::Fault::DropBefore);
        let id = app.schedule(DOUYIN, &account, source).await;
        worker.run_until_idle().await.unwrap();
        retitle(&app, source.item(), "两杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Held, Some(Reason::Edited)));
        assert_eq!(app.live(DOUYIN).len(), 0);
    }

    async fn without_the_rule_what_was_frozen_goes_out_as_it_was(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let source = app.video("一杯绿茶").await;
        let input = ScheduleInput {
            source,
            account: account.id,
            lane: DOUYIN.lane.to_owned(),
            due: Due::Now,
        };
        let id = app.app.delivery.schedule(&actor, input).await.unwrap().id;
        retitle(&app, source.item(), "两杯绿茶").await;

        app.settle(&worker, id).await;

        assert!(app.live(DOUYIN)[0].to_string().contains("一杯绿茶"));
    }

    async fn a_story_approved_for_one_channel_is_not_for_another(app: TestApp) {
        let actor = app.system().await;
        let source = app.story("明前龙井的冲泡要点与火候").await;
        let service = &app.app.delivery;
        let variant = app.app.tailoring.variant(&actor, source, "baidu").await.unwrap();
        service.approve(&actor, source, "baidu", &variant.content_hash).await.unwrap();

        let other = service.approval(&actor, source, "douyin").await.unwrap();
        let own = service.approval(&actor, source, "baidu").await.unwrap().unwrap();

        assert_eq!(other, None);
        assert_eq!(own.content_hash, variant.content_hash);
        let story = app.app.content.item::<StoryContent>(&actor, source.item()).await.unwrap();
        assert_eq!(own.revision, story.revision);
    }
}
