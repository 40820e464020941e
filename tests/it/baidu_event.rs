//! What Baidu tells of an application: verified, counted once, and an end of all that is sent for it.

use fenfa::delivery::{AccountStatus, ChannelAccount, DeliveryState, PauseScope, Reason};
use serde_json::{Value, json};

use crate::harness::{BAIDU_BAIJIAHAO, BAIDU_FEED, BAIDU_SEARCH, BAIDU_WEBSITE, TestApp};

fn control(app: &TestApp, command: &Value) -> Value {
    app.simulators.control("baidu", command).unwrap()
}

/// Enters the account's address in the console, which calls it.
async fn listen(app: &TestApp, account: &ChannelAccount) -> reqwest::StatusCode {
    let console = format!("{}/baidu/console/message", app.simulators_url);
    let url = format!("{}/hooks/baidu/{}", app.url, account.id);
    let entered = app.http.post(console).json(&json!({ "url": url }));
    entered.send().await.unwrap().status()
}

async fn tell(app: &TestApp, event: &Value) {
    control(app, &json!({ "event": event }));
    app.simulators.work("baidu").await;
}

async fn status(app: &TestApp, account: &ChannelAccount) -> AccountStatus {
    let actor = app.system().await;
    let account = app.app.delivery.account(&actor, account.id).await;
    account.unwrap().status
}

/// Why the account is paused.
async fn notes(app: &TestApp, account: &ChannelAccount) -> Vec<String> {
    let pauses = app.app.delivery.pauses(&app.system().await).await.unwrap();
    let of_account = pauses
        .into_iter()
        .filter(|pause| pause.scope == PauseScope::Account(account.id));
    of_account
        .map(|pause| pause.note.unwrap_or_default())
        .collect()
}

both_databases! {
    async fn an_application_that_is_taken_offline_pauses_every_lane_until_a_person_goes_on(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let twin = app.connect("baidu", &[]).await;
        let other = app.connect("baidu", &[("app_key", "AK_other")]).await;
        let worker = app.worker().await;
        assert_eq!(listen(&app, &account).await, 200, "the address echoes what it is sent");

        // The simulator tells of it by itself.
        control(&app, &json!({ "set": { "app_banned": true } }));
        app.simulators.work("baidu").await;
        control(&app, &json!({ "set": { "app_banned": false } }));

        assert_eq!(status(&app, &account).await, AccountStatus::Paused);
        assert_eq!(notes(&app, &account).await, ["百度强制下线了小程序（2026-03-03 16:00:00）：违反平台规范"]);
        assert_eq!(status(&app, &twin).await, AccountStatus::Paused, "the same application");
        assert_eq!(status(&app, &other).await, AccountStatus::Active);
        let mut held = Vec::new();
        for route in [BAIDU_SEARCH, BAIDU_FEED, BAIDU_WEBSITE, BAIDU_BAIJIAHAO] {
            held.push(app.send(route, &account, &format!("春茶上新第一口鲜 {}", route.lane)).await);
        }
        worker.run_until_idle().await.unwrap();
        for id in &held {
            let delivery = app.delivery(*id).await;
            assert_eq!((delivery.state, delivery.reason), (DeliveryState::Held, Some(Reason::Paused)), "{delivery:#?}");
        }

        app.app.delivery.resume_account(&app.system().await, account.id).await.unwrap();
        for id in held {
            let delivery = app.settle(&worker, id).await;
            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        }
        assert_eq!(notes(&app, &account).await, [""; 0]);
    }

    async fn an_event_counts_once_and_goes_on_counting_for_nothing(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        listen(&app, &account).await;
        let closed = json!({ "event": "FLOW_CLOSE_NOTIFY", "reason": "低质内容" });
        control(&app, &json!({ "set": { "callback_fault": "repeat" } }));
        control(&app, &json!({ "event": closed }));
        let state = async || app.app.delivery.pauses(&app.system().await).await.unwrap();

        app.simulators.work("baidu").await;

        assert_eq!(notes(&app, &account).await, ["百度关闭了小程序的流量（2026-03-03 16:00:00）：低质内容"]);
        assert_eq!(state().await.len(), 1);
        app.app.delivery.resume_account(&app.system().await, account.id).await.unwrap();
        // The same message, made again.
        control(&app, &json!({ "set": { "callback_fault": "" } }));
        tell(&app, &closed).await;
        assert_eq!(status(&app, &account).await, AccountStatus::Active);
        app.clock.advance(std::time::Duration::from_mins(1));
        tell(&app, &closed).await;
        assert_eq!(status(&app, &account).await, AccountStatus::Paused, "another one");
    }

    async fn what_is_forged_of_another_application_or_unknown_stops_nothing(app: TestApp) {
        let account = app.connect("baidu", &[("app_id", "1001")]).await;
        listen(&app, &account).await;
        let offline = json!({ "event": "APP_FORCE_OFFLINE" });

        tell(&app, &json!({ "event": "SOMETHING_NEW", "reason": { "more": [1] } })).await;
        tell(&app, &json!({ "event": "APP_FORCE_OFFLINE", "appId": 1002 })).await;
        control(&app, &json!({ "set": { "client_id": "somebody" } }));
        tell(&app, &offline).await;
        control(&app, &json!({ "set": { "client_id": "", "callback_fault": "forge" } }));
        tell(&app, &offline).await;
        assert_eq!(listen(&app, &account).await, 400, "the console's check is refused as well");

        assert_eq!(status(&app, &account).await, AccountStatus::Active);
        // It was heard by nobody, so it is made again.
        control(&app, &json!({ "set": { "callback_fault": "" } }));
        app.clock.advance(std::time::Duration::from_secs(10));
        app.simulators.work("baidu").await;
        assert_eq!(status(&app, &account).await, AccountStatus::Paused);
    }
}
