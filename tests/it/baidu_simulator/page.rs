//! Pages: paths and addresses that are submitted, and what becomes of them.

use serde_json::json;

use super::{Baidu, DAY, HOUR};
use crate::harness::{BAIDU_SEARCH, BAIDU_WEBSITE};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paths_take_from_the_days_allowance_even_twice() {
    let baidu = Baidu::start(json!({})).await;
    let token = baidu.good_token().await;

    assert_eq!(
        baidu.submit(&token, "2", "/a?id=1").await,
        2002,
        "by invitation"
    );
    baidu.set(&json!({ "hourly_granted": true }));
    assert_eq!(baidu.submit(&token, "2", "/a?id=1").await, 0);
    assert_eq!(
        baidu.submit(&token, "1", "a?id=1,/a?id=1,/a?id=2").await,
        0,
        "with a slash or without"
    );
    let items = baidu.items(BAIDU_SEARCH);
    assert_eq!(items.keys().collect::<Vec<_>>(), ["/a?id=1", "/a?id=2"]);
    assert_eq!(items["/a?id=1"]["submissions"], 3);
    let seven = (3..10)
        .map(|id| format!("/a?id={id}"))
        .collect::<Vec<_>>()
        .join(",");
    assert_eq!(
        baidu
            .submit(&token, "1", &format!("{seven},/a?id=10"))
            .await,
        30013,
        "three are spent, eight are too many"
    );
    assert!(
        !baidu.items(BAIDU_SEARCH).contains_key("/a?id=3"),
        "the whole call is refused"
    );
    assert_eq!(baidu.submit(&token, "1", &seven).await, 0);
    assert_eq!(baidu.submit(&token, "1", "/a?id=11").await, 30013);
    baidu.clock.set("2026-03-03T16:00:00Z".parse().unwrap());
    assert_eq!(
        baidu.submit(&token, "1", "/a?id=11").await,
        0,
        "it is midnight in Beijing"
    );
    let thousand_and_one = vec!["/a?id=1"; 1001].join(",");
    assert_eq!(baidu.submit(&token, "0", &thousand_and_one).await, 2002);
    baidu.set(&json!({ "xiongzhang_bound": false }));
    assert_eq!(baidu.submit(&token, "0", "/a?id=1").await, 60005);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paths_are_crawled_at_the_pace_of_their_lane() {
    let baidu = Baidu::start(json!({ "crawl_delay_s": null, "hourly_granted": true })).await;
    let token = baidu.good_token().await;
    baidu.submit(&token, "2", "/a?id=hourly").await;
    baidu.submit(&token, "1", "/a?id=daily").await;
    baidu.submit(&token, "0", "/a?id=weekly").await;
    let indexed = || {
        let items = baidu.items(BAIDU_SEARCH).into_iter();
        let indexed = items.filter(|(_, item)| item["state"] == "indexed");
        indexed
            .map(|(key, _)| key.trim_start_matches("/a?id=").to_owned())
            .collect::<Vec<_>>()
    };

    baidu.later(HOUR).await;
    assert_eq!(indexed(), ["hourly"]);
    baidu.later(2 * DAY).await;
    assert_eq!(indexed(), ["daily", "hourly"]);
    baidu.later(5 * DAY).await;
    assert_eq!(indexed(), ["daily", "hourly", "weekly"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_path_is_accepted_and_left_out_later() {
    let baidu =
        Baidu::start(json!({ "page_template": "https://nowhere.invalid/{kind}/{id}" })).await;
    let token = baidu.good_token().await;
    let paths = "/a?id=1#top,/a?id=https://x.cn,/a?id=good";

    assert_eq!(baidu.submit(&token, "1", paths).await, 0);
    baidu.simulators.work("baidu").await;

    let items = baidu.items(BAIDU_SEARCH);
    assert_eq!(items["/a?id=1#top"]["reason"], "path不规范");
    assert_eq!(items["/a?id=https://x.cn"]["reason"], "path不规范");
    assert_eq!(
        items["/a?id=good"]["reason"], "小程序页面死链",
        "nobody answers there"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_that_is_offline_is_hidden_in_two_days_and_looked_at_again() {
    let baidu = Baidu::start(json!({})).await;
    let token = baidu.good_token().await;
    baidu.submit(&token, "1", "/a?id=1").await;
    baidu.simulators.work("baidu").await;

    baidu.set(&json!({ "app_offline": true }));
    assert_eq!(baidu.submit(&token, "1", "/a?id=2").await, 2002);
    baidu.later(47 * HOUR).await;
    assert_eq!(baidu.items(BAIDU_SEARCH).len(), 1);
    baidu.later(HOUR).await;
    assert_eq!(baidu.items(BAIDU_SEARCH).len(), 0);
    baidu.later(6 * DAY).await;
    baidu.set(&json!({ "app_offline": false }));
    baidu.simulators.work("baidu").await;

    assert_eq!(baidu.items(BAIDU_SEARCH)["/a?id=1"]["state"], "indexed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delete_file_hides_paths_half_an_hour_later_and_comes_once_a_day() {
    let baidu = Baidu::start(json!({})).await;
    let token = baidu.good_token().await;
    baidu.submit(&token, "1", "/a?id=1,/a?id=2").await;
    baidu.simulators.work("baidu").await;
    let upload = |text: String| baidu.control(&json!({ "delete_file": text }));

    assert!(upload(String::new()).is_err());
    assert!(upload("https://www.example.cn/s/1".into()).is_err());
    assert!(upload(vec!["/a?id=1"; 1001].join("\n")).is_err());
    assert_eq!(
        upload("/a?id=1\n/a?id=9\n".into()),
        Ok(json!({ "known": 1 }))
    );
    assert!(upload("/a?id=2".into()).is_err(), "one a day");
    assert_eq!(baidu.items(BAIDU_SEARCH).len(), 2);
    baidu.later(HOUR / 2).await;
    assert_eq!(
        baidu.items(BAIDU_SEARCH).keys().collect::<Vec<_>>(),
        ["/a?id=2"]
    );
    baidu.later(DAY).await;
    assert!(upload("/a?id=2".into()).is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_are_pushed_changed_and_deleted() {
    let baidu = Baidu::start(json!({ "website_push": 4, "not_valid": ["/broken"] })).await;
    let own = "https://www.example.cn/s/1";

    let (status, answer) = baidu.push("urls", "", "*").await;
    assert_eq!(
        (status, answer),
        (
            200,
            json!({ "remain": 4, "success": 0, "not_valid": ["*"] })
        ),
        "nothing is spent"
    );
    let body = format!("{own}\nhttps://other.example.org/x\nhttps://www.example.cn/broken\n");
    let (_, answer) = baidu.push("urls", "", &body).await;
    let expected = json!({
        "remain": 3,
        "success": 1,
        "not_same_site": ["https://other.example.org/x"],
        "not_valid": ["https://www.example.cn/broken"],
    });
    assert_eq!(answer, expected);
    let (_, answer) = baidu.push("update", "", own).await;
    assert_eq!(answer, json!({ "remain": 2, "success": 1 }));
    let (_, answer) = baidu.push("urls", "original", own).await;
    assert_eq!(
        answer,
        json!({ "remain": 1, "success": 1 }),
        "what is retired is a plain push"
    );
    let (_, answer) = baidu.push("del", "", &format!("{own}\n{own}?2")).await;
    assert_eq!(
        answer,
        json!({ "remain": 0, "success": 1 }),
        "as many as there is room for"
    );
    assert!(baidu.items(BAIDU_WEBSITE).is_empty());
    let (status, answer) = baidu.push("urls", "", own).await;
    assert_eq!(
        (status, answer),
        (400, json!({ "error": 400, "message": "over quota" }))
    );
    let (_, answer) = baidu.push("urls", "daily", own).await;
    assert_eq!(
        answer,
        json!({ "remain_daily": 9, "success_daily": 1 }),
        "the fast index has an allowance of its own"
    );
    baidu.set(&json!({ "fast_index_granted": false }));
    assert_eq!(
        baidu.push("urls", "daily", own).await.1["message"],
        "over quota"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_is_refused_with_the_same_status() {
    let baidu = Baidu::start(json!({})).await;
    let refused = |status: u16, text: &str| (status, json!({ "error": status, "message": text }));

    assert_eq!(
        baidu.push("urls", "", " \n").await,
        refused(400, "empty content")
    );
    let many = vec!["https://www.example.cn/s/1"; 2001].join("\n");
    assert_eq!(
        baidu.push("urls", "", &many).await,
        refused(400, "only 2000 urls are allowed once")
    );
    assert_eq!(
        baidu.push("nothing", "", "*").await,
        refused(404, "not found")
    );
    baidu.set(&json!({ "push_token": "fedcba9876543210" }));
    assert_eq!(
        baidu.push("urls", "", "*").await,
        refused(401, "token is not valid")
    );
    baidu.set(&json!({ "push_token": "0123456789abcdef", "site": "https://www.example.com" }));
    assert_eq!(
        baidu.push("urls", "", "*").await,
        refused(400, "site error")
    );
}
