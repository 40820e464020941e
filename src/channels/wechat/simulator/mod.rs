//! A simulator of WeChat's official accounts: tokens, library, drafts, publishing, figures, events, over HTTP as the
//! platform speaks. What is not in it answers 404.
//!
//! Mounted under `/wechat`. Control: see [`control`]. What a telephone shows: `GET /wechat/list` the account's messages,
//! `GET /wechat/s?mid=…` an article, `GET /wechat/chat` the articles as cards that were sent to a friend,
//! `GET /wechat/search?q=…` what somebody finds who searches.

mod access;
mod check;
mod control;
mod draft;
mod event;
mod figures;
mod filter;
mod link;
mod mass;
mod material;
mod page;
mod publish;
mod search;
mod state;
mod structure;
mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::{HttpResponse, web};
use async_trait::async_trait;
use serde_json::{Value, json};

use self::state::State;
use crate::{
    channels::{
        Simulator, SimulatorContext,
        simulator::{Shelf, load_state, save_state},
    },
    clock::Timestamp,
};

/// The largest body that is no file.
const LARGEST_BODY: usize = 8 << 20;

/// Why a call is refused: the code and the words beside it.
type Refusal = (i64, String);

struct WeChat {
    context: SimulatorContext,
    state: Mutex<State>,
    /// Pictures for the pages that people look at.
    files: Shelf,
}

/// Starts it with the state of its last run, if it kept one.
pub fn start(context: SimulatorContext) -> Arc<dyn Simulator> {
    let state = Mutex::new(load_state(&context, "wechat"));
    Arc::new(WeChat {
        context,
        state,
        files: Shelf::default(),
    })
}

type Shared = web::Data<WeChat>;

#[async_trait]
impl Simulator for WeChat {
    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        let to_post = [
            "/cgi-bin/openapi/quota/get",
            "/cgi-bin/clear_quota",
            "/cgi-bin/material/batchget_material",
            "/cgi-bin/material/get_materialcount",
            "/cgi-bin/material/del_material",
            "/cgi-bin/draft/add",
            "/cgi-bin/draft/get",
            "/cgi-bin/draft/update",
            "/cgi-bin/draft/delete",
            "/cgi-bin/draft/count",
            "/cgi-bin/draft/batchget",
            "/cgi-bin/draft/switch",
            "/cgi-bin/freepublish/submit",
            "/cgi-bin/freepublish/get",
            "/cgi-bin/freepublish/delete",
            "/cgi-bin/freepublish/getarticle",
            "/cgi-bin/freepublish/batchget",
            "/cgi-bin/message/mass/sendall",
            "/cgi-bin/message/mass/preview",
            "/cgi-bin/message/mass/get",
            "/cgi-bin/message/mass/delete",
            "/cgi-bin/message/mass/speed/get",
            "/cgi-bin/message/mass/speed/set",
            "/wxa/msg_sec_check",
            "/wxa/generate_urllink",
            "/wxa/query_urllink",
            "/wxa/generatescheme",
            "/wxa/queryscheme",
            "/wxa/getwxacodeunlimit",
            "/wxa/media_check_async",
            "/wxa/search/wxaapi_submitpages",
            "/datacube/{call}",
        ];
        config
            .app_data(web::Data::from(self))
            .app_data(web::PayloadConfig::default().limit(LARGEST_BODY))
            .route("/cgi-bin/token", web::get().to(token::legacy))
            .route("/cgi-bin/stable_token", web::to(token::stable))
            .route(
                "/cgi-bin/clear_quota/v2",
                web::post().to(access::clear_with_secret),
            )
            .route(
                "/cgi-bin/material/add_material",
                web::post().to(material::add),
            )
            .route("/cgi-bin/media/upload", web::post().to(material::upload))
            .route(
                "/cgi-bin/media/uploadimg",
                web::post().to(material::upload_picture),
            )
            .route(
                "/article-bin/verify_article_structure",
                web::post().to(structure::answer),
            )
            // What people see.
            .route("/list", web::get().to(page::list))
            .route("/chat", web::get().to(page::chat))
            .route("/s", web::get().to(page::article))
            .route("/search", web::get().to(search::results))
            .route("/files/{name}", web::get().to(page::file));
        for path in to_post {
            config.route(path, web::to(access::call));
        }
    }

    fn ledger(&self) -> Value {
        let now = self.now();
        let state = self.change(|state| {
            state.settle(now);
            state.clone()
        });
        control::ledger(&state, now)
    }

    fn control(&self, command: &Value) -> Result<Value, String> {
        let now = self.now();
        self.change(|state| {
            state.settle(now);
            control::throw(state, command, now)
        })
    }

    async fn work(&self) {
        let now = self.now();
        self.change(|state| state.settle(now));
        check::look_at_due(self, now).await;
        event::make_due(self, now).await;
    }
}

impl WeChat {
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
        save_state(&self.context, "wechat", &*state);
        result
    }

    /// Answers as the platform does: HTTP 200, a code only where it is given one, a number for support behind the words.
    fn answer(&self, made: Result<Value, Refusal>) -> HttpResponse {
        let body = match made {
            Ok(body) => body,
            Err((code, words)) => {
                let serial = self.change(|state| {
                    state.serial += 1;
                    state.serial
                });
                let seconds = self.now().unix_seconds();
                json!({ "errcode": code, "errmsg": format!("{words} rid: {seconds:08x}-{serial:08x}-51e00000") })
            }
        };
        HttpResponse::Ok().json(body)
    }
}

fn refuse<T>(code: i64, words: impl Into<String>) -> Result<T, Refusal> {
    Err((code, words.into()))
}

/// "It went well", where the platform says so.
fn fine() -> Value {
    json!({ "errcode": 0, "errmsg": "ok" })
}
