//! Baijiahao's own ways, against its simulator: the text and its covers, review and drafts, addresses that are known
//! already, changes, withdrawal, figures.

use std::time::Duration;

use fenfa::{
    channels::{Totals, fault::Fault},
    content::{ItemChanges, StoryContent},
    delivery::{ChannelAccount, Delivery, DeliveryState, Reason, Worker},
    id::DeliveryId,
    tailoring::SourceRef,
};
use serde_json::{Value, json};

use crate::{
    conformance::commit_calls,
    harness::{BAIDU_BAIJIAHAO, Route, TestApp},
};

const TITLE: &str = "春茶上新第一口鲜";
/// Videos go by the same lane.
const VIDEO: Route = Route {
    commit: "/video/publish",
    ..BAIDU_BAIJIAHAO
};

fn control(app: &TestApp, command: &Value) -> Value {
    app.simulators.control("baidu", command).unwrap()
}

fn set(app: &TestApp, settings: &Value) {
    control(app, &json!({ "set": settings }));
}

/// Forms of the calls whose path holds this.
fn forms(app: &TestApp, path: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let requests = control(app, &json!({ "requests": true }));
    let requests = requests.as_array().unwrap().iter();
    let called = requests.filter(|request| request["path"].as_str().unwrap().contains(path));
    called
        .map(|request| {
            let body = request["body"].as_str().unwrap().as_bytes();
            url::form_urlencoded::parse(body).into_owned().collect()
        })
        .collect()
}

async fn start(app: &TestApp, settings: &[(&str, &str)]) -> (ChannelAccount, Worker) {
    (app.connect("baidu", settings).await, app.worker().await)
}

async fn publish(app: &TestApp, title: &str) -> Delivery {
    let (account, worker) = start(app, &[]).await;
    let id = app.send(BAIDU_BAIJIAHAO, &account, title).await;
    app.settle(&worker, id).await
}

/// The story under another title, published.
async fn rename(app: &TestApp, source: SourceRef, title: &str) {
    let (actor, content) = (app.system().await, &app.app.content);
    let story = content
        .item::<StoryContent>(&actor, source.item())
        .await
        .unwrap();
    let changes = ItemChanges {
        base_version: story.version,
        content: StoryContent {
            title: title.to_owned(),
            ..story.content
        },
        slug: None,
    };
    content.update(&actor, story.id, changes).await.unwrap();
    content
        .publish::<StoryContent>(&actor, story.id)
        .await
        .unwrap();
}

async fn withdraw(app: &TestApp, worker: &Worker, id: DeliveryId) -> Delivery {
    let actor = app.system().await;
    let withdrawn = app.app.delivery.withdraw(&actor, id).await.unwrap();
    app.settle(worker, withdrawn.takedown.unwrap().id).await
}

fn message(delivery: &Delivery) -> &str {
    delivery.reason_params["message"]
        .as_str()
        .unwrap_or_default()
}

both_databases! {
    async fn an_article_is_read_on_a_phone_as_it_was_written(app: TestApp) {
        let delivery = publish(&app, TITLE).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(BAIDU_BAIJIAHAO);
        assert_eq!(live.len(), 1);
        assert_eq!(live[0]["key"], json!(delivery.external_id));
        let form = &forms(&app, "article/publish")[0];
        assert_eq!(form["title"], TITLE);
        assert_eq!(form["is_original"], "0");
        assert!(form["origin_url"].starts_with(&format!("{}/s/", app.url)), "{form:?}");
        let covers: Vec<Value> = serde_json::from_str(&form["cover_images"]).unwrap();
        assert!(matches!(covers.len(), 1 | 3), "{covers:?}");
        let (page, _) = app.page(&delivery.external_url.unwrap()).await;
        assert!(page.contains(&format!("<h1>{TITLE}</h1>")), "{page}");
        assert!(page.contains("好的绿茶讲究火候"), "{page}");
        let (author, covers) = app.page(&format!("{}/baidu/baijiahao/u", app.simulators_url)).await;
        assert!(author.contains(TITLE) && covers > 0, "{author}");
    }

    async fn pictures_of_the_text_are_those_of_the_site(app: TestApp) {
        let (account, worker) = start(&app, &[]).await;
        let source = app.illustrated(TITLE).await;
        let id = app.schedule(BAIDU_BAIJIAHAO, &account, source).await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let content = &forms(&app, "article/publish")[0]["content"];
        assert!(content.contains(&format!("<img src=\"{}/media/", app.url)), "{content}");
        let (_, pictures) = app.page(&delivery.external_url.unwrap()).await;
        assert_eq!(pictures, 1);
    }

    async fn a_video_goes_with_its_file_and_a_cover_or_a_frame(app: TestApp) {
        let (account, worker) = start(&app, &[]).await;
        let bare = app.video("三分钟看懂一杯绿茶").await;
        let mut still = std::io::Cursor::new(Vec::new());
        let shade = image::RgbImage::from_pixel(1280, 720, image::Rgb([96, 128, 64]));
        shade.write_to(&mut still, image::ImageFormat::Jpeg).unwrap();
        let covered = app.video_with_still("三分钟看懂一杯红茶", still.into_inner()).await;
        for source in [bare, covered] {
            let id = app.schedule(VIDEO, &account, source).await;
            let delivery = app.settle(&worker, id).await;
            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
            let page = app.http.get(delivery.external_url.unwrap()).send().await.unwrap();
            assert!(page.text().await.unwrap().contains("<video src=\""));
        }

        let sent = forms(&app, "video/publish");
        assert_eq!(sent[0].get("use_auto_cover").map(String::as_str), Some("1"));
        assert!(sent[1].contains_key("cover_images") && !sent[1].contains_key("use_auto_cover"), "{:?}", sent[1]);
        assert!(sent.iter().all(|form| form["video_url"].contains("/media/")), "{sent:?}");
        assert_eq!(app.live(VIDEO).len(), 2);
    }

    async fn a_new_author_has_one_post_a_day(app: TestApp) {
        let (account, worker) = start(&app, &[("quota.baijiahao_posts", "1")]).await;
        set(&app, &json!({ "baijiahao_posts": 1 }));
        let first = app.send(BAIDU_BAIJIAHAO, &account, TITLE).await;
        let second = app.send(BAIDU_BAIJIAHAO, &account, "春茶上新第二口甜").await;
        worker.run_until_idle().await.unwrap();

        assert_eq!(forms(&app, "article/publish").len(), 1, "no call is made in vain");
        let waiting = app.delivery(second).await;
        assert!(!waiting.state.is_final() && waiting.reason == Some(Reason::Quota), "{waiting:#?}");
        app.settle(&worker, first).await;
        let delivery = app.settle(&worker, second).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert!(app.clock.now() >= "2026-03-03T16:00:00Z".parse().unwrap(), "midnight in Beijing");
        assert_eq!(app.live(BAIDU_BAIJIAHAO).len(), 2);
    }

    async fn an_article_is_published_when_the_review_is_over(app: TestApp) {
        let (account, worker) = start(&app, &[]).await;
        set(&app, &json!({ "audit_delay_s": 7200 }));
        let id = app.send(BAIDU_BAIJIAHAO, &account, TITLE).await;
        worker.run_until_idle().await.unwrap();

        let waiting = app.delivery(id).await;
        assert!(!waiting.state.is_final(), "{waiting:#?}");
        assert!(app.live(BAIDU_BAIJIAHAO).is_empty());
        let sent_at = app.clock.now();
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert!(app.clock.now().since(sent_at) >= Duration::from_hours(2));
        assert_eq!(commit_calls(&app, id).await, 1);
    }

    async fn what_the_review_refuses_says_why(app: TestApp) {
        set(&app, &json!({ "forbidden_words": ["绿茶"] }));

        let delivery = publish(&app, TITLE).await;

        assert_eq!(delivery.state, DeliveryState::Rejected, "{delivery:#?}");
        assert!(message(&delivery).contains("含违禁词：绿茶"), "{delivery:#?}");
        assert!(app.live(BAIDU_BAIJIAHAO).is_empty());
    }

    async fn a_draft_waits_for_a_person_who_publishes_it(app: TestApp) {
        let (account, worker) = start(&app, &[]).await;
        set(&app, &json!({ "audit_delay_s": 7200 }));
        let id = app.send(BAIDU_BAIJIAHAO, &account, TITLE).await;
        worker.run_until_idle().await.unwrap();
        let article = app.delivery(id).await.external_id.expect("it was taken");
        control(&app, &json!({ "console": { "article_id": article, "do": "draft" } }));
        app.clock.advance(Duration::from_hours(3));
        worker.run_until_idle().await.unwrap();

        let waiting = app.delivery(id).await;
        assert_eq!(waiting.state, DeliveryState::WaitingUser, "{waiting:#?}");
        assert!(message(&waiting).contains("草稿箱"), "{waiting:#?}");
        control(&app, &json!({ "console": { "article_id": article, "do": "publish" } }));
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(BAIDU_BAIJIAHAO).len(), 1);
    }

    async fn an_address_that_is_known_already_is_no_second_article(app: TestApp) {
        // The list shows nothing for days, and we think that it shows everything at once.
        let (account, worker) = start(&app, &[("listing_delay_s", "0")]).await;
        set(&app, &json!({ "author_list_lag_s": 200_000 }));
        app.fault(BAIDU_BAIJIAHAO, BAIDU_BAIJIAHAO.commit, Fault::AcceptThenDrop);
        let id = app.send(BAIDU_BAIJIAHAO, &account, TITLE).await;

        let asked = app.settle(&worker, id).await;

        assert_eq!(asked.state, DeliveryState::NeedsReview, "{asked:#?}");
        assert!(message(&asked).contains("这个地址已经发过"), "{asked:#?}");
        let live = app.live(BAIDU_BAIJIAHAO);
        assert_eq!(live.len(), 1);
        assert!(live[0]["submissions"].as_u64().unwrap() >= 2, "the same address was sent again");
    }

    async fn a_repeat_that_is_refused_finds_what_is_there(app: TestApp) {
        let (account, worker) = start(&app, &[("listing_delay_s", "300")]).await;
        // The last look at a lost answer is after ten minutes; the list shows it a minute later.
        set(&app, &json!({ "author_list_lag_s": 700 }));
        app.fault(BAIDU_BAIJIAHAO, BAIDU_BAIJIAHAO.commit, Fault::AcceptThenDrop);
        let id = app.send(BAIDU_BAIJIAHAO, &account, TITLE).await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(BAIDU_BAIJIAHAO);
        assert_eq!((live.len(), &live[0]["key"]), (1, &json!(delivery.external_id)));
        assert_eq!(commit_calls(&app, id).await, 2, "one refused repeat");
    }

    async fn two_articles_of_one_title_are_for_a_person_to_tell_apart(app: TestApp) {
        let (account, worker) = start(&app, &[]).await;
        app.fault(BAIDU_BAIJIAHAO, BAIDU_BAIJIAHAO.commit, Fault::AcceptThenDrop);
        let id = app.send(BAIDU_BAIJIAHAO, &account, TITLE).await;
        worker.run_until_idle().await.unwrap();
        control(&app, &json!({ "post_by_hand": { "title": TITLE } }));

        let asked = app.settle(&worker, id).await;

        assert_eq!((asked.state, asked.reason), (DeliveryState::NeedsReview, Some(Reason::SeveralFound)), "{asked:#?}");
        assert_eq!(asked.reason_params["candidates"].as_array().unwrap().len(), 2, "{asked:#?}");
        assert_eq!(commit_calls(&app, id).await, 1);
    }

    async fn a_changed_story_changes_the_article(app: TestApp) {
        let (account, worker) = start(&app, &[]).await;
        let source = app.story(TITLE).await;
        let first = app.schedule(BAIDU_BAIJIAHAO, &account, source).await;
        let published = app.settle(&worker, first).await;
        rename(&app, source, "春茶上新第二口甜").await;
        // The answer is lost; the list tells that it changed.
        app.fault(BAIDU_BAIJIAHAO, "/article/republish", Fault::AcceptThenDrop);

        let second = app.schedule(BAIDU_BAIJIAHAO, &account, source).await;
        let delivery = app.settle(&worker, second).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(delivery.external_id, published.external_id);
        let live = app.live(BAIDU_BAIJIAHAO);
        assert_eq!((live.len(), &live[0]["title"], &live[0]["edits"]), (1, &json!("春茶上新第二口甜"), &json!(1)), "{live:#?}");
        assert_eq!(commit_calls(&app, second).await, 1);

        // No more changes are allowed.
        set(&app, &json!({ "edits_allowed": 1 }));
        rename(&app, source, "春茶上新第三口香").await;
        let third = app.schedule(BAIDU_BAIJIAHAO, &account, source).await;
        let refused = app.settle(&worker, third).await;
        assert_eq!(refused.state, DeliveryState::Rejected, "{refused:#?}");
        assert!(message(&refused).contains("修改次数已用完"), "{refused:#?}");
    }

    async fn what_is_recommended_cannot_be_withdrawn_and_says_so(app: TestApp) {
        let (account, worker) = start(&app, &[]).await;
        let id = app.send(BAIDU_BAIJIAHAO, &account, TITLE).await;
        let article = app.settle(&worker, id).await.external_id;
        control(&app, &json!({ "console": { "article_id": article, "do": "recommend" } }));

        let refused = withdraw(&app, &worker, id).await;

        assert_eq!(refused.state, DeliveryState::Rejected, "{refused:#?}");
        assert!(message(&refused).contains("不能撤回"), "{refused:#?}");
        assert_eq!(app.live(BAIDU_BAIJIAHAO).len(), 1);
    }

    async fn an_article_is_withdrawn_by_its_number_where_its_id_is_not_known(app: TestApp) {
        let (account, worker) = start(&app, &[]).await;
        set(&app, &json!({ "withdraw_by_nid": true }));
        let id = app.send(BAIDU_BAIJIAHAO, &account, TITLE).await;
        app.settle(&worker, id).await;

        let done = withdraw(&app, &worker, id).await;

        assert_eq!(done.state, DeliveryState::Published, "{done:#?}");
        assert!(app.live(BAIDU_BAIJIAHAO).is_empty());
        assert_eq!(forms(&app, "article/withdraw").len(), 2, "by its id, then by its number");
    }

    async fn a_withdrawal_whose_answer_is_lost_is_found_and_one_by_hand_is_as_good(app: TestApp) {
        let (account, worker) = start(&app, &[]).await;
        let id = app.send(BAIDU_BAIJIAHAO, &account, TITLE).await;
        app.settle(&worker, id).await;
        app.fault(BAIDU_BAIJIAHAO, "/article/withdraw", Fault::AcceptThenDrop);
        let done = withdraw(&app, &worker, id).await;
        assert_eq!(done.state, DeliveryState::Published, "{done:#?}");
        assert_eq!(forms(&app, "article/withdraw").len(), 1);

        let other = app.send(BAIDU_BAIJIAHAO, &account, "春茶上新第二口甜").await;
        let article = app.settle(&worker, other).await.external_id;
        control(&app, &json!({ "console": { "article_id": article, "do": "withdraw" } }));
        let done = withdraw(&app, &worker, other).await;
        assert_eq!(done.state, DeliveryState::Published, "{done:#?}");
    }

    async fn figures_are_told_but_for_those_that_nobody_knows(app: TestApp) {
        let delivery = publish(&app, TITLE).await;
        let actor = app.system().await;
        let told = async || app.app.delivery.statistics(&actor, delivery.id).await.unwrap();
        assert_eq!(told().await, Some(Totals::default()), "−1 is not told");

        let counts = json!({ "article_id": delivery.external_id, "view_count": 120, "likes_count": 6, "comment_count": 0 });
        control(&app, &json!({ "figures": counts }));

        let expected = Totals { views: Some(120), likes: Some(6), comments: Some(0), shares: None };
        assert_eq!(told().await, Some(expected));
    }

    async fn an_author_who_is_not_let_in_is_told_so_and_his_token_stands_in_no_log(app: TestApp) {
        let (stranger, worker) = start(&app, &[("baijiahao_app_id", "BJH_nobody")]).await;
        assert!(stranger.status_note.unwrap().contains("百家号：这个应用或站点没有权限"));
        let actor = app.system().await;
        let check = app.app.delivery.check_account(&actor, stranger.id).await.unwrap();
        assert_eq!(check.lanes, ["search", "feed", "website"]);
        let good = app.connect("baidu", &[]).await;
        let check = app.app.delivery.check_account(&actor, good.id).await.unwrap();
        assert_eq!(check.lanes, ["search", "feed", "website", "baijiahao"], "{}", check.message);

        set(&app, &json!({ "author_muted": true }));
        let id = app.send(BAIDU_BAIJIAHAO, &good, TITLE).await;
        let refused = app.settle(&worker, id).await;
        assert_eq!(refused.state, DeliveryState::Rejected, "{refused:#?}");
        assert!(message(&refused).contains("禁言"), "{refused:#?}");
        let attempts = app.app.delivery.attempts(&actor, id).await.unwrap();
        assert!(!format!("{attempts:?}").contains("bjh-token-demo"), "the token is in no log of a call");
    }
}
