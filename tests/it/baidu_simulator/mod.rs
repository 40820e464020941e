//! The simulator of Baidu as a client meets it: envelopes, the order of checks; and beside it the life of pages and of
//! materials.

mod feed;
mod page;

use std::{collections::BTreeMap, net::TcpListener, time::Duration};

use actix_web::{App, HttpServer};
use fenfa::{channels::Simulators, clock::Clock, config::Config, outbound};
use serde_json::{Value, json};

use self::feed::serve_files;
use crate::harness::{BAIDU_SEARCH, Route, TestApp, channels};

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
