//! Parting with an account: nothing of it is sent any more, nothing secret of it stays, and what it did can be read.

use std::{collections::BTreeMap, time::Duration};

use fenfa::{
    auth::Role,
    channels::fault::Fault,
    delivery::{
        AccountStatus, ChannelAccount, DeliveryState, Due, Reason, Resolution, ScheduleInput,
        WithdrawalOutcome,
    },
    error::ErrorKind,
    id::DeliveryId,
    tailoring::SourceRef,
};
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use crate::harness::{BAIDU_WEBSITE, DOUYIN, DOUYIN_HAND_OFF, TestApp, WECHAT};

async fn account_of(app: &TestApp, account: &ChannelAccount) -> ChannelAccount {
    let actor = app.system().await;
    app.app.delivery.account(&actor, account.id).await.unwrap()
}

fn secrets() -> BTreeMap<String, String> {
    [("client_secret".to_owned(), "sim-secret-0001".to_owned())].into()
}

async fn until_working(app: &TestApp, id: DeliveryId) {
    for _ in 0..500 {
        if app.delivery(id).await.state == DeliveryState::Working {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody ever took it");
}

/// How many works the platform has.
fn works(app: &TestApp) -> usize {
    let state = app
        .simulators
        .control("douyin", &json!({ "state": true }))
        .unwrap();
    state["items"].as_array().unwrap().len()
}

both_databases! {
    async fn nothing_secret_stays_and_what_is_planned_is_cancelled(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let done = app.send(DOUYIN, &account, "第一杯绿茶").await;
        app.settle(&worker, done).await;
        let source = app.video("第二杯绿茶").await;
        let due = Due::At { wall_time: "2026-03-05T10:00".into(), zone: Some("Asia/Shanghai".into()) };
        let input = ScheduleInput { source, account: account.id, lane: "publish".into(), due };
        let planned = app.app.delivery.schedule(&admin.actor, input).await.unwrap();
        let ready = app.send(DOUYIN, &account, "第三杯绿茶").await;

        let outlook = "query($id: ID!) { disconnectionOutlook(account: $id) { cancelledCount unclearCount liveCount } }";
        let outlook = app.admin_graphql(&admin, outlook, json!({ "id": account.id })).await;
        let mutation = "mutation($input: AccountInput!) { disconnectAccount(input: $input) { cancelledCount unclearCount account { status statusNote externalName } } }";
        let parted = app.admin_graphql(&admin, mutation, json!({ "input": { "id": account.id } })).await;
        worker.run_until_idle().await.unwrap();

        assert_eq!(outlook["data"]["disconnectionOutlook"], json!({ "cancelledCount": 2, "unclearCount": 0, "liveCount": 1 }), "{outlook}");
        let told = &parted["data"]["disconnectAccount"];
        assert_eq!((&told["cancelledCount"], &told["unclearCount"]), (&json!(2), &json!(0)), "{parted}");
        assert_eq!(told["account"]["status"], "DISCONNECTED");
        for id in [planned.id, ready] {
            let delivery = app.delivery(id).await;
            assert_eq!((delivery.state, delivery.reason), (DeliveryState::Cancelled, Some(Reason::Disconnected)), "{delivery:#?}");
        }
        assert_eq!(app.delivery(done).await.state, DeliveryState::Published);
        assert_eq!(app.live(DOUYIN).len(), 1, "what was published stays");
        let db = app.app.db.read();
        let sql = "SELECT count(*) AS count FROM channel_account WHERE credentials_enc IS NOT NULL OR tokens_enc IS NOT NULL";
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "count").unwrap(), 0);
        let kept = account_of(&app, &account).await;
        assert_eq!((kept.name, kept.external_id.as_deref()), (account.name, Some("_000openid-a")), "it can be read");
        assert!(!app.app.delivery.attempts(&admin.actor, done).await.unwrap().is_empty(), "and so can what it did");
        let log = "{ auditLog(first: 1) { nodes { action subject outcome } } }";
        let log = app.admin_graphql(&admin, log, json!({})).await;
        assert_eq!(log["data"]["auditLog"]["nodes"][0], json!({ "action": "disconnectAccount", "subject": account.id, "outcome": "OK" }));
    }

    async fn whoever_uploads_in_that_moment_sends_nothing_more(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, "/upload_video", Fault::Slow { millis: 1500 });
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        let work = async {
            worker.tick().await.unwrap();
            worker.drain().await;
        };
        let part = async {
            until_working(&app, id).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            let parted = app.app.delivery.disconnect_account(&app.system().await, account.id).await.unwrap();
            assert_eq!((parted.cancelled, parted.unclear), (1, 0));
        };

        tokio::join!(work, part);
        app.clock.advance(Duration::from_hours(24));
        worker.run_until_idle().await.unwrap();

        let delivery = app.delivery(id).await;
        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Cancelled, Some(Reason::Disconnected)), "{delivery:#?}");
        assert_eq!(works(&app), 0, "no work was made");
        assert!(app.live(DOUYIN).is_empty());
        assert_eq!(account_of(&app, &account).await.status, AccountStatus::Disconnected, "no worker changed that");
    }

    async fn a_worker_on_another_node_makes_no_further_call(app: TestApp) {
        // It hears of nothing but what stands in the database.
        let account = app.connect("wechat", &[]).await;
        let layers = [app.layers[0].as_str(), app.layers[1].as_str()];
        let config = fenfa::config::Config::with_layers(&layers).unwrap();
        let second = fenfa::app::App::start(config, app.clock.clone()).await.unwrap();
        let worker = app.worker().await;
        app.fault(WECHAT, "/cgi-bin/draft/add", Fault::Slow { millis: 1000 });
        let id = app.send(WECHAT, &account, "一杯绿茶的冲泡").await;
        let work = async {
            worker.tick().await.unwrap();
            worker.drain().await;
        };
        let part = async {
            until_working(&app, id).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            second.delivery.disconnect_account(&app.system().await, account.id).await.unwrap();
        };

        tokio::join!(work, part);
        worker.run_until_idle().await.unwrap();

        assert!(matches!(app.delivery(id).await.state, DeliveryState::Cancelled | DeliveryState::NeedsReview));
        assert!(app.live(WECHAT).is_empty(), "nothing was published");
    }

    async fn a_call_that_is_under_way_is_left_to_a_person_and_never_made_again(app: TestApp) {
        let actor = app.system().await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::Slow { millis: 1500 });
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        let work = async {
            worker.tick().await.unwrap();
            worker.drain().await;
        };
        let part = async {
            app.until_armed(id).await;
            let parted = app.app.delivery.disconnect_account(&actor, account.id).await.unwrap();
            assert_eq!((parted.cancelled, parted.unclear), (0, 1));
        };

        tokio::join!(work, part);
        app.clock.advance(Duration::from_hours(24));
        worker.run_until_idle().await.unwrap();

        let delivery = app.delivery(id).await;
        assert_eq!((delivery.state, delivery.reason), (DeliveryState::NeedsReview, Some(Reason::Disconnected)), "{delivery:#?}");
        let again = app.app.delivery.resolve(&actor, id, Resolution::Resend).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::FailedPrecondition, "{again}");
        let said = Resolution::Published { external_id: None, external_url: Some("https://www.douyin.com/video/1".into()) };
        let ended = app.app.delivery.resolve(&actor, id, said).await.unwrap();
        assert_eq!(ended.state, DeliveryState::Published);
        assert!(works(&app) <= 1);
    }

    async fn what_a_person_was_to_finish_is_left_to_that_person(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN_HAND_OFF, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::WaitingUser);

        let parted = app.app.delivery.disconnect_account(&app.system().await, account.id).await.unwrap();

        assert_eq!((parted.cancelled, parted.unclear), (0, 1));
        let delivery = app.delivery(id).await;
        assert_eq!((delivery.state, delivery.sentence(false)), (DeliveryState::NeedsReview, "needs_review_disconnected"));
    }

    async fn nothing_is_planned_changed_or_asked_there_any_more(app: TestApp) {
        let actor = app.system().await;
        let delivery = &app.app.delivery;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let done = app.send(DOUYIN, &account, "一杯绿茶").await;
        app.settle(&worker, done).await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::BodyBefore { body: r#"{"data":{"error_code":2111001},"extra":{"error_code":2111001}}"#.into() });
        let rejected = app.send(DOUYIN, &account, "第二杯绿茶").await;
        assert_eq!(app.settle(&worker, rejected).await.state, DeliveryState::Rejected);
        delivery.disconnect_account(&actor, account.id).await.unwrap();
        let source = app.video("第三杯绿茶").await;

        let plan = |due| ScheduleInput { source, account: account.id, lane: "publish".into(), due };
        let refusals: [(&str, fenfa::error::Error); 5] = [
            ("schedule", delivery.schedule(&actor, plan(Due::Now)).await.unwrap_err()),
            ("retry", delivery.retry(&actor, rejected).await.unwrap_err()),
            ("check", delivery.check_account(&actor, account.id).await.unwrap_err()),
            ("disconnect", delivery.disconnect_account(&actor, account.id).await.unwrap_err()),
            ("sign in", delivery.sign_in_with_code(&actor, account.id, "x").await.unwrap_err()),
        ];
        for (what, error) in refusals {
            assert_eq!(error.kind(), ErrorKind::FailedPrecondition, "{what}: {error}");
        }
        let alone = delivery.withdraw(&actor, done).await.unwrap_err();
        assert_eq!(alone.kind(), ErrorKind::FailedPrecondition, "{alone}");
        let of = app.delivery(done).await;
        let everywhere = delivery.withdraw_everywhere(&actor, SourceRef::new(of.source_kind, of.source_id)).await.unwrap();
        assert_eq!(everywhere.iter().map(|one| one.outcome).collect::<Vec<_>>(), [WithdrawalOutcome::OutOfReach]);
        let hook = format!("{}/hooks/douyin/{}", app.url, account.id);
        assert_eq!(app.http.post(hook).body("{}").send().await.unwrap().status(), StatusCode::NOT_FOUND);
        worker.refresh_tokens().await.unwrap();
        worker.tell_ending_grants().await.unwrap();
        assert_eq!(account_of(&app, &account).await.status, AccountStatus::Disconnected);
    }

    async fn an_account_is_connected_again_with_new_secrets_and_its_history(app: TestApp) {
        let (actor, admin) = (app.system().await, app.person(Role::Admin).await);
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let first = app.send(DOUYIN, &account, "第一杯绿茶").await;
        app.settle(&worker, first).await;
        app.app.delivery.disconnect_account(&actor, account.id).await.unwrap();
        let parted = account_of(&app, &account).await;

        let without = app.app.delivery.reconnect_account(&actor, account.id, parted.version, None, BTreeMap::new()).await.unwrap_err();
        assert_eq!(without.field(), Some("input.credentials.client_secret"));
        let mutation = "mutation($input: ReconnectAccountInput!) { reconnectAccount(input: $input) { account { id status } } }";
        let credentials: Vec<Value> = secrets().iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let input = json!({ "input": { "id": account.id, "baseVersion": parted.version, "credentials": credentials } });
        let back = app.admin_graphql(&admin, mutation, input.clone()).await;
        assert_eq!(back["data"]["reconnectAccount"]["account"], json!({ "id": account.id, "status": "ACTIVE" }), "{back}");
        let stale = app.admin_graphql(&admin, mutation, input).await;
        assert_eq!(stale["errors"][0]["extensions"]["code"], "CONFLICT");
        app.sign_in(&account).await;
        let second = app.send(DOUYIN, &account, "第二杯绿茶").await;

        assert_eq!(app.settle(&worker, second).await.state, DeliveryState::Published);
        assert_eq!(app.live(DOUYIN).len(), 2);
        assert_eq!(app.delivery(first).await.account, account.id);
    }

    async fn plans_that_are_made_in_that_moment_are_cancelled_or_refused(app: TestApp) {
        let actor = app.system().await;
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let mut sources: Vec<SourceRef> = Vec::new();
        for number in 0..8 {
            sources.push(app.source_for(BAIDU_WEBSITE, &format!("第{number}杯绿茶的冲泡")).await);
        }
        let service = &app.app.delivery;
        let plan = |source: SourceRef| {
            let input = ScheduleInput { source, account: account.id, lane: BAIDU_WEBSITE.lane.into(), due: Due::Now };
            service.schedule(&actor, input)
        };

        let (planned, parted) = tokio::join!(
            futures_util::future::join_all(sources.into_iter().map(plan)),
            service.disconnect_account(&actor, account.id),
        );
        parted.unwrap();
        worker.run_until_idle().await.unwrap();

        for plan in planned {
            match plan {
                Ok(delivery) => assert_eq!(app.delivery(delivery.id).await.state, DeliveryState::Cancelled),
                Err(error) => assert_eq!(error.kind(), ErrorKind::FailedPrecondition, "{error}"),
            }
        }
        assert!(app.live(BAIDU_WEBSITE).is_empty());
    }
}
