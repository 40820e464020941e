//! Alipay's own ways, against its simulator: signed calls, posts and long articles, lost replies, review, deletion.

use fenfa::{
    channels::fault::Fault,
    delivery::{ChannelAccount, Delivery, DeliveryState, Reason},
};
use serde_json::{Value, json};

use crate::harness::{ALIPAY, ALIPAY_ARTICLE, Route, TestApp};

const UPLOAD: &str = "open.file.upload";
const DELETE: &str = "standardcontent.delete";

fn control(app: &TestApp, command: &Value) -> Value {
    app.simulators.control("alipay", command).unwrap()
}

fn set(app: &TestApp, settings: &Value) {
    control(app, &json!({ "set": settings }));
}

/// The platform's own fault at the next call of a method.
fn next(app: &TestApp, method: &str, fault: &str) {
    control(
        app,
        &json!({ "next": { "method": method, "fault": fault } }),
    );
}

async fn publish(app: &TestApp, route: Route) -> Delivery {
    let account = app.connect("alipay", &[]).await;
    publish_with(app, route, &account).await
}

async fn publish_with(app: &TestApp, route: Route, account: &ChannelAccount) -> Delivery {
    let worker = app.worker().await;
    let source = app.gallery("一杯绿茶", 3).await;
    let id = app.schedule(route, account, source).await;
    app.settle(&worker, id).await
}

async fn withdraw(app: &TestApp, delivery: &Delivery) -> Delivery {
    let (actor, worker) = (app.system().await, app.worker().await);
    let taken = app
        .app
        .delivery
        .withdraw(&actor, delivery.id)
        .await
        .unwrap();
    app.settle(&worker, taken.takedown.unwrap().id).await
}

/// How often a method was called for a delivery.
async fn count(app: &TestApp, delivery: &Delivery, method: &str) -> usize {
    let actor = app.system().await;
    let attempts = app
        .app
        .delivery
        .attempts(&actor, delivery.id)
        .await
        .unwrap();
    let exchanges = attempts.iter().flat_map(|attempt| &attempt.exchanges);
    exchanges
        .filter(|exchange| exchange.request.contains(method))
        .count()
}

both_databases! {
    async fn a_story_becomes_a_post_with_its_pictures_and_its_address(app: TestApp) {
        let delivery = publish(&app, ALIPAY).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(ALIPAY);
        assert_eq!(live.len(), 1);
        assert_eq!(live[0]["key"].as_str(), delivery.external_id.as_deref());
        assert_eq!((&live[0]["title"], &live[0]["state"]), (&json!("一杯绿茶"), &json!("已发布")));
        assert!(live[0]["text"].as_str().unwrap().contains("水温以八十五度为宜"));
        assert!(live[0]["link"].as_str().unwrap().ends_with(&format!("v={}", delivery.marker)));
        assert_eq!(live[0]["media"].as_array().unwrap().len(), 3);
        let (page, pictures) = app.page(&delivery.external_url.unwrap()).await;
        assert!(page.contains("<h1>一杯绿茶</h1>") && pictures == 3, "{page}");
        let (wall, stills) = app.page(&format!("{}/alipay/list", app.simulators_url)).await;
        assert!(wall.contains("一杯绿茶") && stills == 1, "{wall}");
    }

    async fn a_story_becomes_a_long_article_with_a_cover(app: TestApp) {
        let account = app.connect("alipay", &[]).await;
        let worker = app.worker().await;
        let id = app.send(ALIPAY_ARTICLE, &account, "一杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(ALIPAY_ARTICLE);
        assert_eq!(live.len(), 1);
        assert!(live[0]["text"].as_str().unwrap().starts_with("<p>好的绿茶讲究火候"));
        assert_eq!(live[0]["media"].as_array().unwrap().len(), 1);
    }

    async fn a_video_goes_out_with_its_still(app: TestApp) {
        let account = app.connect("alipay", &[]).await;
        let worker = app.worker().await;
        let source = app.video_with_poster("三分钟一杯绿茶").await;
        let id = app.schedule(ALIPAY, &account, source).await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let media = &app.live(ALIPAY)[0]["media"];
        let kinds: Vec<_> = media.as_array().unwrap().iter().map(|one| &one["media_type"]).collect();
        assert_eq!(kinds, ["video", "cover_static"]);
    }

    async fn a_lost_answer_makes_no_second_post(app: TestApp) {
        for route in [ALIPAY, ALIPAY_ARTICLE] {
            for fault in [Fault::AcceptThenDrop, Fault::StatusAfter { status: 502 }, Fault::AcceptThenHalf] {
                let before = app.live(route).len();
                app.fault(route, route.commit, fault.clone());

                let delivery = publish(&app, route).await;

                assert_eq!(delivery.state, DeliveryState::Published, "{fault:?}: {delivery:#?}");
                assert_eq!(count(&app, &delivery, route.commit).await, 1, "{fault:?}");
                assert_eq!(app.live(route).len(), before + 1);
            }
        }
    }

    async fn an_answer_that_says_unknown_is_looked_up_whichever_it_was(app: TestApp) {
        for (fault, calls) in [("unknow_after", 1), ("unknow_before", 2)] {
            let before = app.live(ALIPAY).len();
            next(&app, ALIPAY.commit, fault);

            let delivery = publish(&app, ALIPAY).await;

            assert_eq!(delivery.state, DeliveryState::Published, "{fault}: {delivery:#?}");
            assert_eq!(count(&app, &delivery, ALIPAY.commit).await, calls, "{fault}");
            assert_eq!(app.live(ALIPAY).len(), before + 1);
        }
    }

    async fn an_answer_that_is_not_signed_by_the_platform_is_not_believed(app: TestApp) {
        for fault in ["bad_sign", "no_sign"] {
            let before = app.live(ALIPAY).len();
            next(&app, ALIPAY.commit, fault);

            let delivery = publish(&app, ALIPAY).await;

            assert_eq!(delivery.state, DeliveryState::Published, "{fault}: {delivery:#?}");
            assert_eq!(count(&app, &delivery, ALIPAY.commit).await, 1, "{fault}");
            assert_eq!(app.live(ALIPAY).len(), before + 1);
        }
    }

    async fn a_call_that_never_arrived_is_made_again_after_it_was_proven_absent(app: TestApp) {
        app.fault(ALIPAY, ALIPAY.commit, Fault::DropBefore);

        let delivery = publish(&app, ALIPAY).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, ALIPAY.commit).await, 2);
        assert_eq!(app.live(ALIPAY).len(), 1);
    }

    async fn what_was_uploaded_is_not_uploaded_again(app: TestApp) {
        let rule = fenfa::channels::fault::FaultRule {
            path: UPLOAD.to_owned(),
            skip: 2,
            times: 1,
            fault: Fault::DropBefore,
        };
        assert!(app.simulators.add_fault("alipay", rule));

        let delivery = publish(&app, ALIPAY).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, UPLOAD).await, 4, "three files, one of them twice");
    }

    async fn a_post_by_hand_under_the_same_title_is_not_taken_for_ours(app: TestApp) {
        app.fault(ALIPAY, ALIPAY.commit, Fault::AcceptThenDrop);
        control(&app, &json!({ "insert_foreign": { "title": "一杯绿茶" } }));

        let delivery = publish(&app, ALIPAY).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(ALIPAY)[0]["key"].as_str(), delivery.external_id.as_deref());
    }

    async fn a_call_over_the_limit_waits_and_then_goes_out_once(app: TestApp) {
        next(&app, ALIPAY.commit, "limit");

        let delivery = publish(&app, ALIPAY).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(ALIPAY).len(), 1);
    }

    async fn a_review_that_refuses_ends_the_delivery_and_says_where_the_reason_is(app: TestApp) {
        set(&app, &json!({ "refused_words": ["绿茶"] }));

        let delivery = publish(&app, ALIPAY).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Rejected, Some(Reason::Refused)), "{delivery:#?}");
        let message = delivery.reason_params["message"].as_str().unwrap();
        assert!(message.contains("支付宝后台"), "{message}");
        assert!(app.live(ALIPAY).is_empty());
    }

    async fn a_post_is_taken_down_once(app: TestApp) {
        let delivery = publish(&app, ALIPAY).await;
        app.fault(ALIPAY, DELETE, Fault::AcceptThenDrop);

        let takedown = withdraw(&app, &delivery).await;

        assert_eq!(takedown.state, DeliveryState::Published, "{takedown:#?}");
        assert_eq!(count(&app, &takedown, DELETE).await, 1);
        assert!(app.live(ALIPAY).is_empty());
    }

    async fn an_account_says_what_is_missing(app: TestApp) {
        let account = app.connect("alipay", &[]).await;
        let actor = app.system().await;
        let check = app.app.delivery.check_account(&actor, account.id).await.unwrap();
        assert!(check.ok && check.lanes == ["post", "article"], "{check:?}");

        for setting in [json!({ "granted": false }), json!({ "granted": true, "upgraded": false }), json!({ "app_public_key": "" })] {
            set(&app, &setting);
            let check = app.app.delivery.check_account(&actor, account.id).await.unwrap();
            assert!(!check.ok && check.message.starts_with("不能使用："), "{setting}: {check:?}");
        }
    }

    async fn a_key_that_is_no_key_is_refused_with_the_field(app: TestApp) {
        let account = app.connect("alipay", &[]).await;
        let actor = app.system().await;
        let new = fenfa::delivery::NewAccount {
            channel: "alipay".to_owned(),
            name: "另一个".to_owned(),
            settings: account.settings.clone(),
            credentials: [("private_key".to_owned(), "not a key".to_owned())].into(),
            ..fenfa::delivery::NewAccount::default()
        };

        let refused = app.app.delivery.connect_account(&actor, new).await.unwrap_err();

        assert!(format!("{refused:?}").contains("input.credentials.private_key"), "{refused:?}");
    }
}
