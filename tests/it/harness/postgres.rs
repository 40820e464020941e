//! One real PostgreSQL server for the whole test process, and a database of its own for each test.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use fenfa::{config::DatabaseConfig, db};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tokio::sync::OnceCell;

struct Server {
    port: u16,
}

static SERVER: OnceCell<Server> = OnceCell::const_new();

/// Copying a template takes a lock on it, so one test at a time.
static COPYING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The address of a fresh, migrated database.
pub async fn new_database() -> String {
    let server = SERVER.get_or_init(Server::start).await;
    let name = format!("t_{}", uuid::Uuid::now_v7().simple());
    let admin = server.connect("postgres").await;
    let _turn = COPYING.lock().await;
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE fenfa_template"))
        .await
        .unwrap();
    server.url(&name)
}

impl Server {
    async fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres.sh");
        let mut starting = Command::new("sh")
            .arg(&script)
            .arg(port.to_string())
            .arg(std::process::id().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", script.display()));
        let server = Self { port };
        let give_up = Instant::now() + Duration::from_mins(1);
        let admin = loop {
            match Database::connect(server.url("postgres")).await {
                Ok(admin) => break admin,
                Err(error) => {
                    let ended = starting.try_wait().unwrap();
                    assert!(
                        ended.is_none() && Instant::now() < give_up,
                        "PostgreSQL did not start: {error}, {ended:?}"
                    );
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        };
        admin
            .execute_unprepared("CREATE DATABASE fenfa_template")
            .await
            .unwrap();
        let config = DatabaseConfig {
            url: fenfa::config::Secret::new(server.url("fenfa_template")),
            connections: 2,
            read_connections: 1,
            synchronous_full: true,
        };
        let template = db::Db::connect(&config).await.unwrap();
        db::migrate(&template).await.unwrap();
        template.close().await;
        server
    }

    async fn connect(&self, name: &str) -> DatabaseConnection {
        Database::connect(self.url(name)).await.unwrap()
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }
}
