//! T1: the worker process dies at every place where it can, at each passing, for every lane, on both databases; the
//! next one goes on. At the end readers see each item exactly once.

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use fenfa::{
    app::App,
    clock::Clock,
    config::Config,
    delivery::{CRASH_POINTS, ChannelAccount, DeliveryState, Worker},
};
use serde_json::json;

use crate::harness::{
    ALIPAY, BAIDU_BAIJIAHAO, BAIDU_FEED, BAIDU_SEARCH, BAIDU_WEBSITE, Backend, DOUYIN, Route,
    TestApp, WECHAT,
};

/// Real time passes here, so everything that waits waits little.
const QUICK: &str = r"
    [delivery]
    lease_s = 3
    quiet_grace_s = 1
    reconcile_after_s = [0]
    backoff_base_s = 1
    observe_base_s = 1
    observe_cap_s = 1
    evidence_days = 0
";
/// The setting that tells the worker process where its configuration is.
const FOLDER: &str = "FENFA_TEST_CRASH_FOLDER";
/// The most passings of one place that are tried: a delivery has five steps at most.
const MOST_PASSINGS: u32 = 6;
/// How long the process after a crash may take (SQLite knows the dead at once, PostgreSQL waits for their leases).
const RECOVERY: Duration = Duration::from_secs(10);

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
        let worker = Worker::open(&app.delivery).await.unwrap();
        loop {
            worker.run_until_idle().await.unwrap();
            let Some(at) = app.delivery.next_wake_up().await.unwrap() else {
                worker.thin_evidence().await.unwrap();
                return;
            };
            let pause = at.since(app.clock.now());
            tokio::time::sleep(pause.clamp(Duration::from_millis(20), Duration::from_secs(1)))
                .await;
        }
    });
}

/// Starts a worker process, which may die (or stop) at a place; it ends by itself when nothing is left to do.
pub fn spawn_worker(app: &TestApp, crash_at: Option<&str>, log: &str) -> tokio::process::Child {
    for (name, layer) in ["base.toml", "further.toml"].iter().zip(&app.layers) {
        // In one go: another worker may be reading it just now.
        let half = app.dir().join(format!("{log}.{name}"));
        std::fs::write(&half, layer).unwrap();
        std::fs::rename(&half, app.dir().join(name)).unwrap();
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "crash::worker_process",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, app.dir())
        .env("RUST_BACKTRACE", "0")
        .env_remove("CRASH_AT")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(app.dir().join(log)).unwrap());
    if let Some(crash_at) = crash_at {
        command.env("CRASH_AT", crash_at);
    }
    let mut command = tokio::process::Command::from(command);
    command.kill_on_drop(true).spawn().unwrap()
}

/// Runs a worker process to its end; `true` when it ended by itself.
pub async fn run_worker(app: &TestApp, crash_at: Option<String>) -> bool {
    let mut child = spawn_worker(app, crash_at.as_deref(), "worker.log");
    let ended = tokio::time::timeout(Duration::from_secs(90), child.wait()).await;
    let status = ended.expect("the worker process ends").unwrap();
    status.success()
}

pub async fn start(backend: Backend, route: Route) -> (TestApp, ChannelAccount) {
    let app = TestApp::start_at(backend, QUICK, Clock::system()).await;
    let settings = match route.channel {
        "baidu" => {
            json!({ "search_daily": 1000, "website_push": 1000, "feed_calls": 1000 })
        }
        "alipay" => json!({ "audit_delay_s": 0, "list_lag_s": 0 }),
        _ => json!({}),
    };
    let command = json!({ "set": settings });
    app.simulators.control(route.channel, &command).unwrap();
    let settings = [
        ("call_deadline_s", "2"),
        ("listing_delay_s", "0"),
        ("resend_delay_s", "0"),
    ];
    let plenty = [
        ("quota.search_daily", "1000"),
        ("quota.website_push", "1000"),
        ("quota.feed_calls", "1000"),
        ("quota.baijiahao_posts", "1000"),
    ];
    let settings = [&settings[..], &plenty[..]].concat();
    let account = app.connect(route.channel, &settings).await;
    // The grant is made before anything crashes: a lost authorisation code needs a person, by the platform's rule.
    let actor = app.system().await;
    let check = app.app.delivery.check_account(&actor, account.id).await;
    assert!(check.unwrap().ok);
    (app, account)
}

/// Kills the worker at every place and passing; each time one more item must be live, once.
async fn survives(backend: Backend, route: Route) {
    let (app, account) = start(backend, route).await;
    let mut sent = 0;
    let mut reached = BTreeSet::new();
    for point in CRASH_POINTS {
        for passing in 1..=MOST_PASSINGS {
            sent += 1;
            let place = format!("{point}:{passing}");
            let id = app.send(route, &account, &title(sent)).await;
            if ["during_reconcile", "during_sweep"].contains(point) {
                // Only what died before is looked for or taken over.
                assert!(!run_worker(&app, Some("after_arm".into())).await);
            }
            let has_ended = run_worker(&app, Some(place.clone())).await;
            if !has_ended {
                reached.insert(*point);
                let restarted = Instant::now();
                assert!(run_worker(&app, None).await, "{place}: {}", log(&app));
                let took = restarted.elapsed();
                assert!(took < RECOVERY, "{place}: recovery took {took:?}");
            }
            let delivery = app.delivery(id).await;
            assert_eq!(
                delivery.state,
                DeliveryState::Published,
                "{place}: {delivery:#?} {}",
                log(&app)
            );
            let live = app.live(route);
            assert_eq!(live.len(), sent, "{place}: {live:#?}");
            if has_ended {
                // The place was not passed so often: all its passings are done.
                break;
            }
        }
    }
    let is_observed = ![BAIDU_SEARCH, BAIDU_FEED, BAIDU_WEBSITE].contains(&route);
    for point in CRASH_POINTS {
        let is_elsewhere =
            *point == "during_token_refresh" || (*point == "during_observe" && !is_observed);
        assert!(
            is_elsewhere || reached.contains(point),
            "{point} was never reached"
        );
    }
}

/// Different enough that no two are taken for one.
fn title(number: usize) -> String {
    let teas = [
        "龙井",
        "碧螺春",
        "毛尖",
        "猴魁",
        "瓜片",
        "银针",
        "白茶",
        "普洱",
    ];
    let tea = teas[number % teas.len()];
    format!("第{number}泡{tea}的水温与出汤时间")
}

fn log(app: &TestApp) -> String {
    std::fs::read_to_string(app.dir().join("worker.log")).unwrap_or_default()
}

/// Kills the worker while a token is refreshed: the old grant still works afterwards.
async fn survives_a_refresh(backend: Backend) {
    let (app, account) = start(backend, DOUYIN).await;
    app.simulators
        .control("douyin", &json!({ "set": { "access_life_s": 31 } }))
        .unwrap();
    let second = app
        .connect(
            "douyin",
            &[("call_deadline_s", "2"), ("listing_delay_s", "0")],
        )
        .await;
    let actor = app.system().await;
    let check = app.app.delivery.check_account(&actor, second.id).await;
    assert!(check.unwrap().ok);
    drop(account);
    app.simulators
        .control("douyin", &json!({ "set": { "access_life_s": 3600 } }))
        .unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let id = app.send(DOUYIN, &second, "一杯绿茶").await;

    assert!(!run_worker(&app, Some("during_token_refresh".into())).await);
    assert!(run_worker(&app, None).await, "{}", log(&app));

    let delivery = app.delivery(id).await;
    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(DOUYIN).len(), 1);
}

macro_rules! crashes {
    ($($name:ident: $run:expr;)+) => {
        mod sqlite {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    ($run)(Backend::Sqlite).await;
                }
            )+
        }

        mod postgres {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    ($run)(Backend::Postgres).await;
                }
            )+
        }
    };
}

crashes! {
    t1_douyin_survives_every_crash: |backend| survives(backend, DOUYIN);
    t1_baidu_search_survives_every_crash: |backend| survives(backend, BAIDU_SEARCH);
    t1_baidu_feed_survives_every_crash: |backend| survives(backend, BAIDU_FEED);
    t1_baidu_website_survives_every_crash: |backend| survives(backend, BAIDU_WEBSITE);
    t1_baidu_baijiahao_survives_every_crash: |backend| survives(backend, BAIDU_BAIJIAHAO);
    t1_wechat_survives_every_crash: |backend| survives(backend, WECHAT);
    t1_alipay_survives_every_crash: |backend| survives(backend, ALIPAY);
    t1_a_refresh_survives_a_crash: survives_a_refresh;
}
