//! `fenfa simulators`: every platform on one port, to build and test against.

use std::{net::TcpListener, path::PathBuf, process::ExitCode, time::Duration};

use actix_web::{App as ActixApp, HttpServer, dev::Server};
use anyhow::Context as _;
use clap::Args;

use super::signal::Signals;
use crate::{
    channels::{CHANNELS, Simulators},
    clock::{Clock, Timestamp},
    config::Config,
    outbound,
};

/// How often the platforms look for what is due.
const PACE: Duration = Duration::from_secs(1);

/// Where and with what memory.
#[derive(Debug, Args)]
pub struct SimulatorsCommand {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:7381")]
    listen: String,
    /// Keep the platforms' state in this folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Let time stand still here (RFC 3339) until it is moved: POST /control/clock {"advance_s": 3600}.
    #[arg(long, value_name = "INSTANT")]
    clock: Option<Timestamp>,
}

/// Serves until it is told to end.
pub async fn run(command: SimulatorsCommand, config: &Config) -> anyhow::Result<ExitCode> {
    let listener = TcpListener::bind(&command.listen)
        .with_context(|| format!("cannot listen on {}", command.listen))?;
    let address = listener.local_addr()?;
    // The crawler reads pages of the server under test.
    let http = outbound::client(
        &config.outbound,
        &[format!("{}:{}", config.server.host, config.server.port)],
    )?;
    let clock = command.clock.map_or_else(Clock::system, Clock::fixed);
    let simulators = Simulators::new(&clock, command.data.as_deref(), &http);
    for channel in CHANNELS.iter() {
        println!(
            "{0:<8} http://{address}/{0}  {1}",
            channel.id, channel.name.zh
        );
    }
    println!("control  http://{address}/control/ledger shows what readers would see");
    let mut signals = Signals::listen()?;
    tokio::select! {
        ended = http_server(&simulators, listener)? => ended?,
        _ = signals.next() => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// The HTTP server of the simulators on a listener.
pub fn http_server(simulators: &Simulators, listener: TcpListener) -> anyhow::Result<Server> {
    let mounted = simulators.clone();
    // What the platforms do by themselves goes on while nobody calls them.
    let working = simulators.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(PACE).await;
            working.work_all().await;
        }
    });
    let server =
        HttpServer::new(move || ActixApp::new().configure(|config| mounted.configure(config)))
            .workers(1)
            .disable_signals()
            .listen(listener)
            .context("the listener cannot be used")?;
    Ok(server.run())
}
