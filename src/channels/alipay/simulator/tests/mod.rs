//! The adapter against the simulator, over HTTP.

mod proof;

use std::{collections::BTreeMap, net::TcpListener, sync::Mutex};

use actix_web::{App, HttpServer};
use bytes::Bytes;
use serde_json::{Value, json};

use super::super::{ARTICLE, CHANNEL, COVER, PICTURE, POST, POSTER};
use crate::{
    channels::{
        Account, ChannelError, ContentKind, ErrorClass, Exchange, Fingerprint, Found, Intent,
        Media, Outcome, SharedChannel, Simulators, Step, StepContext, StepHost, Submission, Tokens,
        fault::{Fault, FaultRule},
    },
    clock::Clock,
};

const PUBLISH: &str = "standardcontent.publish";

/// An engine that keeps handles and has files of zeros.
#[derive(Default)]
struct Host {
    handle: Mutex<Value>,
    exchanges: Mutex<Vec<Exchange>>,
}

#[async_trait::async_trait]
impl StepHost for Host {
    async fn save_handle(&self, handle: &Value) -> Result<(), ChannelError> {
        *self.handle.lock().expect("a lock") = handle.clone();
        Ok(())
    }

    async fn open_media(&self, media: &Media) -> Result<Bytes, ChannelError> {
        self.read_media(media, 0, media.size_bytes).await
    }

    async fn read_media(&self, _: &Media, from: u64, to: u64) -> Result<Bytes, ChannelError> {
        Ok(vec![0; usize::try_from(to - from).expect("a size")].into())
    }

    async fn token(&self, _: Option<&str>) -> Result<Tokens, ChannelError> {
        panic!("the account's key is all it needs")
    }

    fn record(&self, exchange: Exchange) {
        self.exchanges.lock().expect("a lock").push(exchange);
    }
}

struct Stage {
    simulators: Simulators,
    clock: Clock,
    account: Account,
    channel: SharedChannel,
    host: Host,
    outputs: BTreeMap<String, Value>,
}

fn media(role: &str, mime: &str) -> Media {
    Media {
        role: role.into(),
        key: role.into(),
        url: String::new(),
        mime: mime.into(),
        sha256: String::new(),
        size_bytes: 3 << 20,
        width: 1080,
        height: 1440,
        duration_ms: None,
    }
}

fn submission(lane: &str, media: Vec<Media>) -> Submission {
    let fields = [
        ("title", "明前龙井"),
        ("text", "春茶上市，今年头采。"),
        ("article", "一 & 二\n\n三"),
        ("audience", "所有人"),
    ];
    Submission {
        delivery_id: "1".into(),
        intent: Intent::Publish,
        lane: lane.into(),
        kind: ContentKind::Story,
        fields: fields
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .into(),
        media,
        page_url: "https://cms.example.cn/s/42".into(),
        first_published_at: None,
        updated_at: None,
        marker: "f3a7".into(),
        external_id: None,
    }
}

fn pictures() -> Submission {
    let picture = || media(PICTURE, "image/jpeg");
    submission(POST, vec![picture(), picture(), media(COVER, "image/jpeg")])
}

impl Stage {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::connect(|account, _| {
            for (name, value) in settings {
                account
                    .settings
                    .insert((*name).to_owned(), (*value).to_owned());
            }
        })
    }

    /// Starts with an account that is changed before it is connected, given what the console hands out.
    fn connect(change: impl FnOnce(&mut Account, &Value)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Clock::fixed("2026-03-01T01:30:00Z".parse().expect("an instant"));
        let http = reqwest::Client::builder().build().expect("a client");
        let simulators = Simulators::of(&[&CHANNEL], &clock, None, &http);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let mounted = simulators.clone();
        let server = HttpServer::new(move || App::new().configure(|app| mounted.configure(app)))
            .workers(1)
            .disable_signals()
            .listen(listener)
            .expect("a server")
            .run();
        actix_web::rt::spawn(server);
        let keys = simulators.control("alipay", &json!({ "keys": true }));
        let keys = keys.expect("keys");
        let key = |name: &str| keys[name].as_str().expect("a key").to_owned();
        let gateway = format!("http://{address}/alipay/gateway.do");
        let mut account = Account {
            id: uuid::Uuid::now_v7().to_string(),
            external_id: None,
            settings: [
                ("app_id", "2021000000000001".to_owned()),
                ("alipay_public_key", key("alipay_public_key")),
                ("gateway_url", gateway),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
            credentials: [("private_key".to_owned(), key("app_private_key"))].into(),
            http,
            clock: clock.clone(),
        };
        change(&mut account, &keys);
        Self {
            channel: (CHANNEL.connect)(account.clone()).expect("a channel"),
            account,
            simulators,
            clock,
            host: Host::default(),
            outputs: BTreeMap::new(),
        }
    }

    fn control(&self, command: &Value) -> Value {
        let done = self.simulators.control("alipay", command);
        done.expect("a known command")
    }

    fn live(&self) -> Vec<Value> {
        let ledger = self.simulators.ledger_of("alipay").expect("a ledger");
        ledger["items"].as_array().expect("items").clone()
    }

    async fn step(
        &mut self,
        submission: &Submission,
        step: &Step,
    ) -> Result<Outcome, ChannelError> {
        let mut context = StepContext {
            submission,
            outputs: &self.outputs,
            handle: Value::Null,
            resend_count: 0,
            host: &self.host,
        };
        let outcome = self.channel.run(step, &mut context).await?;
        if let Outcome::Done(output) = &outcome {
            self.outputs.insert(step.name.clone(), output.value.clone());
        }
        Ok(outcome)
    }

    /// Uploads and publishes.
    async fn publish(&mut self, submission: &Submission) -> Result<Outcome, ChannelError> {
        let plan = self.channel.plan(submission);
        self.step(submission, &plan[0]).await?;
        self.step(submission, &plan[1]).await
    }

    async fn observe(&mut self, submission: &Submission) -> Result<Outcome, ChannelError> {
        let plan = self.channel.plan(submission);
        self.step(submission, &plan[2]).await
    }

    /// What became of a publish call whose answer was lost.
    async fn find(&self, submission: &Submission, step: &str) -> Found {
        let sent = Fingerprint {
            submission,
            step,
            armed_at: self.clock.now(),
            outputs: &self.outputs,
            handle: &Value::Null,
            resend_count: 0,
            taken: &[],
        };
        let found = self.channel.find(&sent, &self.host).await;
        found.expect("a list")
    }

    fn wait(&self, seconds: u64) {
        self.clock.advance(std::time::Duration::from_secs(seconds));
    }
}

fn url(outcome: Outcome) -> Option<String> {
    match outcome {
        Outcome::Done(output) => output.external_url,
        other => panic!("not done: {other:?}"),
    }
}

#[actix_web::test]
async fn a_post_goes_out_is_reviewed_and_read_by_its_readers() {
    let mut stage = Stage::start();
    let post = pictures();

    stage.publish(&post).await.expect("published");

    let reviewing = stage.observe(&post).await.expect("a state");
    assert!(
        matches!(reviewing, Outcome::Pending { .. }),
        "{reviewing:?}"
    );
    stage.wait(6);
    let link = url(stage.observe(&post).await.expect("a state")).expect("a link");
    let page = reqwest::get(link).await.expect("a page");
    let page = page.text().await.expect("a text");
    assert!(
        page.contains("明前龙井") && page.contains("今年头采"),
        "{page}"
    );
    let live = stage.live();
    assert_eq!(live.len(), 1);
    assert_eq!(
        live[0]["media"].as_array().map(Vec::len),
        Some(2),
        "no cover"
    );
    assert_eq!(live[0]["link"], "https://cms.example.cn/s/42?v=f3a7");
    let exchanges = stage.host.exchanges.lock().expect("a lock");
    let told = format!("{exchanges:?}");
    assert!(!told.contains("sign=") && told.contains("request_id: Some"));
}

#[actix_web::test]
async fn a_video_goes_with_its_cover_and_an_article_as_rich_text() {
    let mut stage = Stage::start();
    let files = vec![media("video", "video/mp4"), media(POSTER, "image/jpeg")];
    stage
        .publish(&submission(POST, files))
        .await
        .expect("a video");
    let cover = vec![media(COVER, "image/jpeg"), media(PICTURE, "image/jpeg")];
    stage
        .publish(&submission(ARTICLE, cover))
        .await
        .expect("an article");

    let live = stage.live();

    let kinds: Vec<&Value> = live[0]["media"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| &file["media_type"])
        .collect();
    assert_eq!(kinds, ["video", "cover_static"]);
    assert_eq!(live[1]["lane"], ARTICLE);
    assert_eq!(live[1]["text"], "<p>一 &amp; 二</p><p>三</p>");
}

#[actix_web::test]
async fn a_lost_answer_is_found_again_by_the_marker() {
    let lost = [
        ("http", Some(Fault::AcceptThenDrop), ""),
        ("half", Some(Fault::AcceptThenHalf), ""),
        ("page", Some(Fault::StatusAfter { status: 502 }), ""),
        ("unknown", None, "unknow_after"),
        ("unsigned", None, "no_sign"),
        ("forged", None, "bad_sign"),
    ];
    for (name, wire, own) in lost {
        let mut stage = Stage::start();
        stage.control(&json!({ "insert_foreign": { "title": "明前龙井" } }));
        if let Some(fault) = wire {
            let rule = FaultRule {
                path: PUBLISH.to_owned(),
                skip: 0,
                times: 1,
                fault,
            };
            assert!(stage.simulators.add_fault("alipay", rule));
        } else {
            stage.control(&json!({ "next": { "method": PUBLISH, "fault": own } }));
        }

        let error = stage.publish(&pictures()).await.expect_err(name);

        assert_eq!(error.class, ErrorClass::SentUnknown, "{name}: {error}");
        let found = stage.find(&pictures(), "publish_content").await;
        assert_eq!(found, Found::Absent, "{name}: the list is late");
        stage.wait(3);
        match stage.find(&pictures(), "publish_content").await {
            Found::One(output) => {
                assert_eq!(
                    output.external_id.as_deref(),
                    stage.live()[0]["key"].as_str()
                );
            }
            other => panic!("{name}: {other:?}"),
        }
        assert_eq!(stage.live().len(), 1, "{name}");
    }
}

#[actix_web::test]
async fn a_post_that_never_arrived_is_absent() {
    for fault in ["unknow_before", "limit"] {
        let mut stage = Stage::start();
        stage.control(&json!({ "next": { "method": PUBLISH, "fault": fault } }));

        let error = stage.publish(&pictures()).await.expect_err(fault);

        let expected = match fault {
            "limit" => ErrorClass::RateLimited,
            _ => ErrorClass::SentUnknown,
        };
        assert_eq!(error.class, expected, "{error}");
        stage.wait(3);
        let found = stage.find(&pictures(), "publish_content").await;
        assert_eq!(found, Found::Absent);
    }
}

#[actix_web::test]
async fn a_post_is_found_among_forty_while_the_list_shifts() {
    let mut stage = Stage::start();
    stage.control(&json!({ "set": { "calls_per_second": 0, "app_calls_per_second": 0 } }));
    stage.control(&json!({ "next": { "method": PUBLISH, "fault": "unknow_after" } }));
    stage.publish(&pictures()).await.expect_err("lost");
    for number in 0..39 {
        stage.control(&json!({ "insert_foreign": { "title": format!("手发 {number}") } }));
    }
    stage.wait(3);
    stage.control(&json!({ "set": { "list_lag_s": 0 } }));
    stage.control(&json!({ "next": { "method": "batchquery", "fault": "list_shift" } }));

    let found = stage.find(&pictures(), "publish_content").await;

    assert!(matches!(found, Found::One(_)), "{found:?}");
}

#[actix_web::test]
async fn what_the_review_refuses_or_the_platform_takes_down_is_told() {
    let mut stage = Stage::start();
    let post = pictures();
    stage.control(&json!({ "set": { "refused_words": ["头采"] } }));
    stage.publish(&post).await.expect("accepted");
    stage.wait(6);

    let refused = stage.observe(&post).await.expect_err("a refusal");

    assert_eq!(refused.class, ErrorClass::ContentRejected);
    assert!(stage.live().is_empty());
}

#[actix_web::test]
async fn a_withdrawal_whose_answer_was_lost_is_seen_to_have_happened() {
    let mut stage = Stage::start();
    stage.publish(&pictures()).await.expect("published");
    let id = stage.live()[0]["key"].as_str().map(ToOwned::to_owned);
    let withdrawal = Submission {
        intent: Intent::Takedown,
        external_id: id,
        ..pictures()
    };
    let step = stage.channel.plan(&withdrawal).remove(0);
    stage.control(&json!({ "next": { "method": "delete", "fault": "unknow_before" } }));
    let error = stage.step(&withdrawal, &step).await.expect_err("in doubt");
    assert_eq!(error.class, ErrorClass::SentUnknown);
    assert_eq!(stage.find(&withdrawal, &step.name).await, Found::Absent);

    stage.control(&json!({ "next": { "method": "delete", "fault": "unknow_after" } }));
    stage.step(&withdrawal, &step).await.expect_err("in doubt");

    let found = stage.find(&withdrawal, &step.name).await;
    assert!(matches!(found, Found::One(_)), "{found:?}");
    assert!(stage.live().is_empty());
    stage
        .step(&withdrawal, &step)
        .await
        .expect("a second one succeeds");
}

#[actix_web::test]
async fn the_gateway_refuses_in_its_order_and_says_why() {
    let check = async |stage: &Stage, expected: &str| {
        let told = stage.channel.check_account(&stage.host).await;
        assert_eq!(told.ok, expected.is_empty(), "{}", told.message);
        assert!(told.message.contains(expected), "{}", told.message);
    };
    let stage = Stage::start();
    check(&stage, "").await;
    for (setting, expected) in [
        (
            json!({ "granted": false }),
            "isv.insufficient-isv-permissions",
        ),
        (
            json!({ "granted": true, "needs_token": true }),
            "isv.self-invoke-forbidden",
        ),
        (
            json!({ "needs_token": false, "upgraded": false }),
            "PUBLIC_NOT_UPGRADE",
        ),
        (
            json!({ "app_public_key": "" }),
            "isv.missing-signature-config",
        ),
        (
            json!({ "app_id": "2021000000000009" }),
            "isv.invalid-app-id",
        ),
    ] {
        stage.control(&json!({ "set": setting }));
        check(&stage, expected).await;
    }
    let with_token = Stage::start_with(&[("public_id", "2088")]);
    check(&with_token, "").await;
}

#[actix_web::test]
async fn what_breaks_a_limit_is_refused_and_no_post_is_made() {
    let mut stage = Stage::start();
    stage.control(&json!({ "set": { "calls_per_second": 0, "app_calls_per_second": 0 } }));
    let long = |name: &str, length: usize| {
        let mut post = pictures();
        post.fields
            .insert(name.to_owned(), json!("茶".repeat(length)));
        post
    };
    let ten = submission(
        POST,
        (0..10).map(|_| media(PICTURE, "image/jpeg")).collect(),
    );
    let no_cover = submission(POST, vec![media("video", "video/mp4")]);
    for post in [
        long("title", 31),
        long("text", 1001),
        long("title", 0),
        ten,
        no_cover,
    ] {
        stage.outputs.clear();
        let error = stage.publish(&post).await.expect_err("a refusal");
        assert_eq!(error.code.as_deref(), Some("BUSINESS_ERROR"), "{error}");
        assert_eq!(error.class, ErrorClass::Validation);
    }
    stage.control(&json!({ "set": { "most_file_bytes": 1000 } }));
    let error = stage.publish(&pictures()).await.expect_err("too large");
    assert_eq!(error.class, ErrorClass::MediaRejected, "{error}");
    assert!(stage.live().is_empty());
}
