//! The admin schema: everything that editors do. One file per noun.

mod account;
mod api_key;
mod app_link;
mod approval;
mod asset;
mod attempt;
mod audit;
mod channel;
mod delivery;
mod disconnection;
mod item;
mod job;
mod outlook;
mod pause;
mod product;
mod recurring_job;
mod recurring_work;
mod reference;
mod removal;
mod schedule;
mod session;
mod set_up;
mod sign_in;
mod site;
mod slot;
mod statistic;
mod story;
mod story_content;
mod story_text;
mod term;
mod user;
mod variant;
mod video;
mod webhook;
mod webhook_message;

use std::{cell::RefCell, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::{EmptySubscription, MergedObject, Request, Response, Schema, SchemaBuilder};

use super::{
    context::Caller,
    deed::{self, Call},
    endpoint::{Endpoint, Limits},
    loader::Loaders,
};
use crate::{
    api::rest::session::{self as cookie, COOKIE},
    app::App,
    auth::{Actor, ActorKind},
    error::{ErrorKind, Result},
    id::AuditEntryId,
};

/// What editors read.
#[derive(MergedObject, Default)]
pub struct AdminQuery(
    session::SessionQueries,
    set_up::SetUpQueries,
    site::SiteQueries,
    user::UserQueries,
    api_key::ApiKeyQueries,
    audit::AuditQueries,
    asset::AssetQueries,
    story::StoryQueries,
    story_text::StoryTextQueries,
    video::VideoQueries,
    product::ProductQueries,
    term::TermQueries,
    channel::ChannelQueries,
    variant::VariantQueries,
    app_link::AppLinkQueries,
    AccountQuery,
    delivery::DeliveryQueries,
    pause::PauseQueries,
    approval::ApprovalQueries,
    statistic::StatisticQueries,
    slot::SlotQueries,
    recurring_job::RecurringJobQueries,
    job::JobQueries,
    webhook::WebhookQueries,
    webhook_message::WebhookMessageQueries,
);

/// What editors do.
#[derive(MergedObject, Default)]
pub struct AdminMutation(
    session::SessionMutations,
    set_up::SetUpMutations,
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
    app_link::AppLinkMutations,
    AccountMutation,
    schedule::DeliveryMutations,
    pause::PauseMutations,
    approval::ApprovalMutations,
    recurring_job::RecurringJobMutations,
    job::JobMutations,
    webhook::WebhookMutations,
    webhook_message::WebhookMessageMutations,
);

/// What editors read of accounts. A group by itself: the compiler follows a list of roots only so deep.
#[derive(MergedObject, Default)]
pub struct AccountQuery(
    account::AccountQueries,
    sign_in::SignInQueries,
    disconnection::DisconnectionQueries,
    removal::RemovalQueries,
);

/// What editors do with accounts.
#[derive(MergedObject, Default)]
pub struct AccountMutation(
    account::AccountMutations,
    sign_in::SignInMutations,
    disconnection::DisconnectionMutations,
    removal::RemovalMutations,
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
    let endpoint = Endpoint::new(schema(app), &sdl(), Limits::from(&app.config.server));
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
    let noted = RefCell::new(None);
    endpoint
        .answer(
            &http,
            body,
            async |request| {
                let (request, begun) = prepare(&app, &http, request).await?;
                noted.replace(Some(begun));
                Ok(request)
            },
            async |response| {
                if let Some(begun) = noted.take() {
                    begun.end(&app, response).await;
                }
            },
        )
        .await
}

/// What the audit log is told of one request.
struct Noted {
    actor: Actor,
    calls: Vec<(Call, Option<AuditEntryId>)>,
}

impl Noted {
    /// What cannot be noted is not done.
    async fn begin(app: &App, actor: &Actor, calls: Vec<Call>) -> Result<Self> {
        let mut noted = Vec::with_capacity(calls.len());
        for call in calls {
            // Somebody unknown is noted when it is known what came of it.
            let id = match actor.kind() {
                ActorKind::Anonymous => None,
                _ => Some(app.audit.begin(actor, &call.deed).await?),
            };
            noted.push((call, id));
        }
        Ok(Self {
            actor: actor.clone(),
            calls: noted,
        })
    }

    async fn end(self, app: &App, response: &Response) {
        for (call, id) in self.calls {
            let outcome = call.outcome(response);
            let noted = match id {
                Some(id) => app.audit.end(id, &outcome).await,
                // Whoever has to wait must not fill the log meanwhile.
                None if outcome == ErrorKind::RateLimited.wire().0 => Ok(()),
                None => app.audit.record(&self.actor, &call.deed, &outcome).await,
            };
            if let Err(error) = noted {
                tracing::error!(%error, action = call.deed.action, outcome, "an outcome is missing in the audit log");
            }
        }
    }
}

async fn prepare(
    app: &Arc<App>,
    http: &HttpRequest,
    mut request: Request,
) -> Result<(Request, Noted)> {
    let actor = match cookie::actor(app, http).await {
        Ok(actor) => actor,
        // Somebody unknown may sign in or be the first, and nothing else.
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
    let variables = std::mem::take(&mut request.variables);
    let operation = request.operation_name.clone();
    let calls = match request.parsed_query() {
        Ok(document) => deed::calls(document, operation.as_deref(), &variables, caller.address),
        // The schema says what is wrong about it.
        Err(_) => Vec::new(),
    };
    request.variables = variables;
    let noted = Noted::begin(app, &actor, calls).await?;
    let request = if matches!(actor.kind(), ActorKind::Anonymous) {
        request.disable_introspection()
    } else {
        request
    };
    let request = request
        .data(Loaders::start(Arc::clone(app), actor.clone()))
        .data(actor)
        .data(caller);
    Ok((request, noted))
}
