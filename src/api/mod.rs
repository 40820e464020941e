//! The wire in: GraphQL and REST.

pub mod graphql;
pub mod rest;

use std::sync::Arc;

use actix_web::web;

use crate::{app::App, config::Role};

/// Everything that one server answers, as its roles ask for, for `App::configure` of every worker.
pub fn configure(app: &Arc<App>) -> impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static {
    let admin = graphql::admin::configure(app);
    let public = graphql::public::configure(app);
    let reader = rest::reader::configure();
    let app = web::Data::from(Arc::clone(app));
    move |config| {
        config
            .app_data(app.clone())
            .configure(rest::health::configure)
            .configure(rest::metrics::configure);
        if !app.config.server.has(Role::Web) {
            return;
        }
        config
            .configure(admin.clone())
            .configure(public.clone())
            .configure(rest::media::configure)
            .configure(rest::upload::configure)
            .configure(rest::export::configure)
            .configure(rest::hook::configure)
            .configure(rest::sign_in::configure)
            .configure(reader.clone())
            .configure(rest::admin_ui::configure);
    }
}
