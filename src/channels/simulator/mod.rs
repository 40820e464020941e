//! What all simulators share: how they are mounted, their control plane, their faults, their memory.
//!
//! The control plane, beside the platforms on the same port:
//!
//! | call | what it does |
//! | --- | --- |
//! | `GET /control/ledger`, `GET /control/{channel}/ledger` | what readers would see |
//! | `POST /control/{channel}` | throws one of the platform's own switches; each platform's folder documents its own |
//! | `POST`, `GET`, `DELETE /control/{channel}/faults` | adds a [`FaultRule`], shows those to come, forgets them |
//! | `GET /control/clock`, `POST /control/clock` | tells the time; moves it: `{"advance_s": 3600}` or `{"set": "2026-03-03T08:00:00Z"}` |

mod shelf;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    HttpResponse,
    body::{BoxBody, MessageBody, SizedStream},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};
use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::{Value, json};

pub use shelf::Shelf;

use super::{
    CHANNELS, Descriptor,
    fault::{Fault, FaultRule, FaultScript},
};
use crate::clock::{Clock, Timestamp};

/// What a simulator is made with.
#[derive(Clone)]
pub struct SimulatorContext {
    /// Its time; tests move it.
    pub clock: Clock,
    /// Where it keeps its state (`<channel>.json`, written before each answer); `None`: in memory only.
    pub data_dir: Option<PathBuf>,
    /// The client with which it crawls our pages.
    pub http: reqwest::Client,
    /// Faults still to come.
    pub faults: Arc<FaultScript>,
}

/// A platform, as far as its contract goes.
#[async_trait]
pub trait Simulator: Send + Sync {
    /// Registers the platform's routes; they are mounted under `/{channel id}`.
    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig);
    /// What readers would see: `{"items": [{"lane", "key", "title", "state", "submissions", …}]}`, each live item once.
    fn ledger(&self) -> Value;
    /// The platform's own switches (`{"set": {…}}`, `{"insert_foreign": {…}}`, …), documented in its folder.
    fn control(&self, command: &Value) -> Result<Value, String>;
    /// Does what the platform does by itself by now (crawls, pulls, reviews, callbacks), and returns when it is done.
    async fn work(&self) {}
}

/// The simulators of every channel, as one service.
#[derive(Clone)]
pub struct Simulators {
    clock: Clock,
    running: Arc<Vec<Running>>,
}

struct Running {
    channel: &'static Descriptor,
    simulator: Arc<dyn Simulator>,
    faults: Arc<FaultScript>,
}

impl Simulators {
    /// One simulator for every channel this build knows.
    pub fn new(clock: &Clock, data_dir: Option<&Path>, http: &reqwest::Client) -> Self {
        Self::of(&CHANNELS, clock, data_dir, http)
    }

    /// One simulator for each of these channels.
    pub fn of(
        channels: &[&'static Descriptor],
        clock: &Clock,
        data_dir: Option<&Path>,
        http: &reqwest::Client,
    ) -> Self {
        let running = channels
            .iter()
            .map(|channel| {
                let faults = Arc::new(FaultScript::default());
                let context = SimulatorContext {
                    clock: clock.clone(),
                    data_dir: data_dir.map(Path::to_owned),
                    http: http.clone(),
                    faults: Arc::clone(&faults),
                };
                Running {
                    channel,
                    simulator: (channel.simulator)(context),
                    faults,
                }
            })
            .collect();
        Self {
            clock: clock.clone(),
            running: Arc::new(running),
        }
    }

    /// What readers would see on every channel, by channel id.
    pub fn ledger(&self) -> Value {
        self.running
            .iter()
            .map(|running| (running.channel.id.to_owned(), running.simulator.ledger()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    /// The ledger of one channel.
    pub fn ledger_of(&self, channel: &str) -> Option<Value> {
        self.find(channel).map(|running| running.simulator.ledger())
    }

    /// Adds a fault to a channel's script.
    pub fn add_fault(&self, channel: &str, rule: FaultRule) -> bool {
        self.find(channel)
            .map(|running| running.faults.add(rule))
            .is_some()
    }

    /// Forgets a channel's faults.
    pub fn clear_faults(&self, channel: &str) {
        if let Some(running) = self.find(channel) {
            running.faults.clear();
        }
    }

    /// Throws one of the platform's own switches.
    pub fn control(&self, channel: &str, command: &Value) -> Result<Value, String> {
        let running = self
            .find(channel)
            .ok_or_else(|| format!("no channel {channel}"))?;
        running.simulator.control(command)
    }

    /// Lets one platform do what is due by the clock.
    pub async fn work(&self, channel: &str) {
        if let Some(running) = self.find(channel) {
            running.simulator.work().await;
        }
    }

    /// Lets every platform do what is due by the clock.
    pub async fn work_all(&self) {
        for running in self.running.iter() {
            running.simulator.work().await;
        }
    }

    /// Mounts every platform under `/{channel}` and the control plane under `/control`.
    pub fn configure(&self, config: &mut web::ServiceConfig) {
        config.app_data(web::Data::new(self.clone()));
        config.service(
            web::scope("/control")
                .route("/ledger", web::get().to(all_ledgers))
                .route("/clock", web::get().to(tell_time))
                .route("/clock", web::post().to(move_clock))
                .route("/{channel}/ledger", web::get().to(one_ledger))
                .route("/{channel}/faults", web::post().to(post_fault))
                .route("/{channel}/faults", web::get().to(get_faults))
                .route("/{channel}/faults", web::delete().to(delete_faults))
                .route("/{channel}/work", web::post().to(post_work))
                .route("/{channel}", web::post().to(post_control)),
        );
        for running in self.running.iter() {
            let faults = Arc::clone(&running.faults);
            let simulator = Arc::clone(&running.simulator);
            let switches = Arc::clone(&running.simulator);
            config.service(
                web::scope(&format!("/{}", running.channel.id))
                    .wrap(actix_web::middleware::from_fn(move |request, next| {
                        with_faults(Arc::clone(&faults), Arc::clone(&switches), request, next)
                    }))
                    .configure(|config| simulator.routes(config)),
            );
        }
    }

    fn find(&self, channel: &str) -> Option<&Running> {
        self.running
            .iter()
            .find(|running| running.channel.id == channel)
    }
}

async fn all_ledgers(simulators: web::Data<Simulators>) -> HttpResponse {
    HttpResponse::Ok().json(simulators.ledger())
}

async fn one_ledger(simulators: web::Data<Simulators>, channel: web::Path<String>) -> HttpResponse {
    simulators.ledger_of(&channel).map_or_else(
        || HttpResponse::NotFound().finish(),
        |ledger| HttpResponse::Ok().json(ledger),
    )
}

async fn post_fault(
    simulators: web::Data<Simulators>,
    channel: web::Path<String>,
    rule: web::Json<FaultRule>,
) -> HttpResponse {
    if simulators.add_fault(&channel, rule.into_inner()) {
        HttpResponse::NoContent().finish()
    } else {
        HttpResponse::NotFound().finish()
    }
}

async fn get_faults(simulators: web::Data<Simulators>, channel: web::Path<String>) -> HttpResponse {
    simulators.find(&channel).map_or_else(
        || HttpResponse::NotFound().finish(),
        |running| HttpResponse::Ok().json(running.faults.pending()),
    )
}

async fn delete_faults(
    simulators: web::Data<Simulators>,
    channel: web::Path<String>,
) -> HttpResponse {
    simulators.clear_faults(&channel);
    HttpResponse::NoContent().finish()
}

async fn post_work(simulators: web::Data<Simulators>, channel: web::Path<String>) -> HttpResponse {
    simulators.work(&channel).await;
    HttpResponse::NoContent().finish()
}

async fn post_control(
    simulators: web::Data<Simulators>,
    channel: web::Path<String>,
    command: web::Json<Value>,
) -> HttpResponse {
    match simulators.control(&channel, &command) {
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err(message) => HttpResponse::BadRequest().json(json!({ "message": message })),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ClockMove {
    AdvanceS(u64),
    Set(Timestamp),
}

async fn tell_time(simulators: web::Data<Simulators>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "now": simulators.clock.now() }))
}

async fn move_clock(simulators: web::Data<Simulators>, to: web::Json<ClockMove>) -> HttpResponse {
    let clock = &simulators.clock;
    if !clock.is_fixed() {
        let message = "the system's clock cannot be moved; start the simulators with --clock";
        return HttpResponse::BadRequest().json(json!({ "message": message }));
    }
    match *to {
        ClockMove::AdvanceS(seconds) => clock.advance(Duration::from_secs(seconds)),
        ClockMove::Set(at) => clock.set(at),
    }
    tell_time(simulators).await
}

/// Path and query of a call: where a platform has one address for all methods, the query says which one it is.
fn address(request: &ServiceRequest) -> String {
    let uri = request.uri();
    uri.path_and_query()
        .map_or_else(|| uri.path().to_owned(), ToString::to_string)
}

/// Shows the fault that is due for this call, before or after its effect.
async fn with_faults<B: MessageBody + 'static>(
    faults: Arc<FaultScript>,
    simulator: Arc<dyn Simulator>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let html = |code: u16| {
        let status = actix_web::http::StatusCode::from_u16(code)
            .unwrap_or(actix_web::http::StatusCode::BAD_GATEWAY);
        let page = format!("<html><body><h1>{status}</h1></body></html>");
        HttpResponse::build(status)
            .content_type("text/html")
            .body(page)
    };
    let json = |body: String| {
        HttpResponse::Ok()
            .content_type("application/json")
            .body(body)
    };
    match faults.take(&address(&request)) {
        None => Ok(next.call(request).await?.map_into_boxed_body()),
        Some(Fault::DropBefore) => Ok(request.into_response(dropped())),
        Some(Fault::StatusBefore { status }) => Ok(request.into_response(html(status))),
        Some(Fault::BodyBefore { body }) => Ok(request.into_response(json(body))),
        Some(Fault::Slow { millis }) => {
            actix_web::rt::time::sleep(Duration::from_millis(millis)).await;
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Some(Fault::Control { command }) => match simulator.control(&command) {
            Ok(_) => Ok(next.call(request).await?.map_into_boxed_body()),
            Err(message) => Err(actix_web::error::ErrorInternalServerError(message)),
        },
        Some(after) => {
            let (request, response) = next.call(request).await?.into_parts();
            let response = match after {
                Fault::StatusAfter { status } => html(status),
                Fault::BodyAfter { body } => json(body),
                Fault::AcceptThenDelay { millis } => {
                    actix_web::rt::time::sleep(Duration::from_millis(millis)).await;
                    dropped()
                }
                Fault::AcceptThenHeaders => cut_off(response, |_| 0).await,
                Fault::AcceptThenHalf => cut_off(response, |length| length / 2).await,
                _ => dropped(),
            };
            Ok(ServiceResponse::new(request, response))
        }
    }
}

/// An answer whose body fails at its first byte: actix closes the connection without having sent anything.
fn dropped() -> HttpResponse {
    let broken = stream::once(async { Err::<web::Bytes, _>(broken_off()) });
    HttpResponse::Ok().streaming(broken)
}

/// The answer with its length and the first bytes of its body; then the connection is closed.
async fn cut_off<B: MessageBody>(
    response: HttpResponse<B>,
    keep: impl Fn(usize) -> usize,
) -> HttpResponse {
    let (head, body) = response.into_parts();
    let body = actix_web::body::to_bytes(body).await.unwrap_or_default();
    let kept = body.slice(..keep(body.len()));
    let start = stream::iter((!kept.is_empty()).then_some(Ok(kept)));
    // The pause lets what stands before it leave.
    let end = stream::once(async {
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
        Err(broken_off())
    });
    head.set_body(BoxBody::new(SizedStream::new(
        body.len() as u64,
        start.chain(Box::pin(end)),
    )))
}

fn broken_off() -> std::io::Error {
    std::io::Error::other("connection dropped by the fault script")
}

/// Changes a simulator's settings by name (`{"set": {"name": value}}`); what they are now.
pub fn change_settings<T: serde::Serialize + serde::de::DeserializeOwned>(
    settings: &mut T,
    new: &Value,
) -> Result<Value, String> {
    let mut changed = serde_json::to_value(&*settings).map_err(|error| error.to_string())?;
    for (name, value) in new.as_object().ok_or("set takes an object of settings")? {
        let known = changed
            .get_mut(name)
            .ok_or_else(|| format!("there is no setting {name}"))?;
        *known = value.clone();
    }
    *settings = serde_json::from_value(changed.clone()).map_err(|error| error.to_string())?;
    Ok(changed)
}

/// Reads a simulator's state from its file.
pub fn load_state<T: serde::de::DeserializeOwned + Default>(
    context: &SimulatorContext,
    channel: &str,
) -> T {
    let Some(dir) = &context.data_dir else {
        return T::default();
    };
    match std::fs::read(dir.join(format!("{channel}.json"))) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            tracing::error!(channel.id = channel, %error, "the simulator's state cannot be read; it starts empty");
            T::default()
        }),
        Err(_) => T::default(),
    }
}

/// Writes a simulator's state, whole or not at all, before the answer goes out.
pub fn save_state<T: serde::Serialize>(context: &SimulatorContext, channel: &str, state: &T) {
    let Some(dir) = &context.data_dir else { return };
    let path = dir.join(format!("{channel}.json"));
    let temporary = dir.join(format!("{channel}.json.new"));
    let written = std::fs::create_dir_all(dir)
        .and_then(|()| serde_json::to_vec(state).map_err(std::io::Error::other))
        .and_then(|bytes| std::fs::write(&temporary, bytes))
        .and_then(|()| std::fs::rename(&temporary, &path));
    if let Err(error) = written {
        tracing::error!(channel.id = channel, %error, "the simulator's state cannot be written");
    }
}
