//! Douyin's own ways, against its simulator: the life of a grant, uploads, lost replies, review, figures, what an account
//! may not do.

use std::time::Duration;

use fenfa::{
    channels::fault::{Fault, FaultRule},
    content::StoryContent,
    delivery::{
        AccountStatus, ChannelAccount, Delivery, DeliveryState, Metric, NewAccount, Reason, Worker,
    },
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{
    DOUYIN, DOUYIN_HAND_OFF, DOUYIN_PICTURES, DOUYIN_SEARCH, TestApp, fixture, large_file,
};

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
async fn review(app: &TestApp, delivery: &Delivery) -> Value {
    let steps = app
        .app
        .delivery
        .steps(&app.system().await, delivery.id)
        .await
        .unwrap();
    let output = steps.last().unwrap().output.as_ref();
    output.map_or(Value::Null, |output| output.value["review"].clone())
}

/// Schedules a video for hand-off and works until it waits for a person.
async fn hand_off(app: &TestApp, worker: &Worker, account: &ChannelAccount) -> Delivery {
    let id = app.send(DOUYIN_HAND_OFF, account, "一杯绿茶").await;
    worker.run_until_idle().await.unwrap();
    app.delivery(id).await
}

/// The link in a delivery's task.
fn link(delivery: &Delivery) -> String {
    let task = delivery.reason_params["message"].as_str().unwrap();
    let at = task
        .find("snssdk1128://")
        .unwrap_or_else(|| panic!("no link: {delivery:#?}"));
    task[at..].to_owned()
}

/// Somebody opens a link on a telephone.
async fn open(app: &TestApp, body: Value) -> (u16, Value) {
    let url = format!("{}/douyin/phone", app.simulators_url);
    let answer = app.http.post(url).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
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
        assert_eq!(review(&app, &fine).await, "not_readable");
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

    async fn a_review_is_awaited_where_the_platform_tells_of_it(app: TestApp) {
        set(&app, &json!({ "profile": "classic", "review_delay_s": 3600 }));
        let account = app.connect("douyin", &[("read_profile", "classic")]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::WaitingChannel);
        assert_eq!(app.live(DOUYIN)[0]["state"], "审核中");
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert!(app.clock.now() >= delivery.created_at.plus(HOUR));
        assert_eq!(review(&app, &delivery).await, "published");
        assert!(delivery.external_url.unwrap().starts_with("https://"));
    }

    async fn what_a_review_refuses_is_not_called_published(app: TestApp) {
        set(&app, &json!({ "refused_words": ["绿茶"], "profile": "classic" }));

        let delivery = publish(&app, &[("read_profile", "classic")]).await;

        assert_eq!(delivery.state, DeliveryState::Rejected, "{delivery:#?}");
        assert_eq!(delivery.reason, Some(Reason::Refused));
        assert_eq!(app.live(DOUYIN)[0]["state"], "不适宜公开");
    }

    async fn a_status_that_is_not_told_is_not_taken_for_approval(app: TestApp) {
        set(&app, &json!({ "refused_words": ["绿茶"] }));

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "accepted is all that is known: {delivery:#?}");
        assert_eq!(review(&app, &delivery).await, "not_told");
    }

    async fn a_status_that_cannot_be_read_any_more_is_not_called_refused(app: TestApp) {
        at_call(&app, "/video_data", 0, json!({ "set": { "profile": "offline" } }));

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(review(&app, &delivery).await, "not_readable");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_work_that_never_shows_is_left_to_a_person(app: TestApp) {
        let account = app.connect("douyin", &[("review_patience_s", "3600")]).await;
        let worker = app.worker().await;
        set(&app, &json!({ "list_delay_s": 600 }));
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        let made = app.delivery(id).await;
        assert_eq!(made.state, DeliveryState::WaitingChannel, "{made:#?}");
        control(&app, &json!({ "delete": made.external_id }));

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::NeedsReview, "{delivery:#?}");
        assert!(delivery.reason_params["message"].as_str().unwrap().contains("查不到"), "{delivery:#?}");
        assert!(app.clock.now() >= made.created_at.plus(HOUR));
    }

    async fn figures_come_from_the_day_after(app: TestApp) {
        let delivery = publish(&app, &[]).await;
        let actor = app.system().await;
        let statistics = async || app.app.delivery.statistics(&actor, delivery.id).await.unwrap().unwrap();

        assert_eq!(statistics().await.views, Some(0), "the platform tells of today tomorrow at ten");
        app.clock.advance(2 * DAY);

        let totals = statistics().await;
        assert_eq!((totals.views, totals.likes), (Some(240), Some(12)));
    }

    async fn figures_of_an_old_work_are_those_beside_it(app: TestApp) {
        let delivery = publish(&app, &[]).await;
        let actor = app.system().await;
        let mut totals = None;
        // Asking now and then keeps the grant alive.
        for _ in 0..3 {
            app.clock.advance(11 * DAY);
            totals = app.app.delivery.statistics(&actor, delivery.id).await.unwrap();
        }

        assert!(totals.unwrap().views.unwrap() > 1000, "{totals:?}");
    }

    async fn figures_are_kept_under_the_platforms_own_days_whenever_somebody_asks(app: TestApp) {
        let delivery = publish(&app, &[]).await;
        set(&app, &json!({ "numbers_as_text": true }));
        let (actor, made_at) = (app.system().await, app.clock.now());
        let day = |number: i64| made_at.to_utc().date_naive() + chrono::TimeDelta::days(number);
        let pull = async || {
            let today = app.clock.now().to_utc().date_naive();
            let pulled = app.app.delivery.pull_statistics(&actor, delivery.account, None, made_at.minus(DAY), today);
            pulled.await.unwrap()
        };
        let series = async |metric: Metric| {
            let rows = app.app.delivery.statistic_series(&actor, delivery.id, day(0)).await.unwrap();
            let rows = rows.into_iter().filter(|row| row.metric == metric);
            rows.map(|row| (row.day, row.value)).collect::<Vec<_>>()
        };
        assert_eq!(pull().await.not_available, 1);
        assert_eq!(series(Metric::Views).await, [(day(0), None)], "not known yet, which is not zero");

        // Nobody asked for a week and more; the seventh day was a quiet one.
        app.clock.advance(9 * DAY);
        assert_eq!(pull().await.told, 1);
        let views = series(Metric::Views).await;
        let days: Vec<_> = views.iter().map(|(day, _)| *day).collect();
        assert_eq!(days, (0..9).map(day).collect::<Vec<_>>());
        assert_eq!((views[0].1, views[1].1, views[2].1), (None, Some(240), Some(400)));
        assert_eq!(views[5].1, views[6].1, "a quiet day is told as such");
        assert_eq!(series(Metric::Likes).await[2].1, Some(20));

        app.clock.advance(DAY);
        assert_eq!(pull().await.told, 1);
        let later = series(Metric::Views).await;
        assert_eq!((later.len(), &later[..9]), (10, &views[..]), "what was told stays");
    }

    async fn figures_that_cannot_be_read_are_not_zero(app: TestApp) {
        let delivery = publish(&app, &[]).await;
        set(&app, &json!({ "profile": "offline" }));

        let told = app.app.delivery.statistics(&app.system().await, delivery.id).await.unwrap();

        assert_eq!(told, None);
    }

    async fn answers_in_other_spellings_are_read_all_the_same(app: TestApp) {
        set(&app, &json!({ "numbers_as_text": true, "without_extra": true }));
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    // The life of a grant.

    async fn whose_account_it_is_is_learnt_from_the_grant(app: TestApp) {
        let account = app.connect("douyin", &[("open_id", "")]).await;

        let delivery = send(&app, &account).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(account_of(&app, &account).await.external_id.as_deref(), Some("_000openid-a"));
    }

    async fn a_check_says_what_an_account_may_do(app: TestApp) {
        let connected = app.connect("douyin", &[]).await.status_note.unwrap();
        set(&app, &json!({ "profile": "offline" }));
        let offline = app.connect("douyin", &[]).await.status_note.unwrap();
        set(&app, &json!({ "user_scopes": ["user_info"] }));
        let hand_off = app.connect("douyin", &[]).await.status_note.unwrap();
        set(&app, &json!({ "user_scopes": ["content.publish"] }));
        let renamed = app.connect("douyin", &[("publish_scopes", "video.create.bind,content.publish")]).await;

        assert!(connected.starts_with("可以直接发布；能查询作品"), "{connected}");
        assert!(connected.contains("授权到 2026-04-02，还能自动续期 5 次"), "{connected}");
        assert!(offline.starts_with("可以直接发布；不能查询作品"), "{offline}");
        assert!(hand_off.starts_with("没有「代替用户发布」权限") && hand_off.contains("可以扫码发布"), "{hand_off}");
        assert!(renamed.status_note.as_ref().unwrap().starts_with("可以直接发布"), "{renamed:?}");
    }

    async fn a_grant_outlives_its_tokens_by_refreshing_and_renewing(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        // Nothing is sent for seven weeks; the sweep of tokens alone keeps the grant, as late as it may be.
        for _ in 0..50 * 24 * 2 {
            app.clock.advance(Duration::from_mins(30));
            worker.refresh_tokens().await.unwrap();
        }

        let delivery = send_by(&app, &worker, &account).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let known = control(&app, &json!({ "state": true }));
        let grants = known["grants"].as_array().unwrap();
        assert_eq!(grants.len(), 1, "nobody had to sign in again");
        assert!((1..=5).contains(&grants[0]["renewals"].as_u64().unwrap()), "{grants:#?}");
    }

    async fn an_account_that_sends_each_fortnight_keeps_its_grant(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        for _ in 0..4 {
            assert_eq!(send(&app, &account).await.state, DeliveryState::Published);
            app.clock.advance(14 * DAY + 12 * HOUR);
        }

        let known = control(&app, &json!({ "state": true }));
        assert_eq!(known["grants"].as_array().unwrap().len(), 1, "nobody had to sign in again");
    }

    async fn when_renewals_are_spent_a_person_signs_in_again(app: TestApp) {
        set(&app, &json!({ "most_renewals": 1 }));
        let account = app.connect("douyin", &[]).await;
        let mut states = Vec::new();
        for _ in 0..7 {
            let delivery = send(&app, &account).await;
            states.push((delivery.state, delivery.reason));
            app.clock.advance(14 * DAY);
        }

        let published = (DeliveryState::Published, None);
        assert_eq!(&states[..6], [published; 6]);
        assert_eq!(states[6], (DeliveryState::Held, Some(Reason::Login)));
        assert_eq!(account_of(&app, &account).await.status, AccountStatus::NeedsLogin);
    }

    async fn an_application_that_may_not_renew_goes_on_refreshing(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        set(&app, &json!({ "app_scopes": ["video.create.bind", "video.list.bind", "video.data.bind"] }));
        app.clock.advance(16 * DAY);

        let delivery = send(&app, &account).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(account_of(&app, &account).await.status, AccountStatus::Active);
    }

    async fn a_refresh_without_a_new_refresh_token_keeps_the_one_that_works(app: TestApp) {
        set(&app, &json!({ "access_life_s": 86_400 }));
        let account = app.connect("douyin", &[]).await;
        send(&app, &account).await;
        set(&app, &json!({ "empty_refresh_token": true }));

        for _ in 0..2 {
            app.clock.advance(2 * DAY);
            let delivery = send(&app, &account).await;
            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        }

        assert_eq!(app.live(DOUYIN).len(), 3);
    }

    async fn a_token_that_dies_between_upload_and_creation_is_refreshed(app: TestApp) {
        at_call(&app, DOUYIN.commit, 0, json!({ "expire": "access" }));

        let delivery = publish(&app, &[]).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, "upload_video").await, 1, "what was uploaded is still good");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_grant_that_the_user_withdrew_waits_for_a_person_and_then_goes_on(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        at_call(&app, "/upload_video", 0, json!({ "revoke": true }));
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();

        let held = app.delivery(id).await;
        assert_eq!((held.state, held.reason), (DeliveryState::Held, Some(Reason::Login)), "{held:#?}");
        assert!(app.live(DOUYIN).is_empty());
        app.sign_in(&account).await;
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn an_account_that_may_not_publish_says_so_and_sends_nothing(app: TestApp) {
        set(&app, &json!({ "profile": "handoff" }));
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        worker.run_until_idle().await.unwrap();

        let delivery = app.delivery(id).await;
        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Held, Some(Reason::Permission)), "{delivery:#?}");
        assert!(app.live(DOUYIN).is_empty());
    }

    // Hand-off.

    async fn a_person_publishes_what_a_link_opens(app: TestApp) {
        // Nobody may publish directly; reading back is allowed.
        set(&app, &json!({ "user_scopes": ["user_info", "video.list.bind"] }));
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;

        let waiting = hand_off(&app, &worker, &account).await;
        assert_eq!((waiting.state, waiting.reason), (DeliveryState::WaitingUser, Some(Reason::Task)), "{waiting:#?}");
        assert!(app.live(DOUYIN_HAND_OFF).is_empty(), "nothing is public before a person acts");
        let (status, shown) = open(&app, json!({ "link": link(&waiting) })).await;
        assert_eq!((status, &shown["size_bytes"]), (200, &json!(fixture("vertical-2s.mp4").len())), "{shown}");
        let (status, made) = open(&app, json!({ "link": link(&waiting), "publish": true })).await;
        assert_eq!(status, 200, "{made}");
        let delivery = app.settle(&worker, waiting.id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(delivery.external_id.as_deref(), made["item_id"].as_str());
        let live = app.live(DOUYIN_HAND_OFF);
        assert_eq!(live.len(), 1);
        assert!(live[0]["title"].as_str().unwrap().contains(&delivery.marker));
    }

    async fn pictures_are_handed_off_too(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let source = app.gallery("一杯绿茶", 2).await;
        let id = app.schedule(DOUYIN_HAND_OFF, &account, source).await;
        worker.run_until_idle().await.unwrap();

        let (status, shown) = open(&app, json!({ "link": link(&app.delivery(id).await) })).await;

        assert_eq!((status, &shown["pictures"]), (200, &json!(2)), "{shown}");
    }

    async fn a_work_that_is_published_twice_from_one_link_is_the_first(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let waiting = hand_off(&app, &worker, &account).await;
        let (_, first) = open(&app, json!({ "link": link(&waiting), "publish": true })).await;
        app.clock.advance(Duration::from_secs(1));
        open(&app, json!({ "link": link(&waiting), "publish": true })).await;

        let delivery = app.settle(&worker, waiting.id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(delivery.external_id.as_deref(), first["item_id"].as_str());
    }

    async fn a_link_is_signed_anew_while_it_waits(app: TestApp) {
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let first = hand_off(&app, &worker, &account).await;
        app.clock.advance(3 * HOUR);

        let (stale, told) = open(&app, json!({ "link": link(&first) })).await;
        worker.run_until_idle().await.unwrap();
        let (fresh, _) = open(&app, json!({ "link": link(&app.delivery(first.id).await) })).await;

        assert_eq!((stale, fresh), (400, 200), "{told}");
        let forged = link(&first).replace("signature=", "signature=0");
        assert_eq!(open(&app, json!({ "link": forged })).await.0, 400);
    }

    async fn a_link_that_nobody_opens_is_left_to_a_person(app: TestApp) {
        let account = app.connect("douyin", &[("handoff_patience_s", "7200")]).await;
        let worker = app.worker().await;
        let waiting = hand_off(&app, &worker, &account).await;

        let delivery = app.settle(&worker, waiting.id).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::NeedsReview, Some(Reason::TaskExpired)), "{delivery:#?}");
        assert!(app.clock.now() >= waiting.created_at.plus(2 * HOUR));
    }

    async fn handing_off_needs_nobodys_grant(app: TestApp) {
        let texts = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let new = NewAccount {
            channel: "douyin".into(),
            name: "扫码".into(),
            settings: texts(&[("client_key", "awsim0001"), ("base_url", &format!("{}/douyin", app.simulators_url))]),
            credentials: texts(&[("client_secret", "sim-secret-0001")]),
            tokens: None,
        };
        let account = app.app.delivery.connect_account(&app.system().await, new).await.unwrap();
        let waiting = hand_off(&app, &app.worker().await, &account).await;

        let note = account.status_note.unwrap();
        assert!(note.contains("不能直接发布：还没有授权") && note.contains("可以扫码发布"), "{note}");
        assert_eq!(waiting.state, DeliveryState::WaitingUser, "{waiting:#?}");
        assert_eq!(open(&app, json!({ "link": link(&waiting) })).await.0, 200);
    }

    // The mini-program.

    async fn a_page_of_the_mini_program_is_submitted_for_search(app: TestApp) {
        app.give_mini_program().await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN_SEARCH, &account, "一杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(DOUYIN_SEARCH);
        assert_eq!((live.len(), live[0]["key"].as_str()), (1, delivery.external_id.as_deref()));
        assert!(live[0]["key"].as_str().unwrap().contains("yi-bei-lv-cha"), "{live:?}");
    }

    async fn a_page_whose_reply_was_lost_is_submitted_once_more(app: TestApp) {
        app.give_mini_program().await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN_SEARCH, DOUYIN_SEARCH.commit, Fault::AcceptThenDrop);
        let id = app.send(DOUYIN_SEARCH, &account, "一杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(DOUYIN_SEARCH);
        assert_eq!((live.len(), &live[0]["submissions"]), (1, &json!(2)), "one page, however often it is submitted");
    }

    async fn a_page_that_readers_cannot_open_is_not_submitted(app: TestApp) {
        app.give_mini_program().await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let source = app.story("一杯绿茶").await;
        let id = app.schedule(DOUYIN_SEARCH, &account, source).await;
        app.app.content.unpublish::<StoryContent>(&app.system().await, source.item()).await.unwrap();

        worker.run_until_idle().await.unwrap();

        let delivery = app.delivery(id).await;
        assert_eq!(delivery.state, DeliveryState::RetryWait, "{delivery:#?}");
        assert!(app.live(DOUYIN_SEARCH).is_empty());
    }

    async fn without_a_mini_program_there_is_no_page_to_submit(app: TestApp) {
        let source = app.story("一杯绿茶").await;

        let refused = app.app.tailoring.freeze(&app.system().await, source, "douyin", "search").await.unwrap_err();

        assert!(refused.to_string().contains("DY-S01"), "{refused}");
    }

    async fn content_that_the_platforms_check_finds_fault_with_is_not_sent(app: TestApp) {
        app.give_mini_program().await;
        let account = app.connect("douyin", &[("content_check", "on")]).await;
        let fine = send(&app, &account).await;
        set(&app, &json!({ "censor_words": ["绿茶"] }));
        let refused = send(&app, &account).await;

        assert_eq!(fine.state, DeliveryState::Published, "{fine:#?}");
        assert_eq!(calls(&app, &fine).await[..3], ["stable_client_token", "text", "upload_video"], "looked at before anything is uploaded");
        assert_eq!((refused.state, refused.reason), (DeliveryState::Rejected, Some(Reason::Refused)), "{refused:#?}");
        let message = refused.reason_params["message"].as_str().unwrap();
        assert!(message.contains("文案（short_content_antidirt）"), "{message}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_check_that_says_nothing_is_not_taken_for_clean(app: TestApp) {
        app.give_mini_program().await;
        let account = app.connect("douyin", &[("content_check", "on")]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, "/censor/text", Fault::BodyAfter { body: r#"{"err_no":0,"err_msg":"","data":{}}"#.into() });
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::RetryWait);
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, "text").await, 2);
    }

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
