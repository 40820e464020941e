//! `fenfa serve` as a process of its own, as an operator runs it.

use std::{
    fs::File,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use serde_json::Value;

use super::TestApp;

/// How long a process may take for what it is told.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server. It is killed when the test ends.
pub struct Server {
    child: Child,
    /// Where it listens, without a trailing slash.
    pub url: String,
    log: PathBuf,
    http: reqwest::Client,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl TestApp {
    /// Starts a server on this test's database with a port and an index of its own, with roles and further variables;
    /// it may take a moment until it is ready.
    pub fn serve(&self, name: &str, roles: &str, variables: &[(&str, &str)]) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fenfa"));
        command.args(["serve", "--roles", roles]);
        self.spawn(name, command, variables)
    }

    /// Starts a command that becomes a server.
    pub fn spawn(&self, name: &str, mut command: Command, variables: &[(&str, &str)]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let config = self.dir().join(format!("{name}.toml"));
        std::fs::write(&config, merged(&self.layers)).unwrap();
        let log = self.dir().join(format!("{name}.log"));
        let child = command
            .env("FENFA_CONFIG", &config)
            .env("FENFA__SERVER__PORT", port.to_string())
            .env(
                "FENFA__SEARCH__INDEX_DIR",
                self.dir().join(format!("{name}-index")),
            )
            .envs(variables.iter().copied())
            .env_remove("CRASH_AT")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Server {
            child,
            url: format!("http://127.0.0.1:{port}"),
            log,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }
}

/// One document of several layers: what comes later replaces.
pub fn merged(layers: &[String]) -> String {
    let mut all = toml::Table::new();
    for layer in layers {
        for (section, keys) in layer.parse::<toml::Table>().unwrap() {
            let place = all.entry(section).or_insert(toml::Table::new().into());
            let keys = keys.as_table().unwrap().clone();
            place.as_table_mut().unwrap().extend(keys);
        }
    }
    all.to_string()
}

impl Server {
    /// What it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Whether it is ready, and what it says; `None` when nobody answers.
    pub async fn health(&self) -> Option<(StatusCode, Value)> {
        let asked = self.http.get(format!("{}/health/ready", self.url));
        let answer = asked.timeout(Duration::from_secs(10)).send().await.ok()?;
        let status = answer.status();
        Some((status, answer.json().await.ok()?))
    }

    /// Waits until it is ready.
    pub async fn ready(&mut self) {
        self.until(StatusCode::OK).await;
    }

    /// Waits until its health is this; what it says then.
    pub async fn until(&mut self, status: StatusCode) -> Value {
        let give_up = Instant::now() + PATIENCE;
        let mut last = None;
        while Instant::now() < give_up {
            last = self.health().await;
            if let Some((found, said)) = &last
                && *found == status
            {
                return said.clone();
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended: {ended:?} {}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {status}: {last:?} {}", self.log());
    }

    /// The text of a page.
    pub async fn text(&self, path: &str) -> String {
        let answer = self.http.get(format!("{}{path}", self.url)).send();
        answer.await.unwrap().text().await.unwrap()
    }

    /// Asks the admin API as nobody.
    pub async fn graphql(&self, query: &str) -> Value {
        let asked = self.http.post(format!("{}/admin/graphql", self.url));
        let asked = asked.json(&serde_json::json!({ "query": query })).send();
        asked.await.unwrap().json().await.unwrap()
    }

    /// The status of a page.
    pub async fn status(&self, path: &str) -> StatusCode {
        let asked = self.http.get(format!("{}{path}", self.url)).send();
        asked.await.unwrap().status()
    }

    /// Sends a signal, by its name.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        let give_up = Instant::now() + PATIENCE;
        while Instant::now() < give_up {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it never ended: {}", self.log());
    }
}
