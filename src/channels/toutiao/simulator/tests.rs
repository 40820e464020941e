//! The simulator as a stranger's client meets it, over HTTP.

use std::{
    io::{Cursor, Write as _},
    net::TcpListener,
    path::Path,
    time::Duration,
};

use actix_web::{App, HttpServer};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::super::CHANNEL;
use crate::{channels::Simulators, clock::Clock};

struct Stranger {
    http: reqwest::Client,
    base: String,
    clock: Clock,
    simulators: Simulators,
    token: String,
}

fn simulators(clock: &Clock, http: &reqwest::Client, dir: Option<&Path>) -> Simulators {
    Simulators::of(&[&CHANNEL], clock, dir, http)
}

impl Stranger {
    async fn start(dir: Option<&Path>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Clock::fixed("2026-03-01T01:30:00Z".parse().expect("an instant"));
        let http = reqwest::Client::builder().build().expect("a client");
        let simulators = simulators(&clock, &http, dir);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!(
            "http://{}/toutiao",
            listener.local_addr().expect("an address")
        );
        let mounted = simulators.clone();
        let server = HttpServer::new(move || App::new().configure(|app| mounted.configure(app)))
            .workers(1)
            .disable_signals()
            .listen(listener)
            .expect("a server")
            .run();
        actix_web::rt::spawn(server);
        let mut stranger = Self {
            http,
            base,
            clock,
            simulators,
            token: String::new(),
        };
        let code = stranger.control(&json!({ "authorize": true }))["code"].clone();
        let code = code.as_str().expect("a code");
        let granted = stranger
            .get(&format!("/oauth/access_token/?client_key=ttsim0001&client_secret=sim-secret-0002&grant_type=authorization_code&code={code}"))
            .await;
        granted["data"]["access_token"]
            .as_str()
            .expect("a token")
            .clone_into(&mut stranger.token);
        stranger
    }

    fn control(&self, command: &Value) -> Value {
        let done = self.simulators.control("toutiao", command);
        done.expect("a known command")
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The address of a call with a user's token.
    fn call(&self, path: &str) -> String {
        let mark = if path.contains('?') { '&' } else { '?' };
        let token = &self.token;
        self.url(&format!(
            "/toutiao/video{path}{mark}open_id=_000tt-openid-a&access_token={token}"
        ))
    }

    async fn read(request: reqwest::RequestBuilder) -> Value {
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    async fn get(&self, path: &str) -> Value {
        Self::read(self.http.get(self.url(path))).await
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        Self::read(self.http.post(self.call(path)).json(body)).await
    }

    async fn send(&self, path: &str, bytes: usize) -> Value {
        let part = Part::bytes(vec![0; bytes]).file_name("a.mp4");
        let part = part.mime_str("video/mp4").expect("a media type");
        let form = Form::new().part("video", part);
        Self::read(self.http.post(self.call(path)).multipart(form)).await
    }

    async fn create(&self, text: &str) -> Value {
        let uploaded = self.send("/upload/", 1000).await;
        let video_id = &uploaded["data"]["video"]["video_id"];
        let body = json!({ "video_id": video_id, "text": text });
        self.post("/create/", &body).await
    }

    async fn paste(&self, files: &[(&str, Vec<u8>)]) -> Value {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            let options =
                SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            archive.start_file(*name, options).expect("a file");
            archive.write_all(bytes).expect("bytes");
        }
        let bytes = archive.finish().expect("an archive").into_inner();
        let request = self.http.post(self.url("/console/article")).body(bytes);
        Self::read(request).await
    }
}

fn code(answer: &Value) -> &Value {
    &answer["data"]["error_code"]
}

#[actix_web::test]
async fn tokens_are_asked_with_get_and_what_is_unknown_under_oauth_is_forbidden() {
    let stranger = Stranger::start(None).await;

    let missing = stranger.get("/oauth/access_token/").await;
    assert_eq!(
        (code(&missing), &missing["message"]),
        (&json!(10005), &json!("error"))
    );
    let unknown = stranger.get("/oauth/nothing/").await;
    assert_eq!(code(&unknown), 16);
    let posted = stranger.http.post(stranger.url("/oauth/refresh_token/"));
    assert_eq!(code(&Stranger::read(posted).await), 16);
    let used = stranger
        .get("/oauth/access_token/?client_key=ttsim0001&client_secret=sim-secret-0002&grant_type=authorization_code&code=code000001")
        .await;
    assert_eq!(code(&used), 10007);
}

#[actix_web::test]
async fn a_token_ends_is_refreshed_and_its_refresh_token_renewed_five_times() {
    let stranger = Stranger::start(None).await;
    let state = stranger.control(&json!({ "state": true }));
    let mut refresh = state["grants"][0]["refresh_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    stranger.clock.advance(Duration::from_hours(15 * 24));

    let list = || async {
        Stranger::read(stranger.http.get(stranger.call("/list/?cursor=0&count=20"))).await
    };
    assert_eq!(code(&list().await), 2_190_008);
    let path = format!(
        "/oauth/refresh_token/?client_key=ttsim0001&grant_type=refresh_token&refresh_token={refresh}"
    );
    let refreshed = stranger.get(&path).await;
    assert_ne!(refreshed["data"]["access_token"], stranger.token.as_str());
    assert_eq!(
        refreshed["data"]["refresh_token"],
        refresh.as_str(),
        "it stays"
    );
    for _ in 0..5 {
        let renewed = stranger
            .get(&format!(
                "/oauth/renew_refresh_token/?client_key=ttsim0001&refresh_token={refresh}"
            ))
            .await;
        renewed["data"]["refresh_token"]
            .as_str()
            .expect("a token")
            .clone_into(&mut refresh);
    }
    let spent = stranger
        .get(&format!(
            "/oauth/renew_refresh_token/?client_key=ttsim0001&refresh_token={refresh}"
        ))
        .await;
    assert_eq!(code(&spent), 10020);
}

#[actix_web::test]
async fn a_video_makes_one_work_of_thirty_characters_and_no_status_is_told() {
    let stranger = Stranger::start(None).await;
    assert_eq!(code(&stranger.create(&"茶".repeat(31)).await), 2_100_005);

    let uploaded = stranger.send("/upload/", 1000).await;
    let body =
        json!({ "video_id": uploaded["data"]["video"]["video_id"], "text": "茶".repeat(30) });
    let made = stranger.post("/create/", &body).await;
    assert_eq!(
        (code(&made), &made["extra"]["error_code"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(
        code(&stranger.post("/create/", &body).await),
        2_190_007,
        "used already"
    );

    let list = Stranger::read(stranger.http.get(stranger.call("/list/?cursor=0&count=20"))).await;
    let works = list["data"]["list"].as_array().expect("a list");
    let names: Vec<&String> = works[0].as_object().expect("a record").keys().collect();
    assert_eq!(works.len(), 1);
    assert_eq!(
        names,
        ["cover", "create_time", "item_id", "statistics", "title"]
    );
    let told = stranger
        .post("/data/", &json!({ "item_ids": [works[0]["item_id"]] }))
        .await;
    assert_eq!(told["data"]["list"][0]["title"], "茶".repeat(30));
}

#[actix_web::test]
async fn parts_have_five_megabytes_at_least_and_come_without_a_gap() {
    let stranger = Stranger::start(None).await;
    let begun = stranger.post("/part/init/", &json!({})).await;
    let upload = begun["data"]["upload_id"].as_str().expect("an upload");
    let part = |number: u32| format!("/part/upload/?upload_id={upload}&part_number={number}");
    let complete = format!("/part/complete/?upload_id={upload}");

    assert_eq!(code(&stranger.send(&part(1), 1000).await), 2_100_005);
    assert_eq!(code(&stranger.send(&part(0), 5 << 20).await), 2_100_005);
    assert_eq!(code(&stranger.send(&part(2), 5 << 20).await), 0);
    assert_eq!(code(&stranger.post(&complete, &json!({})).await), 2_100_005);
    assert_eq!(code(&stranger.send(&part(1), 5 << 20).await), 0);
    let made = stranger.post(&complete, &json!({})).await;
    let again = stranger.post(&complete, &json!({})).await;
    assert_eq!(
        made["data"]["video"], again["data"]["video"],
        "told once more"
    );
    assert_eq!(code(&stranger.post(&complete, &json!({})).await), 2_190_007);
    stranger.clock.advance(Duration::from_hours(2));
    assert_eq!(code(&stranger.send(&part(3), 5 << 20).await), 2_190_007);
}

/// Parts of more than 32 MB are counted and not kept; what was joined of the others was shown as if it were the video.
#[actix_web::test]
async fn a_video_of_which_a_part_was_not_kept_is_not_shown_cut_off() {
    let stranger = Stranger::start(None).await;
    let page = async |sizes: [usize; 2]| {
        let begun = stranger.post("/part/init/", &json!({})).await;
        let upload = begun["data"]["upload_id"].as_str().expect("an upload");
        for (number, size) in (1..).zip(sizes) {
            let part = format!("/part/upload/?upload_id={upload}&part_number={number}");
            assert_eq!(code(&stranger.send(&part, size).await), 0);
        }
        let complete = format!("/part/complete/?upload_id={upload}");
        let made = stranger.post(&complete, &json!({})).await;
        let video_id = &made["data"]["video"]["video_id"];
        let body = json!({ "video_id": video_id, "text": "一杯绿茶" });
        let made = stranger.post("/create/", &body).await;
        let id = made["data"]["item_id"].as_str().expect("a work");
        let page = stranger.http.get(stranger.url(&format!("/item/{id}")));
        let page = page.send().await.expect("a page");
        page.text().await.expect("a text")
    };

    assert!(page([5 << 20, 5 << 20]).await.contains("<video"));
    let cut = page([5 << 20, 33 << 20]).await;

    assert!(!cut.contains("<video") && cut.contains('▶'), "{cut}");
}

#[actix_web::test]
async fn who_may_not_is_told_why() {
    let stranger = Stranger::start(None).await;
    let list =
        || async { Stranger::read(stranger.http.get(stranger.call("/list/?count=1"))).await };

    let other = stranger.url("/toutiao/video/list/?count=1&access_token=none");
    assert_eq!(
        code(&Stranger::read(stranger.http.get(other)).await),
        2_190_002
    );
    assert_eq!(code(&list().await), 0);
    stranger.control(&json!({ "withdraw": "toutiao.video.data" }));
    assert_eq!(code(&list().await), 2_190_003);
    stranger.control(&json!({ "set": { "app_scopes": [] } }));
    assert_eq!(code(&list().await), 2_190_004);
    stranger.control(&json!({ "revoke": true }));
    assert_eq!(code(&list().await), 2_190_002);
}

fn picture(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([shade; 3]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("a picture");
    bytes.into_inner()
}

fn article(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut article = json!({
        "title": "清蒸鲈鱼的做法",
        "html": "<p>洗净。</p>",
        "tags": ["家常菜"],
        "cover_mode": "单图",
        "covers": ["a.png"],
        "pictures": [],
    });
    change(&mut article);
    article.to_string().into_bytes()
}

#[actix_web::test]
async fn an_article_is_pasted_only_if_it_keeps_the_rules() {
    let stranger = Stranger::start(None).await;
    let check = async |change: fn(&mut Value), cover: Vec<u8>, expected: &str| {
        let files = [
            ("article.json", article(change)),
            ("a.png", cover),
            ("b.png", picture(660, 371, 9)),
        ];
        let answer = stranger.paste(&files).await;
        let problems = answer["problems"].to_string();
        assert!(problems.contains(expected), "{expected}: {answer}");
    };
    let good = || picture(660, 371, 1);

    check(|one| one["title"] = json!("鲈鱼"), good(), "标题有 2 字").await;
    check(|one| one["title"] = json!("★★★★★"), good(), "全是符号").await;
    check(
        |one| one["title"] = json!("订座 13800138000"),
        good(),
        "联系方式",
    )
    .await;
    check(
        |one| one["html"] = json!("<a href=\"https://a.cn\">x</a>"),
        good(),
        "链接",
    )
    .await;
    check(
        |one| one["html"] = json!("<img src=\"https://a.cn/b.jpg\">"),
        good(),
        "不在包里",
    )
    .await;
    check(
        |one| one["cover_mode"] = json!("三图"),
        good(),
        "要 3 张封面",
    )
    .await;
    check(|_| (), picture(640, 360, 1), "只有 640×360").await;
    check(|_| (), picture(800, 800, 1), "不是 16:9").await;
    let twice = |one: &mut Value| {
        one["cover_mode"] = json!("三图");
        one["covers"] = json!(["a.png", "b.png", "a.png"]);
    };
    check(twice, good(), "与另一张相同").await;
    assert!(stranger.paste(&[]).await["problems"].is_array());

    let pasted = stranger
        .paste(&[("article.json", article(|_| ())), ("a.png", good())])
        .await;
    assert!(pasted["article_id"].is_string(), "{pasted}");
    let ledger = stranger.simulators.ledger_of("toutiao").expect("a ledger");
    assert_eq!(
        (&ledger["items"][0]["lane"], &ledger["items"][0]["covers"]),
        (&json!("article"), &json!(1))
    );
    let list = stranger
        .http
        .get(stranger.url("/"))
        .send()
        .await
        .expect("a page");
    assert!(
        list.text()
            .await
            .expect("a text")
            .contains("清蒸鲈鱼的做法")
    );
}

#[actix_web::test]
async fn its_memory_outlives_the_process() {
    let dir = tempfile::tempdir().expect("a folder");
    let stranger = Stranger::start(Some(dir.path())).await;
    stranger.create("一杯绿茶").await;
    let foreign =
        stranger.control(&json!({ "insert_foreign": { "text": "一杯绿茶", "age_s": 60 } }));

    let again = simulators(&stranger.clock, &stranger.http, Some(dir.path()));

    assert_eq!(
        again.ledger_of("toutiao"),
        stranger.simulators.ledger_of("toutiao")
    );
    let ledger = again.ledger_of("toutiao").expect("a ledger");
    assert_eq!(
        ledger["items"].as_array().map(Vec::len),
        Some(1),
        "what the owner posts by hand is not ours"
    );
    let deleted = again.control("toutiao", &json!({ "delete": foreign["item_id"] }));
    assert!(deleted.is_ok() && again.control("toutiao", &json!({ "nothing": 1 })).is_err());
}
