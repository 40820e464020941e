//! Baidu's own ways, against its simulator: the live page, speeds, allowances, review, pushes of addresses.

use std::collections::BTreeMap;

use fenfa::{
    channels::fault::{Fault, FaultRule},
    content::{ItemChanges, StoryContent},
    delivery::{Delivery, DeliveryState, Due, NewAccount, Reason, ScheduleInput},
    tailoring::SourceRef,
};
use serde_json::{Value, json};

use crate::harness::{BAIDU_BAIJIAHAO, BAIDU_FEED, BAIDU_SEARCH, BAIDU_WEBSITE, Route, TestApp};

const WEEK: std::time::Duration = std::time::Duration::from_hours(7 * 24);

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

/// What a call's form said.
fn form(request: &Value) -> BTreeMap<String, String> {
    let body = request["body"].as_str().unwrap().as_bytes();
    url::form_urlencoded::parse(body).into_owned().collect()
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
        set(&app, &json!({ "hourly_granted": true }));
        for (speed, number) in [("weekly", "0"), ("daily", "1"), ("hourly", "2")] {
            let account = app.connect("baidu", &[("speed", speed)]).await;
            let worker = app.worker().await;
            let id = app.send(BAIDU_SEARCH, &account, &format!("春茶上新第一口鲜 {speed}")).await;

            let delivery = app.settle(&worker, id).await;

            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
            let sent = requests(&app, "submitsitemap");
            let form = form(sent.last().unwrap());
            assert_eq!(form["type"], number);
            assert_eq!(form["url_list"], delivery.external_id.unwrap());
        }
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
        let form = form(&sent[0]);
        assert_eq!(form["title"], "春茶上新第一口鲜");
        assert_eq!((form["mapp_type"].as_str(), form["mapp_sub_type"].as_str()), ("1000", "1001"));
        let images: Vec<String> = serde_json::from_str(&form["images"]).unwrap();
        let ext: Value = serde_json::from_str(&form["ext"]).unwrap();
        assert_eq!(ext["publish_time"], "2026年3月3日");
        assert_eq!(ext["content_items"][1], json!({ "type": "image", "data": images[0] }));
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
        app.simulators.work("baidu").await;
        assert_eq!(app.live(BAIDU_FEED)[0]["state"], "投放中");
    }

    async fn what_baidu_knows_is_what_the_variant_says(app: TestApp) {
        let actor = app.system().await;
        let (_, key) = app.app.auth.create_api_key(&actor, "mini-program").await.unwrap();
        let account = app.connect("baidu", &[]).await;
        let query = "{pageInfo(channel:\"baidu\",slug:\"ID\",kind:KIND)}".replace("ID", "{id}").replace("KIND", "{KIND}");
        set(&app, &json!({
            "page_template": format!("{}/{{kind}}/{{id}}", app.url),
            "page_info_template": format!("{}/graphql?query={query}", app.url),
            "page_info_headers": { "x-fenfa-key": key },
        }));
        let worker = app.worker().await;
        let source = app.story("春茶上新第一口鲜").await;
        for route in [BAIDU_SEARCH, BAIDU_WEBSITE, BAIDU_FEED] {
            let id = app.schedule(route, &account, source).await;
            app.settle(&worker, id).await;
        }

        app.simulators.work("baidu").await;

        let variant = app.app.tailoring.variant(&actor, source, "baidu").await.unwrap();
        let field = |name: &str| variant.fields.iter().find(|field| field.name == name).unwrap().value().clone();
        for route in [BAIDU_SEARCH, BAIDU_WEBSITE] {
            let seen = &app.live(route)[0];
            assert_eq!(seen["state"], "indexed", "{seen:#}");
            assert_eq!(seen["ignored"], json!([]), "{seen:#}");
            assert_eq!((&seen["title"], &seen["description"]), (&field("title"), &field("description")));
            assert_eq!(seen["images"].as_array().unwrap().len(), 1, "{seen:#}");
            assert_eq!(seen["published"], field("json_ld")["pubDate"]);
        }
        let material = &app.live(BAIDU_FEED)[0];
        assert_eq!((&material["state"], &material["reason"]), (&json!("投放中"), &json!("")), "{material:#}");
    }

    async fn a_page_that_is_taken_back_leaves_the_index(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        set(&app, &json!({ "page_template": format!("{}/{{kind}}/{{id}}", app.url) }));
        let worker = app.worker().await;
        let source = app.story("春茶上新第一口鲜").await;
        let id = app.schedule(BAIDU_SEARCH, &account, source).await;
        app.settle(&worker, id).await;
        app.simulators.work("baidu").await;
        assert_eq!(app.live(BAIDU_SEARCH)[0]["state"], "indexed");

        app.app.content.unpublish::<StoryContent>(&app.system().await, source.item()).await.unwrap();
        app.clock.advance(WEEK);
        app.simulators.work("baidu").await;

        let page = &app.live(BAIDU_SEARCH)[0];
        assert_eq!((&page["state"], &page["reason"]), (&json!("dead"), &json!("小程序页面死链")));
        app.clock.advance(WEEK);
        app.simulators.work("baidu").await;
        assert!(app.live(BAIDU_SEARCH).is_empty());
    }

    async fn what_a_person_wrote_is_what_is_sent_and_shown(app: TestApp) {
        let (actor, tailoring) = (app.system().await, &app.app.tailoring);
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let source = app.story("春茶上新第一口鲜").await;
        let site = app.app.auth.site(&actor).await.unwrap().name;
        let title = format!("春茶上新：第一口鲜怎么泡-{site}");
        tailoring.set_override(&actor, source, "baidu", "title", json!(title), 0).await.unwrap();
        tailoring.set_override(&actor, source, "baidu", "body", json!("清明前后采茶，当天做完。"), 1).await.unwrap();
        for route in [BAIDU_WEBSITE, BAIDU_FEED] {
            let id = app.schedule(route, &account, source).await;
            assert_eq!(app.settle(&worker, id).await.state, DeliveryState::Published);
        }

        app.simulators.work("baidu").await;

        let page = &app.live(BAIDU_WEBSITE)[0];
        assert_eq!((&page["title"], &page["ignored"]), (&json!(title), &json!([])), "structured data says it too");
        let form = form(&requests(&app, "submitresource")[0]);
        let ext: Value = serde_json::from_str(&form["ext"]).unwrap();
        assert_eq!(ext["content_items"][1], json!({ "type": "text", "data": "清明前后采茶，当天做完。" }));
    }

    async fn a_video_goes_to_search_feed_and_website(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        set(&app, &json!({ "page_template": format!("{}/{{kind}}/{{id}}", app.url) }));
        let worker = app.worker().await;
        let source = app.video_with_poster("春茶上新第一口鲜的冲泡").await;
        for route in [BAIDU_SEARCH, BAIDU_FEED, BAIDU_WEBSITE] {
            let id = app.schedule(route, &account, source).await;
            let delivery = app.settle(&worker, id).await;
            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        }

        app.simulators.work("baidu").await;

        let form = form(&requests(&app, "submitresource")[0]);
        let ext: Value = serde_json::from_str(&form["ext"]).unwrap();
        assert_eq!((form["mapp_sub_type"].as_str(), ext["video_duration"].as_str()), ("1002", Some("00:02")));
        assert!(form["path"].ends_with("&kind=video"), "{}", form["path"]);
        assert_eq!(app.live(BAIDU_FEED)[0]["state"], "投放中", "{:#?}", app.live(BAIDU_FEED));
        for route in [BAIDU_SEARCH, BAIDU_WEBSITE] {
            let page = &app.live(route)[0];
            assert_eq!((&page["state"], &page["ignored"]), (&json!("indexed"), &json!([])), "{page:#}");
        }
    }

    async fn what_is_refused_as_wrong_ends_at_once(app: TestApp) {
        let refusals = [
            (BAIDU_FEED, r#"{"error_code":100,"error_msg":"Invalid parameter"}"#),
            (BAIDU_FEED, r#"{"error_code":3,"error_msg":"Unsupported openapi method"}"#),
            (BAIDU_FEED, r#"{"errno":40001,"msg":"title is required"}"#),
            (BAIDU_SEARCH, r#"{"errno":2002,"msg":"level not allowed"}"#),
            (BAIDU_WEBSITE, r#"{"error":400,"message":"empty content"}"#),
            (BAIDU_WEBSITE, r#"{"remain":9,"success":0,"not_same_site":["x"]}"#),
        ];
        for (number, (route, body)) in refusals.into_iter().enumerate() {
            let account = app.connect("baidu", &[]).await;
            let worker = app.worker().await;
            app.fault(route, route.commit, Fault::BodyBefore { body: body.to_owned() });
            let id = app.send(route, &account, &format!("春茶上新第一口鲜 {number}")).await;

            let delivery = app.settle(&worker, id).await;

            assert_eq!(delivery.state, DeliveryState::Rejected, "{body}: {delivery:#?}");
            assert!(app.live(route).is_empty());
        }
    }

    async fn the_fast_index_is_used_where_the_site_was_granted_it(app: TestApp) {
        let delivery = publish(&app, BAIDU_WEBSITE, &[("fast_index", "on"), ("probe_quota", "on")]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let sent = requests(&app, "/zz/urls");
        assert!(sent.iter().all(|request| request["query"].as_str().unwrap().ends_with("&type=daily")), "{sent:#?}");
        assert_eq!(app.live(BAIDU_WEBSITE).len(), 1);
    }

    async fn a_lost_push_is_settled_by_the_allowance(app: TestApp) {
        let titles = ["春茶上新第一口鲜", "春茶上新第二口甜"];
        let faults = [Fault::AcceptThenDrop, Fault::DropBefore];
        let expected = [(1, true), (1, false)];
        let worker = app.worker().await;
        for ((title, fault), (live, is_assumed)) in titles.into_iter().zip(faults).zip(expected) {
            let account = app.connect("baidu", &[("probe_quota", "on")]).await;
            // The account's own check reads the allowance, then the delivery does.
            let rule = FaultRule { path: BAIDU_WEBSITE.commit.to_owned(), skip: 1, times: 1, fault };
            assert!(app.simulators.add_fault("baidu", rule));
            let id = app.send(BAIDU_WEBSITE, &account, title).await;

            let delivery = app.settle(&worker, id).await;

            assert_eq!((delivery.state, delivery.is_assumed), (DeliveryState::Published, is_assumed), "{delivery:#?}");
            let key = json!(delivery.external_id);
            let pages = app.live(BAIDU_WEBSITE);
            let submissions: Vec<_> = pages.iter().filter(|page| page["key"] == key || delivery.external_id.is_none()).map(|page| page["submissions"].as_u64().unwrap()).collect();
            assert_eq!(submissions, [live], "{pages:#?}");
        }
    }

    async fn many_refused_tokens_are_one_request_for_a_new_one(app: TestApp) {
        let account = app.connect("baidu", &[("quota.search_daily", "100")]).await;
        set(&app, &json!({ "search_daily": 100 }));
        let worker = app.worker().await;
        let first = app.send(BAIDU_SEARCH, &account, "春茶上新第一口鲜").await;
        app.settle(&worker, first).await;
        let fetched = requests(&app, "/oauth/2.0/token").len();
        app.simulators.control("baidu", &json!({ "revoke_tokens": true })).unwrap();
        let mut ids = Vec::new();
        for number in 0..12 {
            ids.push(app.send(BAIDU_SEARCH, &account, &format!("春茶上新的第 {number} 口鲜")).await);
        }

        for id in ids {
            assert_eq!(app.settle(&worker, id).await.state, DeliveryState::Published);
        }

        assert_eq!(requests(&app, "/oauth/2.0/token").len(), fetched + 1);
        assert_eq!(app.live(BAIDU_SEARCH).len(), 13);
    }

    async fn an_account_may_have_a_mini_program_or_a_website_alone(app: TestApp) {
        app.connect("baidu", &[]).await;
        let actor = app.system().await;
        let connect = async |settings: &[(&str, &str)], credentials: &[(&str, &str)]| {
            let texts = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let new = NewAccount {
                channel: "baidu".into(),
                name: uuid::Uuid::now_v7().to_string(),
                settings: texts(settings),
                credentials: texts(credentials),
                tokens: None,
            };
            app.app.delivery.connect_account(&actor, new).await
        };
        let base = format!("{}/baidu", app.simulators_url);
        let (openapi, zz) = (format!("{base}/openapi"), format!("{base}/zz"));

        let site = connect(&[("site", &app.url), ("push_url", &zz), ("probe_quota", "on")], &[("push_token", "0123456789abcdef")]).await.unwrap();
        assert_eq!(site.status_note.as_deref(), Some("站点可以推送网址，今日余量 100；没有填写小程序，搜索收录和信息流不可用；没有填写百家号的 app_id，百家号不可用。"));
        let input = ScheduleInput {
            source: app.source_for(BAIDU_BAIJIAHAO, "春茶上新第一口鲜").await,
            account: site.id,
            lane: BAIDU_BAIJIAHAO.lane.to_owned(),
            due: Due::Now,
        };
        let refused = app.app.delivery.schedule(&actor, input).await.unwrap_err();
        assert!(refused.to_string().contains("没有填写百家号"), "{refused}");
        let program = connect(&[("app_key", "AK_demo"), ("openapi_url", &openapi)], &[("app_secret", "SK_demo")]).await.unwrap();
        assert_eq!(program.status_note.as_deref(), Some("小程序令牌有效，可以提交搜索收录和信息流物料；没有填写站点，网站推送不可用；没有填写百家号的 app_id，百家号不可用。"));
        let wrong = connect(&[("app_key", "AK_demo"), ("openapi_url", &openapi)], &[("app_secret", "no")]).await.unwrap();
        assert!(wrong.status_note.unwrap().starts_with("小程序令牌："));
        for (settings, credentials, field) in [
            (&[][..], &[][..], "input.settings.app_key"),
            (&[("app_key", "AK_demo")][..], &[][..], "input.credentials.app_secret"),
            (&[][..], &[("push_token", "x")][..], "input.settings.site"),
            (&[("app_key", "x"), ("speed", "soon")][..], &[("app_secret", "x")][..], "input.settings.speed"),
        ] {
            assert_eq!(connect(settings, credentials).await.unwrap_err().field(), Some(field));
        }
    }

    async fn what_was_never_submitted_is_found_on_the_index_page(app: TestApp) {
        app.connect("baidu", &[]).await;
        app.story("春茶上新第一口鲜").await;
        set(&app, &json!({
            "page_template": format!("{}/{{kind}}/{{id}}", app.url),
            "index_page_template": format!("{}/feeds/baidu/index?currentPage={{page}}", app.url),
        }));

        app.simulators.work("baidu").await;

        let page = &app.live(BAIDU_SEARCH)[0];
        assert_eq!((&page["state"], &page["submissions"]), (&json!("indexed"), &json!(1)), "{page:#}");
        assert!(requests(&app, "submitsitemap").is_empty(), "no allowance was taken");
    }
}
