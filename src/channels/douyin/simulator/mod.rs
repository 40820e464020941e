//! A simulator of Douyin: tokens, uploads, direct publishing, list, data and figures, over HTTP as the platform speaks.
//!
//! Mounted under `/douyin`. Control: see [`control`]. What a telephone shows: `GET /douyin/feed`.

mod access;
mod answer;
mod control;
mod figures;
mod item;
mod link;
mod mini;
mod oauth;
mod page;
mod share;
mod state;
mod upload;
mod webhook;

use std::sync::{Arc, Mutex, MutexGuard, Weak};

use actix_web::{FromRequest, Handler, HttpResponse, Responder, http::Method, web};
use serde_json::Value;

use self::{answer::Family, state::State};
use crate::{
    channels::{
        Simulator, SimulatorContext,
        bytedance::simulator::envelope::{Refusal, get, pairs},
        simulator::{Shelf, load_state, save_state},
    },
    clock::Timestamp,
};

/// The largest body that is no file.
const LARGEST_BODY: usize = 8 << 20;
const UNKNOWN_ROUTE: Refusal = (28_001_017, "unknown uri");

struct Douyin {
    context: SimulatorContext,
    state: Mutex<State>,
    /// What was uploaded, for the pages that people look at.
    files: Shelf,
    /// For what goes on behind an answer.
    me: Weak<Self>,
}

/// Starts it with the state of its last run, if it kept one.
pub fn start(context: SimulatorContext) -> Arc<dyn Simulator> {
    let state = Mutex::new(load_state(&context, "douyin"));
    Arc::new_cyclic(|me| Douyin {
        context,
        state,
        files: Shelf::default(),
        me: me.clone(),
    })
}

type Shared = web::Data<Douyin>;

/// A route that may end in a slash or not; another method there is as unknown as another path.
fn route<F, Args>(config: &mut web::ServiceConfig, method: Method, path: &str, handler: F)
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let route = web::method(method).to(handler);
    let resource = web::resource(format!("{path}{{slash:/?}}")).route(route);
    config.service(resource.default_service(web::to(unknown)));
}

fn on_get<F, Args>(config: &mut web::ServiceConfig, path: &str, handler: F)
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    route(config, Method::GET, path, handler);
}

fn on_post<F, Args>(config: &mut web::ServiceConfig, path: &str, handler: F)
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    route(config, Method::POST, path, handler);
}

impl Simulator for Douyin {
    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(self))
            .app_data(web::PayloadConfig::default().limit(LARGEST_BODY))
            .default_service(web::to(unknown));
        let video = |call: &str| format!("/api/douyin/v1/video/{call}");
        let consent = web::resource("/platform/oauth/connect{slash:/?}")
            .route(web::get().to(oauth::connect))
            .route(web::post().to(oauth::answer));
        config.service(consent.default_service(web::to(unknown)));
        on_post(config, "/oauth/access_token", oauth::access_token);
        on_post(config, "/oauth/refresh_token", oauth::refresh_token);
        on_post(
            config,
            "/oauth/renew_refresh_token",
            oauth::renew_refresh_token,
        );
        on_post(config, "/oauth/client_token", oauth::client_token);
        on_post(
            config,
            "/oauth/stable_client_token",
            oauth::stable_client_token,
        );
        on_post(config, "/oauth/userinfo", oauth::userinfo);
        on_post(config, &video("upload_image"), upload::image);
        on_post(config, &video("upload_video"), upload::video);
        on_post(config, &video("init_video_part_upload"), upload::init);
        on_post(config, &video("upload_video_part"), upload::part);
        on_post(
            config,
            &video("complete_video_part_upload"),
            upload::complete,
        );
        on_post(config, &video("create_video"), item::create_video);
        on_post(config, &video("create_image_text"), item::create_image_text);
        on_get(config, &video("video_list"), item::list);
        on_post(config, &video("video_data"), item::data);
        on_get(config, "/data/external/item/base", figures::base);
        let figure = "/data/external/item/{figure:play|like|comment|share}";
        on_get(config, figure, figures::series);
        on_get(config, "/data/external/user/item", figures::user);
        on_get(config, "/open/getticket", share::ticket);
        on_get(config, "/share-id", share::share_id);
        on_post(
            config,
            "/api/apps/v1/search/upload_sitemap",
            mini::upload_sitemap,
        );
        on_post(config, "/api/apps/v1/censor/text", mini::censor_text);
        on_post(config, "/api/apps/v1/censor/image", mini::censor_image);
        on_post(config, "/api/apps/v1/url/generate_schema", link::schema);
        on_post(config, "/api/apps/v1/url/query_schema", link::query);
        on_post(config, "/api/apps/v1/url_link/generate", link::url_link);
        on_post(config, "/api/apps/v1/url_link/query_info", link::query);
        on_post(config, "/api/apps/v1/url_link/query_quota", link::quota);
        on_post(config, "/api/apps/v1/qrcode/create", link::code);
        // What people see, and do beside the platform.
        on_get(config, "/feed", page::feed);
        on_get(config, "/files/{name:.*}", page::file);
        on_post(config, "/phone", share::phone);
        on_post(config, "/console/webhook", webhook::set_address);
    }

    fn ledger(&self) -> Value {
        control::ledger(&self.lock(), self.now())
    }

    fn control(&self, command: &Value) -> Result<Value, String> {
        let now = self.now();
        let thrown = self.change(|state| control::throw(state, command, now));
        self.call_back();
        thrown
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

    /// Keeps what was uploaded under an id, where it is not too large.
    fn keep(&self, id: &str, bytes: Option<Vec<u8>>) {
        if let Some(bytes) = bytes {
            self.files.keep(id, bytes);
        }
    }

    /// Makes calls that are due, behind this one.
    fn call_back(&self) {
        if !self.lock().calls.is_empty() {
            webhook::start(self.me.clone());
        }
    }

    /// Changes the state and keeps it before the answer goes out.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state);
        save_state(&self.context, "douyin", &*state);
        result
    }
}

async fn unknown(douyin: Shared) -> HttpResponse {
    douyin.refuse(Family::New, UNKNOWN_ROUTE)
}
