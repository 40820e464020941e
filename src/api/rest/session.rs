//! Who calls: the signed-in person behind a request's cookie.

use actix_web::{HttpRequest, http::header};

use crate::{
    app::App,
    auth::Actor,
    error::{Error, ErrorKind, Result},
};

/// The cookie of a signed-in browser.
pub const COOKIE: &str = "fenfa_session";
/// The header that names one of the person's sites by its key.
pub const SITE_HEADER: &str = "x-fenfa-site";

/// The person behind a request. Requests that another site's page makes the browser send are refused,
/// whoever is signed in: nobody is to be signed in or up by them either.
pub async fn actor(app: &App, request: &HttpRequest) -> Result<Actor> {
    if !request.method().is_safe() && !is_own_page(request) {
        return Err(Error::forbidden(
            "requests from pages of other sites are refused",
        ));
    }
    let cookie = request
        .cookie(COOKIE)
        .ok_or_else(|| Error::new(ErrorKind::Unauthenticated, "sign in first"))?;
    let site = request
        .headers()
        .get(SITE_HEADER)
        .and_then(|key| key.to_str().ok());
    app.auth.actor_for_session(cookie.value(), site).await
}

/// Browsers say where a request comes from; what says nothing is not a browser.
fn is_own_page(request: &HttpRequest) -> bool {
    let read = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    if let Some(from) = read("sec-fetch-site") {
        return matches!(from, "same-origin" | "none");
    }
    let host = read(header::HOST.as_str());
    read(header::ORIGIN.as_str()).is_none_or(|origin| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some() && authority == host
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::is_own_page;

    fn check(headers: &[(&'static str, &'static str)], expected: bool) {
        let request = headers.iter().fold(
            TestRequest::post().insert_header(("host", "cms.example")),
            |request, header| request.insert_header(*header),
        );

        assert_eq!(
            is_own_page(&request.to_http_request()),
            expected,
            "{headers:?}"
        );
    }

    #[test]
    fn only_our_own_pages_may_write() {
        check(&[], true);
        check(&[("origin", "https://cms.example")], true);
        check(&[("origin", "https://evil.example")], false);
        check(&[("origin", "null")], false);
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "same-site")], false);
    }
}
