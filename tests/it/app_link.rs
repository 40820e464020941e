//! Links and codes that open a story or video in a channel's mini-program.

use std::time::Duration;

use fenfa::{
    channels::{AppLink, media_type},
    delivery::{ChannelAccount, MadeLink},
    error::{Error, ErrorKind},
    tailoring::SourceRef,
};
use serde_json::{Value, json};

use crate::harness::{ALIPAY, BAIDU_SEARCH, DOUYIN, Route, TestApp, WECHAT, channels};

const TITLE: &str = "一杯绿茶";

fn control(app: &TestApp, channel: &str, command: &Value) -> Value {
    app.simulators.control(channel, command).unwrap()
}

fn state(app: &TestApp, channel: &str) -> Value {
    control(app, channel, &json!({ "state": true }))
}

/// An account and a story that readers see.
async fn stage(app: &TestApp, route: Route) -> (ChannelAccount, SourceRef) {
    app.give_mini_program().await;
    let account = app.connect(route.channel, &[]).await;
    (account, app.source_for(route, TITLE).await)
}

async fn make(
    app: &TestApp,
    (account, source): &(ChannelAccount, SourceRef),
    kind: &str,
    anew: bool,
) -> Result<MadeLink, Error> {
    let actor = app.system().await;
    let delivery = &app.app.delivery;
    delivery
        .make_app_link(&actor, *source, account.id, kind, anew)
        .await
}

fn address(link: &AppLink) -> &str {
    link.address.as_deref().unwrap()
}

both_databases! {
    async fn every_kind_of_every_channel_can_be_made_and_is_kept(app: TestApp) {
        let actor = app.system().await;
        for route in [WECHAT, ALIPAY, DOUYIN, BAIDU_SEARCH] {
            let stage = stage(&app, route).await;
            let channel = channels().iter().find(|one| one.id == route.channel).unwrap();
            for kind in channel.app_links {
                let made = make(&app, &stage, kind.id, false).await.unwrap();

                assert!(media_type(&made.link.picture).is_some(), "{} {}", channel.id, kind.id);
                let days = made.link.ends_at.map(|end| end.since(app.clock.now()).as_secs() / 86_400);
                assert_eq!(days, kind.days.map(u64::from), "{} {}", channel.id, kind.id);
            }
            let kept = app.app.delivery.app_links(&actor, stage.1, route.channel).await.unwrap();
            assert_eq!(kept.len(), channel.app_links.len(), "{}", channel.id);
        }
    }

    async fn a_link_leads_to_the_page_of_the_story(app: TestApp) {
        let wechat = stage(&app, WECHAT).await;
        let page = make(&app, &wechat, "code", false).await.unwrap().page;
        let (path, query) = page.split_once('?').unwrap();
        let link = make(&app, &wechat, "url_link", false).await.unwrap().link;
        let known = &state(&app, "wechat")["links"][0];
        assert_eq!((&known["address"], &known["path"], &known["query"]), (&json!(address(&link)), &json!(path), &json!(query)));

        let alipay = stage(&app, ALIPAY).await;
        let page = make(&app, &alipay, "code", false).await.unwrap().page;
        let scheme = make(&app, &alipay, "scheme", false).await.unwrap().link;
        let codes = state(&app, "alipay")["codes"].clone();
        let drawn = codes.as_object().unwrap().values().next().unwrap();
        assert_eq!(address(&scheme), drawn, "the code holds the scheme, spelt by the platform itself");
        assert!(page.starts_with(path));

        let douyin = stage(&app, DOUYIN).await;
        let toutiao = make(&app, &douyin, "url_link_toutiao", false).await.unwrap();
        let known = &state(&app, "douyin")["links"][0];
        assert_eq!((&known["app_name"], &known["path"]), (&json!("toutiao"), &json!(path)));
        let id = toutiao.page.split_once("id=").unwrap().1;
        assert_eq!(known["query"], json!({ "id": id.trim_end_matches("&kind=video"), "kind": "video" }));

        let baidu = stage(&app, BAIDU_SEARCH).await;
        let made = make(&app, &baidu, "tieba", false).await.unwrap();
        assert_eq!(address(&made.link), format!("tieba://swan/AK_demo/{}", made.page));
    }

    async fn a_link_that_still_serves_is_given_again(app: TestApp) {
        let stage = stage(&app, WECHAT).await;
        let first = make(&app, &stage, "url_link", false).await.unwrap();

        assert_eq!(make(&app, &stage, "url_link", false).await.unwrap(), first);
        let other = make(&app, &stage, "url_link", true).await.unwrap();
        assert_ne!(other.link.address, first.link.address, "another was wanted");
        app.clock.advance(Duration::from_hours(29 * 24));
        let fresh = make(&app, &stage, "url_link", false).await.unwrap();
        assert_ne!(fresh.link.address, other.link.address, "that one ends within a day");

        let actor = app.system().await;
        let kept = app.app.delivery.app_links(&actor, stage.1, "wechat").await.unwrap();
        assert_eq!(kept, [fresh], "the latest of a kind is kept");
    }

    async fn what_readers_do_not_see_has_no_link(app: TestApp) {
        let stage = stage(&app, WECHAT).await;
        let SourceRef::Story(id) = stage.1 else { panic!("a story") };
        let actor = app.system().await;
        app.app.content.unpublish::<fenfa::content::StoryContent>(&actor, id).await.unwrap();

        let refused = make(&app, &stage, "code", false).await.unwrap_err();

        assert_eq!(refused.kind(), ErrorKind::FailedPrecondition);
        assert_eq!(state(&app, "wechat")["links"], json!([]), "nothing was asked");
    }

    async fn an_account_that_was_parted_with_makes_no_links(app: TestApp) {
        let stage = stage(&app, BAIDU_SEARCH).await;
        let made = make(&app, &stage, "tieba", false).await.unwrap();
        let actor = app.system().await;
        app.app.delivery.disconnect_account(&actor, stage.0.id).await.unwrap();

        let refused = make(&app, &stage, "baiduboxapp", false).await.unwrap_err();

        assert_eq!(refused.kind(), ErrorKind::FailedPrecondition, "{refused}");
        let kept = app.app.delivery.app_links(&actor, stage.1, "baidu").await.unwrap();
        assert_eq!(kept, [made], "what was made before is still known");
    }

    async fn why_there_is_no_link_is_said_in_a_sentence(app: TestApp) {
        let wechat = stage(&app, WECHAT).await;
        let refused = make(&app, &wechat, "fax", false).await.unwrap_err();
        assert_eq!(refused.field(), Some("input.kind"));

        control(&app, "wechat", &json!({ "set": { "mini_published": false } }));
        let refused = make(&app, &wechat, "url_link", false).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::FailedPrecondition);
        assert!(refused.to_string().contains("小程序还没有发布"), "{refused}");
        let refused = make(&app, &wechat, "code", false).await.unwrap_err();
        assert!(refused.to_string().contains("没有这个页面"), "{refused}");

        let douyin = stage(&app, DOUYIN).await;
        control(&app, "douyin", &json!({ "set": { "links_per_day": 0 } }));
        let refused = make(&app, &douyin, "url_link", false).await.unwrap_err();
        assert!(refused.to_string().contains("额度"), "{refused}");
        control(&app, "douyin", &json!({ "set": { "app_scopes": [] } }));
        let refused = make(&app, &douyin, "code", false).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::FailedPrecondition, "{refused}");
    }
}
