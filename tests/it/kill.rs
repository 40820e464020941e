//! The demo, killed in the middle of what it does and started again: every item is live exactly once.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::harness::new_database;

fn demo(dir: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fenfa"));
    command
        .args(["demo", "--once", "--stories", "2", "--data"])
        .arg(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some(url) = database {
        command.args(["--database", url]);
    }
    command
}

/// Kills the demo as soon as it says this; whether it got so far.
fn kill_at(dir: &Path, database: Option<&str>, said: &str) -> bool {
    let mut running = demo(dir, database).spawn().unwrap();
    let lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let is_reached = lines.map_while(Result::ok).any(|line| line.contains(said));
    // SIGKILL: nothing of it runs any more.
    running.kill().unwrap();
    running.wait().unwrap();
    is_reached
}

fn goes_on_after_kills(database: Option<&str>) {
    let dir = tempfile::tempdir().unwrap();
    for said in [
        "admin",
        "scheduled",
        "check_page",
        "published",
        "upload_video",
    ] {
        assert!(
            kill_at(dir.path(), database, said),
            "the demo never said {said}"
        );
    }

    let output = demo(dir.path(), database).arg("--json").output().unwrap();

    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{:#}", report["problems"]);
    assert_eq!(
        (&report["stories"], &report["videos"]),
        (&2.into(), &1.into())
    );
    let deliveries = report["deliveries"].as_array().unwrap();
    assert_eq!(
        deliveries.len(),
        21,
        "fifteen ways for one story, two for the other, four for the video"
    );
    assert!(
        deliveries
            .iter()
            .all(|delivery| delivery["state"] == "published"),
        "{report:#}"
    );
    let shown: usize = report["simulator_ledger"]
        .as_object()
        .unwrap()
        .values()
        .map(|channel| channel["items"].as_array().unwrap().len())
        .sum();
    assert_eq!(shown, deliveries.len(), "{:#}", report["simulator_ledger"]);
}

#[test]
fn a_demo_that_is_killed_goes_on_where_it_was_on_sqlite() {
    goes_on_after_kills(None);
}

#[tokio::test]
async fn a_demo_that_is_killed_goes_on_where_it_was_on_postgres() {
    let database = new_database().await;
    tokio::task::spawn_blocking(move || goes_on_after_kills(Some(&database)))
        .await
        .unwrap();
}
