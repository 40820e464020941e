//! Health: red while a server cannot do what its roles are, with the part and the reason, and green again by itself.

use std::process::Command;

use fenfa::clock::Clock;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;

use crate::harness::{Backend, OwnPostgres, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t13_a_server_is_red_while_its_database_is_gone_and_green_when_it_is_back() {
    let postgres = OwnPostgres::start().await;
    let database = format!("[database]\nurl = \"{}\"", postgres.url());
    let app = TestApp::start_at(Backend::Sqlite, &database, Clock::system()).await;
    let mut server = app.serve("server", "web,worker", &[]);
    server.ready().await;

    postgres.stop().await;
    let said = server.until(StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(server.status("/health/live").await, StatusCode::OK);
    postgres.go_on().await;
    let again = server.until(StatusCode::OK).await;

    assert_eq!(said["status"], "unavailable");
    assert_eq!(
        said["parts"]["database"]["status"], "unavailable",
        "{said:#}"
    );
    assert_eq!(said["parts"]["disk"]["status"], "ok", "{said:#}");
    assert!(
        !said.to_string().contains("127.0.0.1"),
        "no address is told: {said:#}"
    );
    assert_eq!(again["status"], "ok");
    assert!(
        again["parts"]
            .as_object()
            .unwrap()
            .values()
            .all(|part| part["status"] == "ok")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t13_a_server_is_red_while_its_disk_takes_nothing_more() {
    let app = TestApp::start_at(Backend::Sqlite, "", Clock::system()).await;
    // No file of the server may grow beyond 4 MB (blocks of 512 bytes), as on a full disk.
    let mut command = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 8192; exec \"$@\"";
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_fenfa"), "serve"]);
    command.args(["--roles", "web,worker"]);
    let mut server = app.spawn("server", command, &[]);
    server.ready().await;
    let db = app.app.db.write();

    db.execute_unprepared("PRAGMA wal_autocheckpoint = 0")
        .await
        .unwrap();
    db.execute_unprepared("CREATE TABLE filler (bytes BLOB)")
        .await
        .unwrap();
    let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
                INSERT INTO filler SELECT randomblob(4000) FROM n";
    db.execute_unprepared(fill).await.unwrap();
    let said = server.until(StatusCode::SERVICE_UNAVAILABLE).await;
    db.execute_unprepared("DROP TABLE filler").await.unwrap();
    db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
        .await
        .unwrap();
    server.until(StatusCode::OK).await;

    let reason = said["parts"]["worker"]["reason"].as_str().unwrap();
    assert!(reason.contains("the disk of the database"), "{said:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_without_room_is_told_before_it_is_full() {
    let app = TestApp::start_with(
        Backend::Sqlite,
        "[server]\nmin_free_bytes = 1000000000000000000",
    )
    .await;

    let answer = app
        .http
        .get(format!("{}/health/ready", app.url))
        .send()
        .await
        .unwrap();

    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let said: serde_json::Value = answer.json().await.unwrap();
    let reason = said["parts"]["disk"]["reason"].as_str().unwrap();
    assert!(reason.contains("MB left; make room"), "{reason}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_whose_lock_is_lost_claims_nothing_and_says_so() {
    let app = TestApp::start_at(Backend::Sqlite, "", Clock::system()).await;
    let mut server = app.serve("server", "web,worker", &[]);
    server.ready().await;

    std::fs::remove_file(app.dir().join("fenfa.db.worker-lock")).unwrap();
    let said = server.until(StatusCode::SERVICE_UNAVAILABLE).await;

    let reason = said["parts"]["worker"]["reason"].as_str().unwrap();
    assert!(reason.contains("lock file was removed"), "{reason}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_waits_for_migrations_answers_that_it_does() {
    let app = TestApp::start_at(Backend::Postgres, "", Clock::system()).await;
    let lock = app.app.db.begin().await.unwrap();
    // As another node that migrates holds it.
    let key = i64::from_be_bytes(*b"\0\0\0fenfa");
    lock.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({key})"))
        .await
        .unwrap();
    let mut server = app.serve("server", "web,worker", &[]);

    let mut said = server.until(StatusCode::SERVICE_UNAVAILABLE).await;
    while said["parts"]["process"]["reason"] == "the database is being opened" {
        said = server.until(StatusCode::SERVICE_UNAVAILABLE).await;
    }
    let live = server.status("/health/live").await;
    let page = server.status("/sitemap.xml").await;
    lock.rollback().await.unwrap();
    server.ready().await;

    assert_eq!(
        said["parts"]["process"]["reason"],
        "the database is being brought up to date"
    );
    assert_eq!(live, StatusCode::OK);
    assert_eq!(page, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.status("/sitemap.xml").await, StatusCode::OK);
}
