//! A backup is taken while the server works, and becomes a server again: nothing is lost, and nothing is sent twice.

use std::{
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use fenfa::{
    clock::Clock,
    delivery::{DeliveryState, Due, ScheduleInput},
};
use reqwest::StatusCode;
use serde_json::Value;

use super::QUICK;
use crate::harness::{BAIDU_SEARCH, Backend, TestApp, empty_database, merged};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Runs a command on this test's configuration, some of it replaced.
async fn fenfa(app: &TestApp, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let config = app.dir().join("command.toml");
    std::fs::write(&config, merged(&app.layers)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fenfa"));
    command
        .args(arguments)
        .env("FENFA_CONFIG", config)
        .envs(variables.iter().copied());
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

async fn becomes_a_server_again(backend: Backend) {
    let app = TestApp::start_at(backend, QUICK, Clock::system()).await;
    let actor = app.system().await;
    let account = app.connect("baidu", &[]).await;
    let mut server = app.serve("server", "web,worker", &[]);
    server.ready().await;
    let source = app.story("明前龙井的冲泡要点与火候").await;
    let soon = Clock::system()
        .now()
        .plus(Duration::from_secs(20))
        .to_string();
    let input = ScheduleInput {
        source,
        account: account.id,
        lane: BAIDU_SEARCH.lane.to_owned(),
        due: Due::At {
            wall_time: soon,
            zone: None,
        },
    };
    let id = app.app.delivery.schedule(&actor, input).await.unwrap().id;
    let dir = app.dir().join("backup");
    let backup = dir.to_str().unwrap();

    let taken = fenfa(&app, &["backup", backup], &[]).await;
    assert!(taken.status.success(), "{}", said(&taken));
    assert!(
        said(&taken).contains("not in it: the key of credentials"),
        "{}",
        said(&taken)
    );
    let again = fenfa(&app, &["backup", backup], &[]).await;
    assert!(
        said(&again).contains("is not empty; name a new folder"),
        "{}",
        said(&again)
    );
    // After the backup was taken, the server goes on and publishes.
    super::until_published(&app, id).await;
    assert_eq!(app.live(BAIDU_SEARCH).len(), 1);
    server.signal("TERM");
    server.ended().await;

    let place = |name: &str| app.dir().join("restored").join(name).display().to_string();
    let url = match backend {
        Backend::Sqlite => format!("sqlite://{}", place("fenfa.db")),
        Backend::Postgres => empty_database().await,
    };
    let media = place("media");
    let there: [(&str, &str); 2] = [
        ("FENFA__DATABASE__URL", &url),
        ("FENFA__MEDIA__STORAGE", &media),
    ];
    let restored = fenfa(&app, &["restore", backup], &there).await;
    assert!(restored.status.success(), "{}", said(&restored));
    assert!(
        said(&restored).contains("1 accounts are paused"),
        "{}",
        said(&restored)
    );
    let twice = fenfa(&app, &["restore", backup], &there).await;
    assert!(!twice.status.success(), "it is not put over what is there");
    let mut server = app.serve("restored", "web,worker", &there);
    server.ready().await;

    let feed = server.text("/sitemap.xml").await;
    let address = feed
        .split("<loc>")
        .nth(1)
        .unwrap()
        .split("</loc>")
        .next()
        .unwrap();
    let path = url::Url::parse(address).unwrap().path().to_owned();
    let page = server.text(&path).await;
    assert!(page.contains("明前龙井"), "{page}");
    let picture = page.split("/media/").nth(1).unwrap();
    let picture = picture.split(['"', ' ', '\'']).next().unwrap();
    assert_eq!(
        server.status(&format!("/media/{picture}")).await,
        StatusCode::OK
    );
    // What was published after the backup is due in it, and is not sent again.
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.signal("TERM");
    assert_eq!(server.ended().await.code(), Some(0));
    assert_eq!(app.live(BAIDU_SEARCH).len(), 1);
    assert_eq!(calls(&app), 1, "it was submitted once in all");
    assert_eq!(app.delivery(id).await.state, DeliveryState::Published);
}

/// How often paths were submitted to the platform.
fn calls(app: &TestApp) -> usize {
    let asked = serde_json::json!({ "requests": true });
    let told = app
        .simulators
        .control(BAIDU_SEARCH.channel, &asked)
        .unwrap();
    let requests = told.as_array().unwrap().clone();
    let submits = requests
        .iter()
        .filter(|request: &&Value| request.to_string().contains(BAIDU_SEARCH.commit));
    submits.count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_becomes_a_server_again_on_sqlite() {
    becomes_a_server_again(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_becomes_a_server_again_on_postgres() {
    becomes_a_server_again(Backend::Postgres).await;
}

fn overwrite(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_backup_and_a_damaged_one_are_refused() {
    let app = TestApp::start(Backend::Sqlite).await;
    app.story("明前龙井的冲泡要点与火候").await;
    let dir = app.dir().join("backup");
    let backup = dir.to_str().unwrap();
    let taken = fenfa(&app, &["backup", backup], &[]).await;
    assert!(taken.status.success(), "{}", said(&taken));
    let url = format!("sqlite://{}", app.dir().join("new.db").display());
    let there: [(&str, &str); 1] = [("FENFA__DATABASE__URL", &url)];
    let mut refused = Vec::new();

    overwrite(&dir.join("database.sqlite"));
    refused.push(fenfa(&app, &["restore", backup], &there).await);
    overwrite(&dir.join("database.sqlite"));
    let manifest = std::fs::read_to_string(dir.join("backup.json")).unwrap();
    let mut outside: Value = serde_json::from_str(&manifest).unwrap();
    outside["files"][0]["key"] = "../../etc/passwd".into();
    std::fs::write(dir.join("backup.json"), outside.to_string()).unwrap();
    refused.push(fenfa(&app, &["restore", backup], &there).await);
    std::fs::remove_file(dir.join("backup.json")).unwrap();
    refused.push(fenfa(&app, &["restore", backup], &there).await);

    let expected = ["is damaged", "outside the backup", "is no complete backup"];
    for (refused, expected) in refused.iter().zip(expected) {
        assert!(!refused.status.success());
        assert!(said(refused).contains(expected), "{}", said(refused));
    }
    assert!(!app.dir().join("new.db").exists(), "nothing was begun");
}
