//! `/hooks/{channel}/{account}`: what platforms call, at the address that people enter in a platform's console. The
//! account's adapter verifies each call; nothing of a call that fails is kept.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};

use super::Failure;
use crate::{app::App, channels::Incoming, error::Error, id::AccountId};

/// The largest call that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// The routes.
pub fn configure(config: &mut web::ServiceConfig) {
    let resource = web::resource("/hooks/{channel}/{account}")
        .app_data(web::PayloadConfig::new(LARGEST))
        .route(web::get().to(receive))
        .route(web::post().to(receive));
    config.service(resource);
}

/// The address at which a platform calls an account.
pub fn address(base: &str, channel: &str, account: AccountId) -> String {
    format!("{base}/hooks/{channel}/{account}")
}

async fn receive(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<BTreeMap<String, String>>,
    body: web::Bytes,
) -> Result<HttpResponse, Failure> {
    let (channel, account) = path.into_inner();
    let account = account
        .parse()
        .map_err(|_| Error::not_found("an account at this address"))?;
    let headers = request.headers().iter();
    // A header that is no text is none that a platform signs.
    let headers: BTreeMap<String, String> = headers
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect();
    let incoming = Incoming {
        method: request.method().as_str(),
        query: &query,
        headers: &headers,
        body: &body,
    };
    let reply = app.delivery.receive(&channel, account, &incoming).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .content_type(reply.content_type)
        .body(reply.body))
}
