//! Toutiao's own ways, against its simulator: videos, lost replies without a mark, the life of a grant, articles that a
//! person publishes from a package.

use std::time::Duration;

use fenfa::{
    auth::Role,
    channels::fault::{Fault, FaultRule},
    content::{Body, NewItem, StoryContent},
    delivery::{
        AccountStatus, ChannelAccount, Delivery, DeliveryState, NewAccount, Reason, Resolution,
        WithdrawalOutcome,
    },
    media::NewAsset,
    tailoring::SourceRef,
};
use serde_json::{Value, json};

use crate::harness::{Person, TOUTIAO, TOUTIAO_ARTICLE, TestApp, large_file};

const DAY: Duration = Duration::from_hours(24);

fn control(app: &TestApp, command: &Value) -> Value {
    app.simulators.control("toutiao", command).unwrap()
}

fn set(app: &TestApp, settings: &Value) {
    control(app, &json!({ "set": settings }));
}

/// Throws a switch of the platform just before the next call whose path holds this.
fn at_call(app: &TestApp, path: &str, command: Value) {
    let rule = FaultRule {
        path: path.to_owned(),
        skip: 0,
        times: 1,
        fault: Fault::Control { command },
    };
    assert!(app.simulators.add_fault("toutiao", rule));
}

async fn publish(app: &TestApp) -> Delivery {
    let account = app.connect("toutiao", &[]).await;
    publish_with(app, &account, "三分钟一杯绿茶").await
}

async fn publish_with(app: &TestApp, account: &ChannelAccount, title: &str) -> Delivery {
    let worker = app.worker().await;
    let id = app.send(TOUTIAO, account, title).await;
    app.settle(&worker, id).await
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
        .filter(|exchange| exchange.request.contains(call))
        .count()
}

async fn status_of(app: &TestApp, account: &ChannelAccount) -> AccountStatus {
    let actor = app.system().await;
    let known = app.app.delivery.account(&actor, account.id).await.unwrap();
    known.status
}

/// A published story with three wide pictures of its own, one of them in its text.
async fn illustrated(app: &TestApp) -> SourceRef {
    let actor = app.system().await;
    let mut content = StoryContent::new("一杯绿茶的冲泡");
    content.lead = String::from("好的绿茶讲究火候，水温以八十五度为宜。");
    for shade in [10, 90, 200] {
        let picture = image::RgbImage::from_pixel(1000, 700, image::Rgb([shade, 128, 64]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture
            .write_to(&mut bytes, image::ImageFormat::Png)
            .unwrap();
        let new = NewAsset {
            name: "picture.png".to_owned(),
            alt: "茶席".to_owned(),
            bytes: bytes.into_inner().into(),
        };
        let asset = app.app.media.create_asset(&actor, new).await.unwrap();
        content.gallery.push(asset.id);
    }
    content.cover = content.gallery.first().copied();
    let shown = content.gallery[1];
    let text = "先温杯，再投茶，见[官网](https://www.example.cn/)。\n\n![茶席](shown.png)";
    content.body = Body::from_markdown(text, &|_| Some(shown)).body;
    let new = NewItem {
        content,
        slug: None,
        source_id: None,
    };
    let item = app.app.content.create(&actor, new).await.unwrap();
    let published = app
        .app
        .content
        .publish::<StoryContent>(&actor, item.id)
        .await;
    published.unwrap();
    SourceRef::Story(item.id)
}

/// An article that waits for somebody.
async fn waiting(app: &TestApp, settings: &[(&str, &str)]) -> Delivery {
    let account = app.connect("toutiao", settings).await;
    let worker = app.worker().await;
    let source = illustrated(app).await;
    let id = app.schedule(TOUTIAO_ARTICLE, &account, source).await;
    worker.run_until_idle().await.unwrap();
    app.delivery(id).await
}

fn task(delivery: &Delivery) -> &str {
    delivery.reason_params["message"].as_str().unwrap()
}

async fn download(app: &TestApp, person: Option<&Person>, id: &str) -> (u16, bytes::Bytes) {
    let mut request = app.http.get(format!("{}/admin/exports/{id}.zip", app.url));
    if let Some(person) = person {
        let (name, value) = person.cookie();
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap())
}

/// What somebody does in the console with a package.
async fn paste(app: &TestApp, package: bytes::Bytes) -> (u16, Value) {
    let url = format!("{}/toutiao/console/article", app.simulators_url);
    let answer = app.http.post(url).body(package).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

both_databases! {
    async fn a_video_goes_out_and_is_seen_once(app: TestApp) {
        let delivery = publish(&app).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(TOUTIAO);
        assert_eq!(live.len(), 1);
        assert_eq!(live[0]["key"].as_str(), delivery.external_id.as_deref());
        assert_eq!(live[0]["title"], "三分钟一杯绿茶");
        assert_eq!(count(&app, &delivery, "/video/data/").await, 1, "it was read back");
    }

    async fn a_large_video_goes_in_parts_and_is_one_work(app: TestApp) {
        let account = app.connect("toutiao", &[("single_upload_bytes", "1048576"), ("part_bytes", "5242880")]).await;
        let file = large_file(11);
        let worker = app.worker().await;
        let source = app.video_of("三分钟一杯绿茶", file.clone()).await;
        app.fault(TOUTIAO, "/part/complete", Fault::AcceptThenDrop);

        let id = app.schedule(TOUTIAO, &account, source).await;
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, "/part/upload/").await, 2);
        let live = app.live(TOUTIAO);
        assert_eq!((live.len(), &live[0]["size_bytes"]), (1, &json!(file.len())));
    }

    async fn a_lost_creation_is_found_again(app: TestApp) {
        for fault in [Fault::AcceptThenDrop, Fault::StatusAfter { status: 502 }, Fault::AcceptThenHalf] {
            let before = app.live(TOUTIAO).len();
            app.fault(TOUTIAO, TOUTIAO.commit, fault.clone());

            let account = app.connect("toutiao", &[]).await;
            let delivery = publish_with(&app, &account, &format!("第{before}杯绿茶")).await;

            assert_eq!(delivery.state, DeliveryState::Published, "{fault:?}: {delivery:#?}");
            assert_eq!(count(&app, &delivery, TOUTIAO.commit).await, 1, "{fault:?}");
            assert_eq!(app.live(TOUTIAO).len(), before + 1);
        }
    }

    async fn a_creation_that_shows_late_is_waited_for(app: TestApp) {
        set(&app, &json!({ "list_delay_s": 300 }));
        app.fault(TOUTIAO, TOUTIAO.commit, Fault::AcceptThenDrop);

        let delivery = publish(&app).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, TOUTIAO.commit).await, 1);
        assert_eq!(app.live(TOUTIAO).len(), 1);
    }

    async fn a_creation_that_never_arrived_is_made_again_with_an_upload_of_its_own(app: TestApp) {
        app.fault(TOUTIAO, TOUTIAO.commit, Fault::DropBefore);

        let delivery = publish(&app).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, TOUTIAO.commit).await, 2);
        assert_eq!(count(&app, &delivery, "/video/upload/").await, 2);
        assert_eq!(app.live(TOUTIAO).len(), 1);
    }

    async fn a_twin_of_the_same_day_leaves_a_lost_reply_to_a_person(app: TestApp) {
        for (age_s, fault) in [(0, Fault::AcceptThenDrop), (7200, Fault::AcceptThenDrop), (7200, Fault::DropBefore)] {
            let before = app.live(TOUTIAO).len();
            let title = format!("第{before}杯{age_s}绿茶");
            control(&app, &json!({ "insert_foreign": { "text": title, "age_s": age_s } }));
            let is_made = u64::from(fault != Fault::DropBefore);
            app.fault(TOUTIAO, TOUTIAO.commit, fault);

            let account = app.connect("toutiao", &[]).await;
            let delivery = publish_with(&app, &account, &title).await;

            assert_eq!(delivery.state, DeliveryState::NeedsReview, "{delivery:#?}");
            let candidates = delivery.reason_params["candidates"].as_array().unwrap();
            assert_eq!(candidates.len() as u64, 1 + is_made, "{candidates:#?}");
            assert_eq!(count(&app, &delivery, TOUTIAO.commit).await, 1, "nothing is sent again");
            assert_eq!(app.live(TOUTIAO).len() as u64, before as u64 + is_made);
        }
    }

    async fn a_work_of_another_day_or_another_title_is_no_twin(app: TestApp) {
        control(&app, &json!({ "insert_foreign": { "text": "三分钟一杯绿茶", "age_s": 90_000 } }));
        control(&app, &json!({ "insert_foreign": { "text": "三分钟一杯绿茶！" } }));
        app.fault(TOUTIAO, TOUTIAO.commit, Fault::AcceptThenDrop);

        let delivery = publish(&app).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(TOUTIAO)[0]["key"].as_str(), delivery.external_id.as_deref());
    }

    async fn a_list_that_the_user_did_not_grant_leaves_a_lost_reply_to_a_person(app: TestApp) {
        let account = app.connect("toutiao", &[]).await;
        app.fault(TOUTIAO, TOUTIAO.commit, Fault::AcceptThenDrop);
        at_call(&app, "/video/list", json!({ "withdraw": "toutiao.video.data" }));

        let delivery = publish_with(&app, &account, "三分钟一杯绿茶").await;

        assert_eq!(delivery.state, DeliveryState::NeedsReview, "{delivery:#?}");
        assert_eq!(status_of(&app, &account).await, AccountStatus::Active);
        assert_eq!(app.live(TOUTIAO).len(), 1);
    }

    async fn an_expired_token_is_refreshed(app: TestApp) {
        at_call(&app, TOUTIAO.commit, json!({ "expire": "access" }));

        let delivery = publish(&app).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, "/video/upload/").await, 1, "what was uploaded is still good");
        assert_eq!(app.live(TOUTIAO).len(), 1);
    }

    async fn a_refresh_token_near_its_end_is_renewed(app: TestApp) {
        let account = app.connect("toutiao", &[]).await;
        for number in 0..4 {
            let delivery = publish_with(&app, &account, &format!("第{number}杯绿茶怎么泡")).await;
            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
            app.clock.advance(14 * DAY + Duration::from_hours(12));
        }

        let known = control(&app, &json!({ "state": true }));
        let grants = known["grants"].as_array().unwrap();
        assert_eq!(grants.len(), 1, "nobody had to sign in again");
        assert!(grants[0]["renewals"].as_u64().unwrap() >= 1, "{grants:#?}");
    }

    async fn a_grant_that_has_ended_waits_for_a_person(app: TestApp) {
        let account = app.connect("toutiao", &[]).await;
        at_call(&app, "/video/upload", json!({ "revoke": true }));
        let worker = app.worker().await;
        let id = app.send(TOUTIAO, &account, "三分钟一杯绿茶").await;
        worker.run_until_idle().await.unwrap();

        let held = app.delivery(id).await;

        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Login)), "{held:#?}");
        assert_eq!(status_of(&app, &account).await, AccountStatus::NeedsLogin);
    }

    async fn a_title_of_a_video_is_cut_to_thirty_characters_and_a_longer_one_is_refused(app: TestApp) {
        let account = app.connect("toutiao", &[]).await;
        let long = "从采摘到冲泡，一杯绿茶要经过的二十三个步骤，以及每一步都可能出错的地方";
        let delivery = publish_with(&app, &account, long).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let title = app.live(TOUTIAO)[0]["title"].as_str().unwrap().to_owned();
        assert!(long.starts_with(&title) && title.chars().count() <= 30, "{title}");

        // What the platform itself refuses ends the delivery with its words.
        set(&app, &json!({ "most_text": 3 }));
        let refused = publish_with(&app, &account, "三分钟一杯绿茶").await;
        assert_eq!(refused.state, DeliveryState::Rejected, "{refused:#?}");
        assert!(refused.reason_params["message"].as_str().unwrap().contains("2100005"), "{refused:#?}");
        assert_eq!(app.live(TOUTIAO).len(), 1);
    }

    async fn an_article_becomes_a_task_with_a_package_that_the_console_takes(app: TestApp) {
        let delivery = waiting(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::WaitingUser, "{delivery:#?}");
        let link = format!("{}/admin/exports/{}.zip", app.url, delivery.id);
        assert!(task(&delivery).contains(&link), "{}", task(&delivery));
        assert_eq!(count(&app, &delivery, "http").await, 0, "no call was made");
        let viewer = app.person(Role::Viewer).await;
        let (status, package) = download(&app, Some(&viewer), &delivery.id.to_string()).await;
        assert_eq!(status, 200);
        let (status, pasted) = paste(&app, package).await;

        assert_eq!(status, 200, "{pasted}");
        let live = app.live(TOUTIAO_ARTICLE);
        assert_eq!((live.len(), &live[0]["covers"], &live[0]["title"]), (1, &json!(3), &json!("一杯绿茶的冲泡")));
        let html = live[0]["html"].as_str().unwrap();
        assert!(html.contains("水温以八十五度为宜") && html.contains("见官网") && html.contains("picture-1.jpg"), "{html}");
        let page = format!("{}/toutiao/article/{}", app.simulators_url, live[0]["key"].as_str().unwrap());
        assert!(app.http.get(page).send().await.unwrap().text().await.unwrap().contains("一杯绿茶的冲泡"), "readers see it");
    }

    async fn the_article_that_a_person_published_is_confirmed_with_its_address(app: TestApp) {
        let delivery = waiting(&app, &[]).await;
        let admin = app.person(Role::Admin).await;
        let (_, package) = download(&app, Some(&admin), &delivery.id.to_string()).await;
        let (_, pasted) = paste(&app, package).await;
        let text = |name: &str| pasted[name].as_str().map(ToOwned::to_owned);

        let found = Resolution::Published { external_id: text("article_id"), external_url: text("url") };
        let confirmed = app.app.delivery.resolve(&admin.actor, delivery.id, found).await.unwrap();

        assert_eq!(confirmed.state, DeliveryState::Published, "{confirmed:#?}");
        assert_eq!(confirmed.external_url, text("url"));
        assert_eq!(app.live(TOUTIAO_ARTICLE)[0]["key"].as_str(), confirmed.external_id.as_deref());
    }

    async fn an_article_that_nobody_publishes_is_left_to_a_person(app: TestApp) {
        let waiting = waiting(&app, &[("article_patience_s", "7200")]).await;
        let worker = app.worker().await;

        let delivery = app.settle(&worker, waiting.id).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::NeedsReview, Some(Reason::TaskExpired)), "{delivery:#?}");
        assert!(app.clock.now() >= waiting.created_at.plus(Duration::from_hours(2)));
    }

    async fn only_an_article_has_a_package_and_only_for_who_is_signed_in(app: TestApp) {
        let article = waiting(&app, &[]).await.id.to_string();
        let account = app.connect("toutiao", &[]).await;
        let video = publish_with(&app, &account, "三分钟一杯绿茶").await.id.to_string();
        let viewer = app.person(Role::Viewer).await;

        assert_eq!(download(&app, None, &article).await.0, 401);
        for nothing in [video.as_str(), "0198c3a0-0000-7000-8000-000000000000", "no-id"] {
            assert_eq!(download(&app, Some(&viewer), nothing).await.0, 404, "{nothing}");
        }
    }

    async fn taking_down_is_a_task_for_a_person(app: TestApp) {
        let published = publish(&app).await;
        let (actor, worker) = (app.system().await, app.worker().await);

        let taken = app.app.delivery.withdraw(&actor, published.id).await.unwrap();
        worker.run_until_idle().await.unwrap();

        assert_eq!(taken.outcome, WithdrawalOutcome::Task);
        let takedown = app.delivery(taken.takedown.unwrap().id).await;
        assert_eq!(takedown.state, DeliveryState::WaitingUser, "{takedown:#?}");
        assert!(task(&takedown).contains("https://mp.toutiao.com/"), "{}", task(&takedown));
        assert_eq!(count(&app, &takedown, "http").await, 0, "there is no call for it");
    }

    async fn figures_are_those_beside_the_video(app: TestApp) {
        let delivery = publish(&app).await;
        app.clock.advance(DAY);
        let actor = app.system().await;

        let totals = app.app.delivery.statistics(&actor, delivery.id).await.unwrap().unwrap();

        assert_eq!((totals.views, totals.likes), (Some(720), Some(48)), "{totals:?}");
    }

    async fn an_account_without_an_application_exports_articles_alone(app: TestApp) {
        let actor = app.system().await;
        let new = NewAccount {
            channel: "toutiao".to_owned(),
            name: "只导出".to_owned(),
            ..NewAccount::default()
        };
        let account = app.app.delivery.connect_account(&actor, new).await.unwrap();
        let check = app.app.delivery.check_account(&actor, account.id).await.unwrap();
        assert!(check.ok && check.lanes == ["article"], "{check:?}");

        let account = app.connect("toutiao", &[]).await;
        let check = app.app.delivery.check_account(&actor, account.id).await.unwrap();
        assert!(check.ok && check.lanes == ["video", "article"], "{check:?}");
    }

    async fn settings_that_the_platform_does_not_take_are_refused_by_name(app: TestApp) {
        let account = app.connect("toutiao", &[]).await;
        let actor = app.system().await;
        let mut settings = account.settings.clone();
        settings.insert("part_bytes".to_owned(), "1000".to_owned());
        let new = NewAccount {
            channel: "toutiao".to_owned(),
            name: "另一个".to_owned(),
            settings,
            ..NewAccount::default()
        };

        let refused = app.app.delivery.connect_account(&actor, new).await.unwrap_err();

        assert!(format!("{refused:?}").contains("input.settings.part_bytes"), "{refused:?}");
    }
}
