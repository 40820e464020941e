//! Pages of a mini-program in WeChat's search: put in, overwritten, taken out, found by readers; and the simulator's call
//! as a stranger's client meets it.

use std::time::Duration;

use fenfa::delivery::{AccountStatus, Delivery, DeliveryState, Due, Reason, ScheduleInput};
use serde_json::{Value, json};

use crate::harness::{Backend, TestApp, WECHAT_SEARCH};

const TITLE: &str = "一杯绿茶";
const CALL: &str = "/wxa/search/wxaapi_submitpages";

fn set(app: &TestApp, settings: &Value) {
    let command = json!({ "set": settings });
    app.simulators.control("wechat", &command).unwrap();
}

async fn send(app: &TestApp, settings: &[(&str, &str)]) -> Delivery {
    let account = app.connect("wechat", settings).await;
    let worker = app.worker().await;
    let id = app.send(WECHAT_SEARCH, &account, TITLE).await;
    worker.run_until_idle().await.unwrap();
    app.delivery(id).await
}

/// What somebody sees who searches for a word, and how many pictures.
async fn found(app: &TestApp, word: &str) -> (String, usize) {
    let url = format!("{}/wechat/search?q={word}", app.simulators_url);
    app.page(&url).await
}

fn message(delivery: &Delivery) -> &str {
    delivery.reason_params["message"].as_str().unwrap()
}

both_databases! {
    async fn a_story_becomes_a_page_that_readers_find_a_day_later(app: TestApp) {
        let delivery = send(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(WECHAT_SEARCH);
        assert_eq!((live.len(), &live[0]["state"]), (1, &json!("待收录")));
        assert_eq!(live[0]["key"].as_str(), delivery.external_id.as_deref());
        assert!(live[0]["key"].as_str().unwrap().starts_with("pages/story/index?id="), "{live:?}");
        assert!(live[0]["content"].as_str().unwrap().contains("冲泡时水温以八十五度为宜"));
        assert!(found(&app, "绿茶").await.0.contains("没有找到"));

        app.clock.advance(Duration::from_hours(24));

        let (page, covers) = found(&app, "绿茶").await;
        assert!(page.contains("<b>一杯绿茶</b>") && page.contains("小程序 · "), "{page}");
        assert_eq!(covers, 1, "a cover that can be fetched");
        assert!(found(&app, "咖啡").await.0.contains("没有找到"));
    }

    async fn a_page_that_changed_overwrites_the_one_that_is_there(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        let worker = app.worker().await;
        let (actor, source) = (app.system().await, app.story(TITLE).await);
        let first = app.schedule(WECHAT_SEARCH, &account, source).await;
        app.settle(&worker, first).await;
        let changed = app.app.tailoring.set_override(&actor, source, "wechat", "search_title", json!("绿茶的水温"), 0);
        changed.await.unwrap();

        let second = app.schedule(WECHAT_SEARCH, &account, source).await;
        let delivery = app.settle(&worker, second).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(delivery.parent, Some(first));
        let live = app.live(WECHAT_SEARCH);
        assert_eq!((live.len(), &live[0]["title"], &live[0]["submissions"]), (1, &json!("绿茶的水温"), &json!(2)));
    }

    async fn an_access_that_was_not_approved_is_for_a_person_and_test_data_are_found_by_nobody(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        set(&app, &json!({ "search_access": "review", "search_delay_s": 0 }));
        let worker = app.worker().await;
        let id = app.send(WECHAT_SEARCH, &account, TITLE).await;
        worker.run_until_idle().await.unwrap();
        let refused = app.delivery(id).await;
        assert_eq!((refused.state, refused.reason), (DeliveryState::Rejected, Some(Reason::Refused)), "{refused:#?}");
        assert!(message(&refused).contains("review"), "{}", message(&refused));
        assert!(app.live(WECHAT_SEARCH).is_empty());

        let reviewing = app.connect("wechat", &[("search_set", "review")]).await;
        set(&app, &json!({ "search_access": "review" }));
        let id = app.send(WECHAT_SEARCH, &reviewing, "两杯红茶").await;
        worker.run_until_idle().await.unwrap();

        assert_eq!(app.delivery(id).await.state, DeliveryState::Published);
        assert_eq!(app.live(WECHAT_SEARCH)[0]["state"], "审核集");
        assert!(found(&app, "红茶").await.0.contains("没有找到"));
    }

    async fn without_a_mini_program_there_is_no_search_and_the_rest_goes_on(app: TestApp) {
        let account = app.connect("wechat", &[("mini_app_id", "")]).await;
        let actor = app.system().await;
        let check = app.app.delivery.check_account(&actor, account.id).await.unwrap();
        assert!(check.ok && !check.lanes.contains(&"search".to_owned()), "{check:?}");

        let held = send(&app, &[("mini_app_id", "")]).await;

        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Permission)), "{held:#?}");
        assert!(message(&held).contains("小程序 AppID"), "{}", message(&held));
    }

    async fn a_wrong_secret_of_the_mini_program_does_not_stop_the_official_account(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        let worker = app.worker().await;
        // It was right when the account was checked.
        set(&app, &json!({ "mini_app_secret": "another" }));
        let id = app.send(WECHAT_SEARCH, &account, TITLE).await;

        worker.run_until_idle().await.unwrap();

        let held = app.delivery(id).await;
        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Permission)), "{held:#?}");
        assert!(message(&held).starts_with("小程序：AppSecret 不符"), "{}", message(&held));
        let account = app.app.delivery.account(&app.system().await, account.id).await.unwrap();
        assert_eq!(account.status, AccountStatus::Active);
    }

    async fn a_days_allowance_is_the_accounts_setting(app: TestApp) {
        let account = app.connect("wechat", &[("quota.search_daily", "1")]).await;
        let worker = app.worker().await;
        let first = app.send(WECHAT_SEARCH, &account, TITLE).await;
        let second = app.send(WECHAT_SEARCH, &account, "两杯红茶").await;

        worker.run_until_idle().await.unwrap();

        assert_eq!(app.delivery(first).await.state, DeliveryState::Published);
        let waiting = app.delivery(second).await;
        assert_eq!((waiting.state, waiting.reason), (DeliveryState::Held, Some(Reason::Quota)), "{waiting:#?}");
        assert_eq!(app.settle(&worker, second).await.state, DeliveryState::Published);
    }

    async fn a_title_with_a_tag_is_refused_before_anything_is_sent(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        let (actor, source) = (app.system().await, app.story(TITLE).await);
        let changed = app.app.tailoring.set_override(&actor, source, "wechat", "search_text", json!("<p>茶</p>"), 0);
        changed.await.unwrap();
        let input = ScheduleInput { source, account: account.id, lane: "search".to_owned(), due: Due::Now };

        let refused = app.app.delivery.schedule(&actor, input).await.unwrap_err();

        assert!(refused.to_string().contains("WX-S02"), "{refused}");
    }
}

/// A client of the mini-program that knows nothing of Fenfa.
struct Stranger {
    app: TestApp,
    token: String,
}

impl Stranger {
    async fn start() -> Self {
        let app = TestApp::start(Backend::Sqlite).await;
        let url = format!("{}/wechat/cgi-bin/stable_token", app.simulators_url);
        let body = json!({
            "grant_type": "client_credential", "appid": "wxmini0123456789",
            "secret": "fedcba9876543210fedcba9876543210",
        });
        let answer = app.http.post(url).json(&body).send().await.unwrap();
        let token = answer.json::<Value>().await.unwrap()["access_token"].clone();
        let token = token.as_str().unwrap().to_owned();
        Self { app, token }
    }

    async fn post(&self, body: &Value) -> i64 {
        let url = format!("{}/wechat{CALL}", self.app.simulators_url);
        let request = self
            .app
            .http
            .post(url)
            .query(&[("access_token", &self.token)]);
        let answer = request.body(body.to_string()).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        answer["errcode"]
            .as_i64()
            .unwrap_or_else(|| panic!("{answer}"))
    }

    /// A page with some values of its own and of its data, in the only call.
    async fn submit(&self, changed: Value, data: Value) -> i64 {
        self.post(&json!({ "pages": [page(changed, data)] })).await
    }
}

fn page(changed: Value, data: Value) -> Value {
    let mut page = json!({ "path": "pages/story/index", "query": "id=42", "data_list": [{
        "@type": "wxsearch_cpdata", "update": 1, "content_id": "story-42", "page_type": 2, "category_id": 1,
        "title": "秋日面包", "abstract": ["三种面团"], "mainbody": "1 < 2，纯文本正文",
        "cover_img": [{ "cover_img_url": "https://cms.example/c/42.jpg", "cover_img_size": 1 }],
        "time_publish": 1_760_000_000, "time_modify": 1_760_000_500,
    }] });
    for (place, values) in [("", changed), ("/data_list/0", data)] {
        let target = page.pointer_mut(place).unwrap().as_object_mut().unwrap();
        target.extend(values.as_object().unwrap().clone());
    }
    page
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_refused_with_the_codes_of_the_documentation() {
    let stranger = Stranger::start().await;
    let none = || json!({});
    assert_eq!(stranger.submit(none(), none()).await, 108_003);
    set(&stranger.app, &json!({ "search_access": "review" }));
    assert_eq!(stranger.submit(none(), none()).await, 108_003);
    let test = json!({ "@type": "wxsearch_testcpdata" });
    assert_eq!(stranger.submit(none(), test).await, 0);
    set(&stranger.app, &json!({ "search_access": "production" }));
    assert_eq!(stranger.submit(none(), none()).await, 0);

    for (changed, data, code) in [
        (json!({ "path": "" }), none(), 40210),
        (json!({ "path": "/pages/story/index" }), none(), 40210),
        (json!({ "path": "pages/other/index" }), none(), 40210),
        (json!({ "query": "" }), none(), 40212),
        (json!({ "query": "id" }), none(), 40212),
        (json!({ "query": "id=鱼" }), none(), 40212),
        (json!({ "data_list": [] }), none(), 40211),
        (none(), json!({ "@type": "article" }), 40211),
        (none(), json!({ "update": 2 }), 40211),
        (none(), json!({ "content_id": "" }), 40211),
        (none(), json!({ "page_type": 3 }), 40211),
        (none(), json!({ "category_id": "1" }), 40211),
        (none(), json!({ "title": " " }), 40211),
        (none(), json!({ "abstract": "三种面团" }), 40211),
        (none(), json!({ "mainbody": "<p>正文</p>" }), 40211),
        (none(), json!({ "cover_img": [] }), 40211),
        (
            none(),
            json!({ "cover_img": [{ "cover_img_url": "https://a.example/1.jpg", "cover_img_size": 4 }] }),
            40211,
        ),
        (
            none(),
            json!({ "time_publish": 1_760_000_000_000_i64 }),
            40211,
        ),
        (none(), json!({ "mainbody": "茶".repeat(400_000) }), 108_002),
    ] {
        let refused = if changed["data_list"].is_array() {
            let mut page = page(none(), none());
            page["data_list"] = json!([]);
            stranger.post(&json!({ "pages": [page] })).await
        } else {
            stranger.submit(changed.clone(), data.clone()).await
        };
        let data = data.to_string().chars().take(80).collect::<String>();
        assert_eq!(refused, code, "{changed} {data}");
    }
    assert_eq!(stranger.post(&json!({ "pages": [] })).await, 40219);
    let many: Vec<Value> = (0..1001).map(|_| page(none(), none())).collect();
    assert_eq!(stranger.post(&json!({ "pages": many })).await, 47004);
    let large: Vec<Value> = (0..5)
        .map(|number| {
            let query = json!({ "query": format!("id={number}") });
            page(query, json!({ "mainbody": "茶".repeat(300_000) }))
        })
        .collect();
    assert_eq!(stranger.post(&json!({ "pages": large })).await, 45002);

    for (settings, code) in [
        (json!({ "search_blocked": ["pages/story/index"] }), 40066),
        (json!({ "search_per_day": 2 }), 47006),
        (json!({ "search_off": true }), 85091),
        (json!({ "search_banned": true }), 85083),
        (json!({ "mini_verified": false }), 48001),
    ] {
        set(&stranger.app, &settings);
        assert_eq!(stranger.submit(none(), none()).await, code, "{settings}");
        set(
            &stranger.app,
            &json!({
                "search_blocked": [], "search_per_day": 10_000, "search_off": false,
                "search_banned": false, "mini_verified": true,
            }),
        );
    }
    let live = stranger.app.live(WECHAT_SEARCH);
    assert_eq!(live.len(), 2, "what was refused left nothing: {live:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_one_by_its_path_and_query_and_is_deleted_once() {
    let stranger = Stranger::start().await;
    set(&stranger.app, &json!({ "search_access": "production" }));
    let none = || json!({});
    for title in ["秋日面包", "冬日面包"] {
        let code = stranger.submit(none(), json!({ "title": title })).await;
        assert_eq!(code, 0);
    }
    let other = json!({ "query": "id=43" });
    assert_eq!(stranger.submit(other, none()).await, 0);
    let live = stranger.app.live(WECHAT_SEARCH);
    assert_eq!(live.len(), 2);
    assert_eq!(
        (&live[0]["title"], &live[0]["submissions"]),
        (&json!("冬日面包"), &json!(2))
    );

    for _ in 0..2 {
        assert_eq!(stranger.submit(none(), json!({ "update": 3 })).await, 0);
        let live = stranger.app.live(WECHAT_SEARCH);
        assert_eq!(
            (live.len(), &live[0]["key"]),
            (1, &json!("pages/story/index?id=43"))
        );
    }
}
