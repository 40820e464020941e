//! Douyin's own ways, against its simulator: uploads and lost replies; and beside it reviews, the life of a grant, what a
//! person publishes from a link, what the mini-program is for.

mod grant;
mod hand_off;
mod mini;
mod review;

use std::time::Duration;

use fenfa::{
    channels::fault::{Fault, FaultRule},
    delivery::{AccountStatus, ChannelAccount, Delivery, DeliveryState, Reason, Worker},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{DOUYIN, DOUYIN_PICTURES, TestApp, large_file};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Publishes a video with an account that has these settings.
async fn publish(app: &TestApp, settings: &[(&str, &str)]) -> Delivery {
    let account = app.connect("douyin", settings).await;
    send(app, &account).await
}

/// Publishes a video with an account.
async fn send(app: &TestApp, account: &ChannelAccount) -> Delivery {
    send_by(app, &app.worker().await, account).await
}

async fn send_by(app: &TestApp, worker: &Worker, account: &ChannelAccount) -> Delivery {
    let id = app.send(DOUYIN, account, "一杯绿茶").await;
    app.settle(worker, id).await
}

fn control(app: &TestApp, command: &Value) -> Value {
    app.simulators.control("douyin", command).unwrap()
}

fn set(app: &TestApp, settings: &Value) {
    control(app, &json!({ "set": settings }));
}

/// Throws a switch of the platform just before the n-th call whose path holds this.
fn at_call(app: &TestApp, path: &str, skip: u32, command: Value) {
    let rule = FaultRule {
        path: path.to_owned(),
        skip,
        times: 1,
        fault: Fault::Control { command },
    };
    assert!(app.simulators.add_fault("douyin", rule));
}

/// Paths of the calls that were made for a delivery.
async fn calls(app: &TestApp, delivery: &Delivery) -> Vec<String> {
    let attempts = app
        .app
        .delivery
        .attempts(&app.system().await, delivery.id)
        .await
        .unwrap();
    let mut attempts: Vec<_> = attempts.into_iter().collect();
    attempts.sort_by_key(|attempt| attempt.id);
    let exchanges = attempts.iter().flat_map(|attempt| &attempt.exchanges);
    exchanges
        .map(|exchange| {
            exchange
                .request
                .rsplit('/')
                .nth(1)
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

/// How often a call was made for a delivery.
async fn count(app: &TestApp, delivery: &Delivery, call: &str) -> usize {
    calls(app, delivery)
        .await
        .iter()
        .filter(|made| *made == call)
        .count()
}

async fn send_file(app: &TestApp, account: &ChannelAccount, file: Vec<u8>) -> Delivery {
    let worker = app.worker().await;
    let source = app.video_of("一杯绿茶", file).await;
    let id = app.schedule(DOUYIN, account, source).await;
    app.settle(&worker, id).await
}

/// What the review step left behind.
async fn review_of(app: &TestApp, delivery: &Delivery) -> Value {
    let steps = app
        .app
        .delivery
        .steps(&app.system().await, delivery.id)
        .await
        .unwrap();
    let output = steps.last().unwrap().output.as_ref();
    output.map_or(Value::Null, |output| output.value["review"].clone())
}

async fn account_of(app: &TestApp, account: &ChannelAccount) -> ChannelAccount {
    app.app
        .delivery
        .account(&app.system().await, account.id)
        .await
        .unwrap()
}

both_databases! {
    async fn a_small_video_goes_at_once_with_its_caption_and_topics(app: TestApp) {
        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published);
        let live = app.live(DOUYIN);
        assert_eq!(live[0]["key"].as_str(), delivery.external_id.as_deref());
        let text = live[0]["title"].as_str().unwrap();
        assert!(text.starts_with("一杯绿茶\n\n"), "{text}");
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("#一杯绿茶 ") && last.ends_with(&format!("#{}", delivery.marker)), "{text}");
        assert_eq!(count(&app, &delivery, "upload_video").await, 1);
        assert_eq!(count(&app, &delivery, "init_video_part_upload").await, 0);
    }

    async fn what_an_editor_wrote_is_what_readers_see(app: TestApp) {
        let actor = app.system().await;
        let account = app.connect("douyin", &[]).await;
        let source = app.video("一杯绿茶").await;
        let tailoring = &app.app.tailoring;
        let changes = [
            ("text", json!("水温八十五度\n\n先温杯，再投茶。")),
            ("topics", json!(["泡茶", "明前茶"])),
            ("private_status", json!("仅自己")),
            ("cover_second", json!("1.5")),
        ];
        for (version, (field, value)) in (0..).zip(changes) {
            tailoring.set_override(&actor, source, "douyin", field, value, version).await.unwrap();
        }

        let worker = app.worker().await;
        let id = app.schedule(DOUYIN, &account, source).await;
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(DOUYIN);
        let expected = format!("水温八十五度\n\n先温杯，再投茶。\n#泡茶 #明前茶 #{}", delivery.marker);
        assert_eq!((&live[0]["title"], &live[0]["state"]), (&json!(expected), &json!("私密")));
    }

    async fn a_work_leads_into_the_mini_program(app: TestApp) {
        app.give_mini_program().await;

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(DOUYIN);
        let path = live[0]["anchor"].as_str().unwrap();
        assert!(!path.starts_with('/') && path.contains("yi-bei-lv-cha"), "{live:#?}");
        assert_eq!(live[0]["anchor_title"], "一杯绿茶");
    }

    // Uploads.

    async fn a_large_video_goes_in_parts_and_is_one_work(app: TestApp) {
        let file = large_file(11);
        let account = app.connect("douyin", &[("single_upload_bytes", "1048576"), ("part_bytes", "5242880")]).await;

        let delivery = send_file(&app, &account, file.clone()).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(DOUYIN);
        assert_eq!((live.len(), &live[0]["size_bytes"]), (1, &json!(file.len())));
        assert_eq!(count(&app, &delivery, "upload_video").await, 0);
        let state = control(&app, &json!({ "state": true }));
        let uploads: Vec<&Value> = state["uploads"].as_object().unwrap().values().collect();
        assert_eq!(uploads.len(), 1);
        let parts = uploads[0]["parts"].as_object().unwrap();
        assert_eq!(parts.len(), 2, "{parts:#?}");
        let middle = file.len().div_ceil(2);
        for (part, bytes) in parts.values().zip([&file[..middle], &file[middle..]]) {
            assert_eq!(part["sha256"], hex::encode(Sha256::digest(bytes)), "each byte arrived, in order");
        }
    }

    async fn a_video_that_is_too_large_for_one_call_goes_in_parts(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        set(&app, &json!({ "single_upload_bytes": 1 << 20 }));
        let refused = send_file(&app, &account, large_file(6)).await;

        set(&app, &json!({ "single_upload_bytes": 300 << 20 }));
        app.fault(DOUYIN, "/upload_video/", Fault::StatusBefore { status: 413 });
        let by_the_gateway = send_file(&app, &account, large_file(7)).await;

        for delivery in [refused, by_the_gateway] {
            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
            assert_eq!(count(&app, &delivery, "upload_video").await, 1, "not twice in the same way");
            assert_eq!(count(&app, &delivery, "complete_video_part_upload").await, 1);
        }
        assert_eq!(app.live(DOUYIN).len(), 2);
    }

    async fn a_lost_part_makes_no_second_work(app: TestApp) {
        let account = app.connect("douyin", &[("single_upload_bytes", "1048576"), ("part_bytes", "5242880")]).await;
        let rule = |path: &str, skip, fault| FaultRule { path: path.to_owned(), skip, times: 1, fault };
        app.simulators.add_fault("douyin", rule("/upload_video_part", 1, Fault::DropBefore));
        app.simulators.add_fault("douyin", rule("/complete", 0, Fault::AcceptThenDrop));

        let delivery = send_file(&app, &account, large_file(11)).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn an_upload_that_grew_old_before_its_work_was_made_is_made_anew(app: TestApp) {
        at_call(&app, DOUYIN.commit, 0, json!({ "expire": "videos" }));

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
        assert_eq!(count(&app, &delivery, "upload_video").await, 2);
        assert_eq!(count(&app, &delivery, "create_video").await, 2);
    }

    async fn an_old_upload_is_not_relied_on(app: TestApp) {
        set(&app, &json!({ "creates_per_day": 0 }));
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.reason, Some(Reason::Quota));
        set(&app, &json!({ "creates_per_day": 75 }));

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let calls = calls(&app, &delivery).await;
        assert_eq!(calls.iter().filter(|call| *call == "upload_video").count(), 2, "{calls:?}");
        assert_eq!(calls.iter().filter(|call| *call == "create_video").count(), 2, "one refused, one taken: {calls:?}");
    }

    async fn a_repeat_of_a_creation_that_never_arrived_has_an_upload_of_its_own(app: TestApp) {
        app.fault(DOUYIN, DOUYIN.commit, Fault::DropBefore);

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, "upload_video").await, 2);
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_video_that_is_too_long_ends_the_delivery_with_its_words(app: TestApp) {
        set(&app, &json!({ "most_video_s": 1 }));

        let delivery = publish(&app, &[]).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Rejected, Some(Reason::Refused)), "{delivery:#?}");
        let message = delivery.reason_params["message"].as_str().unwrap();
        assert_eq!(message, "视频超过 15 分钟（2190006 video too long）");
        assert!(app.live(DOUYIN).is_empty());
    }

    // Replies that are lost.

    async fn an_answer_that_breaks_off_is_settled_by_the_list(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        for (number, fault) in [Fault::AcceptThenHeaders, Fault::AcceptThenHalf].into_iter().enumerate() {
            app.fault(DOUYIN, DOUYIN.commit, fault);
            let id = app.send(DOUYIN, &account, &format!("第{number}杯绿茶")).await;

            worker.run_until_idle().await.unwrap();
            assert_eq!(app.delivery(id).await.state, DeliveryState::Uncertain);
            let delivery = app.settle(&worker, id).await;

            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
            assert_eq!(count(&app, &delivery, "create_video").await, 1, "never sent a second time");
        }
        assert_eq!(app.live(DOUYIN).len(), 2);
    }

    async fn a_work_made_by_hand_is_not_taken_for_a_lost_one(app: TestApp) {
        let foreign = control(&app, &json!({ "insert_foreign": { "text": "一杯绿茶" } }));
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_ne!(delivery.external_id.as_deref(), foreign["item_id"].as_str());
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_list_that_shifts_between_two_pages_shows_one_work_not_two(app: TestApp) {
        let foreign = json!({ "insert_foreign": { "text": "手发的视频" } });
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        (0..10).for_each(|_| drop(control(&app, &foreign)));
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        // Ours is the last of the first page; one more by hand, and it is the first of the second page as well.
        (0..19).for_each(|_| drop(control(&app, &foreign)));
        at_call(&app, "/video_list", 1, foreign);

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(delivery.external_id.as_deref(), app.live(DOUYIN)[0]["key"].as_str());
    }

    async fn old_works_that_stand_first_do_not_end_the_search(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        control(&app, &json!({ "insert_foreign": { "text": "置顶", "pinned": true } }));
        app.clock.advance(DAY);
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        (0..20).for_each(|_| drop(control(&app, &json!({ "insert_foreign": { "text": "手发的视频" } }))));

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, "create_video").await, 1);
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_list_that_went_offline_leaves_a_lost_reply_to_a_person(app: TestApp) {
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
        at_call(&app, "/video_list", 1, json!({ "set": { "profile": "offline" } }));

        let delivery = publish(&app, &[]).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::NeedsReview, Some(Reason::NoLookup)), "{delivery:#?}");
        assert!(delivery.reason_params["message"].as_str().unwrap().contains("28001056"), "{delivery:#?}");
        assert_eq!(count(&app, &delivery, "create_video").await, 1, "never sent a second time");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_list_that_the_user_did_not_grant_does_not_end_the_account(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        control(&app, &json!({ "withdraw": "video.list.bind" }));
        control(&app, &json!({ "withdraw": "video.data.bind" }));
        let fine = send(&app, &account).await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
        let lost = send(&app, &account).await;

        assert_eq!(fine.state, DeliveryState::Published, "{fine:#?}");
        assert_eq!(review_of(&app, &fine).await, "not_readable");
        assert_eq!((lost.state, lost.reason), (DeliveryState::NeedsReview, Some(Reason::NoLookup)), "{lost:#?}");
        assert_eq!(account_of(&app, &account).await.status, AccountStatus::Active);
    }

    async fn a_busy_platform_is_doubt_for_a_work_and_a_retry_for_an_upload(app: TestApp) {
        let body = r#"{"data":{"error_code":2100004,"description":"busy"},"extra":{"error_code":2100004}}"#;
        app.fault(DOUYIN, "/upload_video", Fault::BodyBefore { body: body.to_owned() });
        app.fault(DOUYIN, DOUYIN.commit, Fault::BodyAfter { body: body.to_owned() });
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::RetryWait);
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1, "the busy platform had taken it");
    }

    async fn a_busy_platform_that_took_nothing_gets_it_once_more(app: TestApp) {
        let body = r#"{"data":{"error_code":2100004,"description":"busy"},"extra":{"error_code":2100004}}"#;
        app.fault(DOUYIN, DOUYIN.commit, Fault::BodyBefore { body: body.to_owned() });

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    // Review, and what can be read.

    async fn answers_in_other_spellings_are_read_all_the_same(app: TestApp) {
        set(&app, &json!({ "numbers_as_text": true, "without_extra": true }));
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    // The life of a grant.

    // Hand-off.

    // The mini-program.

    // Allowances.

    async fn the_platforms_count_of_works_holds_the_rest_until_tomorrow(app: TestApp) {
        set(&app, &json!({ "creates_per_day": 1 }));
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let first = app.send(DOUYIN, &account, "一杯绿茶").await;
        app.settle(&worker, first).await;
        let second = app.send(DOUYIN, &account, "一杯红茶").await;
        app.clock.advance(Duration::from_mins(1));

        worker.run_until_idle().await.unwrap();
        let held = app.delivery(second).await;
        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Quota)), "{held:#?}");
        let delivery = app.settle(&worker, second).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert!(app.clock.now() >= "2026-03-03T16:00:00Z".parse().unwrap(), "after midnight in Beijing");
        assert_eq!(app.live(DOUYIN).len(), 2);
    }

    async fn too_many_calls_at_once_are_spread_out(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        set(&app, &json!({ "calls_per_second": 2 }));
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        worker.run_until_idle().await.unwrap();
        let slowed = app.delivery(id).await;
        assert_eq!((slowed.state, slowed.reason), (DeliveryState::RetryWait, Some(Reason::RateLimited)), "{slowed:#?}");
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_story_without_a_video_becomes_a_picture_post(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let source = app.gallery("一杯绿茶", 3).await;
        let id = app.schedule(DOUYIN_PICTURES, &account, source).await;
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(DOUYIN);
        assert_eq!((live.len(), &live[0]["images"]), (1, &json!(3)));
        assert_eq!(calls(&app, &delivery).await, ["upload_image", "upload_image", "upload_image", "create_image_text", "video_data"]);
    }

    async fn a_picture_post_whose_reply_was_lost_is_found_not_repeated(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN_PICTURES, DOUYIN_PICTURES.commit, Fault::AcceptThenDrop);
        let source = app.gallery("一杯绿茶", 2).await;
        let id = app.schedule(DOUYIN_PICTURES, &account, source).await;
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, "create_image_text").await, 1);
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_picture_post_that_never_arrived_goes_out_once_with_new_pictures(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN_PICTURES, DOUYIN_PICTURES.commit, Fault::DropBefore);
        let source = app.gallery("一杯绿茶", 2).await;
        let id = app.schedule(DOUYIN_PICTURES, &account, source).await;
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, "upload_image").await, 4);
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_story_with_neither_video_nor_picture_is_refused(app: TestApp) {
        let source = app.gallery("一杯绿茶", 0).await;

        let refused = app.app.tailoring.freeze(&app.system().await, source, "douyin", "publish").await.unwrap_err();

        assert!(refused.to_string().contains("DY-V01"), "{refused}");
    }

    async fn settings_that_the_platform_does_not_take_are_refused_by_name(app: TestApp) {
        let actor = app.system().await;
        let account = app.connect("douyin", &[]).await;
        for (name, value) in [
            ("part_bytes", "1000"),
            ("part_bytes", "104857601"),
            ("single_upload_bytes", "314572801"),
            ("single_upload_bytes", "many"),
            ("read_profile", "guess"),
            ("content_check", "perhaps"),
            ("video_life_s", "-1"),
        ] {
            let mut settings = account.settings.clone();
            settings.insert(name.to_owned(), value.to_owned());
            let changes = fenfa::delivery::AccountChanges { settings: Some(settings), ..Default::default() };
            let refused = app.app.delivery.update_account(&actor, account.id, account.version, changes).await.unwrap_err();

            assert_eq!(refused.field(), Some(format!("input.settings.{name}").as_str()), "{value}: {refused}");
        }
    }
}
