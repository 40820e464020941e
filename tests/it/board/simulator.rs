//! A simulated notice board.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::{HttpRequest, HttpResponse, web};
use fenfa::channels::{Simulator, SimulatorContext};
use serde_json::{Value, json};

use super::NOTICE;

/// What opens the board.
pub const KEY: &str = "board-key";

#[derive(Default)]
struct Board(Mutex<Vec<Value>>);

/// Starts it, empty.
pub fn start(_: SimulatorContext) -> Arc<dyn Simulator> {
    Arc::new(Board::default())
}

impl Board {
    fn notices(&self) -> MutexGuard<'_, Vec<Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Simulator for Board {
    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(self))
            .route("/board", web::get().to(list))
            .route("/notices", web::post().to(pin))
            .route("/notices/{id}", web::delete().to(take_off));
    }

    fn ledger(&self) -> Value {
        let notices = self.notices();
        let items = notices.iter().map(|one| {
            json!({
                "lane": NOTICE, "key": one["id"], "title": one["notice"]["title"],
                "state": "已发布", "submissions": 1,
            })
        });
        json!({ "items": items.collect::<Vec<_>>() })
    }

    fn control(&self, command: &Value) -> Result<Value, String> {
        Err(format!("a board has no switch {command}"))
    }
}

fn is_known(request: &HttpRequest) -> bool {
    request.headers().get("x-key").is_some_and(|key| key == KEY)
}

fn stranger() -> HttpResponse {
    HttpResponse::Forbidden().json(json!({ "error": "key" }))
}

async fn list(board: web::Data<Board>, request: HttpRequest) -> HttpResponse {
    if !is_known(&request) {
        return stranger();
    }
    HttpResponse::Ok().json(json!({ "notices": *board.notices() }))
}

async fn pin(board: web::Data<Board>, request: HttpRequest, new: web::Json<Value>) -> HttpResponse {
    if !is_known(&request) {
        return stranger();
    }
    let id = uuid::Uuid::now_v7().to_string();
    let mut new = new.into_inner();
    new["id"] = json!(id);
    board.notices().push(new);
    HttpResponse::Ok().json(json!({ "id": id }))
}

async fn take_off(
    board: web::Data<Board>,
    request: HttpRequest,
    id: web::Path<String>,
) -> HttpResponse {
    if !is_known(&request) {
        return stranger();
    }
    board.notices().retain(|one| one["id"] != id.as_str());
    HttpResponse::Ok().json(json!({ "id": *id }))
}
