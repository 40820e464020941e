//! `/health/live`: the process answers. `/health/ready`: it does what its roles are; else 503, and which part does not
//! and why. What is said holds no address and no secret, since anybody may ask.

use std::{collections::BTreeMap, path::Path};

use actix_web::{HttpResponse, HttpResponseBuilder, http::header, web};
use serde::Serialize;
use serde_json::json;

use crate::{
    app::{App, Life, Stage},
    config::Role,
    telemetry::disk,
};

/// The parts of a process, and what is wrong with each.
#[derive(Debug, Default, Serialize)]
struct Report {
    status: &'static str,
    parts: BTreeMap<&'static str, Part>,
}

#[derive(Debug, Serialize)]
struct Part {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Report {
    fn add(&mut self, name: &'static str, trouble: Option<String>) {
        let status = if trouble.is_some() {
            "unavailable"
        } else {
            "ok"
        };
        self.parts.insert(
            name,
            Part {
                status,
                reason: trouble,
            },
        );
    }

    fn answer(mut self) -> HttpResponse {
        let is_well = self.parts.values().all(|part| part.reason.is_none());
        self.status = if is_well { "ok" } else { "unavailable" };
        answer(
            if is_well {
                HttpResponse::Ok()
            } else {
                HttpResponse::ServiceUnavailable()
            },
            &self,
        )
    }
}

/// The routes of a process that works.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/health/live", web::get().to(live))
        .route("/health/ready", web::get().to(ready));
}

/// The routes of a process that does not work yet; all others ask for patience.
pub fn configure_starting(config: &mut web::ServiceConfig) {
    config
        .route("/health/live", web::get().to(live))
        .route("/health/ready", web::get().to(starting))
        .default_service(web::to(async || {
            HttpResponse::ServiceUnavailable()
                .insert_header((header::RETRY_AFTER, "1"))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .body("the server is starting\n")
        }));
}

async fn live() -> HttpResponse {
    answer(HttpResponse::Ok(), &json!({ "status": "ok" }))
}

async fn starting(life: web::Data<Life>) -> HttpResponse {
    let mut report = Report::default();
    report.add(
        "process",
        trouble_of(life.stage()).or(Some("it is starting".to_owned())),
    );
    report.answer()
}

fn trouble_of(stage: Stage) -> Option<String> {
    let reason = match stage {
        Stage::Starting => "the database is being opened",
        Stage::Migrating => "the database is being brought up to date",
        Stage::Opening => "the search index is being opened",
        Stage::Working => return None,
        Stage::Ending => "it is ending",
    };
    Some(reason.to_owned())
}

async fn ready(app: web::Data<App>) -> HttpResponse {
    let mut report = Report::default();
    report.add("process", trouble_of(app.life.stage()));
    report.add("database", database(&app).await);
    report.add("disk", disk(&app).await);
    if app.config.server.has(Role::Web) {
        report.add("index", app.search.trouble());
    }
    if app.config.server.has(Role::Worker) {
        report.add("worker", app.delivery.trouble());
    }
    for (part, trouble) in &report.parts {
        if let Some(reason) = &trouble.reason {
            tracing::warn!(part, reason, "the server is not ready");
        }
    }
    report.answer()
}

async fn database(app: &App) -> Option<String> {
    match app.check_database().await {
        Ok(()) => None,
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(%error, source, "the database cannot be used");
            Some(error.message().to_owned())
        }
    }
}

/// The folders that fill up.
async fn disk(app: &web::Data<App>) -> Option<String> {
    let app = app.clone();
    let looked = web::block(move || {
        let least = app.config.server.min_free_bytes;
        app.config
            .folders()
            .into_iter()
            .find_map(|(name, dir)| too_full(name, &dir, least))
    });
    looked.await.unwrap_or_else(|error| Some(error.to_string()))
}

fn too_full(name: &str, dir: &Path, least: u64) -> Option<String> {
    match disk::free_bytes(dir) {
        Ok(free) if free >= least => None,
        Ok(free) => Some(format!(
            "the disk of {name} has {} MB left; make room",
            free / 1_000_000
        )),
        Err(error) => Some(format!(
            "the disk of {name} cannot be looked at: {}",
            error.kind()
        )),
    }
}

fn answer(mut response: HttpResponseBuilder, body: &impl Serialize) -> HttpResponse {
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(body)
}
