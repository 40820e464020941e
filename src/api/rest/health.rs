//! `/health/live`: the process answers. `/health/ready`: it can work, that is, it reaches its database.

use actix_web::{HttpResponse, http::header, web};
use serde_json::{Value, json};

use crate::app::App;

/// The routes.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/health/live", web::get().to(live))
        .route("/health/ready", web::get().to(ready));
}

async fn live() -> HttpResponse {
    answer(HttpResponse::Ok(), &json!({ "status": "ok" }))
}

async fn ready(app: web::Data<App>) -> HttpResponse {
    match app.auth.list_sites().await {
        Ok(_) => answer(
            HttpResponse::Ok(),
            &json!({ "status": "ok", "database": "ok" }),
        ),
        Err(error) => {
            tracing::warn!(%error, "the database cannot be reached");
            answer(
                HttpResponse::ServiceUnavailable(),
                &json!({ "status": "unavailable", "database": "unavailable" }),
            )
        }
    }
}

fn answer(mut response: actix_web::HttpResponseBuilder, body: &Value) -> HttpResponse {
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(body)
}
