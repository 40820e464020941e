//! The simulator of WeChat as a stranger's client meets it: codes, tokens, limits, lists, and a state that outlives the
//! process.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::harness::{Backend, TestApp, fixture};

/// A client of the platform that knows nothing of Fenfa.
struct Stranger {
    app: TestApp,
    token: String,
}

impl Stranger {
    async fn start() -> Self {
        let app = TestApp::start(Backend::Sqlite).await;
        let mut stranger = Self {
            app,
            token: String::new(),
        };
        stranger.token = text(&stranger.fetch(false).await, "access_token");
        stranger
    }

    fn set(&self, settings: &Value) {
        self.app
            .simulators
            .control("wechat", &json!({ "set": settings }))
            .unwrap();
    }

    fn url(&self, path: &str) -> String {
        format!("{}/wechat{path}", self.app.simulators_url)
    }

    async fn fetch(&self, force: bool) -> Value {
        let body = json!({
            "grant_type": "client_credential", "appid": "wx0123456789abcdef",
            "secret": "0123456789abcdef0123456789abcdef", "force_refresh": force,
        });
        let request = self
            .app
            .http
            .post(self.url("/cgi-bin/stable_token"))
            .json(&body);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Sends JSON without saying that it is, as many clients do.
    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self
            .app
            .http
            .post(self.url(path))
            .query(&[("access_token", &self.token)]);
        let answer = request.body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    async fn upload(&self, path: &str, part: &'static str, bytes: Vec<u8>) -> Value {
        let part = Form::new().part(part, Part::bytes(bytes).file_name("a.jpg"));
        let request = self
            .app
            .http
            .post(self.url(path))
            .query(&[("access_token", &self.token)]);
        request
            .multipart(part)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    async fn article(&self) -> Value {
        let path = "/cgi-bin/material/add_material?type=image";
        let cover = self.upload(path, "media", fixture("small.jpg")).await;
        json!({ "title": "秋日面包", "content": "<p>三种面团</p>", "thumb_media_id": cover["media_id"] })
    }

    async fn add(&self, article: &Value) -> Value {
        self.post("/cgi-bin/draft/add", &json!({ "articles": [article] }))
            .await
    }
}

fn text(body: &Value, name: &str) -> String {
    body[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name}: {body}"))
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_shared_overlap_and_die_with_their_own_codes() {
    let mut stranger = Stranger::start().await;
    let first = stranger.token.clone();
    assert_eq!(text(&stranger.fetch(false).await, "access_token"), first);
    let count = |token: &str| {
        let url = stranger.url("/cgi-bin/draft/count");
        let request = stranger.app.http.get(url).query(&[("access_token", token)]);
        async { request.send().await.unwrap().json::<Value>().await.unwrap() }
    };

    assert_eq!(count("").await["errcode"], 41001);
    assert_eq!(count("71_other").await["errcode"], 40014);
    assert_eq!(
        count(&first).await,
        json!({ "total_count": 0 }),
        "no errcode"
    );

    // In its last five minutes another is given, and both are good.
    stranger.app.clock.advance(Duration::from_secs(7000));
    let second = text(&stranger.fetch(false).await, "access_token");
    assert_ne!(second, first);
    assert_eq!(count(&first).await["total_count"], 0);
    stranger.app.clock.advance(Duration::from_mins(5));
    assert_eq!(count(&first).await["errcode"], 40001);
    assert_eq!(count(&second).await["total_count"], 0);

    // A forced refresh kills a token at once, after the pause and not before.
    let third = text(&stranger.fetch(true).await, "access_token");
    assert_ne!(third, second);
    assert_eq!(count(&second).await["errcode"], 40001);
    assert_eq!(text(&stranger.fetch(true).await, "access_token"), third);
    stranger.app.clock.advance(Duration::from_hours(2));
    let expired = count(&third).await;
    assert_eq!(expired["errcode"], 42001);
    assert!(text(&expired, "errmsg").contains(" rid: "));
    stranger.set(&json!({ "ip_whitelist": ["203.0.113.9"] }));
    let refused = stranger.fetch(false).await;
    assert_eq!(refused["errcode"], 40164);
    assert!(
        text(&refused, "errmsg")
            .starts_with("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist"),
        "{refused}"
    );
    stranger.token = third;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_that_are_too_long_or_wrong_are_refused_with_their_codes() {
    let stranger = Stranger::start().await;
    let article = stranger.article().await;
    assert!(stranger.add(&article).await.get("errcode").is_none());

    for (field, value, code) in [
        ("title", json!("包".repeat(33)), 45003),
        ("author", json!("包".repeat(17)), 45110),
        ("digest", json!("包".repeat(129)), 45004),
        ("content", json!("包".repeat(20_001)), 45002),
        (
            "content_source_url",
            json!(format!("https://a/{}", "a".repeat(1024))),
            45005,
        ),
        ("content_source_url", json!("nonsense"), 41039),
        ("thumb_media_id", json!("SIM_m_none"), 40007),
        ("content", json!(""), 44003),
    ] {
        let mut wrong = article.clone();
        wrong[field] = value;
        assert_eq!(stranger.add(&wrong).await["errcode"], code, "{field}");
    }
    stranger.set(&json!({ "profile": "observed" }));
    let mut long = article.clone();
    long["title"] = json!("包".repeat(64));
    assert!(stranger.add(&long).await.get("media_id").is_some());

    let newspic = json!({ "article_type": "newspic", "title": "集市", "content": "<b>周六</b>",
        "image_info": { "image_list": [{ "image_media_id": article["thumb_media_id"] }] } });
    assert_eq!(stranger.add(&newspic).await["errcode"], 45166);
    let none = stranger
        .post("/cgi-bin/draft/add", &json!({ "articles": [] }))
        .await;
    assert_eq!(none["errcode"], 44003);
    let page = json!({ "offset": 0, "count": 21 });
    assert_eq!(
        stranger.post("/cgi-bin/draft/batchget", &page).await["errcode"],
        40097
    );
    let part = stranger
        .upload("/cgi-bin/media/uploadimg", "file", fixture("small.jpg"))
        .await;
    assert_eq!(part["errcode"], 41005);
    let bytes = stranger
        .upload("/cgi-bin/media/uploadimg", "media", b"no picture".to_vec())
        .await;
    assert_eq!(bytes["errcode"], 40005);
    let unknown = stranger
        .app
        .http
        .post(stranger.url("/cgi-bin/no/such"))
        .send()
        .await
        .unwrap();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_changed_published_and_read_back_filtered() {
    let stranger = Stranger::start().await;
    let picture = stranger
        .upload("/cgi-bin/media/uploadimg", "media", fixture("small.jpg"))
        .await;
    let url = text(&picture, "url");
    assert!(url.starts_with("http://mmbiz.qpic.cn/"), "{url}");
    let mut article = stranger.article().await;
    article["content"] = json!(format!(
        "<div><p>茶</p></div><img src=\"{url}\"><img src=\"https://a.cn/b.jpg\"><script>x</script>"
    ));
    let media_id = text(&stranger.add(&article).await, "media_id");

    let list = json!({ "media_id": media_id, "index": 0, "articles": [article] });
    assert_eq!(
        stranger.post("/cgi-bin/draft/update", &list).await["errcode"],
        47001
    );
    let object = json!({ "media_id": media_id, "index": 0, "articles": article });
    assert_eq!(
        stranger.post("/cgi-bin/draft/update", &object).await["errcode"],
        0
    );
    let read = stranger
        .post("/cgi-bin/draft/get", &json!({ "media_id": media_id }))
        .await;
    assert_eq!(
        read["news_item"][0]["content"],
        format!("<p>茶</p><img data-src=\"{url}\">")
    );

    stranger.set(&json!({ "job_delay_s": 60 }));
    let job = stranger
        .post(
            "/cgi-bin/freepublish/submit",
            &json!({ "media_id": media_id }),
        )
        .await;
    assert!(job["publish_id"].is_u64() && job["errcode"] == 0, "{job}");
    let ask = json!({ "publish_id": job["publish_id"] });
    assert_eq!(
        stranger.post("/cgi-bin/freepublish/get", &ask).await["publish_status"],
        1
    );
    stranger.app.clock.advance(Duration::from_mins(1));
    let ended = stranger.post("/cgi-bin/freepublish/get", &ask).await;
    assert_eq!(ended["publish_status"], 0, "{ended}");
    let gone = stranger
        .post("/cgi-bin/draft/get", &json!({ "media_id": media_id }))
        .await;
    assert_eq!(gone["errcode"], 40007);
    let id = json!({ "article_id": ended["article_id"] });
    let shown = stranger
        .app
        .http
        .get(stranger.url(&format!("/s?mid={}", job["msg_data_id"])))
        .send()
        .await
        .unwrap();
    assert!(shown.text().await.unwrap().contains("<h1>秋日面包</h1>"));
    assert_eq!(
        stranger.post("/cgi-bin/freepublish/delete", &id).await["errcode"],
        0
    );
    assert_eq!(
        stranger.post("/cgi-bin/freepublish/get", &ask).await["publish_status"],
        5
    );
    let article = stranger.post("/cgi-bin/freepublish/getarticle", &id).await;
    assert_eq!(article["news_item"][0]["is_deleted"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_makes_one_sending_for_a_day_and_the_draft_leaves_the_box() {
    let stranger = Stranger::start().await;
    let mass = async |call: &str, body: Value| {
        let path = format!("/cgi-bin/message/mass/{call}");
        stranger.post(&path, &body).await
    };
    let article = stranger.article().await;
    let media_id = text(&stranger.add(&article).await, "media_id");
    let body = |number: &str| {
        json!({ "filter": { "is_to_all": true }, "msgtype": "mpnews",
        "mpnews": { "media_id": media_id }, "clientmsgid": number })
    };

    assert_eq!(
        mass("sendall", body(&"a".repeat(65))).await["errcode"],
        45067
    );
    let sent = mass("sendall", body("one")).await;
    assert_eq!(sent["errmsg"], "send job submission success", "{sent}");
    assert_eq!(mass("sendall", body("one")).await["errcode"], 45066);
    stranger.app.clock.advance(Duration::from_mins(2));
    let again = mass("sendall", body("one")).await;
    assert_eq!(
        (&again["errcode"], &again["msg_id"]),
        (&json!(45065), &sent["msg_id"])
    );
    let id = json!({ "msg_id": sent["msg_id"] });
    assert_eq!(mass("get", id.clone()).await["msg_status"], "SEND_SUCCESS");
    assert_eq!(
        mass("sendall", body("two")).await["errcode"],
        40007,
        "the draft is gone"
    );
    let page = json!({ "offset": 0, "count": 20 });
    let listed = stranger.post("/cgi-bin/freepublish/batchget", &page).await;
    assert_eq!(listed["total_count"], 0, "no list shows it");

    let next = text(&stranger.add(&article).await, "media_id");
    let mut second = body("three");
    second["mpnews"]["media_id"] = json!(next);
    assert_eq!(mass("sendall", second.clone()).await["errcode"], 45028);
    assert_eq!(mass("delete", id.clone()).await["errcode"], 0);
    assert_eq!(mass("get", id).await["msg_status"], "DELETE");
    assert_eq!(
        mass("speed/set", json!({ "speed": 5 })).await["errcode"],
        45083
    );
    assert_eq!(mass("speed/get", json!({})).await["realspeed"], 80);
    stranger.set(&json!({ "verified": false }));
    assert_eq!(mass("sendall", second).await["errcode"], 48001);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strict_platform_refuses_what_its_public_check_names() {
    let stranger = Stranger::start().await;
    let mut article = stranger.article().await;
    article["content"] = json!("<section style=\"height:0\">藏着的字</section>");
    assert!(stranger.add(&article).await.get("media_id").is_some());

    let request = stranger
        .app
        .http
        .post(stranger.url("/article-bin/verify_article_structure"));
    let told: Value = request
        .json(&article)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(told["isValid"], false, "{told}");
    assert_eq!(
        told["inValidInfo"]["height"]["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    stranger.set(&json!({ "strict_structure": true }));
    assert_eq!(stranger.add(&article).await["errcode"], 45166);
    article["content"] = json!("<p>三种面团</p>");
    assert!(stranger.add(&article).await.get("media_id").is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn allowances_run_out_and_are_cleared_ten_times_a_month() {
    let stranger = Stranger::start().await;
    stranger.set(&json!({ "quotas": { "/cgi-bin/draft/batchget": 1 } }));
    let page = json!({ "offset": 0, "count": 1 });
    let list = || stranger.post("/cgi-bin/draft/batchget", &page);

    assert_eq!(list().await["total_count"], 0);
    assert_eq!(list().await["errcode"], 45009);
    let told = stranger
        .post(
            "/cgi-bin/openapi/quota/get",
            &json!({ "cgi_path": "/cgi-bin/draft/batchget" }),
        )
        .await;
    assert_eq!(
        told["quota"],
        json!({ "daily_limit": 1, "used": 1, "remain": 0 })
    );
    let clear = json!({ "appid": "wx0123456789abcdef" });
    for _ in 0..10 {
        assert_eq!(
            stranger.post("/cgi-bin/clear_quota", &clear).await["errcode"],
            0
        );
    }
    assert_eq!(list().await["total_count"], 0);
    assert_eq!(
        stranger.post("/cgi-bin/clear_quota", &clear).await["errcode"],
        48006
    );

    stranger.set(&json!({ "verified": false }));
    assert_eq!(
        stranger.post("/cgi-bin/freepublish/batchget", &page).await["errcode"],
        48001
    );
}
