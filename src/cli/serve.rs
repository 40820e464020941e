//! `fenfa serve`: the server, from its first answer to an orderly end.

use std::{net::TcpListener, process::ExitCode, sync::Arc, time::Duration};

use actix_web::{
    App as ActixApp, HttpServer,
    dev::{Server, ServerHandle},
    middleware::{Compress, from_fn},
    web,
};
use anyhow::Context as _;
use clap::Args;

use super::{demo::Practice, signal::Signals, user};
use crate::{
    api::{self, rest},
    app::{App, Life, Stage},
    auth::Actor,
    clock::Clock,
    config::{Config, Role},
    delivery::Worker,
    error::{ErrorKind, Result},
    jobs::JobWorker,
    telemetry,
};

/// How often what was measured is taken in.
const SETTLE_EVERY: Duration = Duration::from_secs(5);
/// How long answers under way may take after the process was told to end, in seconds.
const FAREWELL_S: u64 = 25;
/// The exit code of a process that may not deliver because another one does: trying again later may help
/// (`EX_TEMPFAIL` of sysexits.h).
const ANOTHER_WORKER: u8 = 75;

/// What this process does.
#[derive(Debug, Args)]
pub struct ServeCommand {
    /// Roles of this process, in place of server.roles: web, worker.
    #[arg(long, value_delimiter = ',', value_name = "ROLES")]
    roles: Vec<Role>,
    /// Also serve the simulators of all channels, with an account on each to practise with; their state is kept in
    /// data/simulators.
    #[arg(long, value_name = "HOST:PORT", num_args = 0..=1, default_missing_value = "127.0.0.1:7381")]
    simulators: Option<String>,
}

/// Serves until it is told to end; then lets running calls finish. Told twice, it ends at once.
pub async fn run(command: ServeCommand, mut config: Config) -> anyhow::Result<ExitCode> {
    if !command.roles.is_empty() {
        config.server.roles = command.roles;
    }
    let mut signals = Signals::listen()?;
    let address = (config.server.host.clone(), config.server.port);
    let listener = TcpListener::bind(&address)
        .with_context(|| format!("cannot listen on {}:{}", address.0, address.1))?;
    let practice = match &command.simulators {
        Some(address) => Some(Practice::open(address, &mut config)?),
        None => None,
    };
    telemetry::collect()?;
    let _settling = tokio::spawn(settle());
    let life = Life::default();
    let patience = starting_server(&life, listener.try_clone()?)?;
    let answering = patience.handle();
    tokio::spawn(patience);
    let (app, workers) = tokio::select! {
        started = start(config, life) => match started? {
            Some(started) => started,
            None => return Ok(ExitCode::from(ANOTHER_WORKER)),
        },
        // Nothing was begun yet.
        _ = signals.next() => return Ok(ExitCode::SUCCESS),
    };
    if let Some(practice) = &practice {
        let actor = Actor::system(app.auth.ensure_default_site().await?.id);
        practice.connect_all(&app, &actor).await?;
    }
    let _follower = app
        .config
        .server
        .has(Role::Web)
        .then(|| app.search.follow());
    // Who calls in between waits in the listener's queue.
    answering.stop(false).await;
    let server = http_server(&app, listener)?;
    let answering = server.handle();
    let serving = tokio::spawn(server);
    let roles: Vec<_> = app
        .config
        .server
        .roles
        .iter()
        .map(|role| role.name())
        .collect();
    tracing::info!(
        url = app.config.server.base_url(),
        roles = roles.join(","),
        "the server is ready"
    );
    tokio::select! {
        told = signals.next() => tracing::info!(?told, "ending: what was begun is finished"),
        ended = serving => {
            ended.context("the HTTP server broke off")?.context("the HTTP server failed")?;
        }
    }
    tokio::select! {
        () = wind_down(&app, workers, answering) => Ok(ExitCode::SUCCESS),
        told = signals.next() => {
            tracing::warn!(?told, "ending at once; what was armed is looked for at the next start");
            // Not by returning: the runtime would wait for what blocks a thread.
            std::process::exit(told.code().into());
        }
    }
}

/// What works in the background: deliveries, and jobs that are safe to repeat.
pub struct Workers {
    delivery: Worker,
    jobs: JobWorker,
}

impl Workers {
    /// Starts both; refused when another process has this SQLite file already.
    pub async fn start(app: &App) -> Result<Self> {
        Ok(Self {
            delivery: Worker::start(&app.delivery).await?,
            jobs: app.start_jobs().await?,
        })
    }

    /// Begins nothing new and lets what was begun end.
    async fn shutdown(self) {
        tokio::join!(self.delivery.shutdown(), self.jobs.shutdown());
    }
}

/// The services, and the workers if this process has that role; nothing when another process delivers already.
async fn start(config: Config, life: Life) -> anyhow::Result<Option<(Arc<App>, Option<Workers>)>> {
    let app = App::start_in(config, Clock::system(), life).await?;
    let workers = if app.config.server.has(Role::Worker) {
        match Workers::start(&app).await {
            Ok(workers) => Some(workers),
            Err(error) if error.kind() == ErrorKind::FailedPrecondition => {
                eprintln!("fenfa: {error}; start this one with --roles web");
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
    } else {
        None
    };
    if app.config.server.has(Role::Web)
        && let Some(link) = user::set_up_link(&app).await?
    {
        tracing::warn!("nobody may sign in yet");
        // For the person at the terminal; the log keeps no secrets.
        println!("\n  Set this server up in a browser:  {link}\n");
    }
    Ok(Some((app, workers)))
}

/// Takes no new request and claims no delivery; answers and calls under way may end.
pub async fn wind_down(app: &App, workers: Option<Workers>, answering: ServerHandle) {
    app.life.enter(Stage::Ending);
    let delivering = async {
        if let Some(workers) = workers {
            workers.shutdown().await;
        }
    };
    tokio::join!(answering.stop(true), delivering);
}

/// The HTTP server of an app on a listener, as its roles ask for; it ends when its handle says so.
pub fn http_server(app: &Arc<App>, listener: TcpListener) -> anyhow::Result<Server> {
    let answers = api::configure(app);
    let workers = match app.config.server.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        workers => workers,
    };
    let server = HttpServer::new(move || {
        ActixApp::new()
            .wrap(Compress::default())
            .wrap(from_fn(rest::metrics::count))
            .configure(answers.clone())
    })
    .workers(workers)
    .disable_signals()
    .shutdown_timeout(FAREWELL_S)
    .listen(listener)
    .context("the listener cannot be used")?;
    Ok(server.run())
}

/// Answers for a process that is not ready yet.
fn starting_server(life: &Life, listener: TcpListener) -> anyhow::Result<Server> {
    let life = web::Data::new(life.clone());
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(life.clone())
            .configure(rest::health::configure_starting)
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .context("the listener cannot be used")?;
    Ok(server.run())
}

async fn settle() {
    let mut pause = tokio::time::interval(SETTLE_EVERY);
    loop {
        pause.tick().await;
        telemetry::settle();
    }
}
