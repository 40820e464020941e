//! T25: a database of the first release, with deliveries in the middle of their way, is brought up to date, and they go
//! on where they were: what was uploaded stays uploaded, what was in doubt is looked for.

use fenfa::{
    app::App,
    channels::fault::{Fault, FaultRule},
    config::{Config, DatabaseConfig, Secret},
    db::Db,
    delivery::{DeliveryState, Due, ScheduleInput},
};
use migrations::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use serde_json::json;

use crate::harness::{DOUYIN, TestApp, empty_database, large_file};

/// The migrations of the first release bear its date.
const FIRST_RELEASE: &str = "m20261124_";

/// An empty database of the first release, beside the one of the test.
async fn first_release(app: &TestApp) -> (DatabaseConfig, Db) {
    let mut config = app.app.config.database.clone();
    config.url = Secret::new(match app.app.db.backend() {
        DbBackend::Sqlite => format!("sqlite://{}", app.dir().join("old.db").display()),
        _ => empty_database().await,
    });
    let db = Db::connect(&config).await.unwrap();
    let migrations = Migrator::migrations();
    let first = migrations
        .iter()
        .filter(|migration| migration.name().starts_with(FIRST_RELEASE));
    let count = u32::try_from(first.count()).unwrap();
    Migrator::up(db.write(), Some(count)).await.unwrap();
    (config, db)
}

async fn texts(db: &impl ConnectionTrait, sql: String, column: &str) -> Vec<String> {
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get("", column).unwrap())
        .collect()
}

/// Copies every row into the older database, as far as that knows its columns.
async fn copy(from: &Db, into: &Db) {
    if from.backend() == DbBackend::Sqlite {
        copy_on_sqlite(from, into).await;
    } else {
        copy_on_postgres(from, into).await;
    }
}

async fn copy_on_sqlite(from: &Db, into: &Db) {
    let db = into.write();
    let source = texts(
        from.write(),
        "SELECT file FROM pragma_database_list WHERE name = 'main'".into(),
        "file",
    )
    .await;
    db.execute_unprepared("PRAGMA foreign_keys = OFF")
        .await
        .unwrap();
    let attach = format!("ATTACH '{}' AS newer", source[0]);
    db.execute_unprepared(&attach).await.unwrap();
    let tables = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                  AND name <> 'seaql_migrations'";
    for table in texts(db, tables.into(), "name").await {
        let columns = format!("SELECT name FROM pragma_table_info('{table}', 'main')");
        let columns = texts(db, columns, "name").await.join("\", \"");
        let copy = format!(
            "INSERT INTO main.\"{table}\" (\"{columns}\") SELECT \"{columns}\" FROM newer.\"{table}\""
        );
        db.execute_unprepared(&copy).await.unwrap();
    }
    db.execute_unprepared("DETACH newer").await.unwrap();
    db.execute_unprepared("PRAGMA foreign_keys = ON")
        .await
        .unwrap();
}

async fn copy_on_postgres(from: &Db, into: &Db) {
    let tx = into.begin().await.unwrap();
    tx.execute_unprepared("SET LOCAL session_replication_role = replica")
        .await
        .unwrap();
    let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' \
                  AND table_name <> 'seaql_migrations'";
    for table in texts(&tx, tables.into(), "table_name").await {
        let columns = format!(
            "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' \
             AND table_name = '{table}'"
        );
        let columns = texts(&tx, columns, "column_name").await.join("\", \"");
        // A null of JSON is a value, which the way over JSON would lose.
        let values = format!(
            "SELECT CASE WHEN data_type = 'jsonb' AND is_nullable = 'NO' \
             THEN format('COALESCE(%I, ''null'')', column_name) ELSE format('%I', column_name) END AS value \
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'"
        );
        let values = texts(&tx, values, "value").await.join(", ");
        let rows = format!("SELECT row_to_json(r)::text AS row FROM \"{table}\" r");
        for row in texts(from.write(), rows, "row").await {
            let copy = format!(
                "INSERT INTO \"{table}\" (\"{columns}\") SELECT {values} \
                 FROM json_populate_record(NULL::\"{table}\", $1::json)"
            );
            let row = [Value::from(row)];
            let copy = Statement::from_sql_and_values(DbBackend::Postgres, copy, row);
            tx.execute_raw(copy).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

/// How many uploads the platform has seen begin.
fn uploads(app: &TestApp) -> usize {
    let state = app.simulators.control("douyin", &json!({ "state": true }));
    state.unwrap()["uploads"].as_object().unwrap().len()
}

both_databases! {
    async fn t25_what_was_on_its_way_goes_on_after_an_upgrade(app: TestApp) {
        let parts = [("single_upload_bytes", "1048576"), ("part_bytes", "5242880"), ("listing_delay_s", "0")];
        let account = app.connect("douyin", &parts).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
        let in_doubt = app.send(DOUYIN, &account, "一杯绿茶").await;
        worker.run_until_idle().await.unwrap();
        let third_part = FaultRule {
            path: "/upload_video_part".into(),
            skip: 1,
            times: 1,
            fault: Fault::StatusBefore { status: 502 },
        };
        app.simulators.add_fault("douyin", third_part);
        let large = app.video_of("两杯绿茶", large_file(11)).await;
        let half_uploaded = app.schedule(DOUYIN, &account, large).await;
        worker.run_until_idle().await.unwrap();
        let planned = ScheduleInput {
            source: app.video_of("三杯绿茶", large_file(12)).await,
            account: account.id,
            lane: DOUYIN.lane.to_owned(),
            due: Due::At { wall_time: "2026-03-03T17:00".into(), zone: Some("Asia/Shanghai".into()) },
        };
        let planned = app.app.delivery.schedule(&actor, planned).await.unwrap().id;
        let state = async |id| app.delivery(id).await.state;
        assert_eq!(state(in_doubt).await, DeliveryState::Uncertain);
        assert_eq!(state(half_uploaded).await, DeliveryState::RetryWait);
        let steps = app.app.delivery.steps(&actor, half_uploaded).await.unwrap();
        let handle = steps.iter().find_map(|step| step.handle["progress"].get("parts").map(|_| step.handle.clone()));
        assert!(handle.is_some(), "{steps:#?}");
        let before = uploads(&app);
        drop(worker);

        let (config, old) = first_release(&app).await;
        copy(&app.app.db, &old).await;
        old.close().await;
        let url = format!("[database]\nurl = \"{}\"\n", config.url.expose());
        let layers = [app.layers[0].as_str(), app.layers[1].as_str(), url.as_str()];
        let upgraded = App::start(Config::with_layers(&layers).unwrap(), app.clock.clone()).await;
        let app = app.with(upgraded.unwrap());
        let worker = app.worker().await;

        let steps = app.app.delivery.steps(&actor, half_uploaded).await.unwrap();
        assert!(steps.iter().any(|step| Some(&step.handle) == handle.as_ref()), "{steps:#?}");
        for id in [in_doubt, half_uploaded, planned] {
            let delivery = app.settle(&worker, id).await;
            assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        }
        assert_eq!(app.live(DOUYIN).len(), 3, "{:#?}", app.live(DOUYIN));
        assert_eq!(uploads(&app), before + 1, "only the third began an upload");
        assert_eq!(fenfa::db::pending(&app.app.db).await.unwrap(), [""; 0]);
    }
}
