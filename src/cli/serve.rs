//! `fenfa serve`: the server.

use std::{net::TcpListener, process::ExitCode, sync::Arc};

use actix_web::{App as ActixApp, HttpServer, dev::Server, middleware::Compress};
use anyhow::Context as _;

use crate::{api, app::App, clock::Clock, config::Config, delivery::Worker};

/// Serves until it is told to end; then lets running calls finish.
pub async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let address = (config.server.host.clone(), config.server.port);
    let listener = TcpListener::bind(&address)
        .with_context(|| format!("cannot listen on {}:{}", address.0, address.1))?;
    let app = App::start(config, Clock::system()).await?;
    let worker = if app.config.delivery.enabled {
        Some(Worker::start(&app.delivery).await?)
    } else {
        None
    };
    let _follower = app.search.follow();
    if !app.auth.has_people().await? {
        tracing::warn!(
            "nobody may sign in yet: add yourself with `fenfa user create --role admin --email … --name …`"
        );
    }
    tracing::info!(url = app.config.server.base_url(), "the server is ready");
    http_server(&app, listener)?.await?;
    if let Some(worker) = worker {
        worker.shutdown().await;
    }
    Ok(ExitCode::SUCCESS)
}

/// The HTTP server of an app on a listener; it ends on SIGINT and SIGTERM.
pub fn http_server(app: &Arc<App>, listener: TcpListener) -> anyhow::Result<Server> {
    let answers = api::configure(app);
    let workers = match app.config.server.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        workers => workers,
    };
    let server = HttpServer::new(move || {
        ActixApp::new()
            .wrap(Compress::default())
            .configure(answers.clone())
    })
    .workers(workers)
    .listen(listener)
    .context("the listener cannot be used")?;
    Ok(server.run())
}
