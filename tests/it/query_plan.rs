//! What the engine asks of the database stays small however long the history is: with a million deliveries that are
//! over, every statement that names them finds its rows by an index, and claims go by the partial ones. The plans are
//! those of the very statements that the engine sends.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use fenfa::{
    channels::fault::Fault,
    db::entity::delivery,
    delivery::{DeliveryState, Due, ScheduleInput},
    id::DeliveryId,
};
use sea_orm::{ConnectionTrait, DbBackend, IdenStatic as _, Iterable as _, Statement};
use serde_json::Value;
use tracing::{
    Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt as _},
};

use crate::harness::{Backend, DOUYIN, TestApp};

const HISTORY: u32 = 1_000_000;

/// The indexes that hold only what is under way; reading one of them as a whole costs what is under way.
const PARTIAL: [&str; 5] = [
    "delivery_ready",
    "delivery_working",
    "delivery_lease",
    "delivery_waiting",
    "delivery_scheduled",
];

/// Keeps the text of every statement that is sent from this thread.
#[derive(Clone, Default)]
struct Sent(Arc<Mutex<BTreeSet<String>>>);

impl<S: Subscriber> Layer<S> for Sent {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "fenfa::sql" {
            event.record(&mut self.clone());
        }
    }
}

impl Visit for Sent {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "sql" {
            self.0.lock().unwrap().insert(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// Copies a delivery a million times, as deliveries that are over.
async fn write_history(app: &TestApp, of: DeliveryId) {
    let db = app.app.db.write();
    let is_sqlite = db.get_database_backend() == DbBackend::Sqlite;
    let columns: Vec<&str> = delivery::Column::iter()
        .map(|column| column.as_str())
        .collect();
    let values = columns.iter().map(|column| match *column {
        "id" if is_sqlite => "unhex(printf('%032x', n.i))".to_owned(),
        "id" => "lpad(to_hex(n.i), 32, '0')::uuid".to_owned(),
        "source_id" if is_sqlite => "unhex(printf('%032x', n.i / 4))".to_owned(),
        "source_id" => "lpad(to_hex(n.i / 4), 32, '0')::uuid".to_owned(),
        "dedup_key" if is_sqlite => "printf('%08d', n.i)".to_owned(),
        "dedup_key" => "lpad(n.i::text, 8, '0')".to_owned(),
        "external_id" => "'item' || n.i".to_owned(),
        "state" => "'published'".to_owned(),
        "reason" | "next_run_at" | "lease_owner" | "lease_until" => "NULL".to_owned(),
        // One each five minutes, for nine years and a half.
        "due_at" | "updated_at" | "created_at" | "give_up_at" | "published_at" | "ended_at" => {
            format!("d.due_at - ({HISTORY} - n.i) * CAST(300000000 AS bigint)")
        }
        column => format!("d.{column}"),
    });
    let values: Vec<String> = values.collect();
    let numbers = if is_sqlite {
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {HISTORY})"
        )
    } else {
        format!("WITH n(i) AS (SELECT generate_series(1, {HISTORY}))")
    };
    let sql = format!(
        "INSERT INTO delivery ({}) {numbers} SELECT {} FROM n, delivery d WHERE d.id = $1",
        columns.join(", "),
        values.join(", ")
    );
    // What the rows refer to is there; asking a million times would take most of the time.
    let (hasty, careful) = if is_sqlite {
        ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON")
    } else {
        (
            "SET LOCAL session_replication_role = replica",
            "ANALYZE delivery",
        )
    };
    if is_sqlite {
        db.execute_unprepared(hasty).await.unwrap();
    }
    let tx = app.app.db.begin().await.unwrap();
    if !is_sqlite {
        tx.execute_unprepared(hasty).await.unwrap();
    }
    let sql = Statement::from_sql_and_values(db.get_database_backend(), sql, [of.into()]);
    tx.execute_raw(sql).await.unwrap();
    tx.commit().await.unwrap();
    db.execute_unprepared(careful).await.unwrap();
}

/// How a statement reads a table, by the database's own plan for it whatever its values are.
async fn plan(app: &TestApp, sql: &str) -> Vec<Access> {
    let db = app.app.db.write();
    if db.get_database_backend() == DbBackend::Sqlite {
        let explain =
            Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = db.query_all_raw(explain).await.unwrap();
        return rows
            .iter()
            .map(|row| row.try_get::<String>("", "detail").unwrap())
            .filter_map(|detail| Access::of_sqlite(&detail))
            .collect();
    }
    // One connection for all, since the statement is prepared in it.
    let tx = app.app.db.begin().await.unwrap();
    tx.execute_unprepared("SET LOCAL plan_cache_mode = force_generic_plan")
        .await
        .unwrap();
    tx.execute_unprepared(&format!("PREPARE asked AS {sql}"))
        .await
        .unwrap();
    let parameters = (1..100)
        .take_while(|number| sql.contains(&format!("${number}")))
        .count();
    let arguments = match parameters {
        0 => String::new(),
        count => format!("({})", vec!["NULL"; count].join(", ")),
    };
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE asked{arguments}");
    let row = tx
        .query_one_raw(Statement::from_string(DbBackend::Postgres, explain))
        .await
        .unwrap()
        .unwrap();
    let plan: Value = row.try_get("", "QUERY PLAN").unwrap();
    tx.execute_unprepared("DEALLOCATE asked").await.unwrap();
    tx.rollback().await.unwrap();
    let mut found = Vec::new();
    Access::of_postgres(&plan, &mut found);
    found
}

/// One way into a table.
#[derive(Debug)]
struct Access {
    text: String,
    /// The table, or what the statement calls it.
    table: String,
    index: Option<String>,
    /// Every row, or every entry of the index, is read.
    is_whole: bool,
}

impl Access {
    fn of_sqlite(detail: &str) -> Option<Self> {
        let is_whole = detail.starts_with("SCAN ");
        if !is_whole && !detail.starts_with("SEARCH ") {
            return None;
        }
        let mut words = detail.split_whitespace().skip(1);
        let table = words.next()?.to_owned();
        let index = words
            .find(|word| *word == "INDEX")
            .and_then(|_| words.next());
        Some(Self {
            text: detail.to_owned(),
            table,
            index: index.map(ToOwned::to_owned),
            is_whole,
        })
    }

    fn of_postgres(node: &Value, found: &mut Vec<Self>) {
        match node {
            Value::Array(nodes) => nodes.iter().for_each(|node| Self::of_postgres(node, found)),
            Value::Object(fields) => {
                let text = |name: &str| fields.get(name).and_then(Value::as_str);
                let kind = text("Node Type").unwrap_or_default();
                if kind.ends_with("Scan") && kind != "Bitmap Heap Scan" && kind != "Subquery Scan" {
                    let table = text("Relation Name").unwrap_or_default().to_owned();
                    let index = text("Index Name");
                    let condition = text("Index Cond").unwrap_or_default();
                    found.push(Self {
                        text: format!("{kind} {table} {} {condition}", index.unwrap_or_default()),
                        table,
                        index: index.map(ToOwned::to_owned),
                        is_whole: condition.is_empty(),
                    });
                }
                fields
                    .values()
                    .for_each(|value| Self::of_postgres(value, found));
            }
            _ => {}
        }
    }

    /// The table that grows with the history, by its names in the statements.
    fn is_of_history(&self) -> bool {
        ["delivery", "d", "w"].contains(&self.table.as_str())
    }

    /// A row that a partial index has already found, taken by its key.
    fn is_by_key(&self) -> bool {
        let keys = ["sqlite_autoindex_delivery_1", "delivery_pkey"];
        self.index
            .as_deref()
            .is_some_and(|index| keys.contains(&index))
    }

    fn is_by_partial_index(&self) -> bool {
        self.index
            .as_deref()
            .is_some_and(|index| PARTIAL.contains(&index))
    }
}

/// Everything that the engine asks, from scheduling to the end of a delivery whose answer was lost.
async fn live_through(app: &TestApp) -> BTreeSet<String> {
    let sent = Sent::default();
    let subscriber = tracing_subscriber::registry().with(sent.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let actor = app.system().await;
    let account = app.connect(DOUYIN.channel, &[]).await;
    let worker = app.worker().await;
    app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
    let lost = app.send(DOUYIN, &account, "明前龙井的冲泡要点").await;
    let later = ScheduleInput {
        source: app.source_for(DOUYIN, "雨前龙井的冲泡要点").await,
        account: account.id,
        lane: DOUYIN.lane.to_owned(),
        due: Due::At {
            wall_time: "2026-03-03T18:00".into(),
            zone: Some("Asia/Shanghai".into()),
        },
    };
    let later = app.app.delivery.schedule(&actor, later).await.unwrap();
    let outlook = app.app.delivery.quota_outlook(&actor, &later).await;
    assert!(!outlook.unwrap().is_empty());

    for id in [lost, later.id] {
        let delivery = app.settle(&worker, id).await;
        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    }
    worker.sweep_leases().await.unwrap();
    worker.rescue_stuck().await.unwrap();
    worker.refresh_tokens().await.unwrap();
    sent.0.lock().unwrap().clone()
}

async fn a_long_history_is_never_read(backend: Backend) {
    let app = TestApp::start(backend).await;
    let statements = live_through(&app).await;
    let account = app.connect(DOUYIN.channel, &[]).await;
    let id = app.send(DOUYIN, &account, "谷雨龙井的冲泡要点").await;
    write_history(&app, id).await;

    let mut claims = 0;
    let mut faults = Vec::new();
    for sql in statements.iter().filter(|sql| {
        sql.contains("delivery") && !sql.starts_with("INSERT") && !sql.starts_with("PRAGMA")
    }) {
        let ways = plan(&app, sql).await;
        // What names the states of work under way must find it by the indexes that hold nothing else.
        let is_claim = sql.contains("state = '") || sql.contains("state IN ('");
        claims += usize::from(is_claim);
        for way in ways.iter().filter(|way| way.is_of_history()) {
            let is_good =
                way.is_by_partial_index() || !way.is_whole && (!is_claim || way.is_by_key());
            if !is_good {
                faults.push(format!("{}\n    in {sql}", way.text));
            }
        }
    }

    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        claims >= 8,
        "only {claims} of the claims were seen: {statements:#?}"
    );
    // And so the work at hand takes no longer than without a history.
    let worker = app.worker().await;
    let started = Instant::now();
    for _ in 0..20 {
        worker.sweep_leases().await.unwrap();
        worker.rescue_stuck().await.unwrap();
    }
    let took = started.elapsed() / 20;
    assert!(took < Duration::from_millis(100), "a sweep takes {took:?}");
}

#[tokio::test]
async fn t20_a_long_history_is_never_read_on_sqlite() {
    a_long_history_is_never_read(Backend::Sqlite).await;
}

#[tokio::test]
async fn t20_a_long_history_is_never_read_on_postgres() {
    a_long_history_is_never_read(Backend::Postgres).await;
}
