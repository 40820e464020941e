//! The public schema: what readers see, for mini-programs with a key. Its objects stand over published types, which
//! cannot hold a draft.

mod cache;
mod page_info;
mod picture;
mod product;
mod search;
mod story;
mod term;
mod video;

use std::{sync::Arc, time::Duration};

use actix_web::{FromRequest as _, HttpRequest, HttpResponse, dev, http::header, web};
use async_graphql::{
    EmptyMutation, EmptySubscription, MergedObject, Request, Schema, SchemaBuilder,
};

use self::cache::{AnswerCache, Cached};
use super::{
    context::Caller,
    endpoint::{Endpoint, Limits},
    loader::Loaders,
};
use crate::{
    api::rest::Failure,
    app::App,
    auth::Actor,
    error::{Error, ErrorKind, Result},
};

/// A revoked key works at most this much longer.
const KEY_MEMORY: Duration = Duration::from_secs(10);
/// Keys that are remembered.
const KEYS: u64 = 10_000;

/// What mini-programs read.
#[derive(MergedObject, Default)]
pub struct PublicQuery(
    story::StoryQueries,
    video::VideoQueries,
    product::ProductQueries,
    term::TermQueries,
    page_info::PageInfoQueries,
    search::SearchQueries,
);

/// The schema of `/graphql`.
pub type PublicSchema = Schema<PublicQuery, EmptyMutation, EmptySubscription>;

fn builder() -> SchemaBuilder<PublicQuery, EmptyMutation, EmptySubscription> {
    Schema::build(PublicQuery::default(), EmptyMutation, EmptySubscription).disable_suggestions()
}

/// The schema, with its limits and services; a query may cost half of what an editor's may.
pub fn schema(app: &Arc<App>) -> PublicSchema {
    let limits = &app.config.server;
    builder()
        .limit_depth(limits.graphql_depth)
        .limit_complexity(limits.graphql_complexity / 2)
        .data(Arc::clone(app))
        .finish()
}

/// The schema as text, for `schema/public.graphql`.
pub fn sdl() -> String {
    builder().finish().sdl()
}

/// What one server shares between requests.
#[derive(Clone)]
struct Public {
    endpoint: Endpoint<PublicSchema>,
    cache: AnswerCache,
    keys: moka::future::Cache<String, Actor>,
    body_bytes: usize,
}

/// The route.
pub fn configure(app: &Arc<App>) -> impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static {
    let public = Public {
        endpoint: Endpoint::new(schema(app), Limits::from(&app.config.server)),
        cache: AnswerCache::new(&app.config.server, app.content.changed()),
        keys: moka::future::Cache::builder()
            .max_capacity(KEYS)
            .time_to_live(KEY_MEMORY)
            .build(),
        body_bytes: app.config.server.graphql_body_bytes,
    };
    move |config| {
        config.service(
            web::resource("/graphql")
                .app_data(web::Data::new(public.clone()))
                .route(web::get().to(answer))
                .route(web::post().to(answer)),
        );
    }
}

/// An answer from memory when the same was asked before and nothing has changed; else a fresh one.
async fn answer(
    public: web::Data<Public>,
    app: web::Data<App>,
    http: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let app = app.into_inner();
    let actor = public.actor(&app, &http).await?;
    let body = body.to_bytes_limited(public.body_bytes).await;
    let body = body
        .map_err(|_| Error::new(ErrorKind::TooLarge, "the request is too large"))?
        .map_err(|error| {
            Error::invalid("body", "the request could not be read").because(error.to_string())
        })?;
    let key = AnswerCache::key(&actor, &http, &body);
    if let Some(known) = public.cache.get(&key).await {
        return Ok(known.answer(&http, public.cache.seconds()));
    }
    let version = public.cache.version();
    let mut again = dev::Payload::from(body);
    let payload = web::Payload::from_request(&http, &mut again)
        .await
        .map_err(|error| Error::internal("the request could not be read", error.to_string()))?;
    let response = public
        .endpoint
        .answer(&http, payload, async |request| {
            Ok(prepare(&app, actor, request))
        })
        .await;
    Ok(match Cached::of(response).await {
        Ok(cached) => {
            public.cache.put(key, version, &cached).await;
            cached.answer(&http, public.cache.seconds())
        }
        Err(response) => response,
    })
}

fn prepare(app: &Arc<App>, actor: Actor, request: Request) -> Request {
    request
        .data(Loaders::start(Arc::clone(app), actor.clone()))
        .data(actor)
        .data(Caller::default())
}

impl Public {
    /// Who a request's key belongs to; keys are remembered for seconds.
    async fn actor(&self, app: &App, http: &HttpRequest) -> Result<Actor> {
        let header = |name: &str| {
            http.headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let bearer = http
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let key = header("x-fenfa-key").or_else(|| bearer?.strip_prefix("Bearer "));
        let Some(key) = key.map(str::trim).filter(|key| !key.is_empty()) else {
            return Err(Error::new(
                ErrorKind::Unauthenticated,
                "send the API key of your mini-program in the header x-fenfa-key",
            ));
        };
        if let Some(actor) = self.keys.get(key).await {
            return Ok(actor);
        }
        let actor = app.auth.actor_for_api_key(key).await?;
        self.keys.insert(key.to_owned(), actor.clone()).await;
        Ok(actor)
    }
}
