//! New secrets for an account: they replace the old ones only when the platform takes them.

use std::collections::BTreeMap;

use fenfa::{
    auth::Role,
    channels::fault::{Fault, FaultRule},
    delivery::{AccountChanges, AccountStatus, ChannelAccount, DeliveryState},
    error::{Error, ErrorKind, Result},
};
use serde_json::json;

use crate::harness::{ALIPAY, BAIDU_SEARCH, DOUYIN, Route, TOUTIAO, TestApp, WECHAT};

/// The secret of each channel that its platform can be asked about, and what its simulator takes.
const SECRETS: [(Route, &str, &str); 4] = [
    (BAIDU_SEARCH, "app_secret", "SK_demo"),
    (DOUYIN, "client_secret", "sim-secret-0001"),
    (WECHAT, "app_secret", "0123456789abcdef0123456789abcdef"),
    (TOUTIAO, "client_secret", "sim-secret-0002"),
];

async fn account_of(app: &TestApp, account: &ChannelAccount) -> ChannelAccount {
    let actor = app.system().await;
    app.app.delivery.account(&actor, account.id).await.unwrap()
}

async fn rotate(
    app: &TestApp,
    account: &ChannelAccount,
    name: &str,
    value: &str,
) -> Result<ChannelAccount, Error> {
    let credentials: BTreeMap<_, _> = [(name.to_owned(), value.to_owned())].into();
    let changes = AccountChanges {
        credentials: Some(credentials),
        ..AccountChanges::default()
    };
    let (actor, version) = (app.system().await, account_of(app, account).await.version);
    app.app
        .delivery
        .update_account(&actor, account.id, version, changes)
        .await
}

async fn publishes(app: &TestApp, route: Route, account: &ChannelAccount) {
    let worker = app.worker().await;
    let id = app.send(route, account, "三分钟一杯绿茶的冲泡").await;
    let delivery = app.settle(&worker, id).await;
    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
}

both_databases! {
    async fn a_wrong_secret_changes_nothing_and_says_what_the_platform_said(app: TestApp) {
        for (route, name, _) in SECRETS {
            let account = app.connect(route.channel, &[]).await;
            let before = account_of(&app, &account).await;

            let refused = rotate(&app, &account, name, "wrong-secret").await.unwrap_err();

            assert_eq!(refused.kind(), ErrorKind::FailedPrecondition, "{}: {refused}", route.channel);
            let said = refused.to_string();
            assert!(said.contains("nothing was changed") && said.contains('（'), "{}: {said}", route.channel);
            assert_eq!(account_of(&app, &account).await, before);
            publishes(&app, route, &account).await;
        }
    }

    async fn a_key_that_the_platform_does_not_know_changes_nothing(app: TestApp) {
        let account = app.connect("alipay", &[]).await;
        let before = account_of(&app, &account).await;

        let refused = rotate(&app, &account, "private_key", "not a key").await.unwrap_err();

        assert!(matches!(refused.kind(), ErrorKind::InvalidInput | ErrorKind::FailedPrecondition), "{refused}");
        assert_eq!(account_of(&app, &account).await, before);
        publishes(&app, ALIPAY, &account).await;
    }

    async fn a_right_secret_replaces_the_old_one_and_the_account_goes_on(app: TestApp) {
        for (route, name, secret) in SECRETS {
            let account = app.connect(route.channel, &[]).await;

            let rotated = rotate(&app, &account, name, secret).await.unwrap();

            assert_eq!(rotated.status, AccountStatus::Active, "{}", route.channel);
            assert!(rotated.version > account.version && rotated.checked_at.is_some());
            publishes(&app, route, &account).await;
        }
    }

    async fn a_new_secret_of_the_platform_is_taken_over_and_the_persons_grant_stays(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let before = account_of(&app, &account).await;
        app.simulators.control("douyin", &json!({ "set": { "client_secret": "sim-secret-new" } })).unwrap();

        let old = rotate(&app, &account, "client_secret", "sim-secret-0001").await.unwrap_err();
        let new = rotate(&app, &account, "client_secret", "sim-secret-new").await.unwrap();

        assert!(old.to_string().contains("10013"), "{old}");
        assert_eq!((new.token_version, new.external_id), (before.token_version, before.external_id));
        publishes(&app, DOUYIN, &account).await;
    }

    async fn a_platform_that_cannot_be_asked_leaves_the_old_secret(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        let before = account_of(&app, &account).await;
        let down = FaultRule { path: "/cgi-bin/stable_token".into(), skip: 0, times: 1, fault: Fault::StatusBefore { status: 502 } };
        assert!(app.simulators.add_fault("wechat", down));

        let refused = rotate(&app, &account, "app_secret", "0123456789abcdef0123456789abcdef").await.unwrap_err();

        assert!(refused.to_string().contains("nothing was changed"), "{refused}");
        assert_eq!(account_of(&app, &account).await, before);
    }

    async fn over_the_wire_the_refusal_names_no_secret(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let account = app.connect("douyin", &[]).await;
        let mutation = "mutation($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id } } }";
        let input = json!({ "input": { "id": account.id, "baseVersion": account.version, "credentials": [{ "name": "client_secret", "value": "s3cret-of-mine" }] } });

        let refused = app.admin_graphql(&admin, mutation, input).await;

        let error = &refused["errors"][0];
        assert_eq!(error["extensions"]["code"], "FAILED_PRECONDITION", "{refused}");
        assert!(error["message"].as_str().unwrap().contains("Client Secret"), "{refused}");
        let log = app.admin_graphql(&admin, "{ auditLog(first: 5) { nodes { action outcome details } } }", json!({})).await;
        let log = log["data"]["auditLog"]["nodes"].to_string();
        assert!(log.contains("FAILED_PRECONDITION") && !log.contains("s3cret-of-mine") && !refused.to_string().contains("s3cret-of-mine"), "{log}");
    }
}
