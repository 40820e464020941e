//! The admin schema: everything that editors do. One file per noun.

mod account;
mod api_key;
mod approval;
mod asset;
mod channel;
mod delivery;
mod item;
mod job;
mod pause;
mod product;
mod recurring_job;
mod reference;
mod schedule;
mod session;
mod site;
mod statistic;
mod story;
mod story_text;
mod term;
mod user;
mod variant;
mod video;
mod webhook;
mod webhook_message;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::{EmptySubscription, MergedObject, Request, Schema, SchemaBuilder};

use super::{
    context::Caller,
    endpoint::{Endpoint, Limits},
    loader::Loaders,
};
use crate::{
    api::rest::session::{self as cookie, COOKIE},
    app::App,
    auth::{Actor, ActorKind},
    error::{ErrorKind, Result},
};

/// What editors read.
#[derive(MergedObject, Default)]
pub struct AdminQuery(
    session::SessionQueries,
    site::SiteQueries,
    user::UserQueries,
    api_key::ApiKeyQueries,
    asset::AssetQueries,
    story::StoryQueries,
    story_text::StoryTextQueries,
    video::VideoQueries,
    product::ProductQueries,
    term::TermQueries,
    channel::ChannelQueries,
    variant::VariantQueries,
    account::AccountQueries,
    delivery::DeliveryQueries,
    pause::PauseQueries,
    approval::ApprovalQueries,
    statistic::StatisticQueries,
    recurring_job::RecurringJobQueries,
    job::JobQueries,
    webhook::WebhookQueries,
    webhook_message::WebhookMessageQueries,
);

/// What editors do.
#[derive(MergedObject, Default)]
pub struct AdminMutation(
    session::SessionMutations,
    site::SiteMutations,
    user::UserMutations,
    api_key::ApiKeyMutations,
    asset::AssetMutations,
    story::StoryMutations,
    story_text::StoryTextMutations,
    video::VideoMutations,
    product::ProductMutations,
    term::TermMutations,
    variant::VariantMutations,
    account::AccountMutations,
    schedule::DeliveryMutations,
    pause::PauseMutations,
    approval::ApprovalMutations,
    recurring_job::RecurringJobMutations,
    job::JobMutations,
    webhook::WebhookMutations,
    webhook_message::WebhookMessageMutations,
);

/// The schema of `/admin/graphql`.
pub type AdminSchema = Schema<AdminQuery, AdminMutation, EmptySubscription>;

fn builder() -> SchemaBuilder<AdminQuery, AdminMutation, EmptySubscription> {
    Schema::build(
        AdminQuery::default(),
        AdminMutation::default(),
        EmptySubscription,
    )
    .disable_suggestions()
}

/// The schema, with its limits and services.
pub fn schema(app: &Arc<App>) -> AdminSchema {
    let limits = &app.config.server;
    builder()
        .limit_depth(limits.graphql_depth)
        .limit_complexity(limits.graphql_complexity)
        .data(Arc::clone(app))
        .finish()
}

/// The schema as text, for `schema/admin.graphql`.
pub fn sdl() -> String {
    builder().finish().sdl()
}

/// The route.
pub fn configure(app: &Arc<App>) -> impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static {
    let endpoint = Endpoint::new(schema(app), Limits::from(&app.config.server));
    move |config| {
        config.service(
            web::resource("/admin/graphql")
                .app_data(web::Data::new(endpoint.clone()))
                .route(web::get().to(answer))
                .route(web::post().to(answer)),
        );
    }
}

async fn answer(
    endpoint: web::Data<Endpoint<AdminSchema>>,
    app: web::Data<App>,
    http: HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    let app = app.into_inner();
    endpoint
        .answer(&http, body, async |request| {
            prepare(&app, &http, request).await
        })
        .await
}

async fn prepare(app: &Arc<App>, http: &HttpRequest, request: Request) -> Result<Request> {
    let actor = match cookie::actor(app, http).await {
        Ok(actor) => actor,
        // Somebody unknown may sign in, and nothing else.
        Err(error) if error.kind() == ErrorKind::Unauthenticated => {
            let site = app.auth.ensure_default_site().await?;
            Actor::new(ActorKind::Anonymous, site.id)
        }
        Err(error) => return Err(error),
    };
    let caller = Caller {
        session: http.cookie(COOKIE).map(|cookie| cookie.value().to_owned()),
        address: http.peer_addr().map(|address| address.ip()),
    };
    let request = if matches!(actor.kind(), ActorKind::Anonymous) {
        request.disable_introspection()
    } else {
        request
    };
    Ok(request
        .data(Loaders::start(Arc::clone(app), actor.clone()))
        .data(actor)
        .data(caller))
}
