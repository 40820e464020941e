//! One real PostgreSQL server for the whole test process, and a database of its own for each test.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
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
    create("fenfa_template").await
}

async fn create(template: &str) -> String {
    let server = SERVER.get_or_init(Server::start).await;
    let name = format!("t_{}", uuid::Uuid::now_v7().simple());
    let admin = server.connect("postgres").await;
    let _turn = COPYING.lock().await;
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
        .await
        .unwrap();
    server.url(&name)
}

/// The address of a database in which nothing was made yet.
pub async fn empty_database() -> String {
    let server = SERVER.get_or_init(Server::start).await;
    let name = format!("t_{}", uuid::Uuid::now_v7().simple());
    let admin = server.connect("postgres").await;
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE template0"))
        .await
        .unwrap();
    server.url(&name)
}

impl Server {
    async fn start() -> Self {
        let server = Self { port: free_port() };
        let starting = server.spawn(None);
        let admin = server.answers(starting).await;
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

    /// Runs the script that keeps a server as long as this process lives.
    fn spawn(&self, dir: Option<&Path>) -> Child {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres.sh");
        Command::new("sh")
            .arg(&script)
            .arg(self.port.to_string())
            .arg(std::process::id().to_string())
            .args(dir)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", script.display()))
    }

    /// Waits until it answers.
    async fn answers(&self, mut starting: Child) -> DatabaseConnection {
        let give_up = Instant::now() + Duration::from_mins(1);
        loop {
            match Database::connect(self.url("postgres")).await {
                Ok(admin) => return admin,
                Err(error) => {
                    let ended = starting.try_wait().unwrap();
                    assert!(
                        ended.is_none() && Instant::now() < give_up,
                        "PostgreSQL did not start: {error}, {ended:?}"
                    );
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    async fn connect(&self, name: &str) -> DatabaseConnection {
        Database::connect(self.url(name)).await.unwrap()
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }
}

/// A PostgreSQL server of one test, which it may stop and start.
pub struct OwnPostgres {
    server: Server,
    dir: PathBuf,
}

impl OwnPostgres {
    /// Starts one with an empty database.
    pub async fn start() -> Self {
        let port = free_port();
        // Not in a folder of the test's own: PostgreSQL runs as another user when tests run as root.
        let dir = std::env::temp_dir().join(format!("fenfa-postgres-{}", uuid::Uuid::now_v7()));
        let own = Self {
            server: Server { port },
            dir,
        };
        own.go_on().await;
        let admin = own.server.connect("postgres").await;
        admin
            .execute_unprepared("CREATE DATABASE fenfa")
            .await
            .unwrap();
        own
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        self.server.url("fenfa")
    }

    /// Ends it as `systemctl stop` would: connections are cut.
    pub async fn stop(&self) {
        let file = self.dir.join("data/postmaster.pid");
        let text = std::fs::read_to_string(&file).unwrap();
        let id = text.lines().next().unwrap().to_owned();
        let told = Command::new("kill").args(["-s", "INT", &id]).status();
        assert!(told.unwrap().success());
        while file.exists() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Starts it again with what it had.
    pub async fn go_on(&self) {
        let starting = self.server.spawn(Some(&self.dir));
        self.server.answers(starting).await;
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
