//! A simulator of Baidu: tokens, search paths, feed material, website push and Baijiahao, over HTTP as the platform speaks.
//!
//! Mounted under `/baidu`: the hosts of the platform are prefixes, `/baidu/openapi`, `/baidu/zz` and `/baidu/baijiahao`
//! (whose commands stand in its folder). What a third-party platform could ask (TP tokens, statistics) is not here, since Fenfa
//! connects an application of one's own. What a telephone shows: `GET /baidu/results` the results of a search,
//! `GET /baidu/stream` the stream of news, `GET /baidu/baijiahao/u` what readers see of the author.
//!
//! Control, `POST /control/baidu`: `{"set": {…}}` (see `Settings`), `{"revoke_tokens": true}`, `{"requests": true}`,
//! `{"delete_file": "a path a line"}` (as a person uploads it in the console), `{"preview": "a title"}`,
//! `{"event": {"event": "APP_FORCE_OFFLINE", "reason": "…"}}` (any event; what all events say is added. An application that
//! is set offline or banned tells of it by itself). `POST /control/baidu/work` crawls, pulls, reviews and tells what is due
//! by the clock, and answers when it is done. Beside it, `POST /baidu/console/message {"url": "…"}` sets where events go, as a
//! person does in the console: the address is called and must answer.

mod baijiahao;
mod call;
mod crawl;
mod event;
mod feed;
mod gateway;
mod page;
mod push;
mod reader;
mod safety;
mod search;
mod settings;
mod state;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use actix_web::{HttpResponse, web};
use async_trait::async_trait;
use serde_json::{Value, json};

use self::{
    call::answer,
    state::{Material, Page, PageState, State},
};
use crate::{
    channels::{
        Simulator, SimulatorContext,
        simulator::{change_settings, load_state, save_state},
    },
    clock::Timestamp,
};

/// How many requests are kept to be read back: the last ones.
const KEPT_REQUESTS: usize = 2000;
/// Columns that a desktop and a phone show of a title.
const SCREENS: [(&str, usize); 2] = [("desktop", 63), ("mobile", 52)];

const TEXT_SAFETY: &str = "/openapi/rest/2.0/smartapp/riskDetection/v2/syncCheckText";
const PICTURE_SAFETY: &str = "/openapi/file/2.0/smartapp/riskDetection/v2/syncCheckImage";

struct Baidu {
    context: SimulatorContext,
    state: Mutex<State>,
    requests: Mutex<Requests>,
    crawler: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Requests {
    count: u64,
    last: VecDeque<Value>,
}

/// Starts it with the state of its last run, if it kept one.
pub fn start(context: SimulatorContext) -> Arc<dyn Simulator> {
    let state = Mutex::new(load_state(&context, "baidu"));
    Arc::new(Baidu {
        context,
        state,
        requests: Mutex::default(),
        crawler: tokio::sync::Mutex::default(),
    })
}

#[async_trait]
impl Simulator for Baidu {
    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        let api = |path: &str| format!("/openapi/rest/2.0/smartapp/access/{path}");
        config
            .app_data(web::Data::from(self))
            .app_data(web::PayloadConfig::default().limit(10 << 20))
            .route("/openapi/oauth/2.0/token", web::post().to(gateway::token))
            .route("/openapi/oauth/2.0/token", web::get().to(gateway::token))
            .route(
                &api("submitsitemap/api"),
                web::post().to(search::submit_paths),
            )
            .route(&api("submitresource"), web::post().to(feed::submit))
            .route(&api("deleteresource"), web::post().to(feed::delete))
            .route(&api("submitsitemap"), web::post().to(feed::submit_link))
            .route(&api("deletesitemap"), web::post().to(feed::delete_link))
            .route(TEXT_SAFETY, web::post().to(safety::check_text))
            .route(PICTURE_SAFETY, web::post().to(safety::check_picture))
            .route("/zz/urls", web::post().to(push::push))
            .route("/zz/update", web::post().to(push::push))
            .route("/zz/del", web::post().to(push::push))
            .route("/zz/{rest:.*}", web::to(push::unknown))
            .route("/console/message", web::post().to(event::set_address))
            // What people see.
            .route("/results", web::get().to(reader::results))
            .route("/stream", web::get().to(reader::stream))
            .configure(baijiahao::routes)
            .default_service(web::to(unknown));
    }

    fn ledger(&self) -> Value {
        let now = self.context.clock.now();
        let state = self.lock();
        let hides_paths = state.hides_paths(now);
        let is_shown = |page: &Page| {
            page.state != PageState::Removed && page.hidden_at.is_none_or(|at| at > now)
        };
        let paths = state
            .paths
            .iter()
            .filter(|(_, page)| is_shown(page) && !hides_paths)
            .map(|(key, page)| of_page("search", key, page));
        let urls = state
            .urls
            .iter()
            .filter(|(_, page)| is_shown(page))
            .map(|(key, page)| of_page("website", key, page));
        let full_flow = std::time::Duration::from_secs(state.settings.full_flow_s);
        let materials = state
            .materials
            .iter()
            .filter(|(_, material)| !material.deleted)
            .map(|(key, material)| {
                of_material(key, material, now >= material.audit_at.plus(full_flow))
            });
        let posts = baijiahao::ledger(&state, now);
        let items = paths.chain(urls).chain(materials).chain(posts);
        json!({ "items": items.collect::<Vec<_>>() })
    }

    fn control(&self, command: &Value) -> Result<Value, String> {
        if command.get("requests").is_some() {
            let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
            return Ok(json!(requests.last));
        }
        if let Some(title) = command.get("preview").and_then(Value::as_str) {
            let shown = SCREENS
                .map(|(screen, columns)| (screen.to_owned(), page::shown(title, columns).into()));
            return Ok(Value::Object(shown.into_iter().collect()));
        }
        let now = self.now();
        self.change(|state| {
            if let Some(new) = command.get("set") {
                set(state, new, now)?;
                return Ok(json!({}));
            }
            if command.get("revoke_tokens").is_some() {
                state
                    .tokens
                    .iter_mut()
                    .for_each(|token| token.revoked = true);
                return Ok(json!({}));
            }
            if let Some(text) = command.get("delete_file").and_then(Value::as_str) {
                let known = search::delete_file(state, text, now)?;
                return Ok(json!({ "known": known }));
            }
            if let Some(told) = command.get("event") {
                if state.settings.callback_url.is_empty() {
                    return Err("nobody listens: POST /baidu/console/message first".to_owned());
                }
                event::enqueue(state, told, now);
                return Ok(json!({}));
            }
            baijiahao::control(state, command, now).unwrap_or_else(|| {
                let known = "set, revoke_tokens, requests, delete_file, preview, event, console, post_by_hand, figures";
                Err(format!("known commands: {known}"))
            })
        })
    }

    async fn work(&self) {
        crawl::due(self).await;
        event::make_due(self).await;
    }
}

/// Changes settings by name. An allowance that is set is what it is from now on, whatever Mondays made of it.
fn set(state: &mut State, new: &Value, now: Timestamp) -> Result<(), String> {
    change_settings(&mut state.settings, new)?;
    state.recalculated.retain(|name, _| new.get(name).is_none());
    let is_offline = state.settings.app_offline || state.settings.app_banned;
    match (is_offline, state.offline_since) {
        (true, None) => {
            state.offline_since = Some(now);
            event::offline(state, now);
        }
        (false, Some(_)) => {
            // Online again: what was left out for being offline is looked at anew.
            state.offline_since = None;
            for page in state.paths.values_mut() {
                if page.reason == "小程序已下线" && page.state != PageState::Removed {
                    page.state = PageState::Queued;
                    page.crawl_at = now;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn of_page(lane: &str, key: &str, page: &Page) -> Value {
    let seen = &page.seen;
    let shown = SCREENS
        .map(|(screen, columns)| (screen.to_owned(), page::shown(&seen.title, columns).into()));
    json!({
        "lane": lane,
        "key": key,
        "title": seen.title,
        "shown": Value::Object(shown.into_iter().collect()),
        "description": seen.description,
        "published": seen.published,
        "state": page.state,
        "reason": page.reason,
        "images": seen.images,
        "ignored": seen.ignored,
        "submissions": page.submissions,
    })
}

fn of_material(key: &str, material: &Material, has_full_flow: bool) -> Value {
    let state = material.state();
    let flow = match (state, has_full_flow) {
        ("投放中", true) => "full",
        ("投放中", false) => "small",
        _ => "none",
    };
    let images = material.fields.get("images").map_or("[]", String::as_str);
    json!({
        "lane": "feed",
        "key": key,
        "title": material.fields.get("title"),
        "state": state,
        "reason": material.verdict.as_deref().unwrap_or_default(),
        "flow": flow,
        "source": material.source,
        "fields": material.fields,
        "images": serde_json::from_str::<Value>(images).unwrap_or_default(),
        "submissions": material.submissions,
    })
}

impl Baidu {
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
        save_state(&self.context, "baidu", &*state);
        result
    }

    fn record(&self, mut request: Value) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.count += 1;
        request["number"] = requests.count.into();
        request["at"] = json!(self.now());
        requests.last.push_back(request);
        if requests.last.len() > KEPT_REQUESTS {
            requests.last.pop_front();
        }
    }
}

async fn unknown(baidu: web::Data<Baidu>, _call: call::Call) -> HttpResponse {
    let status = baidu.lock().settings.gateway_status;
    answer(
        status,
        &json!({ "error_code": 3, "error_msg": "Unsupported openapi method" }),
    )
}
