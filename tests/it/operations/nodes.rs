//! Several processes on one database: roles, and one that dies.

use fenfa::{clock::Clock, delivery::DeliveryState};
use reqwest::StatusCode;

use super::{QUICK, until, until_armed, until_published};
use crate::harness::{BAIDU_FEED, BAIDU_SEARCH, BAIDU_WEBSITE, Backend, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t7_a_second_worker_on_a_sqlite_file_refuses_to_start() {
    let app = TestApp::start_at(Backend::Sqlite, "", Clock::system()).await;
    let mut first = app.serve("first", "web,worker", &[]);
    first.ready().await;

    let mut second = app.serve("second", "web,worker", &[]);
    let ended = second.ended().await;
    let mut reader = app.serve("reader", "web", &[]);
    reader.ready().await;

    assert_eq!(ended.code(), Some(75));
    let log = second.log();
    assert!(
        log.contains("another process already delivers from this database"),
        "{log}"
    );
    assert!(log.contains("--roles web"), "it says what to do: {log}");
    assert_eq!(first.health().await.unwrap().0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_answers_what_its_roles_are_and_always_its_health() {
    let app = TestApp::start_at(Backend::Postgres, "", Clock::system()).await;
    let mut worker = app.serve("worker", "worker", &[]);
    let mut web = app.serve("web", "web", &[]);
    worker.ready().await;
    web.ready().await;

    let parts = |said: &serde_json::Value| {
        let names = said["parts"].as_object().unwrap().keys().cloned();
        names.collect::<Vec<_>>()
    };
    let (_, of_worker) = worker.health().await.unwrap();
    let (_, of_web) = web.health().await.unwrap();
    assert_eq!(parts(&of_worker), ["database", "disk", "process", "worker"]);
    assert_eq!(parts(&of_web), ["database", "disk", "index", "process"]);
    for path in ["/metrics", "/health/live"] {
        assert_eq!(worker.status(path).await, StatusCode::OK, "{path}");
        assert_eq!(web.status(path).await, StatusCode::OK, "{path}");
    }
    for path in ["/admin", "/sitemap.xml"] {
        assert_eq!(worker.status(path).await, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(web.status(path).await, StatusCode::OK, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_is_none_is_refused_by_name() {
    let app = TestApp::start(Backend::Sqlite).await;

    let mut server = app.serve("server", "web,wroker", &[]);

    assert!(!server.ended().await.success());
    assert!(server.log().contains("wroker"), "{}", server.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t7_of_two_workers_one_is_killed_and_the_other_finishes() {
    let app = TestApp::start_at(Backend::Postgres, QUICK, Clock::system()).await;
    let settings = [("call_deadline_s", "4"), ("resend_delay_s", "0")];
    let account = app.connect("baidu", &settings).await;
    let mut web = app.serve("web", "web", &[]);
    let mut first = app.serve("first", "worker", &[]);
    first.ready().await;
    web.ready().await;
    let slow = fenfa::channels::fault::Fault::Slow { millis: 3000 };
    app.fault(BAIDU_SEARCH, BAIDU_SEARCH.commit, slow);

    let caught = app
        .send(BAIDU_SEARCH, &account, "明前龙井的冲泡要点与火候")
        .await;
    until_armed(&app, caught).await;
    let mut second = app.serve("second", "worker", &[]);
    second.ready().await;
    let feed = app.send(BAIDU_FEED, &account, "白茶的存放与陈化").await;
    let website = app.send(BAIDU_WEBSITE, &account, "紫砂壶的养护").await;
    first.signal("KILL");
    first.ended().await;

    for id in [caught, feed, website] {
        until_published(&app, id).await;
    }
    for route in [BAIDU_SEARCH, BAIDU_FEED, BAIDU_WEBSITE] {
        assert_eq!(
            app.live(route).len(),
            1,
            "{route:?}: {:#?}",
            app.live(route)
        );
    }
    let left = until(&app, caught, |delivery| delivery.lease_owner.is_none()).await;
    assert_eq!(left.state, DeliveryState::Published);
    assert_eq!(web.health().await.unwrap().0, StatusCode::OK);
}
