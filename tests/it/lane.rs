//! What a live check found of an account's lanes: it is kept, shown, and nothing is planned where the account may not go.

use std::collections::BTreeMap;

use fenfa::{
    auth::Role,
    channels::fault::Fault,
    delivery::{ChannelAccount, Delivery, Due, NewAccount, ScheduleInput},
    error::{ErrorKind, Result},
};
use serde_json::{Value, json};

use crate::harness::{
    ALIPAY, DOUYIN, DOUYIN_HAND_OFF, Route, TestApp, WECHAT, WECHAT_DRAFT, channels,
};

/// A Douyin account to which nobody has signed in.
async fn unsigned(app: &TestApp) -> ChannelAccount {
    let base = format!("{}/douyin", app.simulators_url);
    let texts = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let new = NewAccount {
        channel: "douyin".to_owned(),
        name: "茶山".to_owned(),
        settings: texts(&[("client_key", "awsim0001"), ("base_url", &base)]),
        credentials: texts(&[("client_secret", "sim-secret-0001")]),
        tokens: None,
    };
    let actor = app.system().await;
    app.app.delivery.connect_account(&actor, new).await.unwrap()
}

async fn plan(app: &TestApp, route: Route, account: &ChannelAccount) -> Result<Delivery> {
    let source = app.source_for(route, "三分钟一杯绿茶的冲泡").await;
    let input = ScheduleInput {
        source,
        account: account.id,
        lane: route.lane.to_owned(),
        due: Due::Now,
    };
    app.app.delivery.schedule(&app.system().await, input).await
}

/// What the API shows of a lane.
async fn shown(app: &TestApp, account: &ChannelAccount, lane: &str) -> (String, Option<String>) {
    let admin = app.person(Role::Admin).await;
    let query = "query($id: ID!) { account(id: $id) { lanes { lane standing reason } } }";
    let answer = app
        .admin_graphql(&admin, query, json!({ "id": account.id }))
        .await;
    let lanes = answer["data"]["account"]["lanes"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    let found = lanes
        .iter()
        .find(|one| one["lane"] == lane)
        .unwrap_or_else(|| panic!("{answer}"));
    let text = |name: &str| found[name].as_str().map(ToOwned::to_owned);
    (text("standing").unwrap(), text("reason"))
}

async fn check(app: &TestApp, account: &ChannelAccount) {
    let actor = app.system().await;
    app.app
        .delivery
        .check_account(&actor, account.id)
        .await
        .unwrap();
}

fn set(app: &TestApp, channel: &str, settings: &Value) {
    app.simulators
        .control(channel, &json!({ "set": settings }))
        .unwrap();
}

both_databases! {
    async fn a_lane_that_an_account_may_not_use_is_shown_and_refused_with_the_reason(app: TestApp) {
        let account = unsigned(&app).await;

        let refused = plan(&app, DOUYIN, &account).await.unwrap_err();
        let handed_off = plan(&app, DOUYIN_HAND_OFF, &account).await;

        let (standing, reason) = shown(&app, &account, "publish").await;
        assert_eq!(standing, "BARRED");
        assert!(reason.as_deref().unwrap().contains("还没有授权"), "{reason:?}");
        assert_eq!(shown(&app, &account, "handoff").await, ("USABLE".to_owned(), None));
        assert_eq!(refused.kind(), ErrorKind::FailedPrecondition);
        assert!(refused.to_string().contains("还没有授权"), "{refused}");
        assert_eq!(refused.details().unwrap()["lane"], "publish");
        handed_off.unwrap();
    }

    async fn a_right_that_comes_opens_the_lane_and_one_that_goes_closes_it(app: TestApp) {
        let account = unsigned(&app).await;
        assert!(plan(&app, DOUYIN, &account).await.is_err());

        app.sign_in(&account).await;
        assert_eq!(shown(&app, &account, "publish").await.0, "USABLE");
        plan(&app, DOUYIN, &account).await.unwrap();
        set(&app, "douyin", &json!({ "user_scopes": ["user_info"] }));
        app.sign_in(&account).await;

        let (standing, reason) = shown(&app, &account, "publish").await;
        assert_eq!((standing.as_str(), reason.as_deref()), ("BARRED", Some("没有「代替用户发布」权限")));
        assert_eq!(plan(&app, DOUYIN, &account).await.unwrap_err().kind(), ErrorKind::FailedPrecondition);
    }

    async fn a_lane_of_which_nobody_could_ask_stays_usable_and_what_was_known_still_holds(app: TestApp) {
        app.lasting_fault(WECHAT, "/cgi-bin/", Fault::StatusBefore { status: 502 });
        let unasked = app.connect("wechat", &[]).await;
        assert_eq!(shown(&app, &unasked, "publish").await, ("UNCHECKED".to_owned(), None));
        plan(&app, WECHAT, &unasked).await.unwrap();

        let known = app.connect("alipay", &[]).await;
        app.lasting_fault(ALIPAY, "/gateway.do", Fault::StatusBefore { status: 502 });
        check(&app, &known).await;

        assert_eq!(shown(&app, &known, "post").await.0, "USABLE");
        plan(&app, ALIPAY, &known).await.unwrap();
    }

    async fn an_account_that_may_only_leave_drafts_is_planned_for_drafts_alone(app: TestApp) {
        set(&app, "wechat", &json!({ "verified": false }));
        let account = app.connect("wechat", &[]).await;

        let (standing, reason) = shown(&app, &account, "publish").await;

        assert_eq!(standing, "BARRED", "{reason:?}");
        assert_eq!(plan(&app, WECHAT, &account).await.unwrap_err().kind(), ErrorKind::FailedPrecondition);
        plan(&app, WECHAT_DRAFT, &account).await.unwrap();
    }

    async fn what_was_found_is_forgotten_with_the_account(app: TestApp) {
        let account = unsigned(&app).await;
        app.app.delivery.disconnect_account(&app.system().await, account.id).await.unwrap();

        assert_eq!(shown(&app, &account, "publish").await, ("UNCHECKED".to_owned(), None));
    }

    async fn a_check_names_lanes_of_its_channel_and_none_both_ways(app: TestApp) {
        for channel in channels() {
            let account = app.connect(channel.id, &[]).await;
            let actor = app.system().await;
            let check = app.app.delivery.check_account(&actor, account.id).await.unwrap();

            assert!(check.ok, "{}: {check:?}", channel.id);
            for lane in check.lanes.iter().chain(check.barred.keys()) {
                assert!(channel.lane(lane).is_some(), "{}: {lane}", channel.id);
            }
            assert!(!check.lanes.iter().any(|lane| check.barred.contains_key(lane)), "{}: {check:?}", channel.id);
            let known: BTreeMap<_, _> = app.app.delivery.account(&actor, account.id).await.unwrap().lanes;
            assert_eq!(known.len(), check.lanes.len() + check.barred.len());
        }
    }
}
