//! Works: what is uploaded, what is made of it, its review and its figures.

use std::time::Duration;

use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use super::{Stranger, VIDEO, answer, old_code, text};
use crate::harness::DOUYIN;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_uploaded_video_makes_one_work_and_a_refusal_leaves_it_unused() {
    let stranger = Stranger::start().await;
    let video_id = stranger.upload_video().await;
    let with = |field: &str, value: Value| {
        let mut body = json!({ "video_id": video_id, "text": "茶" });
        body[field] = value;
        body
    };

    for body in [
        with("text", json!("鲜".repeat(1001))),
        with("text", json!("👍🏽".repeat(501))),
        with("private_status", json!(3)),
        with("private_status", json!("0")),
        with("cover_tsp", json!("2")),
        with("custom_cover_image_url", json!("@unknown")),
        with("at_users", json!("a")),
        with("micro_app_url", json!("https://example.cn")),
        json!({ "text": "茶" }),
        json!({ "video_id": video_id, "poi_id": "1", "micro_app_id": "tt0" }),
    ] {
        assert_eq!(old_code(&stranger.create(&body).await), 2_100_005, "{body}");
    }
    let made = stranger
        .create(&with("text", json!("鲜".repeat(1000))))
        .await;
    let again = stranger.create(&with("text", json!("茶"))).await;

    assert_eq!((old_code(&made), old_code(&again)), (0, 2_190_007));
    assert_ne!(
        text(&made, "/data/video_id"),
        video_id,
        "the work has an id of its own"
    );
    assert_eq!(stranger.app.live(DOUYIN).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_post_has_one_to_thirty_known_pictures() {
    let stranger = Stranger::start().await;
    let path = format!("{VIDEO}/upload_image/");
    let picture = stranger
        .upload(&path, "image", "image/png", vec![0; 9])
        .await;
    let id = text(&picture, "/data/image/image_id");
    let create = async |ids: Vec<&str>| {
        let call = stranger.request(Method::POST, &format!("{VIDEO}/create_image_text/"));
        old_code(&answer(call.json(&json!({ "image_list": ids, "text": "茶" }))).await)
    };

    assert_eq!(create(vec![]).await, 2_100_005);
    assert_eq!(create(vec![&id; 31]).await, 2_100_005);
    assert_eq!(create(vec!["@unknown"]).await, 2_100_005);
    assert_eq!(create(vec![&id; 30]).await, 0);
    let list = answer(stranger.request(Method::GET, &format!("{VIDEO}/video_list/?count=1"))).await;
    assert_eq!(list["data"]["list"][0]["media_type"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_have_rules() {
    let stranger = Stranger::start().await;
    stranger.control(&json!({ "set": { "least_part_bytes": 10, "most_part_bytes": 20, "most_video_bytes": 45 } }));
    let begin = async || {
        let init = stranger.request(Method::POST, &format!("{VIDEO}/init_video_part_upload/"));
        text(&answer(init).await, "/data/upload_id")
    };
    let part = async |id: &str, number: &str, size: usize| {
        let path = format!("{VIDEO}/upload_video_part/?upload_id={id}&part_number={number}");
        old_code(
            &stranger
                .upload(&path, "video", "video/mp4", vec![0; size])
                .await,
        )
    };
    let complete = async |id: &str| {
        let path = format!("{VIDEO}/complete_video_part_upload/?upload_id={id}");
        answer(stranger.request(Method::POST, &path)).await
    };

    let id = begin().await;
    assert_eq!(part(&id, "0", 15).await, 2_100_005);
    assert_eq!(part(&id, "1", 9).await, 2_100_005);
    assert_eq!(part(&id, "1", 21).await, 2_100_005);
    assert_eq!(part("unknown", "1", 15).await, 2_190_007);
    assert_eq!(part(&id, "2", 15).await, 0);
    assert_eq!(
        old_code(&complete(&id).await),
        2_100_005,
        "the first is missing"
    );
    assert_eq!(part(&id, "1", 12).await, 0);
    assert_eq!(part(&id, "1", 20).await, 0, "the same number replaces");
    let (first, second) = (complete(&id).await, complete(&id).await);
    assert_eq!(first["data"]["video"], second["data"]["video"]);
    assert_eq!(old_code(&complete(&id).await), 2_190_007);
    assert_eq!(
        part(&id, "3", 15).await,
        2_190_007,
        "what is whole takes no part"
    );

    let large = begin().await;
    for number in ["1", "2", "3"] {
        assert_eq!(part(&large, number, 20).await, 0);
    }
    assert_eq!(old_code(&complete(&large).await), 2_190_005);
    stranger.app.clock.advance(Duration::from_hours(2));
    assert_eq!(part(&large, "4", 20).await, 2_190_007, "two hours are over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_sniffed_by_what_their_part_says() {
    let stranger = Stranger::start().await;
    let (video, image) = (
        format!("{VIDEO}/upload_video/"),
        format!("{VIDEO}/upload_image/"),
    );

    let octets = stranger
        .upload(&video, "video", "application/octet-stream", vec![0; 9])
        .await;
    let misnamed = stranger
        .upload(&video, "file", "video/mp4", vec![0; 9])
        .await;
    let moving = stranger
        .upload(&image, "image", "image/gif", vec![0; 9])
        .await;
    let picture = stranger
        .upload(&image, "image", "image/jpeg", vec![0; 9])
        .await;

    assert!(text(&octets, "/data/description").contains("unsupported content type"));
    assert_eq!([&misnamed, &moving].map(old_code), [2_100_005; 2]);
    assert_eq!(old_code(&picture), 0);
    stranger.control(&json!({ "set": { "gateway_bytes": 50 } }));
    let form = Form::new().part(
        "video",
        Part::bytes(vec![0; 51])
            .file_name("f")
            .mime_str("video/mp4")
            .unwrap(),
    );
    let page = stranger
        .request(Method::POST, &video)
        .multipart(form)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            page.status().as_u16(),
            page.headers()["content-type"].to_str().unwrap()
        ),
        (413, "text/html")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_has_so_many_works_and_calls() {
    let stranger = Stranger::start().await;
    stranger.control(
        &json!({ "set": { "creates_per_day": 1, "reads_per_day": 2, "calls_per_second": 100 } }),
    );
    let create = async || {
        let video_id = stranger.upload_video().await;
        old_code(&stranger.create(&json!({ "video_id": video_id })).await)
    };
    let list = async || {
        old_code(
            &answer(stranger.request(Method::GET, &format!("{VIDEO}/video_list/?count=1"))).await,
        )
    };

    assert_eq!((create().await, create().await), (0, 2_114_007));
    assert_eq!(
        (list().await, list().await, list().await),
        (0, 0, 28_003_017)
    );
    stranger.app.set_time("2026-03-03T16:00:00Z");
    assert_eq!((create().await, list().await), (0, 0));
    stranger.control(&json!({ "set": { "calls_per_second": 0 } }));
    assert_eq!(list().await, 28_003_018);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_review_takes_its_time_and_the_profiles_tell_more_or_less_of_it() {
    let stranger = Stranger::start().await;
    stranger.control(&json!({ "set": { "review_delay_s": 60, "list_delay_s": 30, "refused_words": ["禁"], "profile": "classic" } }));
    let create = async |body: Value| {
        let mut body = body;
        body["video_id"] = json!(stranger.upload_video().await);
        text(&stranger.create(&body).await, "/data/item_id")
    };
    let ids = [
        create(json!({ "text": "茶" })).await,
        create(json!({ "text": "禁" })).await,
        create(json!({ "text": "友", "private_status": 2 })).await,
        create(json!({ "text": "私", "private_status": 1 })).await,
    ];
    let look = async |field: &str| -> Vec<Value> {
        let data = stranger
            .request(Method::POST, &format!("{VIDEO}/video_data/"))
            .json(&json!({ "item_ids": ids }));
        let body = answer(data).await;
        let list = body["data"]["list"].as_array().unwrap();
        list.iter().map(|work| work[field].clone()).collect()
    };

    assert_eq!(look("title").await.len(), 0, "the list is late");
    stranger.app.clock.advance(Duration::from_secs(30));
    assert_eq!(
        look("video_status").await,
        [json!(4), json!(4), json!(4), json!(4)]
    );
    assert_eq!(
        look("is_reviewed").await,
        [json!(false), json!(false), json!(false), json!(false)]
    );
    stranger.app.clock.advance(Duration::from_secs(30));
    assert_eq!(
        look("video_status").await,
        [json!(5), json!(2), json!(6), json!(7)]
    );
    assert_eq!(look("is_reviewed").await[1], true);
    assert_eq!(
        look("create_time").await[3],
        0,
        "a private one was made at no time"
    );
    stranger.control(&json!({ "take_down": ids[0] }));
    assert_eq!(look("video_status").await[0], 2);
    stranger.control(&json!({ "set": { "profile": "reduced" } }));
    assert_eq!(look("video_status").await, vec![Value::Null; 4]);
    stranger.control(&json!({ "delete": ids[0] }));
    assert_eq!(look("title").await, [json!("禁"), json!("友"), json!("私")]);
    stranger.control(&json!({ "set": { "profile": "offline" } }));
    let offline =
        answer(stranger.request(Method::GET, &format!("{VIDEO}/video_list/?count=1"))).await;
    assert_eq!(offline["err_no"], 28_001_056);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_daily_and_come_at_ten_the_next_day() {
    let mut stranger = Stranger::start().await;
    stranger.control(&json!({ "set": { "access_life_s": 90 * 86_400 } }));
    stranger.token = text(&stranger.sign_in().await, "/data/access_token");
    let video_id = stranger.upload_video().await;
    let item_id = text(
        &stranger.create(&json!({ "video_id": video_id })).await,
        "/data/item_id",
    );
    let series = async |figure: &str, days: &str| {
        let call = stranger.request(Method::GET, &format!("/data/external/item/{figure}/"));
        answer(call.query(&[("item_id", item_id.as_str()), ("date_type", days)])).await
    };

    // Granted and made on the third: the fourth is the first day that is told of, from ten o'clock on the fifth.
    stranger.app.set_time("2026-03-05T01:59:59Z");
    assert_eq!(series("play", "7").await["data"]["result_list"], json!([]));
    stranger.app.set_time("2026-03-05T02:00:00Z");
    assert_eq!(
        series("play", "7").await["data"]["result_list"],
        json!([{ "date": "2026-03-04", "play": 240 }])
    );
    stranger.app.set_time("2026-03-20T02:00:00Z");
    let likes = series("like", "15").await;
    let likes = likes["data"]["result_list"].as_array().unwrap();
    assert_eq!(
        (likes.len(), &likes[0]["date"], &likes[14]["date"]),
        (15, &json!("2026-03-05"), &json!("2026-03-19"))
    );
    assert_eq!(
        likes[4],
        json!({ "date": "2026-03-09", "like": 0 }),
        "a quiet day is there, with nothing"
    );
    assert_eq!(old_code(&series("share", "8").await), 2_100_005);
    let user = stranger
        .request(Method::GET, "/data/external/user/item/")
        .query(&[("date_type", "30")]);
    let user = answer(user).await;
    assert_eq!(user["data"]["result_list"][0]["total_issue"], 1);
    stranger.app.set_time("2026-04-03T02:00:00Z");
    assert_eq!(
        old_code(&series("play", "30").await),
        2_100_005,
        "older than thirty days"
    );
}
