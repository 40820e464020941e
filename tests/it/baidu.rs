//! Baidu's own ways, against its simulator: the live page, speeds, allowances, review, pushes of addresses.

use fenfa::{
    content::StoryContent,
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
}
