//! A server of its own: how long it takes until it is ready, and how much memory it has then, with nothing and with
//! many stories.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde_json::json;
use tokio::process::{Child, Command};

use super::{
    http::{self, Connection},
    report::Report,
    stage::{self, Stage},
};

/// It is looked for so often.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Longer than this no start takes.
const PATIENCE: Duration = Duration::from_mins(1);
/// What was needed for the start alone is given back by then.
const SETTLE: Duration = Duration::from_secs(3);
/// Enough to have everything loaded that a server needs.
const QUERY: &str =
    "query ($q: String!) { stories { nodes { title } } search(query: $q) { nodes { title } } }";

/// Milliseconds until it was ready, and megabytes.
struct Started {
    ready_ms: f64,
    megabytes: Option<f64>,
}

/// One server after the other: on an empty folder, and on that of the stage.
pub async fn measure(stage: &Stage, report: &mut Report) -> anyhow::Result<()> {
    let empty = stage.folder().join("empty");
    std::fs::create_dir_all(&empty)?;
    // The first start makes the database; it is not what is compared.
    start(&empty, None).await?;
    let empty = start(&empty, None).await?;
    let full = start(stage.folder(), Some(&stage.key)).await?;
    report.add(
        "start",
        "from the call of the program until /health/ready, with the multiplied stories",
        "the same without any",
        "ms",
        (full.ready_ms, empty.ready_ms),
    );
    if let (Some(full), Some(empty)) = (full.megabytes, empty.megabytes) {
        report.add(
            "memory",
            "resident memory of the idle server, with the multiplied stories, a list and a search answered",
            "the same without any",
            "MB",
            (full, empty),
        );
    }
    Ok(())
}

async fn start(folder: &Path, key: Option<&str>) -> anyhow::Result<Started> {
    let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
    let file = folder.join("serve.toml");
    let database = format!("sqlite://{}", folder.join("fenfa.db").display());
    std::fs::write(&file, stage::layer(folder, &database, address, &[]))?;
    let started = Instant::now();
    let mut server = Command::new(std::env::current_exe()?)
        .arg("--config")
        .arg(&file)
        .arg("serve")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("the server cannot be started")?;
    while !is_ready(address).await {
        let ended = server.try_wait()?;
        anyhow::ensure!(
            ended.is_none() && started.elapsed() < PATIENCE,
            "the server did not become ready: {ended:?}"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let ready_ms = started.elapsed().as_secs_f64() * 1000.0;
    if let Some(key) = key {
        let request = http::post(address, key, QUERY, &json!({ "q": "鲈鱼" }), "");
        let answer = Connection::open(address).await?.ask(&request).await?.status;
        anyhow::ensure!(answer == 200, "status {answer}");
    }
    tokio::time::sleep(SETTLE).await;
    let megabytes = resident_megabytes(&server);
    server.kill().await?;
    Ok(Started {
        ready_ms,
        megabytes,
    })
}

async fn is_ready(address: SocketAddr) -> bool {
    let request = format!("GET /health/ready HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let Ok(mut connection) = Connection::open(address).await else {
        return false;
    };
    connection
        .ask(request.as_bytes())
        .await
        .is_ok_and(|answer| answer.status == 200)
}

/// `None` where the system does not tell.
fn resident_megabytes(server: &Child) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()?)).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: u32 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(f64::from(kilobytes) / 1024.0)
}
