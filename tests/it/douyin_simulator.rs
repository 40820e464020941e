//! The simulator of Douyin as a stranger's client meets it: envelopes, codes, tokens and limits of the wire, the control
//! plane, and a state that outlives the process.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use fenfa::{
    channels::{Account, Event, Incoming, SharedChannel, Simulators, fault::Fault},
    config::Config,
    outbound,
};
use md5::{Digest as _, Md5};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::harness::{Backend, DOUYIN, TestApp, channels};

const VIDEO: &str = "/api/douyin/v1/video";

/// A client of the platform that knows nothing of Fenfa.
struct Stranger {
    app: TestApp,
    token: String,
}

impl Stranger {
    /// Signs in as the one user.
    async fn start() -> Self {
        let app = TestApp::start(Backend::Sqlite).await;
        let mut stranger = Self {
            app,
            token: String::new(),
        };
        stranger.token = text(&stranger.sign_in().await, "/data/access_token");
        stranger
    }

    fn control(&self, command: &Value) -> Value {
        self.app.simulators.control("douyin", command).unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("{}/douyin{path}", self.app.simulators_url)
    }

    /// Exchanges a new code; the answer.
    async fn sign_in(&self) -> Value {
        let code = text(&self.control(&json!({ "authorize": true })), "/code");
        self.oauth(
            "/oauth/access_token/",
            &[
                ("client_secret", "sim-secret-0001"),
                ("code", &code),
                ("grant_type", "authorization_code"),
            ],
        )
        .await
    }

    async fn oauth(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let mut form = vec![("client_key", "awsim0001")];
        form.extend(fields);
        let request = self.app.http.post(self.url(path)).form(&form);
        answer(request).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.app
            .http
            .request(method, self.url(path))
            .header("access-token", &self.token)
            .query(&[("open_id", "_000openid-a")])
    }

    async fn upload(&self, path: &str, name: &'static str, mime: &str, bytes: Vec<u8>) -> Value {
        let part = Part::bytes(bytes).file_name("f").mime_str(mime).unwrap();
        let form = Form::new().part(name, part);
        answer(self.request(Method::POST, path).multipart(form)).await
    }

    async fn upload_video(&self) -> String {
        let path = format!("{VIDEO}/upload_video/");
        let uploaded = self.upload(&path, "video", "video/mp4", vec![0; 100]).await;
        text(&uploaded, "/data/video/video_id")
    }

    async fn create(&self, body: &Value) -> Value {
        let path = format!("{VIDEO}/create_video/");
        answer(self.request(Method::POST, &path).json(body)).await
    }
}

/// An answer: HTTP 200 whatever it says, with the platform's id of the call.
async fn answer(request: reqwest::RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let body: Value = response.json().await.unwrap();
    let places = ["/extra/logid", "/log_id", "/data/log_id"];
    assert!(
        places.iter().any(|place| body.pointer(place).is_some()),
        "{body}"
    );
    body
}

fn text(body: &Value, place: &str) -> String {
    let found = body.pointer(place).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no {place}: {body}"))
        .to_owned()
}

/// The code of the old envelope, which stands in both halves.
fn old_code(body: &Value) -> i64 {
    let code = body["data"]["error_code"].as_i64().unwrap();
    assert_eq!(body["extra"]["error_code"], code, "{body}");
    assert_eq!(body["extra"]["description"], body["data"]["description"]);
    code
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_family_answers_in_its_own_envelope() {
    let stranger = Stranger::start().await;

    let old = answer(stranger.request(
        Method::GET,
        &format!("{VIDEO}/video_list/?count=20&cursor=0"),
    ))
    .await;
    assert_eq!(old_code(&old), 0);
    assert_eq!(old["extra"]["now"], 1_772_524_800);
    let oauth = stranger.oauth("/oauth/access_token/", &[]).await;
    assert_eq!(oauth["message"], "error");
    assert_eq!(
        (&oauth["data"]["error_code"], &oauth["data"]["captcha"]),
        (&json!(10005), &json!(""))
    );
    assert!(oauth.get("extra").is_none());
    for (method, path) in [
        (Method::POST, "/no/such/call/".to_owned()),
        (Method::GET, format!("{VIDEO}/create_video/")),
    ] {
        let new = answer(stranger.request(method, &path)).await;
        assert_eq!(new["err_no"], 28_001_017, "{new}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slash_at_the_end_and_the_place_of_the_token_do_not_matter() {
    let stranger = Stranger::start().await;
    let (http, token) = (&stranger.app.http, &stranger.token);

    for path in ["video_list", "video_list/"] {
        let url = stranger.url(&format!(
            "{VIDEO}/{path}?open_id=_000openid-a&count=1&cursor=0"
        ));
        let by_query = answer(http.get(format!("{url}&access_token={token}"))).await;
        let none = answer(http.get(&url)).await;

        assert_eq!((old_code(&by_query), old_code(&none)), (0, 2_190_002));
    }
    let other = answer(
        http.get(stranger.url(&format!("{VIDEO}/video_list/?open_id=x&count=1")))
            .header("access-token", token),
    )
    .await;
    assert_eq!(old_code(&other), 2_190_015);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_taken_as_the_official_client_sends_them() {
    let stranger = Stranger::start().await;

    // An empty body that says that it is JSON.
    let init = stranger.request(Method::POST, &format!("{VIDEO}/init_video_part_upload/"));
    let begun = answer(init.header("content-type", "application/json")).await;
    assert_eq!(old_code(&begun), 0);
    // A JSON body in chunks, of unknown length.
    let video_id = stranger.upload_video().await;
    let body = json!({ "video_id": video_id, "text": "茶" }).to_string();
    let halves = [body[..9].to_owned(), body[9..].to_owned()].map(Ok::<_, std::io::Error>);
    let chunked = reqwest::Body::wrap_stream(futures_util::stream::iter(halves));
    let create = stranger.request(Method::POST, &format!("{VIDEO}/create_video/"));
    let made = answer(
        create
            .header("content-type", "application/json")
            .body(chunked),
    )
    .await;
    assert_eq!(old_code(&made), 0);
    // An id with slashes and equal signs comes back percent-encoded, as one value.
    let item_id = text(&made, "/data/item_id");
    assert!(
        item_id.contains(['/', '+']) && item_id.ends_with("=="),
        "{item_id}"
    );
    let base = stranger
        .request(Method::GET, "/data/external/item/base/")
        .query(&[("item_id", &item_id)]);
    assert_eq!(old_code(&answer(base).await), 0);
    // Tokens are asked for in JSON too.
    let json = json!({ "client_key": "awsim0001", "client_secret": "sim-secret-0001", "grant_type": "client_credential" });
    let client = answer(
        stranger
            .app
            .http
            .post(stranger.url("/oauth/client_token/"))
            .json(&json),
    )
    .await;
    assert!(text(&client, "/data/access_token").starts_with("clt."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_works_once_and_for_ten_minutes_and_a_new_one_ends_it() {
    let stranger = Stranger::start().await;
    let exchange = async |code: &str| {
        let fields = [
            ("client_secret", "sim-secret-0001"),
            ("code", code),
            ("grant_type", "authorization_code"),
        ];
        stranger.oauth("/oauth/access_token/", &fields).await["data"]["error_code"].clone()
    };
    let authorize = || text(&stranger.control(&json!({ "authorize": true })), "/code");

    let code = authorize();
    assert_eq!(
        (exchange(&code).await, exchange(&code).await),
        (json!(0), json!(10007))
    );
    let (first, second) = (authorize(), authorize());
    assert_eq!(
        (exchange(&first).await, exchange(&second).await),
        (json!(10007), json!(0))
    );
    let late = authorize();
    stranger.app.clock.advance(Duration::from_mins(10));
    assert_eq!(exchange(&late).await, 10007);
    let wrong = stranger
        .oauth(
            "/oauth/access_token/",
            &[
                ("client_secret", "x"),
                ("code", "y"),
                ("grant_type", "authorization_code"),
            ],
        )
        .await;
    assert_eq!(wrong["data"]["error_code"], 10013);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_authorise_page_asks_and_leads_back_with_the_answer() {
    let stranger = Stranger::start().await;
    stranger.control(&json!({ "set": { "redirect_uris": ["https://cms.example.cn/back"] } }));
    let visit = async |query: &str| {
        let url = stranger.url(&format!("/platform/oauth/connect/?{query}"));
        stranger.app.http.get(url).send().await.unwrap()
    };
    let base =
        "client_key=awsim0001&response_type=code&scope=user_info,video.create.bind&state=s%261";

    let asked = format!("{base}&redirect_uri=https%3A%2F%2Fcms.example.cn%2Fback%23top");
    let page = visit(&asked).await.text().await.unwrap();
    assert!(
        page.contains("模拟账号") && page.contains("video.create.bind") && page.contains("允许"),
        "{page}"
    );
    let answer = async |answer: &'static str| {
        let url = stranger.url(&format!("/platform/oauth/connect/?{asked}"));
        let form = stranger.app.http.post(url).form(&[("answer", answer)]);
        let back = form.send().await.unwrap();
        back.headers()["location"].to_str().unwrap().to_owned()
    };
    let back = answer("allow").await;
    assert!(
        back.starts_with("https://cms.example.cn/back?code=code"),
        "{back}"
    );
    assert!(
        back.contains("state=s%261") && back.contains("scopes=user_info%2Cvideo.create.bind"),
        "{back}"
    );
    assert_eq!(
        answer("deny").await,
        "https://cms.example.cn/back?error=access_denied&state=s%261"
    );
    for (query, code) in [
        (
            format!("{base}&redirect_uri=https%3A%2F%2Fother.example.cn%2F"),
            10006,
        ),
        (asked.replace("awsim0001", "x"), 10003),
        (asked.replace("user_info", "poi.base"), 10004),
    ] {
        let refused = visit(&query).await.text().await.unwrap();
        assert!(
            refused.contains(&code.to_string()) && !refused.contains("允许"),
            "{query}: {refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_keeps_a_living_token_and_replaces_a_dead_one() {
    let stranger = Stranger::start().await;
    let granted = stranger.sign_in().await;
    let (access, refresh) = (
        text(&granted, "/data/access_token"),
        text(&granted, "/data/refresh_token"),
    );
    let again = async || {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.as_str()),
        ];
        stranger.oauth("/oauth/refresh_token/", &fields).await
    };

    stranger.app.clock.advance(Duration::from_hours(24));
    let alive = again().await;
    assert_eq!(
        (
            text(&alive, "/data/access_token"),
            text(&alive, "/data/refresh_token")
        ),
        (access.clone(), refresh.clone())
    );
    assert_eq!(
        (
            &alive["data"]["expires_in"],
            &alive["data"]["refresh_expires_in"]
        ),
        (&json!(1_296_000), &json!(29 * 86_400))
    );
    stranger.app.clock.advance(Duration::from_hours(16 * 24));
    assert_ne!(text(&again().await, "/data/access_token"), access);
    stranger.app.clock.advance(Duration::from_hours(14 * 24));
    assert_eq!(
        again().await["data"]["error_code"],
        10010,
        "thirty days are over"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_is_renewed_five_times_and_the_old_one_dies() {
    let stranger = Stranger::start().await;
    let mut refresh = text(&stranger.sign_in().await, "/data/refresh_token");
    for _ in 0..5 {
        let renewed = stranger
            .oauth(
                "/oauth/renew_refresh_token/",
                &[("refresh_token", &refresh)],
            )
            .await;
        let dead = stranger
            .oauth(
                "/oauth/renew_refresh_token/",
                &[("refresh_token", &refresh)],
            )
            .await;

        assert_eq!(dead["data"]["error_code"], 10010);
        assert_eq!(renewed["data"]["expires_in"], 2_592_000);
        refresh = text(&renewed, "/data/refresh_token");
    }
    let sixth = stranger
        .oauth(
            "/oauth/renew_refresh_token/",
            &[("refresh_token", &refresh)],
        )
        .await;
    assert_eq!(sixth["data"]["error_code"], 10020);
    stranger.control(&json!({ "set": { "app_scopes": [] } }));
    let may_not = stranger
        .oauth(
            "/oauth/renew_refresh_token/",
            &[("refresh_token", &refresh)],
        )
        .await;
    assert_eq!(may_not["data"]["error_code"], 10004);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_application_lacks_is_told_from_what_the_user_refuses() {
    let stranger = Stranger::start().await;
    let code = async || old_code(&stranger.create(&json!({ "video_id": "x" })).await);

    assert_eq!(code().await, 2_190_007);
    stranger.control(&json!({ "withdraw": "video.create.bind" }));
    assert_eq!(code().await, 28_001_012);
    stranger.control(&json!({ "set": { "app_scopes": ["user_info"] } }));
    assert_eq!(code().await, 28_001_018);
    stranger.control(&json!({ "set": { "profile": "handoff" } }));
    assert_eq!(code().await, 2_190_004);
    stranger.control(&json!({ "expire": "access" }));
    assert_eq!(code().await, 2_190_008);
    stranger.control(&json!({ "revoke": true }));
    assert_eq!(code().await, 2_190_002);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_uploaded_video_makes_one_work_and_a_refusal_leaves_it_unused() {
    let stranger = Stranger::start().await;
    let video_id = stranger.upload_video().await;
    let with = |field: &str, value: Value| {
        let mut body = json!({ "video_id": video_id, "text": "茶" });
        body[field] = value;
        body
    };

    for body in [
        with("text", json!("鲜".repeat(1001))),
        with("text", json!("👍🏽".repeat(501))),
        with("private_status", json!(3)),
        with("private_status", json!("0")),
        with("cover_tsp", json!("2")),
        with("custom_cover_image_url", json!("@unknown")),
        with("at_users", json!("a")),
        with("micro_app_url", json!("https://example.cn")),
        json!({ "text": "茶" }),
        json!({ "video_id": video_id, "poi_id": "1", "micro_app_id": "tt0" }),
    ] {
        assert_eq!(old_code(&stranger.create(&body).await), 2_100_005, "{body}");
    }
    let made = stranger
        .create(&with("text", json!("鲜".repeat(1000))))
        .await;
    let again = stranger.create(&with("text", json!("茶"))).await;

    assert_eq!((old_code(&made), old_code(&again)), (0, 2_190_007));
    assert_ne!(
        text(&made, "/data/video_id"),
        video_id,
        "the work has an id of its own"
    );
    assert_eq!(stranger.app.live(DOUYIN).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_post_has_one_to_thirty_known_pictures() {
    let stranger = Stranger::start().await;
    let path = format!("{VIDEO}/upload_image/");
    let picture = stranger
        .upload(&path, "image", "image/png", vec![0; 9])
        .await;
    let id = text(&picture, "/data/image/image_id");
    let create = async |ids: Vec<&str>| {
        let call = stranger.request(Method::POST, &format!("{VIDEO}/create_image_text/"));
        old_code(&answer(call.json(&json!({ "image_list": ids, "text": "茶" }))).await)
    };

    assert_eq!(create(vec![]).await, 2_100_005);
    assert_eq!(create(vec![&id; 31]).await, 2_100_005);
    assert_eq!(create(vec!["@unknown"]).await, 2_100_005);
    assert_eq!(create(vec![&id; 30]).await, 0);
    let list = answer(stranger.request(Method::GET, &format!("{VIDEO}/video_list/?count=1"))).await;
    assert_eq!(list["data"]["list"][0]["media_type"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_have_rules() {
    let stranger = Stranger::start().await;
    stranger.control(&json!({ "set": { "least_part_bytes": 10, "most_part_bytes": 20, "most_video_bytes": 45 } }));
    let begin = async || {
        let init = stranger.request(Method::POST, &format!("{VIDEO}/init_video_part_upload/"));
        text(&answer(init).await, "/data/upload_id")
    };
    let part = async |id: &str, number: &str, size: usize| {
        let path = format!("{VIDEO}/upload_video_part/?upload_id={id}&part_number={number}");
        old_code(
            &stranger
                .upload(&path, "video", "video/mp4", vec![0; size])
                .await,
        )
    };
    let complete = async |id: &str| {
        let path = format!("{VIDEO}/complete_video_part_upload/?upload_id={id}");
        answer(stranger.request(Method::POST, &path)).await
    };

    let id = begin().await;
    assert_eq!(part(&id, "0", 15).await, 2_100_005);
    assert_eq!(part(&id, "1", 9).await, 2_100_005);
    assert_eq!(part(&id, "1", 21).await, 2_100_005);
    assert_eq!(part("unknown", "1", 15).await, 2_190_007);
    assert_eq!(part(&id, "2", 15).await, 0);
    assert_eq!(
        old_code(&complete(&id).await),
        2_100_005,
        "the first is missing"
    );
    assert_eq!(part(&id, "1", 12).await, 0);
    assert_eq!(part(&id, "1", 20).await, 0, "the same number replaces");
    let (first, second) = (complete(&id).await, complete(&id).await);
    assert_eq!(first["data"]["video"], second["data"]["video"]);
    assert_eq!(old_code(&complete(&id).await), 2_190_007);
    assert_eq!(
        part(&id, "3", 15).await,
        2_190_007,
        "what is whole takes no part"
    );

    let large = begin().await;
    for number in ["1", "2", "3"] {
        assert_eq!(part(&large, number, 20).await, 0);
    }
    assert_eq!(old_code(&complete(&large).await), 2_190_005);
    stranger.app.clock.advance(Duration::from_hours(2));
    assert_eq!(part(&large, "4", 20).await, 2_190_007, "two hours are over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_sniffed_by_what_their_part_says() {
    let stranger = Stranger::start().await;
    let (video, image) = (
        format!("{VIDEO}/upload_video/"),
        format!("{VIDEO}/upload_image/"),
    );

    let octets = stranger
        .upload(&video, "video", "application/octet-stream", vec![0; 9])
        .await;
    let misnamed = stranger
        .upload(&video, "file", "video/mp4", vec![0; 9])
        .await;
    let moving = stranger
        .upload(&image, "image", "image/gif", vec![0; 9])
        .await;
    let picture = stranger
        .upload(&image, "image", "image/jpeg", vec![0; 9])
        .await;

    assert!(text(&octets, "/data/description").contains("unsupported content type"));
    assert_eq!([&misnamed, &moving].map(old_code), [2_100_005; 2]);
    assert_eq!(old_code(&picture), 0);
    stranger.control(&json!({ "set": { "gateway_bytes": 50 } }));
    let form = Form::new().part(
        "video",
        Part::bytes(vec![0; 51])
            .file_name("f")
            .mime_str("video/mp4")
            .unwrap(),
    );
    let page = stranger
        .request(Method::POST, &video)
        .multipart(form)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            page.status().as_u16(),
            page.headers()["content-type"].to_str().unwrap()
        ),
        (413, "text/html")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_has_so_many_works_and_calls() {
    let stranger = Stranger::start().await;
    stranger.control(
        &json!({ "set": { "creates_per_day": 1, "reads_per_day": 2, "calls_per_second": 100 } }),
    );
    let create = async || {
        let video_id = stranger.upload_video().await;
        old_code(&stranger.create(&json!({ "video_id": video_id })).await)
    };
    let list = async || {
        old_code(
            &answer(stranger.request(Method::GET, &format!("{VIDEO}/video_list/?count=1"))).await,
        )
    };

    assert_eq!((create().await, create().await), (0, 2_114_007));
    assert_eq!(
        (list().await, list().await, list().await),
        (0, 0, 28_003_017)
    );
    stranger.app.set_time("2026-03-03T16:00:00Z");
    assert_eq!((create().await, list().await), (0, 0));
    stranger.control(&json!({ "set": { "calls_per_second": 0 } }));
    assert_eq!(list().await, 28_003_018);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_review_takes_its_time_and_the_profiles_tell_more_or_less_of_it() {
    let stranger = Stranger::start().await;
    stranger.control(&json!({ "set": { "review_delay_s": 60, "list_delay_s": 30, "refused_words": ["禁"], "profile": "classic" } }));
    let create = async |body: Value| {
        let mut body = body;
        body["video_id"] = json!(stranger.upload_video().await);
        text(&stranger.create(&body).await, "/data/item_id")
    };
    let ids = [
        create(json!({ "text": "茶" })).await,
        create(json!({ "text": "禁" })).await,
        create(json!({ "text": "友", "private_status": 2 })).await,
        create(json!({ "text": "私", "private_status": 1 })).await,
    ];
    let look = async |field: &str| -> Vec<Value> {
        let data = stranger
            .request(Method::POST, &format!("{VIDEO}/video_data/"))
            .json(&json!({ "item_ids": ids }));
        let body = answer(data).await;
        let list = body["data"]["list"].as_array().unwrap();
        list.iter().map(|work| work[field].clone()).collect()
    };

    assert_eq!(look("title").await.len(), 0, "the list is late");
    stranger.app.clock.advance(Duration::from_secs(30));
    assert_eq!(
        look("video_status").await,
        [json!(4), json!(4), json!(4), json!(4)]
    );
    assert_eq!(
        look("is_reviewed").await,
        [json!(false), json!(false), json!(false), json!(false)]
    );
    stranger.app.clock.advance(Duration::from_secs(30));
    assert_eq!(
        look("video_status").await,
        [json!(5), json!(2), json!(6), json!(7)]
    );
    assert_eq!(look("is_reviewed").await[1], true);
    assert_eq!(
        look("create_time").await[3],
        0,
        "a private one was made at no time"
    );
    stranger.control(&json!({ "take_down": ids[0] }));
    assert_eq!(look("video_status").await[0], 2);
    stranger.control(&json!({ "set": { "profile": "reduced" } }));
    assert_eq!(look("video_status").await, vec![Value::Null; 4]);
    stranger.control(&json!({ "delete": ids[0] }));
    assert_eq!(look("title").await, [json!("禁"), json!("友"), json!("私")]);
    stranger.control(&json!({ "set": { "profile": "offline" } }));
    let offline =
        answer(stranger.request(Method::GET, &format!("{VIDEO}/video_list/?count=1"))).await;
    assert_eq!(offline["err_no"], 28_001_056);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_daily_and_come_at_ten_the_next_day() {
    let mut stranger = Stranger::start().await;
    stranger.control(&json!({ "set": { "access_life_s": 90 * 86_400 } }));
    stranger.token = text(&stranger.sign_in().await, "/data/access_token");
    let video_id = stranger.upload_video().await;
    let item_id = text(
        &stranger.create(&json!({ "video_id": video_id })).await,
        "/data/item_id",
    );
    let series = async |figure: &str, days: &str| {
        let call = stranger.request(Method::GET, &format!("/data/external/item/{figure}/"));
        answer(call.query(&[("item_id", item_id.as_str()), ("date_type", days)])).await
    };

    // Granted and made on the third: the fourth is the first day that is told of, from ten o'clock on the fifth.
    stranger.app.set_time("2026-03-05T01:59:59Z");
    assert_eq!(series("play", "7").await["data"]["result_list"], json!([]));
    stranger.app.set_time("2026-03-05T02:00:00Z");
    assert_eq!(
        series("play", "7").await["data"]["result_list"],
        json!([{ "date": "2026-03-04", "play": 240 }])
    );
    stranger.app.set_time("2026-03-20T02:00:00Z");
    let likes = series("like", "15").await;
    let likes = likes["data"]["result_list"].as_array().unwrap();
    assert_eq!(
        (likes.len(), &likes[0]["date"], &likes[14]["date"]),
        (15, &json!("2026-03-05"), &json!("2026-03-19"))
    );
    assert_eq!(
        likes[4],
        json!({ "date": "2026-03-09", "like": 0 }),
        "a quiet day is there, with nothing"
    );
    assert_eq!(old_code(&series("share", "8").await), 2_100_005);
    let user = stranger
        .request(Method::GET, "/data/external/user/item/")
        .query(&[("date_type", "30")]);
    let user = answer(user).await;
    assert_eq!(user["data"]["result_list"][0]["total_issue"], 1);
    stranger.app.set_time("2026-04-03T02:00:00Z");
    assert_eq!(
        old_code(&series("play", "30").await),
        2_100_005,
        "older than thirty days"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_can_break_off_after_its_headers_or_in_the_middle() {
    let stranger = Stranger::start().await;
    for (fault, is_empty) in [
        (Fault::AcceptThenHeaders, true),
        (Fault::AcceptThenHalf, false),
    ] {
        stranger.app.fault(DOUYIN, "/video_list", fault);
        let list = stranger.request(Method::GET, &format!("{VIDEO}/video_list/?count=1"));
        let mut response = list.send().await.unwrap();

        assert_eq!(response.status(), 200);
        let first = response.chunk().await;
        assert_eq!(first.is_err(), is_empty, "{first:?}");
        assert!(response.chunk().await.is_err() || is_empty);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_simulators_can_be_steered_over_http() {
    let stranger = Stranger::start().await;
    let (http, base) = (
        &stranger.app.http,
        format!("{}/control", stranger.app.simulators_url),
    );
    let status =
        async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();

    let rule =
        json!({ "path": "/video_list", "fault": { "type": "status_before", "status": 504 } });
    assert_eq!(
        status(http.post(format!("{base}/douyin/faults")).json(&rule)).await,
        204
    );
    let pending: Value = http
        .get(format!("{base}/douyin/faults"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(pending[0]["fault"]["status"], 504);
    assert_eq!(
        status(stranger.request(Method::GET, &format!("{VIDEO}/video_list/?count=1"))).await,
        504
    );
    assert_eq!(
        status(http.delete(format!("{base}/douyin/faults"))).await,
        204
    );
    let misspelt = json!({ "path": "/a", "tmies": 2, "fault": { "type": "drop_before" } });
    assert_eq!(
        status(http.post(format!("{base}/douyin/faults")).json(&misspelt)).await,
        400
    );
    assert_eq!(
        status(http.post(format!("{base}/nowhere/faults")).json(&rule)).await,
        404
    );
    let wrong = http
        .post(format!("{base}/douyin"))
        .json(&json!({ "set": { "no_such": 1 } }))
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), 400);
    assert!(wrong.text().await.unwrap().contains("no_such"));
    let moved = http
        .post(format!("{base}/clock"))
        .json(&json!({ "advance_s": 3600 }))
        .send()
        .await
        .unwrap();
    let moved: Value = moved.json().await.unwrap();
    assert_eq!(moved["now"], "2026-03-03T09:00:00Z");
    let set = http
        .post(format!("{base}/clock"))
        .json(&json!({ "set": "2026-03-04T00:00:00+08:00" }));
    assert_eq!(status(set).await, 200);
    assert_eq!(
        stranger.app.clock.now(),
        "2026-03-03T16:00:00Z".parse().unwrap()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_simulator_knows_outlives_it() {
    let stranger = Stranger::start().await;
    let video_id = stranger.upload_video().await;
    stranger
        .create(&json!({ "video_id": video_id, "text": "茶" }))
        .await;
    stranger.control(&json!({ "set": { "creates_per_day": 7 } }));
    let before = stranger.control(&json!({ "state": true }));

    let dir = stranger.app.dir().join("simulators");
    let again = Simulators::new(&stranger.app.clock, Some(&dir), &stranger.app.http);
    let after = again.control("douyin", &json!({ "state": true })).unwrap();

    assert_eq!(after, before);
    assert_eq!(
        again.ledger_of("douyin"),
        stranger.app.simulators.ledger_of("douyin")
    );
}

/// The signature of a call, and what it told.
type Heard = (Option<String>, Vec<Event>);

/// Our side of the webhook: what came, as the adapter reads it, and whether it is to be answered at all.
#[derive(Clone)]
struct Ear {
    channel: SharedChannel,
    heard: Arc<Mutex<Vec<Heard>>>,
    refused: Arc<Mutex<u32>>,
}

async fn hear(ear: web::Data<Ear>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let headers: BTreeMap<String, String> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
        .collect();
    let incoming = Incoming {
        method: "POST",
        query: &BTreeMap::new(),
        headers: &headers,
        body: &body,
    };
    match ear.channel.receive(&incoming) {
        Ok(received) => {
            if !received.events.is_empty() {
                ear.heard
                    .lock()
                    .unwrap()
                    .push((received.message_id, received.events));
            }
            HttpResponse::Ok()
                .content_type(received.reply.content_type)
                .body(received.reply.body)
        }
        Err(error) => {
            *ear.refused.lock().unwrap() += 1;
            HttpResponse::Forbidden().body(error.to_string())
        }
    }
}

/// A stranger whose simulators may call an address of ours; the address, and what it hears.
async fn with_ear() -> (Stranger, String, Ear) {
    let mut stranger = Stranger::start().await;
    let listen = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (ours, theirs) = (listen(), listen());
    let address = ours.local_addr().unwrap().to_string();
    let config = Config::with_layers(&[]).unwrap();
    let reachable = [
        address.clone(),
        stranger.app.url.trim_start_matches("http://").to_owned(),
    ];
    let http = outbound::client(&config.outbound, &reachable).unwrap();
    let simulators = Simulators::new(&stranger.app.clock, None, &http);
    let their_address = theirs.local_addr().unwrap();
    let mounted = simulators.clone();
    let server = HttpServer::new(move || App::new().configure(|config| mounted.configure(config)));
    tokio::spawn(
        server
            .workers(1)
            .disable_signals()
            .listen(theirs)
            .unwrap()
            .run(),
    );
    let texts = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let account = Account {
        id: "a".into(),
        external_id: None,
        settings: texts("client_key", "awsim0001"),
        credentials: texts("client_secret", "sim-secret-0001"),
        http,
        clock: stranger.app.clock.clone(),
    };
    let ear = Ear {
        channel: (channels()
            .iter()
            .find(|one| one.id == "douyin")
            .unwrap()
            .connect)(account)
        .unwrap(),
        heard: Arc::default(),
        refused: Arc::default(),
    };
    let hearing = web::Data::new(ear.clone());
    let server = HttpServer::new(move || {
        let video = async || HttpResponse::Ok().content_type("video/mp4").body("video");
        App::new()
            .app_data(hearing.clone())
            .route("/hook", web::post().to(hear))
            .route("/video", web::get().to(video))
    });
    tokio::spawn(
        server
            .workers(1)
            .disable_signals()
            .listen(ours)
            .unwrap()
            .run(),
    );
    let allowed = their_address.to_string();
    stranger.app.http = outbound::client(&config.outbound, &[allowed]).unwrap();
    stranger.app.simulators_url = format!("http://{their_address}");
    stranger.app.simulators = simulators;
    stranger.token = text(&stranger.sign_in().await, "/data/access_token");
    (stranger, format!("http://{address}/hook"), ear)
}

/// Lets the background work until something holds.
async fn until(holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to that");
}

impl Stranger {
    async fn set_webhook(&self, url: &str) -> u16 {
        let console = self.url("/console/webhook");
        let set = self.app.http.post(console).json(&json!({ "url": url }));
        set.send().await.unwrap().status().as_u16()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_for_events_answers_the_challenge_first() {
    let (stranger, url, _) = with_ear().await;

    assert_eq!(stranger.set_webhook(&format!("{url}/nowhere")).await, 400);
    assert_eq!(stranger.set_webhook(&url).await, 200);
    assert_eq!(stranger.control(&json!({ "set": {} }))["webhook_url"], url);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_signed_and_their_repeats_carry_the_same_id() {
    let (stranger, url, ear) = with_ear().await;
    stranger.set_webhook(&url).await;

    stranger.sign_in().await;
    until(|| ear.heard.lock().unwrap().len() == 1).await;
    stranger.control(&json!({ "set": { "webhook_fault": "repeat" } }));
    stranger.control(&json!({ "revoke": true }));
    until(|| ear.heard.lock().unwrap().len() == 3).await;

    let heard = ear.heard.lock().unwrap().clone();
    let who = "_000openid-a".to_owned();
    assert_eq!(heard[0].1, [Event::Granted { who: who.clone() }]);
    assert_eq!(heard[1].1, [Event::Revoked { who }]);
    assert_eq!(
        heard[1], heard[2],
        "to be told apart by nothing, and known by its id"
    );
    assert_ne!(heard[0].0, heard[1].0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_publishes_from_a_link_comes_back_with_its_share_id() {
    let (stranger, url, ear) = with_ear().await;
    stranger.set_webhook(&url).await;
    let fields = [
        ("client_secret", "sim-secret-0001"),
        ("grant_type", "client_credential"),
    ];
    let token = text(
        &stranger.oauth("/oauth/client_token/", &fields).await,
        "/data/access_token",
    );
    let read = async |path: &str| {
        let call = stranger
            .app
            .http
            .get(stranger.url(path))
            .header("access-token", &token);
        answer(call).await
    };
    let ticket = text(&read("/open/getticket/").await, "/data/ticket");
    let share_id = text(
        &read("/share-id/?need_callback=true").await,
        "/data/share_id",
    );
    let signature = hex::encode(Md5::digest(format!(
        "nonce_str=n&ticket={ticket}&timestamp=7"
    )));
    let video = url.replace("/hook", "/video");
    let link = format!(
        "snssdk1128://openplatform/share?share_type=h5&client_key=awsim0001&nonce_str=n&timestamp=7&signature={signature}&state={share_id}&title=%E8%8C%B6&video_path={video}"
    );

    let phone = stranger
        .app
        .http
        .post(stranger.url("/phone"))
        .json(&json!({ "link": link, "publish": true }));
    let made: Value = phone.send().await.unwrap().json().await.unwrap();
    until(|| ear.heard.lock().unwrap().len() == 1).await;

    let heard = ear.heard.lock().unwrap()[0].1.clone();
    let external_id = text(&made, "/item_id");
    assert_eq!(
        heard,
        [Event::Published {
            reference: share_id,
            external_id
        }]
    );
    assert_eq!(
        stranger.app.simulators.ledger_of("douyin").unwrap()["items"][0]["lane"],
        "handoff"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_direct_creation_calls_nobody() {
    let (stranger, url, ear) = with_ear().await;
    stranger.set_webhook(&url).await;
    let video_id = stranger.upload_video().await;

    assert_eq!(
        old_code(&stranger.create(&json!({ "video_id": video_id })).await),
        0
    );

    let state = stranger.control(&json!({ "state": true }));
    assert_eq!(state["calls"], json!([]));
    assert!(ear.heard.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_not_heard_is_made_three_times_more_and_then_never_again() {
    let (stranger, url, ear) = with_ear().await;
    stranger.set_webhook(&url).await;
    stranger.control(&json!({ "set": { "webhook_fault": "forge", "webhook_most_failures": 1 } }));

    stranger.control(&json!({ "revoke": true }));
    for (tries, pause_s) in [(1, 10), (2, 60), (3, 300), (4, 0)] {
        until(|| *ear.refused.lock().unwrap() == tries).await;
        until(|| {
            let state = stranger.control(&json!({ "state": true }));
            let waiting = state["calls"].as_array().unwrap().len();
            waiting == usize::from(tries < 4)
        })
        .await;
        stranger.app.clock.advance(Duration::from_secs(pause_s));
    }

    assert!(
        ear.heard.lock().unwrap().is_empty(),
        "a forged call is believed by nobody"
    );
    assert_eq!(
        stranger.control(&json!({ "set": {} }))["webhook_url"],
        "",
        "the address is not called any more"
    );
}
