//! A simulator of Douyin: the token life cycle, uploads, direct publishing, list, data and statistics, over HTTP as the
//! platform speaks.
//!
//! Mounted under `/douyin`. Control: `{"set": {…}}` (see `Settings`), `{"authorize": true}` (gives a code),
//! `{"revoke": true}`, `{"insert_foreign": {"text": "…"}}`, `{"delete": "item_id"}`, `{"state": true}`.

mod item;
mod oauth;
mod state;
mod upload;

use std::sync::{Arc, Mutex, MutexGuard};

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use self::state::{Item, State};
use crate::{
    channels::{
        Simulator, SimulatorContext,
        simulator::{load_state, save_state},
    },
    clock::Timestamp,
};

pub(super) struct Douyin {
    context: SimulatorContext,
    state: Mutex<State>,
}

/// Starts it with the state of its last run, if it kept one.
pub fn start(context: SimulatorContext) -> Arc<dyn Simulator> {
    let state = Mutex::new(load_state(&context, "douyin"));
    Arc::new(Douyin { context, state })
}

type Shared = web::Data<Douyin>;

impl Simulator for Douyin {
    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(self))
            .app_data(web::PayloadConfig::default().limit(512 << 20))
            .route(
                "/platform/oauth/connect{slash:/?}",
                web::get().to(oauth::connect),
            )
            .route(
                "/oauth/access_token{slash:/?}",
                web::post().to(oauth::access_token),
            )
            .route(
                "/oauth/refresh_token{slash:/?}",
                web::post().to(oauth::refresh_token),
            )
            .route(
                "/oauth/renew_refresh_token{slash:/?}",
                web::post().to(oauth::renew_refresh_token),
            )
            .route(
                "/api/douyin/v1/video/upload_image{slash:/?}",
                web::post().to(upload::image),
            )
            .route(
                "/api/douyin/v1/video/upload_video{slash:/?}",
                web::post().to(upload::video),
            )
            .route(
                "/api/douyin/v1/video/init_video_part_upload{slash:/?}",
                web::post().to(upload::init),
            )
            .route(
                "/api/douyin/v1/video/upload_video_part{slash:/?}",
                web::post().to(upload::part),
            )
            .route(
                "/api/douyin/v1/video/complete_video_part_upload{slash:/?}",
                web::post().to(upload::complete),
            )
            .route(
                "/api/douyin/v1/video/create_video{slash:/?}",
                web::post().to(item::create),
            )
            .route(
                "/api/douyin/v1/video/video_list{slash:/?}",
                web::get().to(item::list),
            )
            .route(
                "/api/douyin/v1/video/video_data{slash:/?}",
                web::post().to(item::data),
            )
            .route(
                "/data/external/item/base{slash:/?}",
                web::get().to(item::statistics),
            )
            .default_service(web::to(unknown));
    }

    fn ledger(&self) -> Value {
        let now = self.now();
        let state = self.lock();
        let items: Vec<Value> = state
            .items
            .iter()
            .filter(|item| !item.deleted && item.source == "api")
            .map(|item| {
                let shown = match state.status(item, now) {
                    4 => "审核中",
                    2 => "不适宜公开",
                    _ => "公开",
                };
                json!({ "lane": "publish", "key": item.item_id, "title": item.text, "state": shown, "cover": item.cover, "anchor": item.micro_app_url, "submissions": 1 })
            })
            .collect();
        json!({ "items": items })
    }

    fn control(&self, command: &Value) -> Result<Value, String> {
        let now = self.now();
        let mut state = self.lock();
        let mut answer = json!({});
        if let Some(Value::Object(new)) = command.get("set") {
            let mut settings =
                serde_json::to_value(&state.settings).map_err(|error| error.to_string())?;
            for (name, value) in new {
                let known = settings
                    .get_mut(name)
                    .ok_or_else(|| format!("there is no setting {name}"))?;
                *known = value.clone();
            }
            state.settings = serde_json::from_value(settings).map_err(|error| error.to_string())?;
        } else if command.get("authorize").is_some() {
            answer = json!({ "code": oauth::new_code(&mut state, now) });
        } else if command.get("revoke").is_some() {
            state
                .grants
                .iter_mut()
                .for_each(|grant| grant.revoked = true);
        } else if let Some(foreign) = command.get("insert_foreign") {
            let item = Item {
                item_id: state.next("@foreign"),
                text: foreign["text"].as_str().unwrap_or_default().to_owned(),
                cover: None,
                micro_app_url: None,
                created_at: now,
                source: "foreign".into(),
                deleted: false,
            };
            answer = json!({ "item_id": item.item_id });
            state.items.push(item);
        } else if let Some(id) = command.get("delete").and_then(Value::as_str) {
            let item = state
                .items
                .iter_mut()
                .find(|item| item.item_id == id)
                .ok_or_else(|| format!("there is no item {id}"))?;
            item.deleted = true;
        } else if command.get("state").is_some() {
            return serde_json::to_value(&*state).map_err(|error| error.to_string());
        } else {
            return Err(
                "known commands: set, authorize, revoke, insert_foreign, delete, state".into(),
            );
        }
        save_state(&self.context, "douyin", &*state);
        Ok(answer)
    }
}

impl Douyin {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.context.clock.now()
    }

    /// Changes the state and keeps it before the answer goes out.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state);
        save_state(&self.context, "douyin", &*state);
        result
    }

    /// Checks token (header first, query else), user and scope, in the platform's order.
    fn enter(&self, request: &HttpRequest, scope: &str) -> Result<(), Box<HttpResponse>> {
        let query = pairs(request.query_string());
        let header = request
            .headers()
            .get("access-token")
            .and_then(|value| value.to_str().ok())
            .map(ToOwned::to_owned);
        let token = header
            .or_else(|| get(&query, "access_token").map(ToOwned::to_owned))
            .unwrap_or_default();
        let state = self.lock();
        if let Some((code, text)) = state.refuse_token(&token, self.now()) {
            return Err(Box::new(old(code, text, json!({}))));
        }
        if get(&query, "open_id") != Some(&state.settings.open_id) {
            return Err(Box::new(old(
                2_190_015,
                "access_token does not match open_id",
                json!({}),
            )));
        }
        if state.settings.profile == "handoff" {
            return Err(Box::new(old(
                2_190_004,
                "application lacks the capability",
                json!({}),
            )));
        }
        if !state.settings.scopes.iter().any(|known| known == scope) {
            return Err(Box::new(old(
                28_001_018,
                "application lacks the capability",
                json!({}),
            )));
        }
        Ok(())
    }
}

fn log_id() -> String {
    uuid::Uuid::now_v7().simple().to_string().to_uppercase()
}

/// The old envelope: the code stands twice.
fn old(code: i64, description: &str, mut data: Value) -> HttpResponse {
    data["error_code"] = json!(code);
    data["description"] = json!(description);
    let extra = json!({ "error_code": code, "description": description, "sub_error_code": 0, "sub_description": "", "logid": log_id(), "now": 0 });
    HttpResponse::Ok().json(json!({ "data": data, "extra": extra }))
}

/// The envelope of `/oauth/*`: the code stands in `data` alone.
fn grant_answer(code: i64, description: &str, mut data: Value) -> HttpResponse {
    data["error_code"] = json!(code);
    data["description"] = json!(description);
    data["log_id"] = json!(log_id());
    HttpResponse::Ok()
        .json(json!({ "data": data, "message": if code == 0 { "success" } else { "error" } }))
}

async fn unknown() -> HttpResponse {
    HttpResponse::Ok().json(
        json!({ "err_no": 28_001_017, "err_msg": "unknown uri", "log_id": log_id(), "data": {} }),
    )
}

fn pairs(query: &str) -> Vec<(String, String)> {
    web::Query::from_query(query)
        .map(web::Query::into_inner)
        .unwrap_or_default()
}

fn get<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}
