//! Events that the platform tells at our address.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use fenfa::{
    channels::{Account, Event, Incoming, SharedChannel, Simulators},
    config::Config,
    outbound,
};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::{Stranger, answer, old_code, text};
use crate::harness::channels;

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
