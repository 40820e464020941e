//! Signing in to an account: to the platform's page and back, over HTTP as a browser goes.

use std::{collections::BTreeMap, time::Duration};

use fenfa::{
    app::App,
    auth::{NewUser, Role},
    channels::fault::{Fault, FaultRule},
    config::Config,
    delivery::{AccountStatus, ChannelAccount, DeliveryState, NewAccount, Return, SignInOutcome},
    error::ErrorKind,
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use url::Url;

use crate::harness::{DOUYIN, Person, Route, TOUTIAO, TestApp};

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// An account of an application to which nobody has signed in yet.
async fn connect(app: &TestApp, channel: &str, settings: &[(&str, &str)]) -> ChannelAccount {
    let base = format!("{}/{channel}", app.simulators_url);
    let (key, secret) = match channel {
        "douyin" => ("awsim0001", "sim-secret-0001"),
        _ => ("ttsim0001", "sim-secret-0002"),
    };
    let mut new = NewAccount {
        channel: channel.to_owned(),
        name: "茶山".to_owned(),
        settings: texts(&[("client_key", key), ("base_url", &base)]),
        credentials: texts(&[("client_secret", secret)]),
        tokens: None,
    };
    new.settings.extend(texts(settings));
    let actor = app.system().await;
    app.app.delivery.connect_account(&actor, new).await.unwrap()
}

async fn account_of(app: &TestApp, account: &ChannelAccount) -> ChannelAccount {
    let actor = app.system().await;
    app.app.delivery.account(&actor, account.id).await.unwrap()
}

/// The platform's page to which a person is led.
async fn start(app: &TestApp, person: &Person, account: &ChannelAccount) -> Url {
    let mutation = "mutation($input: StartAccountSignInInput!) { startAccountSignIn(input: $input) { address signIn { outcome } } }";
    let input = json!({ "input": { "accountId": account.id } });
    let answer = app.admin_graphql(person, mutation, input).await;
    let started = &answer["data"]["startAccountSignIn"];
    assert_eq!(started["signIn"]["outcome"], Value::Null, "{answer}");
    started["address"].as_str().unwrap().parse().unwrap()
}

/// What the user answers on that page; where it sends the browser.
async fn answer(app: &TestApp, page: &Url, answer: &str) -> Url {
    let shown = app.http.get(page.clone()).send().await.unwrap();
    let text = shown.text().await.unwrap();
    assert!(text.contains("允许") && text.contains("拒绝"), "{text}");
    let form = app.http.post(page.clone()).form(&[("answer", answer)]);
    let sent = form.send().await.unwrap();
    sent.headers()["location"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// The browser comes back; the page of the app on which it ends.
async fn come_back(app: &TestApp, person: Option<&Person>, at: &Url) -> String {
    let mut request = app.http.get(at.clone());
    if let Some(person) = person {
        let (name, value) = person.cookie();
        // As a browser says it that another site leads here.
        request = request
            .header(name, value)
            .header("sec-fetch-site", "cross-site");
    }
    let response = request.send().await.unwrap();
    let headers = response.headers();
    assert_eq!(response.status(), 303);
    assert_eq!(
        (&headers["cache-control"], &headers["referrer-policy"]),
        (
            &"no-store".parse().unwrap(),
            &"no-referrer".parse().unwrap()
        )
    );
    headers["location"].to_str().unwrap().to_owned()
}

/// What the page of an account says of a sign-in.
async fn told(app: &TestApp, person: &Person, page: &str) -> Value {
    let id = page
        .split_once("?signIn=")
        .unwrap_or_else(|| panic!("{page}"))
        .1;
    let query =
        "query($id: ID!) { accountSignIn(id: $id) { id outcome message externalId externalName } }";
    let answer = app.admin_graphql(person, query, json!({ "id": id })).await;
    answer["data"]["accountSignIn"].clone()
}

/// The whole way.
async fn sign_in(app: &TestApp, person: &Person, account: &ChannelAccount) -> Value {
    let page = start(app, person, account).await;
    let back = answer(app, &page, "allow").await;
    let page = come_back(app, Some(person), &back).await;
    assert!(
        page.starts_with(&format!("/admin/channels/{}?", account.id)),
        "{page}"
    );
    told(app, person, &page).await
}

fn control(app: &TestApp, channel: &str, command: &Value) {
    app.simulators.control(channel, command).unwrap();
}

async fn publishes(app: &TestApp, route: Route, account: &ChannelAccount) {
    let worker = app.worker().await;
    let id = app.send(route, account, "三分钟一杯绿茶").await;
    let delivery = app.settle(&worker, id).await;
    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
}

both_databases! {
    async fn a_person_signs_in_on_the_platforms_page_and_the_account_publishes(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        for (route, whose, name) in [(DOUYIN, "_000openid-a", "模拟账号"), (TOUTIAO, "_000tt-openid-a", "模拟头条号")] {
            let account = connect(&app, route.channel, &[]).await;
            assert_eq!(account.external_id, None);

            let told = sign_in(&app, &admin, &account).await;

            assert_eq!((&told["outcome"], &told["externalName"]), (&json!("DONE"), &json!(name)), "{told}");
            assert!(told["message"].as_str().unwrap().contains("可以"), "{told}");
            let signed_in = account_of(&app, &account).await;
            assert_eq!((signed_in.external_id.as_deref(), signed_in.external_name.as_deref()), (Some(whose), Some(name)));
            assert_eq!((signed_in.status, signed_in.token_version), (AccountStatus::Active, 1));
            assert!(signed_in.grant_expires_at.is_some());
            publishes(&app, route, &signed_in).await;
        }
        let log = "{ auditLog(first: 1) { nodes { action subject outcome user { id } } } }";
        let log = app.admin_graphql(&admin, log, json!({})).await;
        let entry = &log["data"]["auditLog"]["nodes"][0];
        assert_eq!((&entry["action"], &entry["outcome"]), (&json!("signInToAccount"), &json!("DONE")), "{entry}");
        assert_eq!(entry["user"]["id"], json!(admin.actor.user()));
    }

    async fn the_page_is_asked_for_what_the_settings_say_and_leads_to_the_address_of_the_channel(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let usual = connect(&app, "douyin", &[]).await;
        let own = connect(&app, "toutiao", &[("scopes", "toutiao.video.create , ")]).await;

        let (usual, own) = (start(&app, &admin, &usual).await, start(&app, &admin, &own).await);

        let value = |page: &Url, name: &str| {
            let mut pairs = page.query_pairs();
            pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
        };
        assert_eq!(value(&usual, "scope").as_deref(), Some("user_info,video.create.bind,video.list.bind,video.data.bind"));
        assert_eq!(value(&own, "scope").as_deref(), Some("toutiao.video.create"));
        let shown = app.admin_graphql(&admin, "{ channels { id redirectUrl } }", json!({})).await;
        let channels = shown["data"]["channels"].as_array().unwrap();
        let registered = |id: &str| channels.iter().find(|channel| channel["id"] == id).unwrap()["redirectUrl"].clone();
        assert_eq!(registered("douyin"), format!("{}/oauth/douyin/callback", app.url));
        assert_eq!(json!(value(&usual, "redirect_uri")), registered("douyin"));
        assert_eq!(json!(value(&own, "redirect_uri")), registered("toutiao"));
        assert_eq!(registered("baidu"), Value::Null, "nobody signs in there");
    }

    async fn a_way_back_is_one_persons_once_and_for_ten_minutes(app: TestApp) {
        let (admin, other) = (app.person(Role::Admin).await, app.person(Role::Admin).await);
        let account = connect(&app, "douyin", &[]).await;
        let site = app.app.auth.create_site("other", "另一个").await.unwrap();
        let new = NewUser { email: "s@example.com".into(), name: "S".into(), password: "correct horse battery".into(), role: Role::Admin };
        app.app.auth.create_user(&fenfa::auth::Actor::system(site.id), new).await.unwrap();
        let (token, _) = app.app.auth.sign_in("s@example.com", "correct horse battery".into(), None).await.unwrap();
        let stranger = Person { actor: app.app.auth.actor_for_session(&token, None).await.unwrap(), token };
        let back = answer(&app, &start(&app, &admin, &account).await, "allow").await;
        let changed = |name: &str, value: &str| {
            let mut url = back.clone();
            let pairs: Vec<_> = back.query_pairs().into_owned().collect();
            url.query_pairs_mut().clear().extend_pairs(pairs.iter().filter(|(known, _)| known != name)).append_pair(name, value);
            url
        };

        for (person, at, why) in [
            (Some(&admin), changed("state", "x"), "unknown"),
            (Some(&admin), Url::parse(&format!("{}/oauth/douyin/callback?code=x", app.url)).unwrap(), "unknown"),
            (None, back.clone(), "signed_out"),
            (Some(&other), back.clone(), "other_person"),
            (Some(&stranger), back.clone(), "no_right"),
        ] {
            assert_eq!(come_back(&app, person, &at).await, format!("/admin/channels/sign-in?why={why}"));
        }
        let mut elsewhere = back.clone();
        elsewhere.set_path("/oauth/toutiao/callback");
        let why = format!("/admin/channels/sign-in?why=unknown&account={}", account.id);
        assert_eq!(come_back(&app, Some(&admin), &elsewhere).await, why);
        assert_eq!(account_of(&app, &account).await.token_version, 0, "nothing was exchanged");

        let page = come_back(&app, Some(&admin), &back).await;
        assert_eq!(told(&app, &admin, &page).await["outcome"], "DONE");
        assert_eq!(told(&app, &other, &page).await, Value::Null, "it is nobody else's to see");
        let used = format!("/admin/channels/sign-in?why=used&account={}", account.id);
        assert_eq!(come_back(&app, Some(&admin), &back).await, used);
        let late = answer(&app, &start(&app, &admin, &account).await, "allow").await;
        app.clock.advance(Duration::from_mins(10));
        let expired = format!("/admin/channels/sign-in?why=expired&account={}", account.id);
        assert_eq!(come_back(&app, Some(&admin), &late).await, expired);
        assert_eq!(account_of(&app, &account).await.token_version, 1);
    }

    async fn a_person_whose_right_was_taken_meanwhile_gets_nowhere(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let account = connect(&app, "douyin", &[]).await;
        let back = answer(&app, &start(&app, &admin, &account).await, "allow").await;
        let user = admin.actor.user().unwrap();
        app.app.auth.set_role(&app.system().await, user, Role::Editor).await.unwrap();

        assert_eq!(come_back(&app, Some(&admin), &back).await, "/admin/channels/sign-in?why=no_right");
        assert_eq!(account_of(&app, &account).await.token_version, 0);
    }

    async fn a_way_that_begins_on_one_node_ends_on_another_and_the_database_tells_nobody_its_state(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let account = connect(&app, "douyin", &[]).await;
        let page = start(&app, &admin, &account).await;
        let state = page.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let db = app.app.db.read();
        let sql = "SELECT state_hash FROM sign_in";
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        let kept = row.try_get::<String>("", "state_hash").unwrap();
        assert!(kept.len() >= 32 && kept != state, "{kept}");
        let back = answer(&app, &page, "allow").await;
        let layers = [app.layers[0].as_str(), app.layers[1].as_str()];
        let second = App::start(Config::with_layers(&layers).unwrap(), app.clock.clone()).await.unwrap();

        let query = back.query_pairs().into_owned().collect();
        let returned = second.delivery.return_from_sign_in("douyin", &query, Some(&admin.token)).await.unwrap();

        assert!(matches!(returned, Return::Ended { sign_in, .. } if sign_in.outcome == Some(SignInOutcome::Done)));
        assert_eq!(account_of(&app, &account).await.token_version, 1);
    }

    async fn what_the_platform_says_becomes_an_outcome_and_the_account_stays_as_it_was(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let account = connect(&app, "douyin", &[]).await;
        let with = |page: &Url, pairs: &[(&str, &str)]| {
            let state = page.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
            let mut back = Url::parse(&format!("{}/oauth/douyin/callback", app.url)).unwrap();
            back.query_pairs_mut().append_pair("state", &state).extend_pairs(pairs);
            back
        };
        let page = start(&app, &admin, &account).await;
        let denied = come_back(&app, Some(&admin), &answer(&app, &page, "deny").await).await;
        assert_eq!(told(&app, &admin, &denied).await["outcome"], "DENIED");

        for (pairs, outcome, words) in [
            (&[("error_code", "10004")][..], "REFUSED", "应用没有这项能力"),
            (&[("error", "10006"), ("error_description", "redirect_uri")][..], "REFUSED", "回调地址未登记"),
            (&[("error", "server_error")][..], "REFUSED", "server_error"),
            (&[("code", "made-up")][..], "REFUSED", "授权码已过期或已用过"),
        ] {
            let page = start(&app, &admin, &account).await;
            let told = told(&app, &admin, &come_back(&app, Some(&admin), &with(&page, pairs)).await).await;
            assert_eq!(told["outcome"], outcome, "{told}");
            assert!(told["message"].as_str().unwrap().contains(words), "{told}");
        }
        let down = FaultRule { path: "/oauth/access_token".into(), skip: 0, times: 1, fault: Fault::StatusBefore { status: 502 } };
        assert!(app.simulators.add_fault("douyin", down));
        assert_eq!(sign_in(&app, &admin, &account).await["outcome"], "UNREACHABLE");

        let after = account_of(&app, &account).await;
        assert_eq!((after.status, after.token_version, after.external_id), (AccountStatus::Active, 0, None));
        assert_eq!(sign_in(&app, &admin, &account).await["outcome"], "DONE", "it can be tried again");
    }

    async fn an_address_that_is_not_registered_is_said_on_the_platforms_page(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        for channel in ["douyin", "toutiao"] {
            control(&app, channel, &json!({ "set": { "redirect_uris": ["https://cms.example.cn/back"] } }));
            let account = connect(&app, channel, &[]).await;

            let page = start(&app, &admin, &account).await;
            let shown = app.http.get(page).send().await.unwrap().text().await.unwrap();

            assert!(shown.contains("10006") && !shown.contains("允许"), "{shown}");
        }
    }

    async fn a_user_who_grants_less_than_asked_is_told_what_the_account_may_not_do(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        control(&app, "douyin", &json!({ "set": { "user_scopes": ["user_info", "video.list.bind"] } }));
        let account = connect(&app, "douyin", &[]).await;

        let told = sign_in(&app, &admin, &account).await;

        assert_eq!(told["outcome"], "DONE", "{told}");
        assert!(told["message"].as_str().unwrap().contains("没有「代替用户发布」权限"), "{told}");
    }

    async fn signing_in_again_lets_go_on_what_waited(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let account = connect(&app, "douyin", &[]).await;
        sign_in(&app, &admin, &account).await;
        let worker = app.worker().await;
        control(&app, "douyin", &json!({ "revoke": true }));
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::Held);
        assert_eq!(account_of(&app, &account).await.status, AccountStatus::NeedsLogin);

        let told = sign_in(&app, &admin, &account).await;

        assert_eq!(told["outcome"], "DONE", "{told}");
        assert_eq!(account_of(&app, &account).await.status, AccountStatus::Active);
        assert_eq!(app.settle(&worker, id).await.state, DeliveryState::Published);
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn somebody_else_than_before_takes_the_account_over_only_if_a_person_says_so(app: TestApp) {
        let (admin, other) = (app.person(Role::Admin).await, app.person(Role::Admin).await);
        let account = connect(&app, "douyin", &[]).await;
        sign_in(&app, &admin, &account).await;
        let before = account_of(&app, &account).await;
        control(&app, "douyin", &json!({ "set": { "open_id": "_000openid-b", "nickname": "另一个" } }));

        let page = start(&app, &admin, &account).await;
        let page = come_back(&app, Some(&admin), &answer(&app, &page, "allow").await).await;
        let found = told(&app, &admin, &page).await;

        assert_eq!((&found["outcome"], &found["externalId"], &found["externalName"]), (&json!("OTHER_USER"), &json!("_000openid-b"), &json!("另一个")), "{found}");
        let kept = account_of(&app, &account).await;
        assert_eq!((kept.external_id, kept.token_version), (before.external_id, before.token_version));
        control(&app, "douyin", &json!({ "set": { "open_id": "_000openid-a" } }));
        publishes(&app, DOUYIN, &account).await;
        control(&app, "douyin", &json!({ "set": { "open_id": "_000openid-b" } }));
        let confirm = async |person: &Person| {
            let mutation = "mutation($input: ConfirmAccountSignInInput!) { confirmAccountSignIn(input: $input) { signIn { outcome } account { externalId externalName } } }";
            app.admin_graphql(person, mutation, json!({ "input": { "id": found["id"] } })).await
        };
        assert_eq!(confirm(&other).await["errors"][0]["extensions"]["code"], "NOT_FOUND");
        let confirmed = confirm(&admin).await["data"]["confirmAccountSignIn"].clone();
        assert_eq!(confirmed["signIn"]["outcome"], "DONE", "{confirmed}");
        assert_eq!(confirmed["account"], json!({ "externalId": "_000openid-b", "externalName": "另一个" }));
        assert_eq!(confirm(&admin).await["errors"][0]["extensions"]["code"], "FAILED_PRECONDITION", "once");
        assert_eq!(sign_in(&app, &admin, &account).await["outcome"], "DONE", "now they are who it was before");
    }

    async fn an_account_whose_user_stands_in_its_settings_takes_nobody_else_unasked(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let account = connect(&app, "douyin", &[("open_id", "_000openid-b")]).await;

        let found = sign_in(&app, &admin, &account).await;

        assert_eq!((&found["outcome"], &found["externalId"]), (&json!("OTHER_USER"), &json!("_000openid-a")), "{found}");
        assert_eq!(account_of(&app, &account).await.token_version, 0);
    }

    async fn whoever_is_not_confirmed_in_time_is_forgotten(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let account = connect(&app, "douyin", &[]).await;
        sign_in(&app, &admin, &account).await;
        control(&app, "douyin", &json!({ "set": { "open_id": "_000openid-b" } }));
        let found = sign_in(&app, &admin, &account).await;
        let id = found["id"].as_str().unwrap().parse().unwrap();

        app.clock.advance(Duration::from_mins(10));
        let late = app.app.delivery.confirm_sign_in(&admin.actor, id).await.unwrap_err();
        assert_eq!(late.kind(), ErrorKind::FailedPrecondition);
        app.clock.advance(Duration::from_mins(61));
        app.worker().await.forget_sign_ins().await.unwrap();

        let gone = app.app.delivery.sign_in(&admin.actor, id).await.unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::NotFound);
        assert_eq!(account_of(&app, &account).await.external_id.as_deref(), Some("_000openid-a"));
    }

    async fn a_refresh_under_way_and_a_sign_in_lose_neither_grant(app: TestApp) {
        control(&app, "douyin", &json!({ "set": { "access_life_s": 2000 } }));
        let admin = app.person(Role::Admin).await;
        let account = connect(&app, "douyin", &[]).await;
        sign_in(&app, &admin, &account).await;
        let page = start(&app, &admin, &account).await;
        let back = answer(&app, &page, "allow").await;
        app.clock.advance(Duration::from_mins(9));
        control(&app, "douyin", &json!({ "expire": "access" }));
        let slow = FaultRule { path: "/oauth/refresh_token".into(), skip: 0, times: 1, fault: Fault::Slow { millis: 500 } };
        assert!(app.simulators.add_fault("douyin", slow));
        let actor = app.system().await;

        let (check, page) = tokio::join!(
            app.app.delivery.check_account(&actor, account.id),
            come_back(&app, Some(&admin), &back),
        );

        assert!(check.unwrap().ok);
        assert_eq!(told(&app, &admin, &page).await["outcome"], "DONE");
        assert!(app.app.delivery.check_account(&actor, account.id).await.unwrap().ok);
        publishes(&app, DOUYIN, &account).await;
    }
}
