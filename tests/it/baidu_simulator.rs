//! The simulator of Baidu as a client meets it: envelopes, order of checks, allowances, life of pages and materials.

use std::{collections::BTreeMap, net::TcpListener, time::Duration};

use actix_web::{App, HttpResponse, HttpServer, web};
use fenfa::{channels::Simulators, clock::Clock, config::Config, outbound};
use serde_json::{Value, json};

use crate::harness::{BAIDU_FEED, BAIDU_SEARCH, BAIDU_WEBSITE, Route, TestApp, channels};

const SUBMIT: &str = "access/submitsitemap/api";
const MATERIAL: &str = "access/submitresource";
const SITE: &str = "https://www.example.cn";

/// The simulators alone, and a client without a line of ours in it.
struct Baidu {
    clock: Clock,
    simulators: Simulators,
    url: String,
    http: reqwest::Client,
    /// Where files of materials are.
    files: String,
}

impl Baidu {
    async fn start(settings: Value) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let [listener, files] = [0, 1].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
        let allowed =
            [&listener, &files].map(|listener| listener.local_addr().unwrap().to_string());
        let config = Config::with_overrides("").unwrap();
        let http = outbound::client(&config.outbound, &allowed).unwrap();
        let clock = Clock::fixed(TestApp::START.parse().unwrap());
        let simulators = Simulators::of(channels(), &clock, None, &http);
        let mounted = simulators.clone();
        let server =
            HttpServer::new(move || App::new().configure(|config| mounted.configure(config)));
        tokio::spawn(
            server
                .workers(1)
                .disable_signals()
                .listen(listener)
                .unwrap()
                .run(),
        );
        serve_files(files);
        let [url, files] = allowed.map(|address| format!("http://{address}"));
        let baidu = Self {
            clock,
            simulators,
            url,
            http,
            files,
        };
        baidu.set(&json!({ "site": SITE, "calls_per_second": 0, "crawl_delay_s": 0 }));
        baidu.set(&settings);
        baidu
    }

    fn control(&self, command: &Value) -> Result<Value, String> {
        self.simulators.control("baidu", command)
    }

    fn set(&self, settings: &Value) {
        self.control(&json!({ "set": settings })).unwrap();
    }

    fn url(&self, path: &str) -> String {
        format!("{}/baidu/{path}", self.url)
    }

    async fn token(&self, app: &str, secret: &str) -> (u16, Value) {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", app),
            ("client_secret", secret),
            ("scope", "smartapp_snsapi_base"),
        ];
        let url = self.url("openapi/oauth/2.0/token");
        let answer = self.http.post(url).form(&form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn good_token(&self) -> String {
        let (_, body) = self.token("AK_demo", "SK_demo").await;
        body["access_token"].as_str().unwrap().to_owned()
    }

    async fn call(&self, path: &str, token: &str, form: &[(&str, &str)]) -> Value {
        let url = self.url(&format!("openapi/rest/2.0/smartapp/{path}"));
        let request = self.http.post(url).query(&[("access_token", token)]);
        request
            .form(form)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    async fn submit(&self, token: &str, kind: &str, paths: &str) -> i64 {
        let form = [("type", kind), ("url_list", paths)];
        let answer = self.call(SUBMIT, token, &form).await;
        answer["errno"]
            .as_i64()
            .unwrap_or_else(|| panic!("{answer}"))
    }

    async fn push(&self, action: &str, kind: &str, body: &str) -> (u16, Value) {
        let mut query = vec![("site", SITE), ("token", "0123456789abcdef")];
        if !kind.is_empty() {
            query.push(("type", kind));
        }
        let url = self.url(&format!("zz/{action}"));
        let request = self.http.post(url).query(&query).body(body.to_owned());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    fn items(&self, route: Route) -> BTreeMap<String, Value> {
        let ledger = self.simulators.ledger_of("baidu").unwrap();
        let items = ledger["items"].as_array().unwrap().iter();
        items
            .filter(|item| item["lane"] == route.lane)
            .map(|item| (item["key"].as_str().unwrap().to_owned(), item.clone()))
            .collect()
    }

    async fn later(&self, by: Duration) {
        self.clock.advance(by);
        self.simulators.work("baidu").await;
    }
}

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

fn material(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let good = [
        ("title", "老茶馆的一天：五点半的第一壶水"),
        ("body", "清晨五点半，灶火亮了。"),
        ("path", "/pages/story/index?id=42"),
        ("images", "[\"https://img.example.cn/a.jpg\"]"),
        ("mapp_type", "1000"),
        ("mapp_sub_type", "1001"),
        ("feed_type", "旅游"),
        ("feed_sub_type", "民俗"),
        ("tags", "茶馆,成都"),
        ("ext", "{\"publish_time\":\"2026年3月1日\"}"),
    ];
    let mut form: Vec<_> = good.to_vec();
    for (name, value) in changes {
        match form.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = value,
            None => form.push((name, value)),
        }
    }
    form
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_have_the_documented_shape_and_life() {
    let baidu =
        Baidu::start(json!({ "token_life_s": 86_400, "other_apps": { "AK_other": "SK_other" } }))
            .await;

    let (status, body) = baidu.token("AK_demo", "SK_demo").await;
    let token = body["access_token"].as_str().unwrap();
    assert_eq!((status, body["expires_in"].as_i64()), (200, Some(86_400)));
    assert!(
        token.starts_with("24.") && token.contains(".86400.") && token.ends_with(".282335-1001"),
        "{token}"
    );
    assert!(body.get("token_type").is_none() && body.get("errno").is_none());
    for (app, secret) in [("AK_demo", "wrong"), ("AK_nobody", "SK_demo")] {
        let (status, body) = baidu.token(app, secret).await;
        assert_eq!(
            (status, body["error"].as_str()),
            (400, Some("invalid_client"))
        );
    }
    let (_, other) = baidu.token("AK_other", "SK_other").await;
    let other = other["access_token"].as_str().unwrap();
    let form = [("type", "1"), ("url_list", "/a?id=1")];
    assert_eq!(baidu.call(SUBMIT, other, &form).await["error_code"], 6);
    assert_eq!(
        baidu.call(SUBMIT, "24.nonsense", &form).await["error_code"],
        110
    );

    let second = baidu.good_token().await;
    assert_eq!(
        baidu.submit(token, "1", "/a?id=1").await,
        0,
        "the old one stays good"
    );
    baidu.set(&json!({ "revoke_old_tokens": true }));
    baidu.good_token().await;
    assert_eq!(baidu.call(SUBMIT, &second, &form).await["error_code"], 110);
    let last = baidu.good_token().await;
    baidu.clock.advance(DAY);
    assert_eq!(baidu.call(SUBMIT, &last, &form).await["error_code"], 111);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_checks_in_its_order() {
    let baidu = Baidu::start(json!({ "other_apps": { "AK_other": "SK_other" } })).await;
    let token = baidu.good_token().await;
    let good = [("type", "1"), ("url_list", "/a?id=1")];
    let code = async |path: &str, token: &str, form: &[(&str, &str)]| {
        baidu.call(path, token, form).await["error_code"].as_i64()
    };

    assert_eq!(
        code("access/nothing", "nonsense", &good).await,
        Some(3),
        "the path comes first"
    );
    let url = baidu.url(&format!("openapi/rest/2.0/smartapp/{SUBMIT}"));
    let bare = baidu.http.post(&url).form(&good).send().await.unwrap();
    assert_eq!(bare.headers()["x-b3-traceid"].len(), 32);
    assert_eq!(
        bare.json::<Value>().await.unwrap(),
        json!({ "error_code": 100, "error_msg": "Invalid parameter" })
    );
    assert_eq!(
        code(
            SUBMIT,
            &token,
            &[("access_token", &token), good[0], good[1]]
        )
        .await,
        Some(100)
    );
    let in_query = [("access_token", token.as_str()), ("type", "1")];
    let misplaced = baidu
        .http
        .post(&url)
        .query(&in_query)
        .form(&good)
        .send()
        .await
        .unwrap();
    assert_eq!(misplaced.json::<Value>().await.unwrap()["error_code"], 100);
    let of_sdk = [
        ("access_token", token.as_str()),
        ("sp_sdk_ver", "1"),
        ("sp_sdk_lang", "go"),
    ];
    let of_sdk = baidu
        .http
        .post(&url)
        .query(&of_sdk)
        .form(&good)
        .send()
        .await
        .unwrap();
    assert_eq!(
        of_sdk.json::<Value>().await.unwrap(),
        json!({ "errno": 0, "msg": "success" }),
        "and nothing else"
    );

    baidu.set(&json!({ "ip_refused": true, "feed_granted": false }));
    assert_eq!(code(MATERIAL, &token, &material(&[])).await, Some(5));
    baidu.set(&json!({ "ip_refused": false, "calls_per_second": 1 }));
    assert_eq!(code(MATERIAL, &token, &material(&[])).await, Some(6));
    baidu.clock.advance(Duration::from_secs(1));
    assert_eq!(code(SUBMIT, &token, &good).await, None);
    assert_eq!(code(SUBMIT, &token, &good).await, Some(18));
    baidu.set(&json!({ "calls_per_second": 0, "calls_per_day": 1 }));
    assert_eq!(
        code(SUBMIT, &token, &[("type", "9")]).await,
        Some(17),
        "before the parameters"
    );
    baidu.set(&json!({ "calls_per_day": 0, "app_offline": true, "search_daily": 0 }));
    assert_eq!(baidu.submit(&token, "9", "/a?id=1").await, 30001);
    assert_eq!(
        baidu.submit(&token, "1", "/a?id=1").await,
        2002,
        "before the allowance"
    );
    baidu.set(&json!({ "app_offline": false }));
    assert_eq!(baidu.submit(&token, "1", "/a?id=1").await, 30013);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_may_come_in_parts() {
    let baidu = Baidu::start(json!({})).await;
    let token = baidu.good_token().await;
    let url = baidu.url(&format!("openapi/rest/2.0/smartapp/{SUBMIT}"));
    let form = reqwest::multipart::Form::new()
        .text("type", "1")
        .text("url_list", "/a?id=1");

    let request = baidu.http.post(url).query(&[("access_token", &token)]);
    let answer: Value = request
        .multipart(form)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();

    assert_eq!(answer, json!({ "errno": 0, "msg": "success" }));
    assert!(baidu.items(BAIDU_SEARCH).contains_key("/a?id=1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paths_take_from_the_days_allowance_even_twice() {
    let baidu = Baidu::start(json!({})).await;
    let token = baidu.good_token().await;

    assert_eq!(
        baidu.submit(&token, "2", "/a?id=1").await,
        2002,
        "by invitation"
    );
    baidu.set(&json!({ "hourly_granted": true }));
    assert_eq!(baidu.submit(&token, "2", "/a?id=1").await, 0);
    assert_eq!(
        baidu.submit(&token, "1", "a?id=1,/a?id=1,/a?id=2").await,
        0,
        "with a slash or without"
    );
    let items = baidu.items(BAIDU_SEARCH);
    assert_eq!(items.keys().collect::<Vec<_>>(), ["/a?id=1", "/a?id=2"]);
    assert_eq!(items["/a?id=1"]["submissions"], 3);
    let seven = (3..10)
        .map(|id| format!("/a?id={id}"))
        .collect::<Vec<_>>()
        .join(",");
    assert_eq!(
        baidu
            .submit(&token, "1", &format!("{seven},/a?id=10"))
            .await,
        30013,
        "three are spent, eight are too many"
    );
    assert!(
        !baidu.items(BAIDU_SEARCH).contains_key("/a?id=3"),
        "the whole call is refused"
    );
    assert_eq!(baidu.submit(&token, "1", &seven).await, 0);
    assert_eq!(baidu.submit(&token, "1", "/a?id=11").await, 30013);
    baidu.clock.set("2026-03-03T16:00:00Z".parse().unwrap());
    assert_eq!(
        baidu.submit(&token, "1", "/a?id=11").await,
        0,
        "it is midnight in Beijing"
    );
    let thousand_and_one = vec!["/a?id=1"; 1001].join(",");
    assert_eq!(baidu.submit(&token, "0", &thousand_and_one).await, 2002);
    baidu.set(&json!({ "xiongzhang_bound": false }));
    assert_eq!(baidu.submit(&token, "0", "/a?id=1").await, 60005);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paths_are_crawled_at_the_pace_of_their_lane() {
    let baidu = Baidu::start(json!({ "crawl_delay_s": null, "hourly_granted": true })).await;
    let token = baidu.good_token().await;
    baidu.submit(&token, "2", "/a?id=hourly").await;
    baidu.submit(&token, "1", "/a?id=daily").await;
    baidu.submit(&token, "0", "/a?id=weekly").await;
    let indexed = || {
        let items = baidu.items(BAIDU_SEARCH).into_iter();
        let indexed = items.filter(|(_, item)| item["state"] == "indexed");
        indexed
            .map(|(key, _)| key.trim_start_matches("/a?id=").to_owned())
            .collect::<Vec<_>>()
    };

    baidu.later(HOUR).await;
    assert_eq!(indexed(), ["hourly"]);
    baidu.later(2 * DAY).await;
    assert_eq!(indexed(), ["daily", "hourly"]);
    baidu.later(5 * DAY).await;
    assert_eq!(indexed(), ["daily", "hourly", "weekly"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_path_is_accepted_and_left_out_later() {
    let baidu =
        Baidu::start(json!({ "page_template": "https://nowhere.invalid/{kind}/{id}" })).await;
    let token = baidu.good_token().await;
    let paths = "/a?id=1#top,/a?id=https://x.cn,/a?id=good";

    assert_eq!(baidu.submit(&token, "1", paths).await, 0);
    baidu.simulators.work("baidu").await;

    let items = baidu.items(BAIDU_SEARCH);
    assert_eq!(items["/a?id=1#top"]["reason"], "path不规范");
    assert_eq!(items["/a?id=https://x.cn"]["reason"], "path不规范");
    assert_eq!(
        items["/a?id=good"]["reason"], "小程序页面死链",
        "nobody answers there"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_that_is_offline_is_hidden_in_two_days_and_looked_at_again() {
    let baidu = Baidu::start(json!({})).await;
    let token = baidu.good_token().await;
    baidu.submit(&token, "1", "/a?id=1").await;
    baidu.simulators.work("baidu").await;

    baidu.set(&json!({ "app_offline": true }));
    assert_eq!(baidu.submit(&token, "1", "/a?id=2").await, 2002);
    baidu.later(47 * HOUR).await;
    assert_eq!(baidu.items(BAIDU_SEARCH).len(), 1);
    baidu.later(HOUR).await;
    assert_eq!(baidu.items(BAIDU_SEARCH).len(), 0);
    baidu.later(6 * DAY).await;
    baidu.set(&json!({ "app_offline": false }));
    baidu.simulators.work("baidu").await;

    assert_eq!(baidu.items(BAIDU_SEARCH)["/a?id=1"]["state"], "indexed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delete_file_hides_paths_half_an_hour_later_and_comes_once_a_day() {
    let baidu = Baidu::start(json!({})).await;
    let token = baidu.good_token().await;
    baidu.submit(&token, "1", "/a?id=1,/a?id=2").await;
    baidu.simulators.work("baidu").await;
    let upload = |text: String| baidu.control(&json!({ "delete_file": text }));

    assert!(upload(String::new()).is_err());
    assert!(upload("https://www.example.cn/s/1".into()).is_err());
    assert!(upload(vec!["/a?id=1"; 1001].join("\n")).is_err());
    assert_eq!(
        upload("/a?id=1\n/a?id=9\n".into()),
        Ok(json!({ "known": 1 }))
    );
    assert!(upload("/a?id=2".into()).is_err(), "one a day");
    assert_eq!(baidu.items(BAIDU_SEARCH).len(), 2);
    baidu.later(HOUR / 2).await;
    assert_eq!(
        baidu.items(BAIDU_SEARCH).keys().collect::<Vec<_>>(),
        ["/a?id=2"]
    );
    baidu.later(DAY).await;
    assert!(upload("/a?id=2".into()).is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_are_pushed_changed_and_deleted() {
    let baidu = Baidu::start(json!({ "website_push": 4, "not_valid": ["/broken"] })).await;
    let own = "https://www.example.cn/s/1";

    let (status, answer) = baidu.push("urls", "", "*").await;
    assert_eq!(
        (status, answer),
        (
            200,
            json!({ "remain": 4, "success": 0, "not_valid": ["*"] })
        ),
        "nothing is spent"
    );
    let body = format!("{own}\nhttps://other.example.org/x\nhttps://www.example.cn/broken\n");
    let (_, answer) = baidu.push("urls", "", &body).await;
    let expected = json!({
        "remain": 3,
        "success": 1,
        "not_same_site": ["https://other.example.org/x"],
        "not_valid": ["https://www.example.cn/broken"],
    });
    assert_eq!(answer, expected);
    let (_, answer) = baidu.push("update", "", own).await;
    assert_eq!(answer, json!({ "remain": 2, "success": 1 }));
    let (_, answer) = baidu.push("urls", "original", own).await;
    assert_eq!(
        answer,
        json!({ "remain": 1, "success": 1 }),
        "what is retired is a plain push"
    );
    let (_, answer) = baidu.push("del", "", &format!("{own}\n{own}?2")).await;
    assert_eq!(
        answer,
        json!({ "remain": 0, "success": 1 }),
        "as many as there is room for"
    );
    assert!(baidu.items(BAIDU_WEBSITE).is_empty());
    let (status, answer) = baidu.push("urls", "", own).await;
    assert_eq!(
        (status, answer),
        (400, json!({ "error": 400, "message": "over quota" }))
    );
    let (_, answer) = baidu.push("urls", "daily", own).await;
    assert_eq!(
        answer,
        json!({ "remain_daily": 9, "success_daily": 1 }),
        "the fast index has an allowance of its own"
    );
    baidu.set(&json!({ "fast_index_granted": false }));
    assert_eq!(
        baidu.push("urls", "daily", own).await.1["message"],
        "over quota"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_is_refused_with_the_same_status() {
    let baidu = Baidu::start(json!({})).await;
    let refused = |status: u16, text: &str| (status, json!({ "error": status, "message": text }));

    assert_eq!(
        baidu.push("urls", "", " \n").await,
        refused(400, "empty content")
    );
    let many = vec!["https://www.example.cn/s/1"; 2001].join("\n");
    assert_eq!(
        baidu.push("urls", "", &many).await,
        refused(400, "only 2000 urls are allowed once")
    );
    assert_eq!(
        baidu.push("nothing", "", "*").await,
        refused(404, "not found")
    );
    baidu.set(&json!({ "push_token": "fedcba9876543210" }));
    assert_eq!(
        baidu.push("urls", "", "*").await,
        refused(401, "token is not valid")
    );
    baidu.set(&json!({ "push_token": "0123456789abcdef", "site": "https://www.example.com" }));
    assert_eq!(
        baidu.push("urls", "", "*").await,
        refused(400, "site error")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_material_is_reviewed_changed_and_deleted_for_ever() {
    let verdicts =
        json!({ "/pages/story/index?id=42": "投放中", "/pages/story/index?id=43": "审核失败" });
    let baidu = Baidu::start(json!({ "verdicts": verdicts, "feed_calls": 9 })).await;
    let token = baidu.good_token().await;
    let path = "/pages/story/index?id=42";
    let state = || {
        baidu
            .items(BAIDU_FEED)
            .get(path)
            .map(|item| item["state"].as_str().unwrap().to_owned())
    };

    let answer = baidu.call(MATERIAL, &token, &material(&[])).await;
    assert_eq!(answer, json!({ "errno": 0, "msg": "success", "data": "" }));
    assert_eq!(state().as_deref(), Some("审核中"));
    baidu.later(2 * HOUR).await;
    assert_eq!(state().as_deref(), Some("投放中"));
    assert_eq!(baidu.items(BAIDU_FEED)[path]["flow"], "small");
    baidu.later(DAY).await;
    assert_eq!(baidu.items(BAIDU_FEED)[path]["flow"], "full");
    baidu.call(MATERIAL, &token, &material(&[])).await;
    assert_eq!(state().as_deref(), Some("投放中"), "nothing changed");
    baidu.set(&json!({ "duplicate_errno": 40000 }));
    assert_eq!(
        baidu.call(MATERIAL, &token, &material(&[])).await["errno"],
        40000
    );
    baidu
        .call(MATERIAL, &token, &material(&[("body", "灶火又亮了。")]))
        .await;
    assert_eq!(
        state().as_deref(),
        Some("审核中"),
        "a change is reviewed again"
    );
    assert_eq!(
        baidu
            .call(MATERIAL, &token, &material(&[("title", "")]))
            .await["errno"],
        40001
    );
    baidu
        .call(
            MATERIAL,
            &token,
            &material(&[("path", "/pages/story/index?id=43")]),
        )
        .await;
    baidu.later(2 * HOUR).await;
    assert_eq!(
        baidu.items(BAIDU_FEED)["/pages/story/index?id=43"]["state"],
        "审核失败"
    );
    assert_eq!(
        baidu
            .call("access/deleteresource", &token, &[("path", path)])
            .await["errno"],
        0
    );
    assert_eq!(state(), None);
    baidu
        .call(MATERIAL, &token, &material(&[("body", "再来一次。")]))
        .await;
    assert_eq!(state(), None, "it never comes back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_materials_are_pulled_at_midnight() {
    let baidu = Baidu::start(json!({})).await;
    let token = baidu.good_token().await;
    let files = baidu.files.clone();
    let link = |name: &str, kind: &'static str| {
        vec![
            ("desc", "故事".to_owned()),
            ("frequency", "3".to_owned()),
            ("type", kind.to_owned()),
            ("url", format!("{files}/{name}")),
        ]
    };
    let submit = async |name: &str, kind: &'static str| {
        let form = link(name, kind);
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        baidu.call("access/submitsitemap", &token, &form).await["errno"]
            .as_i64()
            .unwrap()
    };

    assert_eq!(submit("index.json", "1").await, 0);
    assert_eq!(submit("index.json?2", "1").await, 0);
    assert_eq!(submit("index.json?3", "1").await, 0);
    assert_eq!(
        submit("index.json?4", "1").await,
        40001,
        "three links at most"
    );
    let url = format!("{files}/index.json?3");
    baidu
        .call("access/deletesitemap", &token, &[("url", &url)])
        .await;
    assert_eq!(
        submit("index.json?4", "2").await,
        40001,
        "there is no such type"
    );
    baidu.simulators.work("baidu").await;
    assert!(baidu.items(BAIDU_FEED).is_empty(), "not before midnight");
    baidu.later(8 * HOUR).await;
    let items = baidu.items(BAIDU_FEED);
    assert_eq!(items["/pages/story/index?id=42"]["source"], "Sitemap提交");
    assert_eq!(submit("index.json?off", "0").await, 0);
    baidu.later(DAY).await;

    assert!(baidu.items(BAIDU_FEED).is_empty(), "taken offline");
}

/// An index and one file of materials.
fn serve_files(listener: TcpListener) {
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = HttpServer::new(move || {
        let index = json!({ "sitemapindex": [{ "sitemap": { "loc": format!("{address}/1.json"), "lastmod": "2026-03-01" } }] });
        let mut item: serde_json::Map<String, Value> = material(&[])
            .into_iter()
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        item["images"] = json!(["https://img.example.cn/a.jpg"]);
        item["ext"] = json!({ "publish_time": "2026年3月1日" });
        let file = json!([item]);
        App::new()
            .route(
                "/index.json",
                web::get().to(move || {
                    let index = index.clone();
                    async move { HttpResponse::Ok().json(index) }
                }),
            )
            .route(
                "/1.json",
                web::get().to(move || {
                    let file = file.clone();
                    async move { HttpResponse::Ok().json(file) }
                }),
            )
    });
    tokio::spawn(
        server
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run(),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_can_be_read_back_word_for_word() {
    let baidu = Baidu::start(json!({})).await;
    baidu.push("urls", "", "https://www.example.cn/s/1").await;
    baidu
        .push("urls", "daily", "https://www.example.cn/s/2")
        .await;

    let requests = baidu.control(&json!({ "requests": true })).unwrap();

    let last = &requests[1];
    assert_eq!(
        (last["number"].as_u64(), last["method"].as_str()),
        (Some(2), Some("POST"))
    );
    assert_eq!(last["path"], "/baidu/zz/urls");
    assert!(
        last["query"].as_str().unwrap().ends_with("&type=daily"),
        "{last}"
    );
    assert_eq!(last["body"], "https://www.example.cn/s/2");
    assert!(last["headers"]["user-agent"].is_string() && last["at"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_title_is_shown_as_each_screen_cuts_it() {
    let baidu = Baidu::start(json!({})).await;
    let title = "老茶馆的一天：五点半的第一壶水与三十年的规矩和街坊们的早茶-蓉城故事";

    let shown = baidu.control(&json!({ "preview": title })).unwrap();

    assert_eq!(
        shown["desktop"],
        "老茶馆的一天：五点半的第一壶水与三十年的规矩和街坊们的早茶-蓉…"
    );
    assert_eq!(
        shown["mobile"],
        "老茶馆的一天：五点半的第一壶水与三十年的规矩和街坊…"
    );
}
