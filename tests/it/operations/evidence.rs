//! Evidence: every look on a platform leaves a row; what is old keeps its facts and loses its bodies.

use std::time::Duration;

use fenfa::{
    channels::fault::Fault,
    delivery::{Attempt, DeliveryState},
    id::DeliveryId,
};

use crate::harness::{BAIDU_WEBSITE, DOUYIN, TestApp};

async fn attempts(app: &TestApp, id: DeliveryId) -> Vec<Attempt> {
    let actor = app.system().await;
    app.app.delivery.attempts(&actor, id).await.unwrap()
}

/// What the looks found, in order.
fn outcomes(attempts: &[Attempt]) -> Vec<&str> {
    let found = attempts.iter().filter_map(|attempt| attempt.found.as_ref());
    found
        .map(|found| found["answer"]["outcome"].as_str().unwrap())
        .collect()
}

both_databases! {
    async fn a_look_that_finds_the_item_leaves_what_was_asked_and_found(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published);
        let attempts = attempts(&app, id).await;
        assert_eq!(outcomes(&attempts), ["one"], "{attempts:#?}");
        let look = attempts.iter().find(|attempt| attempt.found.is_some()).unwrap();
        assert_eq!(look.step, Attempt::LOOK);
        let found = look.found.as_ref().unwrap();
        assert_eq!(found["step"], "create_video");
        assert_eq!(found["answer"]["external_id"].as_str(), delivery.external_id.as_deref());
        let last = look.exchanges.last().expect("the calls of the look");
        assert_eq!(look.http_status, last.status);
        assert_eq!(look.channel_request_id, last.request_id);
        assert!(last.request.contains("list"), "{last:#?}");
        assert!(!format!("{look:?}").contains("access_token=act."), "no token is kept: {look:#?}");
    }

    async fn looks_that_find_nothing_leave_that_too(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::DropBefore);
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        app.settle(&worker, id).await;

        let attempts = attempts(&app, id).await;
        let outcomes = outcomes(&attempts);
        assert!(outcomes.len() > 1 && outcomes.iter().all(|outcome| *outcome == "absent"), "{outcomes:?}");
    }

    async fn a_look_that_fails_says_why(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
        app.lasting_fault(DOUYIN, "/video_list", Fault::StatusBefore { status: 503 });
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::NeedsReview);
        let attempts = attempts(&app, id).await;
        let looks: Vec<_> = attempts.iter().filter(|attempt| attempt.found.is_some()).collect();
        assert!(looks.iter().all(|look| look.class.is_some() && !look.message.is_empty()), "{looks:#?}");
        assert_eq!(looks.last().unwrap().http_status, Some(503));
        let viewer = app.person(fenfa::auth::Role::Viewer).await;
        let query = "query($id: ID!) { delivery(id: $id) { attempts { step found } } }";
        let shown = app.admin_graphql(&viewer, query, serde_json::json!({ "id": id })).await;
        let shown = shown["data"]["delivery"]["attempts"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(shown["found"]["answer"]["outcome"], "failed", "{shown:#}");
    }

    async fn old_evidence_keeps_its_facts_and_loses_its_bodies(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let id = app.send(BAIDU_WEBSITE, &account, "明前龙井的冲泡要点与火候").await;
        app.settle(&worker, id).await;
        let before = attempts(&app, id).await;
        app.clock.advance(Duration::from_hours(89 * 24));
        assert_eq!(worker.thin_evidence().await.unwrap(), 0, "it is not old yet");
        app.clock.advance(Duration::from_hours(2 * 24));
        app.fault(BAIDU_WEBSITE, BAIDU_WEBSITE.commit, Fault::DropBefore);
        let doubtful = app.send(BAIDU_WEBSITE, &account, "白茶的存放与陈化").await;
        worker.run_until_idle().await.unwrap();

        let thinned = worker.thin_evidence().await.unwrap();

        assert_eq!(thinned, before.len());
        let after = attempts(&app, id).await;
        assert!(before.iter().flat_map(|attempt| &attempt.exchanges).any(|call| !call.response_body.is_empty()));
        for (before, after) in before.iter().zip(&after) {
            assert!(after.thinned_at.is_some());
            assert_eq!((&after.step, &after.class, after.http_status), (&before.step, &before.class, before.http_status));
            assert_eq!(after.channel_request_id, before.channel_request_id);
            assert_eq!(after.exchanges.len(), before.exchanges.len());
            for (before, after) in before.exchanges.iter().zip(&after.exchanges) {
                assert_eq!((&after.request, after.status), (&before.request, before.status));
                assert!(after.request_body.is_empty() && after.response_body.is_empty());
            }
        }
        assert!(attempts(&app, doubtful).await.iter().all(|attempt| attempt.thinned_at.is_none()));
        assert_eq!(worker.thin_evidence().await.unwrap(), 0, "a second time changes nothing");
    }
}
