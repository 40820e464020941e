//! An orderly end: nothing new begins, armed calls and answers end, the rest is given back, and a second signal means now.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use fenfa::{channels::fault::Fault, clock::Clock, delivery::DeliveryState};

use super::{QUICK, until, until_armed};
use crate::harness::{BAIDU_SEARCH, Backend, DOUYIN, TestApp};

const PATIENT: [(&str, &str); 1] = [("call_deadline_s", "60")];

async fn lets_an_armed_call_end(backend: Backend) {
    let app = TestApp::start_at(backend, QUICK, Clock::system()).await;
    let account = app.connect("baidu", &PATIENT).await;
    let mut server = app.serve("server", "web,worker", &[]);
    server.ready().await;
    let slow = Fault::Slow { millis: 3000 };
    app.fault(BAIDU_SEARCH, BAIDU_SEARCH.commit, slow);
    let armed = app
        .send(BAIDU_SEARCH, &account, "明前龙井的冲泡要点与火候")
        .await;
    until_armed(&app, armed).await;

    server.signal("TERM");
    // It comes too late to be claimed.
    let late = app.send(BAIDU_SEARCH, &account, "白茶的存放与陈化").await;
    let ended = server.ended().await;

    assert_eq!(ended.code(), Some(0), "{}", server.log());
    assert_eq!(app.delivery(armed).await.state, DeliveryState::Published);
    assert_eq!(app.live(BAIDU_SEARCH).len(), 1);
    let late = app.delivery(late).await;
    assert_eq!((late.attempt, late.lease_owner), (0, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_armed_call_ends_before_the_process_does_on_sqlite() {
    lets_an_armed_call_end(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_armed_call_ends_before_the_process_does_on_postgres() {
    lets_an_armed_call_end(Backend::Postgres).await;
}

async fn gives_back_what_was_not_armed(backend: Backend) {
    let app = TestApp::start_at(backend, QUICK, Clock::system()).await;
    let account = app.connect(DOUYIN.channel, &PATIENT).await;
    let mut server = app.serve("server", "web,worker", &[]);
    server.ready().await;
    app.fault(DOUYIN, "/upload_video", Fault::Slow { millis: 40_000 });
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;
    until(&app, id, |delivery| {
        delivery.state == DeliveryState::Working
    })
    .await;
    let told = Instant::now();

    server.signal("TERM");
    let ended = server.ended().await;

    assert_eq!(ended.code(), Some(0), "{}", server.log());
    assert!(
        told.elapsed() < Duration::from_secs(15),
        "took {:?}",
        told.elapsed()
    );
    let delivery = app.delivery(id).await;
    assert_eq!(delivery.state, DeliveryState::Ready, "{delivery:#?}");
    assert_eq!(
        (delivery.attempt, &delivery.lease_owner),
        (0, &None),
        "the try does not count"
    );
    assert_eq!(app.live(DOUYIN).len(), 0);
    let mut next = app.serve("next", "worker", &[]);
    next.ready().await;
    let done = until(&app, id, |delivery| delivery.state.is_final()).await;
    assert_eq!((done.state, done.attempt), (DeliveryState::Published, 1));
    assert_eq!(app.live(DOUYIN).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_armed_is_given_back_and_goes_on_elsewhere_on_sqlite() {
    gives_back_what_was_not_armed(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_armed_is_given_back_and_goes_on_elsewhere_on_postgres() {
    gives_back_what_was_not_armed(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_begun_is_given() {
    let app = TestApp::start_at(Backend::Sqlite, QUICK, Clock::system()).await;
    let mut server = app.serve("server", "web,worker", &[]);
    server.ready().await;
    let body = r#"{ "query": "{ viewer { role } }" }"#;
    let mut caller = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST /admin/graphql HTTP/1.1\r\nhost: fenfa\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    caller.write_all(head.as_bytes()).unwrap();
    caller.write_all(&body.as_bytes()[..10]).unwrap();
    caller.flush().unwrap();
    // Its next request is answered only after this one was taken up.
    server.text("/health/live").await;

    server.signal("TERM");
    while !server.log().contains("ending") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    caller.write_all(&body.as_bytes()[10..]).unwrap();
    let mut answer = String::new();
    caller.read_to_string(&mut answer).unwrap();

    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("viewer"), "{answer}");
    assert_eq!(server.ended().await.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_means_now() {
    let app = TestApp::start_at(Backend::Sqlite, QUICK, Clock::system()).await;
    let account = app.connect("baidu", &PATIENT).await;
    let mut server = app.serve("server", "web,worker", &[]);
    server.ready().await;
    let slow = Fault::Slow { millis: 20_000 };
    app.fault(BAIDU_SEARCH, BAIDU_SEARCH.commit, slow);
    let id = app
        .send(BAIDU_SEARCH, &account, "明前龙井的冲泡要点与火候")
        .await;
    until_armed(&app, id).await;

    server.signal("TERM");
    while !server.log().contains("ending") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let told = Instant::now();
    server.signal("TERM");
    let ended = server.ended().await;

    assert_eq!(ended.code(), Some(128 + 15));
    // The call alone takes twenty seconds.
    assert!(
        told.elapsed() < Duration::from_secs(10),
        "took {:?}",
        told.elapsed()
    );
}
