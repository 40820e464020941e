//! `/metrics`: the figures of this process and of the work at hand, as Prometheus reads them.

use std::{cell::RefCell, collections::HashMap, net::IpAddr, time::Instant};

use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    web,
};
use sha2::{Digest as _, Sha256};

use crate::{
    api::rest::Failure,
    app::App,
    delivery::{AccountStatus, Figures},
    telemetry::{
        self,
        metric::{self, Counter, Histogram},
        process,
    },
};

/// Pattern of a path that no route takes.
const NO_ROUTE: &str = "none";

/// The route.
pub fn configure(config: &mut web::ServiceConfig) {
    config.route("/metrics", web::get().to(metrics));
}

async fn metrics(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Failure> {
    if let Some(refusal) = refuse(app.config.telemetry.metrics_token.expose(), &request) {
        return Ok(refusal);
    }
    let figures = app.delivery.figures().await?;
    let behind = app.search.behind().await?;
    let text = telemetry::render(|| set_gauges(&app, &figures, behind))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(text))
}

/// With a token, who does not show it; without one, who does not call from this machine, or through a proxy on it.
fn refuse(token: &str, request: &HttpRequest) -> Option<HttpResponse> {
    let headers = request.headers();
    if !token.is_empty() {
        let shown = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        // Hashes, so that the time of the comparison tells nothing.
        let is_right = shown.is_some_and(|shown| Sha256::digest(shown) == Sha256::digest(token));
        return (!is_right).then(|| {
            HttpResponse::Unauthorized()
                .insert_header((header::WWW_AUTHENTICATE, "Bearer"))
                .body("send the token of telemetry.metrics_token as a bearer token\n")
        });
    }
    let is_near = request
        .peer_addr()
        .is_some_and(|peer| is_loopback(peer.ip()));
    let is_passed_on = headers.contains_key(header::FORWARDED)
        || headers.contains_key(header::X_FORWARDED_FOR)
        || headers.contains_key(header::VIA);
    (!is_near || is_passed_on).then(|| {
        HttpResponse::Forbidden().body(
            "figures are shown to callers on this machine alone; set telemetry.metrics_token to let others in\n",
        )
    })
}

fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|v4| v4.is_loopback())
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Prometheus knows no other numbers"
)]
fn set_gauges(app: &App, figures: &Figures, behind: u64) {
    for lane in &figures.lanes {
        let (channel, account) = (lane.channel.as_str(), lane.account.to_string());
        for (state, count) in &lane.counts {
            let labels = [channel, &lane.lane, &account, state.as_str()];
            metric::DELIVERIES.set(&labels, *count as f64);
        }
        let oldest = lane.oldest_ready.as_secs_f64();
        metric::OLDEST_READY.set(&[channel, &lane.lane, &account], oldest);
    }
    for quota in &figures.quotas {
        let labels = [&*quota.channel, &quota.account.to_string(), &quota.name];
        metric::QUOTA_REMAINING.set(&labels, quota.remaining.into());
    }
    for account in &figures.accounts {
        if let Some(remaining) = account.token_remaining_s {
            let labels = [&*account.channel, &account.account.to_string()];
            metric::TOKEN_REMAINING.set(&labels, remaining as f64);
        }
        if let Some(remaining) = account.grant_remaining_s {
            let labels = [&*account.channel, &account.account.to_string()];
            metric::GRANT_REMAINING.set(&labels, remaining as f64);
        }
        for status in AccountStatus::ALL {
            let is_alike = |other: &&crate::delivery::AccountFigures| {
                other.channel == account.channel && other.status == *status
            };
            let count = figures.accounts.iter().filter(is_alike).count();
            metric::ACCOUNTS.set(&[&account.channel, status.as_str()], count as f64);
        }
    }
    metric::SEARCH_BEHIND.set(&[], behind as f64);
    for pool in app.database_pools() {
        metric::DATABASE_CONNECTIONS.set(&[pool.name, "idle"], pool.idle.into());
        metric::DATABASE_CONNECTIONS.set(&[pool.name, "in_use"], pool.in_use.into());
        metric::DATABASE_CONNECTIONS_MAX.set(&[pool.name], pool.max.into());
    }
    metric::BUILD.set(&[env!("CARGO_PKG_VERSION")], 1.0);
    if let Some(bytes) = process::resident_bytes() {
        metric::RESIDENT_MEMORY.set(&[], bytes as f64);
    }
    if let Some(files) = process::open_files() {
        metric::OPEN_FILES.set(&[], files as f64);
    }
}

/// Paths whose series a thread remembers; then it begins anew.
const REMEMBERED: usize = 4096;
/// The longest of them, in bytes.
const LONGEST_REMEMBERED: usize = 256;
/// Anybody can make up a method; each would be a series of its own.
const METHODS: &[Method] = &[
    Method::GET,
    Method::POST,
    Method::HEAD,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// Where answers of one kind to one path are counted.
struct Series {
    method: Method,
    status: StatusCode,
    requests: Counter,
    durations: Histogram,
}

thread_local! {
    /// Matching a path against all patterns again takes longer than many an answer.
    static SERIES: RefCell<HashMap<String, Vec<Series>>> = RefCell::default();
}

/// Counts every answer by the pattern of its path; for `middleware::from_fn`.
pub async fn count<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let began = Instant::now();
    let response = next.call(request).await?;
    let took = began.elapsed().as_secs_f64();
    SERIES.with_borrow_mut(|known| {
        let (request, status) = (response.request(), response.status());
        let is_known = known.get(request.path()).and_then(|all| {
            all.iter()
                .find(|series| series.method == *request.method() && series.status == status)
        });
        if let Some(series) = is_known {
            series.take(took);
            return;
        }
        let series = Series::of(request, status);
        series.take(took);
        let is_usual =
            METHODS.contains(request.method()) && request.path().len() <= LONGEST_REMEMBERED;
        if is_usual {
            if known.len() >= REMEMBERED {
                known.clear();
            }
            let path = request.path().to_owned();
            known.entry(path).or_default().push(series);
        }
    });
    Ok(response)
}

impl Series {
    fn of(request: &HttpRequest, status: StatusCode) -> Self {
        let route = request.match_pattern();
        let route = route.as_deref().unwrap_or(NO_ROUTE);
        let method = match request.method() {
            method if METHODS.contains(method) => method.as_str(),
            _ => "other",
        };
        Self {
            method: request.method().clone(),
            status,
            requests: metric::HTTP_REQUESTS.counter_of(&[method, route, status.as_str()]),
            durations: metric::HTTP_DURATION.histogram_of(&[route]),
        }
    }

    fn take(&self, seconds: f64) {
        self.requests.increment(1);
        self.durations.record(seconds);
    }
}
