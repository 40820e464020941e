//! A simulator of Toutiao: tokens, uploads, videos, list and data, over HTTP as the platform speaks; and the console into
//! which somebody pastes an article.
//!
//! Mounted under `/toutiao`. Control: see [`control`]. `/toutiao/` shows what readers see.

mod console;
mod control;
mod item;
mod oauth;
mod page;
mod state;
#[cfg(test)]
mod tests;
mod upload;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use self::state::State;
use crate::{
    channels::{
        Simulator, SimulatorContext,
        bytedance::simulator::envelope::{self, Refusal, get, pairs},
        simulator::{Shelf, load_state, save_state},
    },
    clock::Timestamp,
};

/// The largest body that is no file, and the largest package of an article.
const LARGEST_BODY: usize = 64 << 20;

struct Toutiao {
    context: SimulatorContext,
    state: Mutex<State>,
    /// Pictures of pasted articles and uploaded videos, for the pages that people look at.
    files: Shelf,
}

/// Starts it with the state of its last run, if it kept one.
pub fn start(context: SimulatorContext) -> Arc<dyn Simulator> {
    let state = Mutex::new(load_state(&context, "toutiao"));
    Arc::new(Toutiao {
        context,
        state,
        files: Shelf::default(),
    })
}

type Shared = web::Data<Toutiao>;

impl Simulator for Toutiao {
    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        let at = |path: &str| web::resource(format!("{path}{{slash:/?}}"));
        config
            .app_data(web::Data::from(self))
            .app_data(web::PayloadConfig::new(LARGEST_BODY))
            .default_service(web::to(unknown));
        for resource in [
            at("/oauth/authorize")
                .route(web::get().to(oauth::authorize))
                .route(web::post().to(oauth::answer)),
            at("/oauth/access_token").route(web::get().to(oauth::access_token)),
            at("/oauth/refresh_token").route(web::get().to(oauth::refresh_token)),
            at("/oauth/renew_refresh_token").route(web::get().to(oauth::renew_refresh_token)),
            at("/oauth/client_token").route(web::get().to(oauth::client_token)),
            at("/oauth/userinfo").route(web::post().to(oauth::userinfo)),
            at("/toutiao/video/upload").route(web::post().to(upload::video)),
            at("/toutiao/video/part/init").route(web::post().to(upload::init)),
            at("/toutiao/video/part/upload").route(web::post().to(upload::part)),
            at("/toutiao/video/part/complete").route(web::post().to(upload::complete)),
            at("/toutiao/video/create").route(web::post().to(item::create)),
            at("/toutiao/video/list").route(web::get().to(item::list)),
            at("/toutiao/video/data").route(web::post().to(item::data)),
            // What people do and see beside the API.
            at("/console/article").route(web::post().to(console::paste)),
            web::resource("/").route(web::get().to(page::list)),
            at("/article/{id}").route(web::get().to(page::article)),
            at("/item/{id}").route(web::get().to(page::video)),
            web::resource("/files/{name}").route(web::get().to(page::file)),
        ] {
            // Another method is as unknown as another path.
            config.service(resource.default_service(web::to(unknown)));
        }
    }

    fn ledger(&self) -> Value {
        control::ledger(&self.lock())
    }

    fn control(&self, command: &Value) -> Result<Value, String> {
        let now = self.now();
        self.change(|state| control::throw(state, command, now))
    }
}

impl Toutiao {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.context.clock.now()
    }

    /// Changes the state and keeps it before the answer goes out.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state);
        save_state(&self.context, "toutiao", &*state);
        result
    }

    /// An answer to a call of the API.
    fn answer(&self, told: Result<Value, Refusal>) -> HttpResponse {
        let (refusal, data) = match told {
            Ok(data) => ((0, ""), data),
            Err(refusal) => (refusal, json!({})),
        };
        HttpResponse::Ok().json(envelope::old(refusal, data, self.now()))
    }

    /// An answer to a call under `/oauth/`.
    fn granted(&self, told: Result<Value, Refusal>) -> HttpResponse {
        let (refusal, data) = match told {
            Ok(data) => ((0, ""), data),
            Err(refusal) => (refusal, json!({})),
        };
        HttpResponse::Ok().json(envelope::grant(refusal, data, self.now()))
    }

    /// Lets a call with a user's token in: token, user, what the application holds, what the user granted.
    fn enter(&self, request: &HttpRequest, scope: &str) -> Result<(), Refusal> {
        let query = pairs(request.query_string());
        let token = get(&query, "access_token").unwrap_or_default();
        let (state, now) = (self.lock(), self.now());
        let grant = state
            .grants
            .iter()
            .find(|grant| grant.access_token == token && !grant.revoked)
            .ok_or((2_190_002, "access_token invalid"))?;
        if grant.access_ends <= now {
            return Err((2_190_008, "access_token expired"));
        }
        if get(&query, "open_id") != Some(&state.settings.open_id) {
            return Err((2_190_015, "access_token does not match open_id"));
        }
        let holds = |scopes: &[String]| scopes.iter().any(|known| known == scope);
        if !holds(&state.settings.app_scopes) {
            return Err((2_190_004, "application lacks the capability"));
        }
        if !holds(&grant.scopes) {
            return Err((2_190_003, "the user did not grant this api"));
        }
        Ok(())
    }
}

/// What lies under `/oauth/` and is not known is forbidden, as the platform has it.
async fn unknown(toutiao: Shared, request: HttpRequest) -> HttpResponse {
    if request.path().starts_with("/toutiao/oauth/") {
        toutiao.granted(Err((16, "app has no permission")))
    } else {
        toutiao.answer(Err((28_001_017, "unknown uri")))
    }
}
