//! What a demo remembers in its folder: its ports (addresses stand in what was sent), its login.

use std::{
    fmt::Write as _,
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::json;

const EMAIL: &str = "admin@fenfa.example";

#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    port: u16,
    simulator_port: u16,
    password: String,
}

/// A demo's folder.
pub struct Memory {
    file: PathBuf,
    kept: Kept,
}

impl Memory {
    /// Opens the folder; makes it when absent.
    pub fn open(dir: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let file = dir.join("demo.json");
        let kept = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is damaged; use another folder", file.display()))?,
            Err(_) => Kept::default(),
        };
        Ok(Self { file, kept })
    }

    fn save(&self) -> anyhow::Result<()> {
        let new = self.file.with_extension("new");
        fs::write(&new, serde_json::to_vec(&self.kept)?)?;
        fs::rename(&new, &self.file)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }

    /// The ports of the last run, or free ones: server, simulators.
    pub fn listeners(&mut self) -> anyhow::Result<(TcpListener, TcpListener)> {
        let server = listen(self.kept.port)?;
        let simulators = listen(self.kept.simulator_port)?;
        self.kept.port = server.local_addr()?.port();
        self.kept.simulator_port = simulators.local_addr()?.port();
        self.save()?;
        Ok((server, simulators))
    }

    /// Address of the server.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.kept.port)
    }

    /// Address of the simulators.
    pub fn simulators_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.kept.simulator_port)
    }

    /// Everything in the folder, and a pace at which one likes to watch.
    pub fn config(&self, dir: &Path, database: Option<&str>, log: &str) -> String {
        let in_dir = |name: &str| json!(dir.join(name).display().to_string()).to_string();
        let url = database.map_or_else(
            || format!("sqlite://{}", dir.join("fenfa.db").display()),
            ToOwned::to_owned,
        );
        let mut toml = String::new();
        let _ = write!(
            toml,
            "[server]\nport = {port}\n[database]\nurl = {url}\n[security]\ncredentials_key_file = {key}\n\
             [media]\nstorage = {media}\nupload_dir = {uploads}\n[search]\nindex_dir = {index}\n\
             [outbound]\nallow_private = [\"127.0.0.1:{port}\", \"127.0.0.1:{simulators}\"]\n\
             [delivery]\ntick_ms = 200\nquiet_grace_s = 2\nreconcile_after_s = [0, 2, 4]\nobserve_base_s = 1\n\
             backoff_base_s = 1\nlease_s = 10\n[telemetry]\nlog = {log}\n",
            port = self.kept.port,
            simulators = self.kept.simulator_port,
            url = json!(url),
            key = in_dir("credentials.key"),
            media = in_dir("media"),
            uploads = in_dir("uploads"),
            index = in_dir("index"),
            log = json!(log),
        );
        toml
    }

    /// The login of the demo's admin.
    pub fn login(&mut self) -> anyhow::Result<(String, String)> {
        if self.kept.password.is_empty() {
            self.kept.password = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 9]>());
            self.save()?;
        }
        Ok((EMAIL.to_owned(), self.kept.password.clone()))
    }
}

fn listen(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).with_context(|| {
        format!("port {port} of this demo is in use; end what uses it, or take another folder")
    })
}
