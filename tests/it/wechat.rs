//! WeChat's own ways, against its simulator: articles, picture posts, drafts for a person, lost replies, tokens, figures.

use std::time::Duration;

use fenfa::{
    channels::fault::Fault,
    delivery::{ChannelAccount, Delivery, DeliveryState, Reason},
};
use serde_json::{Value, json};

use crate::harness::{Route, TestApp, WECHAT, WECHAT_DRAFT, WECHAT_MASS, WECHAT_PICTURES};

fn control(app: &TestApp, command: &Value) -> Value {
    app.simulators.control("wechat", command).unwrap()
}

fn set(app: &TestApp, settings: &Value) {
    control(app, &json!({ "set": settings }));
}

async fn publish(app: &TestApp, route: Route) -> Delivery {
    let account = app.connect("wechat", &[]).await;
    publish_with(app, route, &account).await
}

async fn publish_with(app: &TestApp, route: Route, account: &ChannelAccount) -> Delivery {
    let worker = app.worker().await;
    let id = app.send(route, account, "一杯绿茶").await;
    app.settle(&worker, id).await
}

/// What stays in the box.
fn drafts(app: &TestApp) -> Vec<Value> {
    app.live(Route {
        lane: "box",
        ..WECHAT
    })
}

/// How often a call was made for a delivery.
async fn count(app: &TestApp, delivery: &Delivery, call: &str) -> usize {
    let actor = app.system().await;
    let attempts = app
        .app
        .delivery
        .attempts(&actor, delivery.id)
        .await
        .unwrap();
    let exchanges = attempts.iter().flat_map(|attempt| &attempt.exchanges);
    exchanges
        .filter(|exchange| exchange.request.ends_with(call))
        .count()
}

both_databases! {
    async fn a_story_becomes_an_article_with_cover_text_and_a_way_to_read_more(app: TestApp) {
        let delivery = publish(&app, WECHAT).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(WECHAT);
        assert_eq!(live.len(), 1);
        assert_eq!(live[0]["key"].as_str(), delivery.external_id.as_deref());
        assert_eq!(live[0]["title"], "一杯绿茶");
        assert!(live[0]["content"].as_str().unwrap().contains("春茶的季节从清明前后开始"));
        assert!(live[0]["source_url"].as_str().unwrap().ends_with(&format!("ref={}", delivery.marker)));
        assert!(delivery.external_url.unwrap().starts_with("https://mp.weixin.qq.com/s?"));
        assert!(drafts(&app).is_empty(), "the draft left the box");
    }

    async fn pictures_become_a_picture_post(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        let worker = app.worker().await;
        let source = app.gallery("三只茶杯", 3).await;
        let id = app.schedule(WECHAT_PICTURES, &account, source).await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let state = control(&app, &json!({ "state": true }));
        let article = &state["articles"][0]["articles"][0];
        assert_eq!(article["article_type"], "newspic");
        assert_eq!(article["image_info"]["image_list"].as_array().unwrap().len(), 3);
        assert_eq!(app.live(WECHAT_PICTURES).len(), 1);
    }

    async fn an_account_an_article_and_a_card_show_their_pictures(app: TestApp) {
        publish(&app, WECHAT).await;
        let account = app.connect("wechat", &[]).await;
        let worker = app.worker().await;
        let id = app.schedule(WECHAT_PICTURES, &account, app.gallery("三只茶杯", 3).await).await;
        app.settle(&worker, id).await;
        let seen = async |path: &str| app.page(&format!("{}/wechat/{path}", app.simulators_url)).await;

        let (list, covers) = seen("list").await;
        assert!(list.contains("一杯绿茶") && list.contains("3 图") && covers == 4, "{list}");
        let (chat, squares) = seen("chat").await;
        assert!(chat.contains("一杯绿茶") && squares == 2, "{chat}");
        for (title, expected) in [("一杯绿茶", 0), ("三只茶杯", 3)] {
            let state = control(&app, &json!({ "state": true }));
            let mut articles = state["articles"].as_array().unwrap().iter();
            let article = articles.find(|one| one["articles"][0]["title"] == title).unwrap();
            let (page, pictures) = seen(&format!("s?mid={}", article["mid"])).await;
            assert!(page.contains(&format!("<h1>{title}</h1>")) && pictures == expected, "{page}");
        }
    }

    async fn a_lost_answer_makes_no_second_draft_and_no_second_article(app: TestApp) {
        for path in ["/draft/add", "/freepublish/submit"] {
            for fault in [Fault::AcceptThenDrop, Fault::StatusAfter { status: 502 }, Fault::AcceptThenHalf] {
                let before = app.live(WECHAT).len();
                app.fault(WECHAT, path, fault.clone());

                let delivery = publish(&app, WECHAT).await;

                assert_eq!(delivery.state, DeliveryState::Published, "{path} {fault:?}: {delivery:#?}");
                assert_eq!(count(&app, &delivery, path).await, 1, "{path} {fault:?}");
                assert_eq!(app.live(WECHAT).len(), before + 1);
                assert!(drafts(&app).is_empty());
            }
        }
    }

    async fn a_call_that_never_arrived_is_made_again_after_it_was_proven_absent(app: TestApp) {
        for path in ["/draft/add", "/freepublish/submit"] {
            let before = app.live(WECHAT).len();
            app.fault(WECHAT, path, Fault::DropBefore);

            let delivery = publish(&app, WECHAT).await;

            assert_eq!(delivery.state, DeliveryState::Published, "{path}: {delivery:#?}");
            assert_eq!(count(&app, &delivery, path).await, 2, "{path}");
            assert_eq!(app.live(WECHAT).len(), before + 1);
        }
    }

    async fn a_cover_whose_answer_was_lost_is_found_in_the_library_by_its_name(app: TestApp) {
        app.fault(WECHAT, "/add_material", Fault::AcceptThenDrop);

        let delivery = publish(&app, WECHAT).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let state = control(&app, &json!({ "state": true }));
        assert_eq!(state["materials"].as_array().unwrap().len(), 1);
    }

    async fn an_account_that_may_only_draft_leaves_the_rest_to_a_person(app: TestApp) {
        set(&app, &json!({ "verified": false }));
        let account = app.connect("wechat", &[]).await;
        let actor = app.system().await;
        let check = app.app.delivery.check_account(&actor, account.id).await.unwrap();
        assert!(check.ok && check.lanes == ["draft", "search"], "{check:?}");

        let worker = app.worker().await;
        let id = app.send(WECHAT_DRAFT, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();

        let delivery = app.delivery(id).await;
        assert_eq!(delivery.state, DeliveryState::WaitingUser, "{delivery:#?}");
        let task = delivery.reason_params["message"].as_str().unwrap();
        assert!(task.contains("https://mp.weixin.qq.com/"), "{task}");
        assert_eq!(drafts(&app).len(), 1);
    }

    async fn an_article_that_a_person_made_of_the_draft_is_adopted(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        let worker = app.worker().await;
        let id = app.send(WECHAT_DRAFT, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::WaitingUser);

        let made = control(&app, &json!({ "publish": drafts(&app)[0]["key"] }));
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(delivery.external_id.as_deref(), made["article_id"].as_str());
        assert_eq!(app.live(WECHAT_DRAFT).len(), 1);
    }

    async fn a_review_that_refuses_ends_the_delivery_with_its_words(app: TestApp) {
        set(&app, &json!({ "refused_words": ["绿茶"], "job_delay_s": 60 }));

        let delivery = publish(&app, WECHAT).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Rejected, Some(Reason::Refused)), "{delivery:#?}");
        assert_eq!(delivery.reason_params["message"], "微信没有发布：平台审核不通过");
        assert!(app.live(WECHAT).is_empty());
    }

    async fn a_token_that_died_is_fetched_anew_though_the_platform_still_gives_it_out(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        let first = publish_with(&app, WECHAT, &account).await;
        control(&app, &json!({ "expire": "tokens" }));
        let worker = app.worker().await;
        let id = app.send(WECHAT, &account, "第二杯绿茶").await;

        let second = app.settle(&worker, id).await;

        assert_eq!((first.state, second.state), (DeliveryState::Published, DeliveryState::Published), "{second:#?}");
        assert_eq!(app.live(WECHAT).len(), 2);
    }

    async fn an_article_is_taken_down_once(app: TestApp) {
        let delivery = publish(&app, WECHAT).await;
        let actor = app.system().await;
        let worker = app.worker().await;
        app.fault(WECHAT, "/freepublish/delete", Fault::AcceptThenDrop);

        let taken = app.app.delivery.withdraw(&actor, delivery.id).await.unwrap();
        let takedown = app.settle(&worker, taken.takedown.unwrap().id).await;

        assert_eq!(takedown.state, DeliveryState::Published, "{takedown:#?}");
        assert_eq!(count(&app, &takedown, "/freepublish/delete").await, 1);
        assert!(app.live(WECHAT).is_empty());
    }

    async fn what_followers_get_is_sent_once_a_day_and_the_next_waits(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        let first = publish_with(&app, WECHAT_MASS, &account).await;
        assert_eq!(first.state, DeliveryState::Published, "{first:#?}");
        let state = control(&app, &json!({ "state": true }));
        assert_eq!(state["sendings"][0]["filter"], json!({ "is_to_all": true }));

        let worker = app.worker().await;
        let id = app.send(WECHAT_MASS, &account, "第二杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        let second = app.delivery(id).await;
        assert_eq!((second.state, second.reason), (DeliveryState::Held, Some(Reason::Quota)), "{second:#?}");
        assert_eq!(app.live(WECHAT_MASS).len(), 1);
        assert_eq!(app.settle(&worker, id).await.state, DeliveryState::Published);
        assert_eq!(app.live(WECHAT_MASS).len(), 2);
    }

    async fn a_service_account_has_a_months_allowance_and_no_days(app: TestApp) {
        set(&app, &json!({ "kind": "service", "mass_per_month": 2 }));
        let kind = [("account_kind", "服务号"), ("quota.mass_monthly", "2"), ("mass_to", "3")];
        let account = app.connect("wechat", &kind).await;
        for count in 1..=2 {
            let sent = publish_with(&app, WECHAT_MASS, &account).await;
            assert_eq!(sent.state, DeliveryState::Published, "{sent:#?}");
            assert_eq!(app.live(WECHAT_MASS).len(), count);
        }
        let worker = app.worker().await;
        let id = app.send(WECHAT_MASS, &account, "第三杯绿茶").await;
        worker.run_until_idle().await.unwrap();

        let held = app.delivery(id).await;
        assert_eq!(held.reason, Some(Reason::Quota), "{held:#?}");
        let next = held.next_run_at.unwrap().to_utc().with_timezone(&chrono_tz::Asia::Shanghai);
        assert_eq!(next.format("%d %H:%M").to_string(), "01 00:00", "with the next month");
        let outlook = app.app.delivery.lane_outlook(&app.system().await, account.id, "mass", app.clock.now()).await;
        let outlook = outlook.unwrap();
        assert_eq!(outlook.len(), 1, "{outlook:?}");
        assert_eq!((outlook[0].name.as_str(), outlook[0].taken), ("mass_monthly", 2));
    }

    async fn an_administrator_who_does_not_confirm_leaves_the_draft_in_the_box(app: TestApp) {
        set(&app, &json!({ "mass_protection": true }));
        let account = app.connect("wechat", &[]).await;
        let worker = app.worker().await;
        let id = app.send(WECHAT_MASS, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        let waiting = app.delivery(id).await;
        assert_eq!(waiting.state, DeliveryState::WaitingChannel, "{waiting:#?}");

        app.clock.advance(Duration::from_mins(31));
        let refused = app.settle(&worker, id).await;

        assert_eq!(refused.state, DeliveryState::Rejected, "{refused:#?}");
        assert!(refused.reason_params["message"].as_str().unwrap().contains("管理员没有确认"));
        assert_eq!((app.live(WECHAT_MASS).len(), drafts(&app).len()), (0, 1));
    }

    async fn the_end_of_a_sending_is_heard_and_its_figures_are_told_a_day_later(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        let url = format!("{}/hooks/wechat/{}", app.url, account.id);
        set(&app, &json!({ "mass_protection": true, "callback_url": url, "callback_mode": "secure" }));
        let worker = app.worker().await;
        let id = app.send(WECHAT_MASS, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();

        let state = control(&app, &json!({ "state": true }));
        control(&app, &json!({ "confirm": state["sendings"][0]["msg_id"] }));
        app.simulators.work("wechat").await;
        assert_eq!(app.delivery(id).await.next_run_at, Some(app.clock.now()), "looked at now");
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::Published);

        let actor = app.system().await;
        assert_eq!(app.app.delivery.statistics(&actor, id).await.unwrap(), None, "not before the next day");
        app.clock.advance(Duration::from_hours(34));
        let told = app.app.delivery.statistics(&actor, id).await.unwrap().unwrap();
        assert!(told.views.unwrap() > 0 && told.likes.is_some(), "{told:?}");
    }

    async fn the_platforms_call_is_verified_and_makes_us_look_at_once(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        let url = format!("{}/hooks/wechat/{}", app.url, account.id);
        set(&app, &json!({ "job_delay_s": 3600, "callback_url": url, "callback_mode": "secure" }));
        let worker = app.worker().await;
        let id = app.send(WECHAT, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::WaitingChannel);

        // The job ends early; nobody would ask for some time.
        let state = control(&app, &json!({ "state": true }));
        assert_eq!(state["jobs"][0]["status"], 1);
        app.clock.advance(Duration::from_hours(1));
        app.simulators.work("wechat").await;

        let looked = app.delivery(id).await.next_run_at;
        assert_eq!(looked, Some(app.clock.now()), "looked at now");
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::Published);
        let left = control(&app, &json!({ "state": true }));
        assert_eq!(left["events"].as_array().unwrap().len(), 0, "the call was heard");
    }
}
