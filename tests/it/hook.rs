//! Calls that platforms make to us: verified, counted once, and worth as much as a look.

use std::time::Duration;

use fenfa::delivery::{AccountStatus, ChannelAccount, Delivery, DeliveryState, Reason, Worker};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use crate::harness::{DOUYIN_HAND_OFF, TestApp};

const SECRET: &str = "sim-secret-0001";

fn sign(secret: &str, body: &str) -> String {
    hex::encode(
        Sha1::new()
            .chain_update(secret)
            .chain_update(body)
            .finalize(),
    )
}

/// What the admin API says is to be entered in the platform's console.
async fn address(app: &TestApp, account: &ChannelAccount) -> String {
    let person = app.person(fenfa::auth::Role::Admin).await;
    let query = "query($id: ID!) { account(id: $id) { hookUrl } }";
    let answer = app
        .admin_graphql(&person, query, json!({ "id": account.id }))
        .await;
    let address = answer["data"]["account"]["hookUrl"].as_str();
    address.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn enter(app: &TestApp, address: &str) {
    let console = format!("{}/douyin/console/webhook", app.simulators_url);
    let answer = app
        .http
        .post(console)
        .json(&json!({ "url": address }))
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.status(),
        StatusCode::OK,
        "{}",
        answer.text().await.unwrap()
    );
}

async fn hand_off(app: &TestApp, worker: &Worker, account: &ChannelAccount) -> Delivery {
    let id = app.send(DOUYIN_HAND_OFF, account, "一杯绿茶").await;
    worker.run_until_idle().await.unwrap();
    let delivery = app.delivery(id).await;
    assert_eq!(delivery.state, DeliveryState::WaitingUser, "{delivery:#?}");
    delivery
}

/// The id in the link that a person is given.
fn share_id(delivery: &Delivery) -> String {
    let task = delivery.reason_params["message"].as_str().unwrap();
    let state = task.split_once("&state=").unwrap().1;
    state.split('&').next().unwrap().to_owned()
}

fn created(share_id: &str) -> String {
    json!({
        "event": "create_video", "from_user_id": "_000openid-a", "client_key": "awsim0001",
        "content": { "item_id": "@sim-item-9==", "share_id": share_id },
    })
    .to_string()
}

async fn call(
    app: &TestApp,
    address: &str,
    message: &str,
    signature: &str,
    body: &str,
) -> (StatusCode, Value) {
    let call = app
        .http
        .post(address)
        .header("x-douyin-signature", signature);
    let answer = call
        .header("msg-id", message)
        .body(body.to_owned())
        .send()
        .await
        .unwrap();
    (answer.status(), answer.json().await.unwrap())
}

both_databases! {
    async fn a_person_who_publishes_from_a_link_is_seen_at_once_by_the_platforms_call(app: TestApp) {
        // What was granted does not allow reading, so that only the call can tell.
        app.simulators.control("douyin", &json!({ "set": { "user_scopes": ["user_info"] } })).unwrap();
        let account = app.connect("douyin", &[]).await;
        enter(&app, &address(&app, &account).await).await;
        let worker = app.worker().await;
        let waiting = hand_off(&app, &worker, &account).await;
        let mut seen = app.app.delivery.subscribe();

        let task = waiting.reason_params["message"].as_str().unwrap();
        let link = &task[task.find("snssdk1128://").unwrap()..];
        let phone = format!("{}/douyin/phone", app.simulators_url);
        let opened = app.http.post(phone).json(&json!({ "link": link, "publish": true })).send().await.unwrap();
        let made: Value = opened.json().await.unwrap();
        let event = tokio::time::timeout(Duration::from_secs(20), seen.recv()).await.expect("the platform calls").unwrap();

        assert_eq!((event.id, event.state), (waiting.id, DeliveryState::Published));
        let delivery = app.delivery(waiting.id).await;
        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(delivery.external_id.as_deref(), made["item_id"].as_str());
        assert_eq!(app.live(DOUYIN_HAND_OFF).len(), 1);
    }

    async fn a_call_counts_once_and_only_with_the_applications_signature(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let address = address(&app, &account).await;
        let worker = app.worker().await;
        let waiting = hand_off(&app, &worker, &account).await;
        let body = created(&share_id(&waiting));

        let (forged, told) = call(&app, &address, "m1", &sign("somebody else's", &body), &body).await;
        assert_eq!((forged, &told["error"]["code"]), (StatusCode::FORBIDDEN, &json!("FORBIDDEN")), "{told}");
        let foreign = created("1700000000009999");
        let (unknown, _) = call(&app, &address, "m0", &sign(SECRET, &foreign), &foreign).await;
        assert_eq!(unknown, StatusCode::OK, "what is not ours is heard in silence");
        assert_eq!(app.delivery(waiting.id).await.state, DeliveryState::WaitingUser);
        let signature = sign(SECRET, &body);
        for _ in 0..2 {
            assert_eq!(call(&app, &address, "m1", &signature, &body).await, (StatusCode::OK, json!({})));
        }

        let delivery = app.delivery(waiting.id).await;
        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(delivery.external_id.as_deref(), Some("@sim-item-9=="));
        let version = delivery.version;
        call(&app, &address, "m2", &signature, &body).await;
        assert_eq!(app.delivery(waiting.id).await.version, version, "a second work of the link is not the delivery's");
    }

    async fn a_withdrawn_grant_is_heard_of_before_anything_is_sent_with_it(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let address = address(&app, &account).await;
        let revoked = |who: &str| json!({
            "event": "unauthorize", "from_user_id": who, "client_key": "awsim0001", "content": { "scopes": [] },
        })
        .to_string();
        let status = async || app.app.delivery.account(&app.system().await, account.id).await.unwrap().status;

        let stranger = revoked("somebody else");
        call(&app, &address, "m1", &sign(SECRET, &stranger), &stranger).await;
        assert_eq!(status().await, AccountStatus::Active);
        let owner = revoked(account.external_id.as_deref().unwrap());
        call(&app, &address, "m2", &sign(SECRET, &owner), &owner).await;

        assert_eq!(status().await, AccountStatus::NeedsLogin);
        let id = app.send(crate::harness::DOUYIN, &account, "一杯绿茶").await;
        let worker = app.worker().await;
        worker.run_until_idle().await.unwrap();
        let held = app.delivery(id).await;
        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Login)), "{held:#?}");
    }

    async fn nonsense_at_an_address_is_answered_clearly_and_changes_nothing(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let board = app.connect("board", &[]).await;
        let address = address(&app, &account).await;
        let hooks = format!("{}/hooks", app.url);

        for wrong in [
            format!("{hooks}/douyin/{}", uuid::Uuid::now_v7()),
            format!("{hooks}/douyin/nonsense"),
            format!("{hooks}/baidu/{}", account.id),
            format!("{hooks}/board/{}", board.id),
            format!("{hooks}/nowhere/{}", account.id),
        ] {
            let (status, told) = call(&app, &wrong, "m1", "", "{}").await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}: {told}");
        }
        let (status, _) = call(&app, &address, "m1", &sign(SECRET, "nonsense"), "nonsense").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let huge = app.http.post(&address).body(vec![b'x'; 2 << 20]).send().await.unwrap();
        assert_eq!(huge.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let get = app.http.get(&address).send().await.unwrap();
        assert_eq!(get.status(), StatusCode::FORBIDDEN);
    }
}
