//! Where the calendar has room, as the dialog of an editor asks for it.

use fenfa::{
    auth::Role,
    delivery::{Destination, Due, ScheduleInput},
};
use serde_json::json;

use crate::harness::{BAIDU_SEARCH, DOUYIN, Route, TestApp};

/// Puts something into the calendar of an account.
async fn plan(
    app: &TestApp,
    route: Route,
    account: &fenfa::delivery::ChannelAccount,
    title: &str,
    wall_time: &str,
) {
    let input = ScheduleInput {
        source: app.source_for(route, title).await,
        account: account.id,
        lane: route.lane.to_owned(),
        due: Due::At {
            wall_time: wall_time.to_owned(),
            zone: Some("Asia/Shanghai".to_owned()),
        },
    };
    app.app
        .delivery
        .schedule(&app.system().await, input)
        .await
        .unwrap();
}

async fn next(app: &TestApp, destinations: &[Destination]) -> Option<String> {
    let slot = app
        .app
        .delivery
        .next_free_slot(&app.system().await, destinations, None)
        .await;
    slot.unwrap().map(|at| at.to_string())
}

fn to(route: Route, account: &fenfa::delivery::ChannelAccount) -> Destination {
    Destination {
        account: account.id,
        lane: route.lane.to_owned(),
    }
}

both_databases! {
    async fn the_next_free_slot_keeps_away_from_what_the_account_sends_already(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        // It is 16:00 in Shanghai.
        assert_eq!(next(&app, &[to(DOUYIN, &account)]).await.as_deref(), Some("2026-03-03T08:30:00Z"));

        plan(&app, DOUYIN, &account, "一杯绿茶", "2026-03-03T16:45").await;
        plan(&app, DOUYIN, &account, "一杯红茶", "2026-03-03T18:00").await;

        // 16:30 and 17:00 are close to 16:45; 17:30 has half an hour on either side.
        assert_eq!(next(&app, &[to(DOUYIN, &account)]).await.as_deref(), Some("2026-03-03T09:30:00Z"));
    }

    async fn one_slot_suits_every_lane_that_was_asked_for(app: TestApp) {
        let (video, search) = (app.connect(DOUYIN.channel, &[]).await, app.connect(BAIDU_SEARCH.channel, &[]).await);
        plan(&app, DOUYIN, &video, "一杯绿茶", "2026-03-03T16:30").await;
        plan(&app, BAIDU_SEARCH, &search, "明前龙井的冲泡要点与火候", "2026-03-03T17:00").await;

        let both = [to(DOUYIN, &video), to(BAIDU_SEARCH, &search)];

        assert_eq!(next(&app, &both).await.as_deref(), Some("2026-03-03T09:30:00Z"));
    }

    async fn a_day_whose_allowance_is_planned_full_is_passed_over(app: TestApp) {
        let account = app.connect(BAIDU_SEARCH.channel, &[("quota.search_daily", "1")]).await;
        plan(&app, BAIDU_SEARCH, &account, "明前龙井的冲泡要点与火候", "2026-03-03T21:30").await;

        let slot = next(&app, &[to(BAIDU_SEARCH, &account)]).await;

        // 08:00 on the next day.
        assert_eq!(slot.as_deref(), Some("2026-03-04T00:00:00Z"));
    }

    async fn what_the_site_keeps_silent_for_is_passed_over(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        let blackouts = json!([
            { "from": "2026-03-04T00:00", "until": "2026-03-05T10:00", "reason": "哀悼日" },
            { "from": "2026-03-03T16:00", "until": "2026-03-04T00:00", "reason": "封网" },
        ]);
        let admin = app.person(Role::Admin).await;
        let set = "mutation($blackouts: [BlackoutInput!]) { updateSite(input: { baseVersion: 1, blackouts: $blackouts }) { site { blackouts { from reason } } } }";
        let answer = app.admin_graphql(&admin, set, json!({ "blackouts": blackouts })).await;
        assert_eq!(answer["data"]["updateSite"]["site"]["blackouts"][0], json!({ "from": "2026-03-03T16:00", "reason": "封网" }));

        // 10:00 in Shanghai.
        assert_eq!(next(&app, &[to(DOUYIN, &account)]).await.as_deref(), Some("2026-03-05T02:00:00Z"));

        let upside_down = json!([{ "from": "2026-03-04T00:00", "until": "2026-03-04T00:00", "reason": "哀悼日" }]);
        let set = set.replace("baseVersion: 1", "baseVersion: 2");
        let refused = app.admin_graphql(&admin, &set, json!({ "blackouts": upside_down })).await;
        assert_eq!(refused["errors"][0]["extensions"]["field"], "input.blackouts.until", "{refused}");
    }

    async fn an_account_without_figures_has_no_best_hour(app: TestApp) {
        let admin = app.person(Role::Viewer).await;
        let account = app.connect(DOUYIN.channel, &[]).await;
        let query = "query($id: ID!) { bestTime(account: $id) { sampleSize needed best { hour } } }";

        let answer = app.admin_graphql(&admin, query, json!({ "id": account.id })).await;

        assert_eq!(answer["data"]["bestTime"], json!({ "sampleSize": 0, "needed": 20, "best": null }), "{answer}");
    }

    async fn days_tell_what_they_hold_by_channel(app: TestApp) {
        let viewer = app.person(Role::Viewer).await;
        let account = app.connect(DOUYIN.channel, &[]).await;
        // Half past midnight in Shanghai is the evening before in UTC.
        plan(&app, DOUYIN, &account, "一杯绿茶", "2026-03-05T00:30").await;
        plan(&app, DOUYIN, &account, "一杯红茶", "2026-03-05T23:30").await;
        let query = "query($from: String!) { deliveryDays(from: $from, count: 7) { day channel planned published troubled } }";

        let answer = app.admin_graphql(&viewer, query, json!({ "from": "2026-03-02" })).await;

        let expected = json!([{ "day": "2026-03-05", "channel": "douyin", "planned": 2, "published": 0, "troubled": 0 }]);
        assert_eq!(answer["data"]["deliveryDays"], expected, "{answer}");
    }
}
