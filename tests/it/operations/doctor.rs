//! `fenfa doctor`: what is wrong is named, with what to do, and the exit code is that of the worst.

use std::process::Command;

use fenfa::delivery::AccountStatus;
use sea_orm::ConnectionTrait as _;
use serde_json::Value;

use crate::harness::{Backend, DOUYIN, TestApp};

/// Runs it on this test's data; the exit code and what it tells.
async fn doctor(app: &TestApp, further: &str) -> (Option<i32>, Value) {
    let mut layers = app.layers.clone();
    // As in earnest: tests turn the flush off for their own speed.
    layers.push("[database]\nsynchronous_full = true".to_owned());
    layers.push(further.to_owned());
    let config = app.dir().join("doctor.toml");
    std::fs::write(&config, crate::harness::merged(&layers)).unwrap();
    let asked = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_fenfa"))
            .args(["doctor", "--json"])
            .env("FENFA_CONFIG", config)
            .output()
            .unwrap()
    });
    let output = asked.await.unwrap();
    let told = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), told)
}

/// The findings of an area that are not well.
fn troubles(told: &Value, area: &str) -> Vec<Value> {
    let findings = told["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["area"] == area && finding["level"] != "ok")
        .cloned()
        .collect()
}

both_databases! {
    async fn a_server_in_order_has_nothing_to_mend(app: TestApp) {
        app.connect(DOUYIN.channel, &[]).await;
        app.set_time("2026-03-03T08:00:00Z");

        let (code, told) = doctor(&app, "").await;

        for area in ["config", "disk", "clock", "index"] {
            assert_eq!(troubles(&told, area), Vec::<Value>::new(), "{told:#}");
        }
        let areas: std::collections::BTreeSet<&str> = told["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["area"].as_str().unwrap())
            .collect();
        let expected = ["accounts", "clock", "config", "database", "disk", "index"];
        assert_eq!(areas.into_iter().collect::<Vec<_>>(), expected, "{told:#}");
        let worst = match told["status"].as_str().unwrap() {
            "ok" => 0,
            "warning" => 1,
            _ => 2,
        };
        assert_eq!(code, Some(worst));
    }

    async fn accounts_that_need_a_person_are_named(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[]).await;
        app.app.delivery.pause_account(&app.system().await, account.id).await.unwrap();
        let (_, paused) = doctor(&app, "").await;
        let lost = app.dir().join("another.key");
        let (code, locked) = doctor(&app, &format!("[security]\ncredentials_key_file = \"{}\"", lost.display())).await;

        assert!(troubles(&paused, "accounts")[0]["what"].as_str().unwrap().contains("paused"), "{paused:#}");
        let locked = &troubles(&locked, "accounts")[0];
        assert_eq!(locked["level"], "error");
        assert!(locked["what"].as_str().unwrap().contains("credentials_key"), "{locked:#}");
        assert_eq!(code, Some(2));
        assert_eq!(app.app.delivery.account(&app.system().await, account.id).await.unwrap().status, AccountStatus::Paused);
    }

    async fn a_database_that_is_behind_is_named_and_left_as_it_is(app: TestApp) {
        let undo = "DELETE FROM seaql_migrations WHERE version = 'm20261125_000072_add_account_grant'";
        app.app.db.write().execute_unprepared(undo).await.unwrap();

        let (_, told) = doctor(&app, "").await;

        let found = troubles(&told, "database");
        assert!(found.iter().any(|finding| finding["what"].as_str().unwrap().contains("m20261125_000072")), "{told:#}");
        assert_eq!(fenfa::db::pending(&app.app.db).await.unwrap().len(), 1, "nothing was applied");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_work_is_an_error_with_a_cure() {
    let app = TestApp::start(Backend::Sqlite).await;
    let index = app.dir().join("index");
    let name = std::fs::read_to_string(index.join("current")).unwrap();
    std::fs::write(index.join(name.trim()).join("meta.json"), "not json").unwrap();
    let further =
        "[server]\nmin_free_bytes = 1000000000000000000\npublic_url = \"https://fenfa.example\"";

    let (code, told) = doctor(&app, further).await;

    assert_eq!(code, Some(2));
    for (area, cure) in [
        ("disk", "make room"),
        ("index", "fenfa reindex"),
        ("config", "security.secure_cookies = true"),
    ] {
        let found = troubles(&told, area);
        assert!(
            found
                .iter()
                .any(|finding| finding["cure"].as_str().unwrap().contains(cure)),
            "{area}: {told:#}"
        );
    }
    assert!(index.join(name.trim()).exists(), "nothing is thrown away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_be_reached_is_an_error() {
    let app = TestApp::start(Backend::Sqlite).await;

    let (code, told) = doctor(
        &app,
        "[database]\nurl = \"postgres://fenfa:hunter2@127.0.0.1:1/fenfa\"",
    )
    .await;

    assert_eq!(code, Some(2));
    let found = troubles(&told, "database");
    assert!(
        found[0]["cure"].as_str().unwrap().contains("database.url"),
        "{told:#}"
    );
    assert!(!told.to_string().contains("hunter2"));
}
