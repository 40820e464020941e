//! A whole Fenfa for one test.

use std::{
    net::TcpListener,
    path::Path,
    sync::{Arc, Once},
};

use actix_web::{App as ActixApp, HttpServer};
use fenfa::{
    app::App,
    auth::{Actor, NewUser, Role},
    channels::{CHANNELS, Descriptor, Simulators, add_channel},
    clock::{Clock, Timestamp},
    config::Config,
};

use serde_json::{Value, json};

use super::postgres;
use crate::board;

/// Every channel, the one that only the tests have among them.
pub fn channels() -> &'static [&'static Descriptor] {
    static ADDED: Once = Once::new();
    ADDED.call_once(|| add_channel(&board::CHANNEL).unwrap());
    &CHANNELS
}

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A whole Fenfa: own database, index, storage, clock, server and simulators. Nothing is shared between tests.
pub struct TestApp {
    pub app: Arc<App>,
    pub clock: Clock,
    /// The simulators, for ledgers and faults; adapters reach them over HTTP at `simulators_url`.
    pub simulators: Simulators,
    pub simulators_url: String,
    /// Where the server listens, without a trailing slash.
    pub url: String,
    /// A client that may call this machine.
    pub http: reqwest::Client,
    /// The configuration, for processes beside this one.
    pub layers: Vec<String>,
    /// Where a receiver of webhooks may listen.
    pub receiver_port: u16,
    pub(super) receiver: std::sync::Mutex<Option<TcpListener>>,
    dir: tempfile::TempDir,
}

/// Somebody who is signed in.
pub struct Person {
    pub actor: Actor,
    /// What the session cookie holds.
    pub token: String,
}

impl Person {
    /// The header that a browser of theirs sends.
    pub fn cookie(&self) -> (&'static str, String) {
        (
            "cookie",
            format!("{}={}", fenfa::api::rest::session::COOKIE, self.token),
        )
    }
}

impl TestApp {
    /// The instant at which every test starts: a Tuesday, 16:00 in Shanghai.
    pub const START: &'static str = "2026-03-03T08:00:00Z";

    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, "").await
    }

    /// Starts with further configuration (TOML).
    pub async fn start_with(backend: Backend, config: &str) -> Self {
        let clock = Clock::fixed(Self::START.parse().unwrap());
        Self::start_at(backend, config, clock).await
    }

    /// Starts with a clock of one's own.
    pub async fn start_at(backend: Backend, config: &str, clock: Clock) -> Self {
        channels();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let simulator_server = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver_port = receiver.local_addr().unwrap().port();
        let address = server.local_addr().unwrap();
        let simulator_address = simulator_server.local_addr().unwrap();
        let database = match backend {
            Backend::Sqlite => format!("sqlite://{}", dir.path().join("fenfa.db").display()),
            Backend::Postgres => postgres::new_database().await,
        };
        let base = format!(
            r#"
            [server]
            port = {port}
            roles = ["web"]
            [database]
            url = "{database}"
            connections = 5
            read_connections = 2
            synchronous_full = false
            [security]
            credentials_key_file = "{dir}/credentials.key"
            [media]
            storage = "{dir}/media"
            upload_dir = "{dir}/uploads"
            [search]
            index_dir = "{dir}/index"
            [outbound]
            allow_private = ["{address}", "{simulator_address}", "127.0.0.1:{receiver_port}"]
            read_timeout_s = 5
            "#,
            port = address.port(),
            dir = dir.path().display(),
        );
        let layers = vec![base, config.to_owned()];
        let config = Config::with_layers(&[&layers[0], &layers[1]]).unwrap();
        let app = App::start(config, clock.clone()).await.unwrap();
        let simulators = Simulators::new(&clock, Some(&dir.path().join("simulators")), &app.http);
        // A page that a busy machine is slow to answer is no slow page.
        let patience = serde_json::json!({ "set": { "page_patience_s": 60 } });
        simulators.control("baidu", &patience).unwrap();
        let mounted = simulators.clone();
        tokio::spawn(
            HttpServer::new(move || ActixApp::new().configure(|config| mounted.configure(config)))
                .workers(1)
                .disable_signals()
                .listen(simulator_server)
                .unwrap()
                .run(),
        );
        let answers = fenfa::api::configure(&app);
        tokio::spawn(
            HttpServer::new(move || ActixApp::new().configure(answers.clone()))
                .workers(1)
                .disable_signals()
                .listen(server)
                .unwrap()
                .run(),
        );
        Self {
            app: Arc::clone(&app),
            clock,
            simulators,
            simulators_url: format!("http://{simulator_address}"),
            url: format!("http://{address}"),
            http: app.http.clone(),
            layers,
            receiver_port,
            receiver: std::sync::Mutex::new(Some(receiver)),
            dir,
        }
    }

    /// The same with another app, beside the same simulators.
    #[must_use]
    pub fn with(self, app: Arc<App>) -> Self {
        Self { app, ..self }
    }

    /// The server itself, in the site that every server has.
    pub async fn system(&self) -> Actor {
        let site = self.app.auth.ensure_default_site().await.unwrap();
        Actor::system(site.id)
    }

    /// A person with a role, signed in.
    pub async fn person(&self, role: Role) -> Person {
        let (email, password) = (
            format!("{}@example.com", uuid::Uuid::now_v7()),
            "correct horse battery",
        );
        let new = NewUser {
            email: email.clone(),
            name: format!("{role:?}"),
            password: password.to_owned(),
            role,
        };
        self.app
            .auth
            .create_user(&self.system().await, new)
            .await
            .unwrap();
        let (token, _) = self
            .app
            .auth
            .sign_in(&email, password.to_owned(), None)
            .await
            .unwrap();
        let actor = self.app.auth.actor_for_session(&token, None).await.unwrap();
        Person { actor, token }
    }

    /// Asks the admin API as a person; the whole answer.
    pub async fn admin_graphql(&self, person: &Person, query: &str, variables: Value) -> Value {
        let (name, value) = person.cookie();
        self.http
            .post(format!("{}/admin/graphql", self.url))
            .header(name, value)
            .json(&json!({ "query": query, "variables": variables }))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// The folder of this test's files.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Moves the clock to an instant (RFC 3339).
    pub fn set_time(&self, at: &str) {
        self.clock.set(at.parse::<Timestamp>().unwrap());
    }
}
