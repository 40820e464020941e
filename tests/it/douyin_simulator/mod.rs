//! The simulator of Douyin as a stranger's client meets it: envelopes, the control plane, a state that outlives the
//! process; and beside it the life of a grant, of a work, of an event.

mod event;
mod grant;
mod work;

use fenfa::channels::{Simulators, fault::Fault};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::harness::{Backend, DOUYIN, TestApp};

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
