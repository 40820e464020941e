//! Baidu's own ways, against its simulator: the live page, speeds, allowances, review, pushes of addresses.

use fenfa::{
    channels::fault::Fault,
    content::{ItemChanges, StoryContent},
    delivery::{Delivery, DeliveryState, Reason},
    tailoring::SourceRef,
};
use serde_json::{Value, json};

use crate::harness::{BAIDU_FEED, BAIDU_SEARCH, BAIDU_WEBSITE, Route, TestApp};

async fn publish(app: &TestApp, route: Route, settings: &[(&str, &str)]) -> Delivery {
    let account = app.connect("baidu", settings).await;
    let worker = app.worker().await;
    let id = app.send(route, &account, "春茶上新第一口鲜").await;
    app.settle(&worker, id).await
}

fn set(app: &TestApp, settings: &Value) {
    app.simulators
        .control("baidu", &json!({ "set": settings }))
        .unwrap();
}

/// Bodies and queries that the simulator was sent.
fn requests(app: &TestApp, path: &str) -> Vec<Value> {
    let requests = app
        .simulators
        .control("baidu", &json!({ "requests": true }))
        .unwrap();
    let requests = requests.as_array().unwrap().iter();
    requests
        .filter(|request| request["path"].as_str().unwrap().contains(path))
        .cloned()
        .collect()
}

both_databases! {
    async fn a_page_that_is_not_live_is_not_pushed(app: TestApp) {
        for route in [BAIDU_SEARCH, BAIDU_WEBSITE] {
            let account = app.connect("baidu", &[]).await;
            let worker = app.worker().await;
            let source = app.source_for(route, &format!("春茶上新第一口鲜 {}", route.lane)).await;
            let SourceRef::Story(story) = source else { unreachable!() };
            let id = app.schedule(route, &account, source).await;
            app.app.content.unpublish::<StoryContent>(&app.system().await, story).await.unwrap();

            worker.run_until_idle().await.unwrap();

            let delivery = app.delivery(id).await;
            assert_ne!(delivery.state, DeliveryState::Published, "{delivery:#?}");
            assert!(app.live(route).is_empty(), "{:?}", app.live(route));
        }
    }

    async fn a_path_goes_at_the_speed_of_the_account(app: TestApp) {
        let delivery = publish(&app, BAIDU_SEARCH, &[("speed", "hourly")]).await;

        assert_eq!(delivery.state, DeliveryState::Published);
        let sent = requests(&app, "submitsitemap");
        assert_eq!(sent.len(), 1, "{sent:#?}");
        assert!(sent[0]["body"].as_str().unwrap().contains(r#"("type", "2")"#), "{sent:#?}");
    }

    async fn the_platforms_own_allowance_holds_what_is_over_it(app: TestApp) {
        // Our count says ten a day; the platform gave this app none today.
        set(&app, &json!({ "search_daily": 0 }));
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let id = app.send(BAIDU_SEARCH, &account, "春茶上新第一口鲜").await;

        worker.run_until_idle().await.unwrap();

        let held = app.delivery(id).await;
        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Quota)), "{held:#?}");
        assert!(app.live(BAIDU_SEARCH).is_empty());
    }

    async fn a_material_carries_its_pictures_date_and_kind(app: TestApp) {
        let delivery = publish(&app, BAIDU_FEED, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(BAIDU_FEED);
        assert_eq!(live.len(), 1);
        let sent = requests(&app, "submitresource");
        let body = sent[0]["body"].as_str().unwrap();
        assert!(body.contains(r#"("title", "春茶上新第一口鲜")"#), "{body}");
        assert!(body.contains("2026年3月3日"), "{body}");
        let images: Vec<String> = serde_json::from_str(live[0]["images"].as_str().unwrap()).unwrap();
        assert!(matches!(images.len(), 1 | 3), "{images:?}");
        let picture = app.http.get(&images[0]).send().await.unwrap();
        assert_eq!(picture.headers()["content-type"], "image/jpeg", "the address that was sent serves the picture");
    }

    async fn what_the_crawler_reads_is_the_page_that_was_pushed(app: TestApp) {
        let delivery = publish(&app, BAIDU_WEBSITE, &[]).await;

        let address = delivery.external_id.clone().unwrap();
        let page = app.http.get(&address).send().await.unwrap().text().await.unwrap();
        let map = app.http.get(format!("{}/sitemap.xml", app.url)).send().await.unwrap().text().await.unwrap();

        assert!(page.contains("<title>春茶上新第一口鲜"), "{page}");
        assert!(map.contains(&address), "{map}");
        assert_eq!(app.live(BAIDU_WEBSITE)[0]["key"], json!(address));
    }

    async fn a_token_that_the_platform_ended_is_fetched_anew(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        app.simulators.control("baidu", &json!({ "revoke_tokens": true })).unwrap();
        let id = app.send(BAIDU_SEARCH, &account, "春茶上新第一口鲜").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(BAIDU_SEARCH).len(), 1);
    }

    async fn what_baidu_answers_decides_what_follows(app: TestApp) {
        let held = (DeliveryState::Held, Some(Reason::Quota));
        let refused = (DeliveryState::Rejected, Some(Reason::Refused));
        let answers = [
            ("春茶一", r#"{"errno":30013,"msg":"over the quantity limit"}"#, held),
            ("春茶二", r#"{"errno":"100110007","errMsg":"over quota"}"#, held),
            ("春茶三", r#"{"error_code":17,"error_msg":"Open api daily request limit reached"}"#, held),
            ("春茶四", r#"{"errno":60005,"msg":"not bound"}"#, refused),
            ("春茶五", r#"{"errno":30001,"msg":"parameter error"}"#, refused),
        ];
        let worker = app.worker().await;
        for (title, body, expected) in answers {
            let account = app.connect("baidu", &[]).await;
            app.fault(BAIDU_SEARCH, BAIDU_SEARCH.commit, Fault::BodyBefore { body: body.to_owned() });
            let id = app.send(BAIDU_SEARCH, &account, title).await;

            worker.run_until_idle().await.unwrap();

            let delivery = app.delivery(id).await;
            assert_eq!((delivery.state, delivery.reason), expected, "{body}: {delivery:#?}");
        }
        assert!(app.live(BAIDU_SEARCH).is_empty());
    }

    async fn an_answer_in_another_spelling_is_read_all_the_same(app: TestApp) {
        let body = r#"{"errno":"0","errMsg":"success","requestId":"1","new":{"field":1}}"#.to_owned();
        app.fault(BAIDU_SEARCH, BAIDU_SEARCH.commit, Fault::BodyAfter { body });

        let delivery = publish(&app, BAIDU_SEARCH, &[]).await;

        assert_eq!((delivery.state, delivery.is_assumed), (DeliveryState::Published, false), "{delivery:#?}");
        assert_eq!(app.live(BAIDU_SEARCH).len(), 1);
    }

    async fn a_spent_allowance_is_not_asked_again_before_midnight_in_beijing(app: TestApp) {
        set(&app, &json!({ "website_push": 0 }));
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let id = app.send(BAIDU_WEBSITE, &account, "春茶上新第一口鲜").await;
        worker.run_until_idle().await.unwrap();
        let held = app.delivery(id).await;
        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Quota)), "{held:#?}");

        set(&app, &json!({ "website_push": 100 }));
        app.set_time("2026-03-03T15:00:00Z");
        worker.run_until_idle().await.unwrap();
        assert_eq!(requests(&app, "/zz/urls").len(), 1, "it is 23:00 there");
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert!(app.clock.now() >= "2026-03-03T16:00:00Z".parse().unwrap());
        assert_eq!(app.live(BAIDU_WEBSITE).len(), 1);
    }

    async fn a_wrong_push_token_is_told_and_sends_nothing(app: TestApp) {
        set(&app, &json!({ "push_token": "fedcba9876543210" }));

        let delivery = publish(&app, BAIDU_WEBSITE, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Rejected, "{delivery:#?}");
        assert!(app.live(BAIDU_WEBSITE).is_empty());
        let attempts = app.app.delivery.attempts(&app.system().await, delivery.id).await.unwrap();
        assert!(format!("{attempts:?}").contains("token is not valid"), "{attempts:#?}");
        assert!(!format!("{attempts:?}").contains("0123456789abcdef"), "the token is in no log of a call");
    }

    async fn deliveries_share_one_token_for_as_long_as_the_platform_says(app: TestApp) {
        set(&app, &json!({ "token_life_s": 86_400 }));
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let checked = requests(&app, "/oauth/2.0/token").len();
        for title in ["春茶一", "春茶二", "春茶三"] {
            let id = app.send(BAIDU_SEARCH, &account, title).await;
            app.settle(&worker, id).await;
        }
        assert_eq!(requests(&app, "/oauth/2.0/token").len(), checked + 1);

        app.clock.advance(std::time::Duration::from_hours(25));
        let id = app.send(BAIDU_SEARCH, &account, "春茶四").await;
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(requests(&app, "/oauth/2.0/token").len(), checked + 2);
        assert_eq!(app.live(BAIDU_SEARCH).len(), 4);
    }

    async fn a_changed_material_is_an_update_and_one_material_stays(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let source = app.story("春茶上新第一口鲜").await;
        let first = app.schedule(BAIDU_FEED, &account, source).await;
        app.settle(&worker, first).await;
        let (actor, content) = (app.system().await, &app.app.content);
        let story = content.item::<StoryContent>(&actor, source.item()).await.unwrap();
        let changes = ItemChanges {
            base_version: story.version,
            content: StoryContent { title: "春茶上新第二口甜".to_owned(), ..story.content },
            slug: None,
        };
        content.update(&actor, story.id, changes).await.unwrap();
        content.publish::<StoryContent>(&actor, story.id).await.unwrap();

        let second = app.schedule(BAIDU_FEED, &account, source).await;
        let delivery = app.settle(&worker, second).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(BAIDU_FEED);
        assert_eq!((live.len(), &live[0]["title"]), (1, &json!("春茶上新第二口甜")), "{live:#?}");
        assert_eq!(live[0]["state"], "投放中");
    }
}
