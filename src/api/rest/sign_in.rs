//! `/oauth/{channel}/callback`: where platforms send the browser back to after a person has signed in on their page. The
//! address stands in the platform's console; one for each channel, whichever account it is about.
//!
//! The browser comes from another site, by a link at its top: then it brings a cookie that is `SameSite=Lax`. What proves
//! that it was us who sent it there is the `state`, which only the person who went could have: it is theirs alone, once.
//! The answer is always a page of the app, which says what happened in the person's language.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::json;

use super::session::COOKIE;
use crate::{
    app::App,
    audit::Deed,
    delivery::{Astray, Return},
};

/// Where the app is.
const APP: &str = "/admin/channels";

/// The route.
pub fn configure(config: &mut web::ServiceConfig) {
    config.route("/oauth/{channel}/callback", web::get().to(come_back));
}

/// The address that is registered with a channel's platform.
pub fn address(base: &str, channel: &str) -> String {
    format!("{base}/oauth/{channel}/callback")
}

async fn come_back(
    app: web::Data<App>,
    request: HttpRequest,
    channel: web::Path<String>,
    query: web::Query<BTreeMap<String, String>>,
) -> HttpResponse {
    let cookie = request.cookie(COOKIE);
    let session = cookie.as_ref().map(actix_web::cookie::Cookie::value);
    let returned = app.delivery.return_from_sign_in(&channel, &query, session);
    let page = match returned.await {
        Ok(Return::Ended { actor, sign_in }) => {
            let outcome = sign_in.outcome.map_or("", |outcome| outcome.as_str());
            let outcome = outcome.to_uppercase();
            let deed = Deed {
                action: "signInToAccount".to_owned(),
                sent: json!({ "input": { "id": sign_in.account, "externalId": sign_in.external_id } }),
                address: request.peer_addr().map(|address| address.ip()),
            };
            let noted = app.audit.record(&actor, &deed, &outcome);
            if let Err(error) = noted.await {
                tracing::error!(%error, account.id = %sign_in.account, "a sign-in is missing in the audit log");
            }
            format!("{APP}/{}?signIn={}", sign_in.account, sign_in.id)
        }
        Ok(Return::Astray { why, account }) => {
            tracing::warn!(channel.id = %channel, why = why.as_str(), "a browser came back and got nowhere");
            astray(why, account.map(|account| account.to_string()).as_deref())
        }
        Err(error) => {
            tracing::error!(%error, channel.id = %channel, "a browser that came back could not be helped");
            format!("{APP}/sign-in?why=failed")
        }
    };
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, page))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // The address holds the code: it is nobody else's to see.
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .finish()
}

/// The page of the app that says why, with the way back.
fn astray(why: Astray, account: Option<&str>) -> String {
    let account = account.map_or_else(String::new, |id| format!("&account={id}"));
    format!("{APP}/sign-in?why={}{account}", why.as_str())
}
