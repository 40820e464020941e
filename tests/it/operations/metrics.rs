//! `/metrics`: the figures that are promised are the figures that are printed.

use std::collections::{BTreeMap, BTreeSet};

use fenfa::{clock::Clock, delivery::DeliveryState};
use reqwest::StatusCode;

use crate::harness::{Backend, DOUYIN, TestApp};

/// What is printed of one figure.
#[derive(Debug, Default, PartialEq, Eq)]
struct Printed {
    kind: String,
    help: String,
    labels: BTreeSet<String>,
}

/// Reads the text that Prometheus reads.
fn read(text: &str) -> BTreeMap<String, Printed> {
    let mut found = BTreeMap::<String, Printed>::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').unwrap();
            help.clone_into(&mut found.entry(name.to_owned()).or_default().help);
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            kind.clone_into(&mut found.entry(name.to_owned()).or_default().kind);
        } else if let Some((name, rest)) = line.split_once('{') {
            let name = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|part| name.strip_suffix(part))
                .unwrap_or(name);
            let labels = rest.rsplit_once('}').unwrap().0;
            let names = labels
                .split(',')
                .filter_map(|label| Some(label.split_once('=')?.0));
            let names = names.filter(|name| *name != "le").map(ToOwned::to_owned);
            found
                .entry(name.to_owned())
                .or_default()
                .labels
                .extend(names);
        }
    }
    found
}

/// The table of `src/ARCHITECTURE.md`: `| name | kind | labels | help |`.
fn promised() -> BTreeMap<String, Printed> {
    let text = include_str!("../../../src/ARCHITECTURE.md");
    let rows = text.lines().filter(|line| {
        ["| `fenfa_", "| `process_"]
            .iter()
            .any(|start| line.starts_with(start))
    });
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let labels = cells[2]
            .split(',')
            .map(|label| label.trim().trim_matches('`'));
        let printed = Printed {
            kind: cells[1].to_owned(),
            help: cells[3].to_owned(),
            labels: labels
                .filter(|label| !label.is_empty())
                .map(ToOwned::to_owned)
                .collect(),
        };
        (cells[0].trim_matches('`').to_owned(), printed)
    })
    .collect()
}

/// The value of a series.
fn value(text: &str, series: &str) -> Option<f64> {
    text.lines()
        .find_map(|line| line.strip_prefix(series)?.trim().parse().ok())
}

async fn prints_what_is_promised(backend: Backend) {
    let app = TestApp::start_at(backend, "", Clock::system()).await;
    let account = app.connect(DOUYIN.channel, &[]).await;
    let mut server = app.serve("server", "web,worker", &[]);
    server.ready().await;
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;
    let published = async {
        while app.delivery(id).await.state != DeliveryState::Published {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), published)
        .await
        .unwrap_or_else(|_| panic!("never published: {}", server.log()));
    server.graphql("{ viewer { role } }").await;

    let text = server.text("/metrics").await;

    let promised = promised();
    assert!(promised.len() > 10, "{promised:#?}");
    pretty(&read(&text), &promised);
    let lane = format!(
        "{{channel=\"douyin\",lane=\"publish\",account=\"{}\"",
        account.id
    );
    assert_eq!(
        value(&text, &format!("fenfa_deliveries{lane},state=\"ready\"}}")),
        Some(0.0)
    );
    assert_eq!(
        value(
            &text,
            "fenfa_delivery_due_to_armed_seconds_count{channel=\"douyin\",lane=\"publish\"}"
        ),
        Some(1.0)
    );
    let ok = "fenfa_delivery_attempts_total{channel=\"douyin\",lane=\"publish\",class=\"ok\"}";
    assert!(value(&text, ok).unwrap() >= 2.0, "{text}");
}

/// Tells figures apart one by one, so that a difference can be read.
fn pretty(printed: &BTreeMap<String, Printed>, promised: &BTreeMap<String, Printed>) {
    let names = |all: &BTreeMap<String, Printed>| all.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(printed), names(promised));
    for (name, is) in printed {
        assert_eq!(is, &promised[name], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_printed_is_what_the_table_promises_on_sqlite() {
    prints_what_is_promised(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_printed_is_what_the_table_promises_on_postgres() {
    prints_what_is_promised(Backend::Postgres).await;
}

both_databases! {
    async fn what_waits_is_told_by_lane_and_what_is_left_by_account(app: TestApp) {
        let account = app.connect(DOUYIN.channel, &[("quota.publish_daily", "5")]).await;
        app.send(DOUYIN, &account, "一杯绿茶").await;
        let worker = app.worker().await;
        app.lasting_fault(DOUYIN, DOUYIN.commit, fenfa::channels::fault::Fault::AcceptThenDrop);
        let before = app.app.delivery.figures().await.unwrap();
        worker.run_until_idle().await.unwrap();
        app.clock.advance(std::time::Duration::from_secs(7));
        let second = app.send(DOUYIN, &account, "两杯绿茶").await;
        app.clock.advance(std::time::Duration::from_secs(7));
        app.app.delivery.pause_account(&app.system().await, account.id).await.ok();

        let after = app.app.delivery.figures().await.unwrap();

        let lane = |figures: &fenfa::delivery::Figures| {
            figures.lanes.iter().find(|lane| lane.lane == DOUYIN.lane).unwrap().clone()
        };
        let count = |figures: &fenfa::delivery::Figures, state: DeliveryState| {
            lane(figures).counts.iter().find(|(other, _)| *other == state).unwrap().1
        };
        assert_eq!(count(&before, DeliveryState::Uncertain), 0);
        assert_eq!(count(&after, DeliveryState::Uncertain), 1);
        assert_eq!(count(&after, app.delivery(second).await.state), 1);
        assert!(after.quotas.iter().all(|quota| quota.account == account.id));
        assert!(after.accounts.iter().any(|found| found.token_remaining_s.is_some_and(|left| left > 0)));
    }

    async fn figures_are_not_for_everybody(app: TestApp) {
        let metrics = |name: &'static str, value: &'static str| {
            app.http.get(format!("{}/metrics", app.url)).header(name, value).send()
        };

        let near = metrics("accept", "*/*").await.unwrap();
        let passed_on = metrics("x-forwarded-for", "203.0.113.9").await.unwrap();

        assert_eq!(near.status(), StatusCode::OK);
        assert_eq!(passed_on.status(), StatusCode::FORBIDDEN);
        let with_token = "[telemetry]\nmetrics_token = \"correct horse\"";
        let app = TestApp::start_with(Backend::Sqlite, with_token).await;
        for (shown, status) in [
            ("Bearer correct horse", StatusCode::OK),
            ("Bearer wrong", StatusCode::UNAUTHORIZED),
            ("correct horse", StatusCode::UNAUTHORIZED),
        ] {
            let asked = app.http.get(format!("{}/metrics", app.url));
            let answer = asked.header("authorization", shown).send().await.unwrap();
            assert_eq!(answer.status(), status, "{shown}");
        }
    }
}
