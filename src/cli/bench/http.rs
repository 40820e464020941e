//! The load: a client so thin that it hides little of what the server costs.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// One connection that is kept alive.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer; its body stands in the connection's buffer.
pub struct Answer<'a> {
    /// Status.
    pub status: u16,
    /// Head, in lower case.
    pub head: String,
    /// Body.
    pub body: &'a [u8],
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends a request and reads its whole answer, which must tell its length.
    pub async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head_end = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at;
            }
            self.fill().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).to_ascii_lowercase();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .context("an answer without a status")?;
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|length| length.parse().ok())
            .context("an answer without a length")?;
        let end = head_end + 4 + length;
        while self.buffer.len() < end {
            self.fill().await?;
        }
        Ok(Answer {
            status,
            head,
            body: &self.buffer[head_end + 4..end],
        })
    }

    async fn fill(&mut self) -> anyhow::Result<()> {
        let read = self.stream.read_buf(&mut self.buffer).await?;
        anyhow::ensure!(read > 0, "the server closed the connection");
        Ok(())
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// A GraphQL request as a mini-program sends it.
pub fn post(
    address: SocketAddr,
    key: &str,
    query: &str,
    variables: &serde_json::Value,
    headers: &str,
) -> Vec<u8> {
    let body = serde_json::json!({ "query": query, "variables": variables }).to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\nx-fenfa-key: {key}\r\ncontent-type: application/json\r\n\
         {headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// How often a second a server gives an answer of this many bytes, over some connections.
pub async fn rate(
    address: SocketAddr,
    request: &Arc<Vec<u8>>,
    bytes: usize,
    connections: usize,
    turn: Duration,
) -> anyhow::Result<f64> {
    let mut asking = tokio::task::JoinSet::new();
    let started = Instant::now();
    for _ in 0..connections {
        let request = Arc::clone(request);
        asking.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut answers = 0_u32;
            while started.elapsed() < turn {
                let answer = connection.ask(&request).await?;
                anyhow::ensure!(
                    answer.status == 200 && answer.body.len() == bytes,
                    "status {} and {} bytes instead of {bytes}",
                    answer.status,
                    answer.body.len()
                );
                answers += 1;
            }
            anyhow::Ok(answers)
        });
    }
    let mut answers = 0.0;
    while let Some(done) = asking.join_next().await {
        answers += f64::from(done??);
    }
    Ok(answers / started.elapsed().as_secs_f64())
}

/// Seconds of processor time that this process has used, in steps of 10 ms; `None` where the system does not tell.
pub fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold anything; user and system time are the 12th and 13th field behind it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u32>().ok().map(f64::from);
    Some((ticks(11)? + ticks(12)?) / 100.0)
}
