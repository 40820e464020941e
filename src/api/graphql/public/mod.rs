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

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use actix_web::{FromRequest as _, HttpRequest, HttpResponse, dev, http::header, web};
use async_graphql::{
    EmptyMutation, EmptySubscription, MergedObject, Request, Schema, SchemaBuilder,
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use self::cache::{AnswerCache, Cached};
use super::{
    context::Caller,
    endpoint::{Endpoint, Limits, read_body, refused},
    loader::Loaders,
};
use crate::{
    app::App,
    auth::{Actor, ActorKind},
    error::{Error, ErrorKind, Result},
    id::ApiKeyId,
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
    pace: Arc<DefaultKeyedRateLimiter<ApiKeyId>>,
    body_bytes: usize,
}

/// The route.
pub fn configure(app: &Arc<App>) -> impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static {
    let public = Public {
        endpoint: Endpoint::new(schema(app), &sdl(), Limits::from(&app.config.server)),
        cache: AnswerCache::new(
            &app.config.server,
            app.content.changed(),
            app.search.changed(),
        ),
        pace: Arc::new(RateLimiter::keyed(Quota::per_second(
            NonZeroU32::new(app.config.security.public_per_second).unwrap_or(NonZeroU32::MIN),
        ))),
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

async fn answer(
    public: web::Data<Public>,
    app: web::Data<App>,
    http: HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    let app = app.into_inner();
    let actor = match public.actor(&app, &http).await {
        Ok(actor) => actor,
        Err(error) => return refused(&http, &error),
    };
    let answered = public.answer(&app, actor, &http, body).await;
    answered.unwrap_or_else(|error| refused(&http, &error))
}

fn wait_first(http: &HttpRequest, wait: Duration) -> HttpResponse {
    let error = Error::new(
        ErrorKind::RateLimited,
        "too many requests with this API key; wait as retry-after says",
    );
    let mut response = refused(http, &error);
    let seconds = header::HeaderValue::from(wait.as_secs() + 1);
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}

fn prepare(app: &Arc<App>, actor: Actor, request: Request) -> Request {
    request
        .data(Loaders::start(Arc::clone(app), actor.clone()))
        .data(actor)
        .data(Caller::default())
}

impl Public {
    /// An answer from memory when the same was asked before and nothing has changed; else a fresh one.
    async fn answer(
        &self,
        app: &Arc<App>,
        actor: Actor,
        http: &HttpRequest,
        body: web::Payload,
    ) -> Result<HttpResponse> {
        let body = read_body(body, self.body_bytes).await?;
        let key = AnswerCache::key(&actor, http, &body);
        if let Some(known) = self.cache.get(&key).await {
            return Ok(known.answer(http, self.cache.seconds()));
        }
        // What is in memory costs next to nothing and may be had as often as one likes.
        if let Some(wait) = self.wait(&actor) {
            return Ok(wait_first(http, wait));
        }
        let version = self.cache.version();
        let mut again = dev::Payload::from(body);
        let payload = web::Payload::from_request(http, &mut again)
            .await
            .map_err(|error| Error::internal("the request could not be read", error.to_string()))?;
        let response = self
            .endpoint
            .answer(
                http,
                payload,
                async |request| Ok(prepare(app, actor, request)),
                async |_| {},
            )
            .await;
        Ok(match Cached::of(response).await {
            Ok(cached) => {
                self.cache.put(key, version, &cached).await;
                cached.answer(http, self.cache.seconds())
            }
            Err(response) => response,
        })
    }

    /// How long the key has to wait before its next request; nothing when it may go on.
    fn wait(&self, actor: &Actor) -> Option<Duration> {
        let ActorKind::ApiKey(key) = actor.kind() else {
            return None;
        };
        let not_yet = self.pace.check_key(key).err()?;
        Some(not_yet.wait_time_from(DefaultClock::default().now()))
    }

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
