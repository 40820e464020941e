//! A PostgreSQL of the bench's own, as it comes (every commit flushed), for as long as the bench runs.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::Context as _;

/// A server that ends with its owner.
pub struct Postgres {
    binaries: PathBuf,
    data: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts one in a folder; `None` where its programs are not installed.
    pub fn start(folder: &Path) -> anyhow::Result<Option<Self>> {
        let Some(binaries) = find_binaries() else {
            return Ok(None);
        };
        let folder = folder.canonicalize()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let server = Self {
            binaries,
            data: folder.join("postgres"),
            port,
        };
        std::fs::create_dir_all(&server.data)?;
        if is_root()? {
            run(Command::new("chown").arg("postgres").arg(&server.data))?;
        }
        run(server
            .program("initdb")?
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"])
            .arg("-D")
            .arg(&server.data))?;
        let options =
            format!("-p {port} -h 127.0.0.1 -k '' -c max_connections=100 -c shared_buffers=128MB");
        run(server
            .program("pg_ctl")?
            .arg("-D")
            .arg(&server.data)
            .args(["-w", "-l"])
            .arg(server.data.join("log"))
            .args(["-o", &options, "start"]))?;
        Ok(Some(server))
    }

    /// The address of its one database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// One of its programs; PostgreSQL refuses to run as root.
    fn program(&self, name: &str) -> anyhow::Result<Command> {
        let path = self.binaries.join(name);
        if !is_root()? {
            return Ok(Command::new(path));
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(path);
        Ok(command)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stopped = self.program("pg_ctl").and_then(|mut stop| {
            run(stop
                .arg("-D")
                .arg(&self.data)
                .args(["-m", "immediate", "stop"]))
        });
        if let Err(error) = stopped {
            tracing::warn!(%error, "the bench's PostgreSQL did not stop");
        }
    }
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    anyhow::ensure!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

fn is_root() -> anyhow::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(std::fs::metadata("/proc/self")?.uid() == 0)
}

/// Where the newest version's programs are.
fn find_binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(Result::ok)
        .map(|version| version.path().join("bin"))
        .filter(|folder| folder.join("initdb").exists())
        .max()
}
