//! Alipay's own ways, against its simulator: signed calls, posts and long articles, lost replies, review, deletion,
//! certificates, encrypted contents.

use fenfa::{
    channels::fault::Fault,
    delivery::{AccountChanges, ChannelAccount, Delivery, DeliveryState, NewAccount, Reason},
};
use serde_json::{Value, json};

use crate::harness::{ALIPAY, ALIPAY_ARTICLE, Route, TestApp};

const UPLOAD: &str = "open.file.upload";
const DELETE: &str = "standardcontent.delete";
const DOWNLOAD: &str = "alipaycert.download";

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

/// Connects an account with what the console hands out, changed by a test.
async fn connect_with(
    app: &TestApp,
    change: impl FnOnce(&mut NewAccount, &Value),
) -> ChannelAccount {
    let plain = app.connect("alipay", &[]).await;
    let console = control(app, &json!({ "keys": true }));
    let mut new = NewAccount {
        channel: "alipay".to_owned(),
        name: format!("证书 {}", uuid::Uuid::now_v7()),
        settings: plain.settings,
        ..NewAccount::default()
    };
    give(
        &mut new.credentials,
        "private_key",
        &console["app_private_key"],
    );
    change(&mut new, &console);
    let actor = app.system().await;
    let connected = app.app.delivery.connect_account(&actor, new).await;
    connected.unwrap()
}

fn give(values: &mut std::collections::BTreeMap<String, String>, name: &str, value: &Value) {
    values.insert(name.to_owned(), value.as_str().unwrap().to_owned());
}

/// Certificates instead of the platform's bare key.
fn certify(new: &mut NewAccount, console: &Value) {
    new.settings.remove("alipay_public_key");
    for name in [
        "app_certificate",
        "alipay_certificate",
        "alipay_root_certificate",
    ] {
        give(&mut new.settings, name, &console[name]);
    }
}

fn encrypt(new: &mut NewAccount, console: &Value) {
    give(&mut new.credentials, "aes_key", &console["aes_key"]);
}

/// The classes of a step's tries, in order; none for one that went well.
async fn classes(app: &TestApp, delivery: &Delivery, step: &str) -> Vec<Option<String>> {
    let actor = app.system().await;
    let attempts = app.app.delivery.attempts(&actor, delivery.id).await;
    let attempts = attempts.unwrap().into_iter();
    let of_step = attempts.filter(|attempt| attempt.step == step);
    of_step.map(|attempt| attempt.class).collect()
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
        assert!(check.ok && check.lanes == ["post", "article", "item"], "{check:?}");

        set(&app, &json!({ "filed": false }));
        let check = app.app.delivery.check_account(&actor, account.id).await.unwrap();
        assert!(check.ok && check.barred["item"].contains("备案"), "{check:?}");

        for setting in [json!({ "granted": false }), json!({ "granted": true, "upgraded": false, "filed": false }), json!({ "app_public_key": "" })] {
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

    async fn a_post_goes_out_in_certificate_mode(app: TestApp) {
        let account = connect_with(&app, certify).await;
        // The platform knows no bare key of the application.
        set(&app, &json!({ "app_public_key": "" }));

        let delivery = publish_with(&app, ALIPAY, &account).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(ALIPAY).len(), 1);
        assert_eq!(count(&app, &delivery, DOWNLOAD).await, 0);
        let note = app.app.delivery.account(&app.system().await, account.id).await.unwrap().status_note;
        assert!(note.unwrap().contains("证书模式（应用公钥证书 2121-01-01 到期"));
    }

    async fn a_platform_that_changes_its_certificate_in_the_middle_is_followed(app: TestApp) {
        let account = connect_with(&app, certify).await;
        next(&app, ALIPAY.commit, "rotate");

        let delivery = publish_with(&app, ALIPAY, &account).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(classes(&app, &delivery, "publish_content").await, [None], "believed at once");
        assert_eq!(count(&app, &delivery, ALIPAY.commit).await, 1);
        assert_eq!(count(&app, &delivery, DOWNLOAD).await, 1, "kept for the review as well");
        let actor = app.system().await;
        let check = app.app.delivery.check_account(&actor, account.id).await.unwrap();
        assert!(check.ok && check.message.contains("已换用新的公钥证书"), "{check:?}");
    }

    async fn a_certificate_that_does_not_come_from_the_roots_is_not_believed(app: TestApp) {
        let account = connect_with(&app, certify).await;
        for fault in ["strange_certificate", "forged_certificate"] {
            let before = app.live(ALIPAY).len();
            next(&app, ALIPAY.commit, fault);

            let delivery = publish_with(&app, ALIPAY, &account).await;

            let publish = classes(&app, &delivery, "publish_content").await;
            assert_eq!(publish, [Some("sent_unknown".to_owned())], "{fault}");
            assert_eq!(delivery.state, DeliveryState::Published, "found in the list: {delivery:#?}");
            assert_eq!(app.live(ALIPAY).len(), before + 1);
        }
    }

    async fn contents_go_out_encrypted_in_either_mode(app: TestApp) {
        let bare = connect_with(&app, encrypt).await;
        let certified = connect_with(&app, |new, console| {
            certify(new, console);
            encrypt(new, console);
        })
        .await;
        for account in [bare, certified] {
            let delivery = publish_with(&app, ALIPAY, &account).await;

            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
            let note = app.app.delivery.account(&app.system().await, account.id).await.unwrap().status_note;
            assert!(note.unwrap().contains("内容加密"));
        }
        let live = app.live(ALIPAY);
        assert!(live.len() == 2 && live.iter().all(|post| post["title"] == "一杯绿茶"), "{live:?}");
    }

    async fn an_answer_that_another_key_encrypted_is_not_believed_and_makes_no_second_post(app: TestApp) {
        let account = connect_with(&app, encrypt).await;
        next(&app, ALIPAY.commit, "strange_key");

        let delivery = publish_with(&app, ALIPAY, &account).await;

        let publish = classes(&app, &delivery, "publish_content").await;
        assert_eq!(publish, [Some("sent_unknown".to_owned())]);
        assert_eq!(delivery.state, DeliveryState::Published, "found in the list: {delivery:#?}");
        assert_eq!(app.live(ALIPAY).len(), 1);
    }

    async fn a_certificate_that_the_platform_does_not_know_publishes_nothing(app: TestApp) {
        let account = connect_with(&app, certify).await;
        // What the console has by now.
        let other = include_str!("../../src/channels/alipay/simulator/certificates/ended.pem");
        set(&app, &json!({ "app_certificate": other }));

        let delivery = publish_with(&app, ALIPAY, &account).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Held, Some(Reason::Permission)), "{delivery:#?}");
        assert_eq!(classes(&app, &delivery, "upload_files").await, [Some("permission".to_owned())]);
        let message = delivery.reason_params["message"].as_str().unwrap();
        assert!(message.contains("isv.app-cert-not-exist"), "{message}");
        assert_eq!((delivery.external_id, app.live(ALIPAY).len()), (None, 0));
    }

    async fn a_wrong_key_of_contents_stops_the_account_until_the_right_one_is_given(app: TestApp) {
        let account = connect_with(&app, |new, _| {
            give(&mut new.credentials, "aes_key", &json!("AAECAwQFBgcICQoLDA0ODw=="));
        })
        .await;

        let delivery = publish_with(&app, ALIPAY, &account).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Held, Some(Reason::Login)), "{delivery:#?}");
        assert_eq!(classes(&app, &delivery, "publish_content").await, [Some("auth_revoked".to_owned())]);
        let message = delivery.reason_params["message"].as_str().unwrap();
        assert!(message.contains("isv.decryption-error-unknown"), "{message}");
        assert_eq!((&delivery.external_id, app.live(ALIPAY).len()), (&None, 0));

        let (actor, worker) = (app.system().await, app.worker().await);
        let version = app.app.delivery.account(&actor, account.id).await.unwrap().version;
        let mut changes = AccountChanges::default();
        let right = &control(&app, &json!({ "keys": true }))["aes_key"];
        give(changes.credentials.get_or_insert_default(), "aes_key", right);
        app.app.delivery.update_account(&actor, account.id, version, changes).await.unwrap();
        let delivery = app.settle(&worker, delivery.id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(ALIPAY).len(), 1);
    }

    async fn a_certificate_that_ends_stops_its_account_with_the_reason(app: TestApp) {
        let account = connect_with(&app, certify).await;
        let worker = app.worker().await;
        let source = app.gallery("一杯绿茶", 3).await;
        let id = app.schedule(ALIPAY, &account, source).await;
        app.clock.set("2121-01-02T00:00:00Z".parse().unwrap());

        worker.run_until_idle().await.unwrap();

        let delivery = app.delivery(id).await;
        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Held, Some(Reason::Login)), "{delivery:#?}");
        let message = delivery.reason_params["message"].as_str().unwrap();
        assert!(message.contains("证书已于 2121-01-01 到期"), "{message}");
        assert!(app.live(ALIPAY).is_empty());
    }
}
