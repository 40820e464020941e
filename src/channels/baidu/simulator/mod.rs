//! A simulator of Baidu: tokens, search paths, feed material and website push, over HTTP as the platform speaks.
//!
//! Mounted under `/baidu`: the hosts of the platform are prefixes, `/baidu/openapi` and `/baidu/zz`.
//! Control: `{"set": {…}}` (see `Settings`), `{"revoke_tokens": true}`, `{"requests": true}`.

mod crawl;
mod state;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use self::state::{Page, State};
use crate::{
    channels::{
        Simulator, SimulatorContext,
        simulator::{load_state, save_state},
    },
    clock::Timestamp,
};

/// How many requests are kept to be read back.
const KEPT_REQUESTS: usize = 2000;

struct Baidu {
    context: SimulatorContext,
    state: Mutex<State>,
    requests: Mutex<Vec<Value>>,
}

/// Starts it with the state of its last run, if it kept one.
pub fn start(context: SimulatorContext) -> Arc<dyn Simulator> {
    let state = Mutex::new(load_state(&context, "baidu"));
    Arc::new(Baidu {
        context,
        state,
        requests: Mutex::default(),
    })
}

type Shared = web::Data<Baidu>;
type Pairs = Vec<(String, String)>;

impl Simulator for Baidu {
    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(self))
            .app_data(web::FormConfig::default().limit(1 << 20))
            .route("/openapi/oauth/2.0/token", web::post().to(token))
            .route("/openapi/oauth/2.0/token", web::get().to(token))
            .route(
                "/openapi/rest/2.0/smartapp/access/submitsitemap/api",
                web::post().to(submit_paths),
            )
            .route(
                "/openapi/rest/2.0/smartapp/access/submitresource",
                web::post().to(submit_resource),
            )
            .route(
                "/openapi/rest/2.0/smartapp/access/deleteresource",
                web::post().to(delete_resource),
            )
            .route("/zz/urls", web::post().to(push_urls))
            .route("/zz/update", web::post().to(push_urls))
            .route("/zz/del", web::post().to(delete_urls))
            .default_service(web::to(unknown));
    }

    fn ledger(&self) -> Value {
        let now = self.context.clock.now();
        let state = self.lock();
        let page = |lane: &str, key: &str, page: &Page| json!({ "lane": lane, "key": key, "title": page.title, "state": page.state, "reason": page.reason, "images": page.images, "submissions": page.submissions });
        let mut items: Vec<Value> = state
            .paths
            .iter()
            .filter(|(_, page)| page.state != "removed")
            .map(|(key, found)| page("search", key, found))
            .collect();
        items.extend(
            state
                .urls
                .iter()
                .filter(|(_, page)| page.state != "removed")
                .map(|(key, found)| page("website", key, found)),
        );
        items.extend(
            state
                .materials
                .iter()
                .filter(|(_, material)| !material.deleted)
                .map(|(key, material)| {
                    json!({
                        "lane": "feed",
                        "key": key,
                        "title": material.fields.get("title"),
                        "state": material.state(now),
                        "reason": material.refused,
                        "images": material.fields.get("images"),
                        "submissions": material.submissions,
                    })
                }),
        );
        json!({ "items": items })
    }

    fn control(&self, command: &Value) -> Result<Value, String> {
        if command.get("requests").is_some() {
            return Ok(json!(
                *self
                    .requests
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
            ));
        }
        let mut state = self.lock();
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
        } else if command.get("revoke_tokens").is_some() {
            state
                .tokens
                .iter_mut()
                .for_each(|token| token.revoked = true);
        } else {
            return Err("known commands: set, revoke_tokens, requests".into());
        }
        save_state(&self.context, "baidu", &*state);
        Ok(json!({}))
    }
}

impl Baidu {
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
        save_state(&self.context, "baidu", &*state);
        result
    }

    fn record(&self, request: &HttpRequest, body: &str) {
        let mut requests = self
            .requests
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if requests.len() < KEPT_REQUESTS {
            let number = requests.len() + 1;
            requests.push(json!({ "number": number, "method": request.method().as_str(), "path": request.path(), "query": request.query_string(), "body": body }));
        }
    }

    /// What the gateway checks before the business service sees a call: the token in the query, and nothing else there.
    fn gateway(&self, request: &HttpRequest, fields: &Pairs) -> Result<(), Value> {
        let error = |code: i64, text: &str| Err(json!({ "error_code": code, "error_msg": text }));
        let query: Pairs = web::Query::from_query(request.query_string())
            .map(web::Query::into_inner)
            .unwrap_or_default();
        let token = query
            .iter()
            .find(|(name, _)| name == "access_token")
            .map(|(_, value)| value.as_str());
        let misplaced = query
            .iter()
            .any(|(name, _)| name != "access_token" && !name.starts_with("sp_sdk"));
        let in_body = fields.iter().any(|(name, _)| name == "access_token");
        let Some(token) = token.filter(|_| !misplaced && !in_body) else {
            return error(100, "Invalid parameter");
        };
        let state = self.lock();
        match state.tokens.iter().find(|known| known.value == token) {
            None => error(110, "Access token invalid or no longer valid"),
            Some(known) if known.revoked => error(110, "Access token invalid or no longer valid"),
            Some(known) if known.expires_at <= self.now() => error(111, "Access token expired"),
            Some(_) => Ok(()),
        }
    }
}

/// An answer with Baidu's trace header.
fn answer(status: u16, body: &Value) -> HttpResponse {
    let status =
        actix_web::http::StatusCode::from_u16(status).unwrap_or(actix_web::http::StatusCode::OK);
    let trace = uuid::Uuid::now_v7().simple().to_string();
    HttpResponse::build(status)
        .insert_header(("X-B3-Traceid", trace))
        .json(body)
}

fn get<'a>(fields: &'a Pairs, name: &str) -> &'a str {
    fields
        .iter()
        .find(|(known, _)| known == name)
        .map_or("", |(_, value)| value.as_str())
}

async fn unknown(baidu: Shared, request: HttpRequest) -> HttpResponse {
    baidu.record(&request, "");
    answer(
        200,
        &json!({ "error_code": 3, "error_msg": "Unsupported openapi method" }),
    )
}

async fn token(baidu: Shared, request: HttpRequest, body: String) -> HttpResponse {
    baidu.record(&request, "");
    let mut fields: Pairs = web::Query::from_query(&body)
        .map(web::Query::into_inner)
        .unwrap_or_default();
    fields.extend(
        web::Query::<Pairs>::from_query(request.query_string())
            .map(web::Query::into_inner)
            .unwrap_or_default(),
    );
    let refuse = |error: &str, text: &str| {
        answer(400, &json!({ "error": error, "error_description": text }))
    };
    let settings = baidu.lock().settings.clone();
    if get(&fields, "grant_type") != "client_credentials" {
        return refuse(
            "unsupported_grant_type",
            "The authorization grant type is not supported",
        );
    }
    if get(&fields, "client_id").is_empty() || get(&fields, "client_secret").is_empty() {
        return refuse(
            "invalid_request",
            "client_id and client_secret are required",
        );
    }
    if get(&fields, "client_id") != settings.app_key
        || get(&fields, "client_secret") != settings.app_secret
    {
        return refuse("invalid_client", "unknown client id");
    }
    if get(&fields, "scope") != "smartapp_snsapi_base" {
        return refuse("invalid_scope", "The requested scope is invalid");
    }
    let now = baidu.now();
    let token = baidu.change(|state| state.issue_token(now));
    answer(
        200,
        &json!({ "access_token": token.value, "expires_in": settings.token_life_s, "refresh_token": "25.unused", "scope": "smartapp_snsapi_base", "session_key": "", "session_secret": "" }),
    )
}

async fn submit_paths(
    baidu: Shared,
    request: HttpRequest,
    fields: web::Form<Pairs>,
) -> HttpResponse {
    baidu.record(&request, &format!("{:?}", *fields));
    if let Err(refused) = baidu.gateway(&request, &fields) {
        return answer(200, &refused);
    }
    let business = |errno: i64, msg: &str| answer(200, &json!({ "errno": errno, "msg": msg }));
    let now = baidu.now();
    let settings = baidu.lock().settings.clone();
    let (name, limit) = match get(&fields, "type") {
        "0" => ("search_weekly", settings.search_weekly),
        "1" => ("search_daily", settings.search_daily),
        "2" => ("search_hourly", settings.search_hourly),
        _ => return business(30001, "parameter error"),
    };
    let paths: Vec<String> = get(&fields, "url_list")
        .split(',')
        .map(str::trim)
        .filter(|path| !path.is_empty())
        .map(|path| format!("/{}", path.trim_start_matches('/')))
        .collect();
    if paths.is_empty() || paths.len() > 1000 {
        return business(30001, "parameter error");
    }
    if settings.app_offline {
        return business(2002, "app does not exist or level not allowed");
    }
    let units = u32::try_from(paths.len()).unwrap_or(u32::MAX);
    let taken = baidu.change(|state| {
        let taken = state.take(name, units, limit, now);
        if taken {
            for path in &paths {
                State::submit(&mut state.paths, path, settings.crawl_delay_s, now);
            }
        }
        taken
    });
    if !taken {
        return business(30013, "over the quantity limit");
    }
    crawl::due(&baidu.into_inner());
    business(0, "success")
}

async fn submit_resource(
    baidu: Shared,
    request: HttpRequest,
    fields: web::Form<Pairs>,
) -> HttpResponse {
    baidu.record(&request, &format!("{:?}", *fields));
    if let Err(refused) = baidu.gateway(&request, &fields) {
        return answer(200, &refused);
    }
    let now = baidu.now();
    let limit = baidu.lock().settings.feed_calls;
    if !baidu.change(|state| state.take("feed_calls", 1, limit, now)) {
        return answer(
            200,
            &json!({ "error_code": 17, "error_msg": "Open api daily request limit reached" }),
        );
    }
    let required = [
        "title",
        "body",
        "path",
        "images",
        "mapp_type",
        "mapp_sub_type",
        "feed_type",
    ];
    if let Some(missing) = required.iter().find(|name| get(&fields, name).is_empty()) {
        return answer(
            200,
            &json!({ "errno": 40001, "msg": format!("{missing} is required") }),
        );
    }
    let fields: BTreeMap<String, String> = fields.into_inner().into_iter().collect();
    let errno = baidu.change(|state| state.submit_material(fields, now));
    match errno {
        0 => answer(200, &json!({ "errno": 0, "msg": "success", "data": "" })),
        errno => answer(200, &json!({ "errno": errno, "msg": "record exists" })),
    }
}

async fn delete_resource(
    baidu: Shared,
    request: HttpRequest,
    fields: web::Form<Pairs>,
) -> HttpResponse {
    baidu.record(&request, &format!("{:?}", *fields));
    if let Err(refused) = baidu.gateway(&request, &fields) {
        return answer(200, &refused);
    }
    let path = get(&fields, "path").to_owned();
    baidu.change(|state| {
        if let Some(material) = state.materials.get_mut(&path) {
            material.deleted = true;
        }
    });
    answer(200, &json!({ "errno": 0, "msg": "success", "data": "" }))
}

/// What a push is checked for before any line is looked at; the addresses and the allowance that is left.
fn read_push(
    baidu: &Baidu,
    request: &HttpRequest,
    body: &str,
) -> Result<(Vec<String>, u32), Box<HttpResponse>> {
    let refuse = |status: u16, text: &str| {
        Err(Box::new(answer(
            status,
            &json!({ "error": status, "message": text }),
        )))
    };
    let query: Pairs = web::Query::from_query(request.query_string())
        .map(web::Query::into_inner)
        .unwrap_or_default();
    let settings = baidu.lock().settings.clone();
    if get(&query, "token") != settings.push_token {
        return refuse(401, "token is not valid");
    }
    if settings.site.is_empty() || get(&query, "site") != settings.site {
        return refuse(400, "site error");
    }
    let lines: Vec<String> = body
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    if lines.is_empty() {
        return refuse(400, "empty content");
    }
    if lines.len() > 2000 {
        return refuse(400, "only 2000 urls are allowed once");
    }
    Ok((lines, settings.website_push))
}

async fn push_urls(baidu: Shared, request: HttpRequest, body: String) -> HttpResponse {
    baidu.record(&request, &body);
    let (lines, limit) = match read_push(&baidu, &request, &body) {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    let now = baidu.now();
    let settings = baidu.lock().settings.clone();
    let (valid, not_valid): (Vec<String>, Vec<String>) = lines
        .into_iter()
        .partition(|line| url::Url::parse(line).is_ok_and(|url| url.has_host()));
    let (own, not_same_site): (Vec<String>, Vec<String>) = valid
        .into_iter()
        .partition(|line| line.starts_with(&settings.site));
    let left = baidu.lock().left("website_push", limit, now);
    if left == 0 && !own.is_empty() {
        return answer(400, &json!({ "error": 400, "message": "over quota" }));
    }
    let accepted: Vec<String> = own.into_iter().take(left as usize).collect();
    let success = u32::try_from(accepted.len()).unwrap_or(u32::MAX);
    baidu.change(|state| {
        state.take("website_push", success, limit, now);
        for url in &accepted {
            State::submit(&mut state.urls, url, settings.crawl_delay_s, now);
        }
    });
    let mut reply =
        json!({ "remain": baidu.lock().left("website_push", limit, now), "success": success });
    if !not_same_site.is_empty() {
        reply["not_same_site"] = json!(not_same_site);
    }
    if !not_valid.is_empty() {
        reply["not_valid"] = json!(not_valid);
    }
    crawl::due(&baidu.into_inner());
    answer(200, &reply)
}

async fn delete_urls(baidu: Shared, request: HttpRequest, body: String) -> HttpResponse {
    baidu.record(&request, &body);
    let (lines, limit) = match read_push(&baidu, &request, &body) {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    let now = baidu.now();
    baidu.change(|state| {
        for line in &lines {
            if let Some(page) = state.urls.get_mut(line) {
                page.state = "removed".into();
            }
        }
    });
    answer(
        200,
        &json!({ "remain": baidu.lock().left("website_push", limit, now), "success": lines.len() }),
    )
}
