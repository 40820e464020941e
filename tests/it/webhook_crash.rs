//! The worker process dies between the call to a receiver and the note of it, and at other places of the queue: the
//! next one tells the same event again, under the same id.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use fenfa::{
    app::App,
    clock::Clock,
    config::Config,
    content::{NewItem, StoryContent},
    webhooks::NewWebhook,
};

use crate::harness::{Backend, TestApp};

/// Real time passes here, so leases are short.
const QUICK: &str = "[jobs]\nlease_s = 3\n";
/// The setting that tells the worker process where its configuration is.
const FOLDER: &str = "FENFA_TEST_JOBS_FOLDER";

/// Not a test: the worker as a process of its own. It works until nothing is left to do.
#[test]
#[ignore = "started by the tests of this file as a process of its own"]
#[expect(
    clippy::disallowed_methods,
    reason = "how a test talks to its own process"
)]
fn worker_process() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Config::with_layers(&[&read("base.toml"), &read("further.toml")]).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let app = App::start(config, Clock::system()).await.unwrap();
        let jobs = app.open_jobs().await.unwrap();
        // A lease of a dead worker ends after three seconds on PostgreSQL.
        for _ in 0..40 {
            jobs.run_until_idle().await.unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
}

/// Runs the worker process to its end; `true` when it ended by itself.
async fn run_worker(app: &TestApp, crash_at: Option<&str>) -> bool {
    for (name, layer) in ["base.toml", "further.toml"].iter().zip(&app.layers) {
        std::fs::write(app.dir().join(name), layer).unwrap();
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "webhook_crash::worker_process",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, app.dir())
        .env("RUST_BACKTRACE", "0")
        .env_remove("CRASH_AT")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(app.dir().join("worker.log")).unwrap());
    if let Some(crash_at) = crash_at {
        command.env("CRASH_AT", crash_at);
    }
    let mut child = tokio::process::Command::from(command).spawn().unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(90), child.wait()).await;
    ended.expect("the worker process ends").unwrap().success()
}

async fn tells_again(backend: Backend) {
    let app = TestApp::start_at(backend, QUICK, Clock::system()).await;
    let receiver = app.receive();
    let actor = app.system().await;
    assert!(run_worker(&app, None).await);
    let new = NewWebhook {
        name: "缓存".to_owned(),
        url: receiver.url.clone(),
        topics: vec!["story.published".to_owned()],
    };
    app.app.webhooks.create_webhook(&actor, new).await.unwrap();

    for (place, calls) in [
        ("before_relay_commit", 1),
        ("webhook_sent", 2),
        ("before_job_end", 1),
    ] {
        let new = NewItem {
            content: StoryContent::new(place),
            slug: None,
            source_id: None,
        };
        let story = app.app.content.create(&actor, new).await.unwrap();
        app.app
            .content
            .publish::<StoryContent>(&actor, story.id)
            .await
            .unwrap();

        assert!(!run_worker(&app, Some(place)).await, "{place} is passed");
        let log = std::fs::read_to_string(app.dir().join("worker.log")).unwrap_or_default();
        assert!(run_worker(&app, None).await, "{place}: {log}");

        let seen = receiver.take();
        assert_eq!(seen.len(), calls, "{place}: {seen:#?}");
        assert!(
            seen.iter()
                .all(|message| message.id == seen[0].id && message.body == seen[0].body),
            "{place}: the same event"
        );
    }
}

mod sqlite {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_worker_killed_between_send_and_record_tells_the_same_event_again() {
        super::tells_again(crate::harness::Backend::Sqlite).await;
    }
}

mod postgres {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_worker_killed_between_send_and_record_tells_the_same_event_again() {
        super::tells_again(crate::harness::Backend::Postgres).await;
    }
}
