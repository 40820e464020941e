//! `/admin`: the editors' app, as it was built into this binary. Every page of it is the same document; which
//! one is shown is decided in the browser.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use rust_embed::RustEmbed;

use crate::app::App;

/// The built app; empty when the server was built without it.
#[derive(RustEmbed)]
#[folder = "admin-ui/dist"]
#[allow_missing = true]
struct Files;

/// Stands in the document where the app looks for the mark of its own styles.
const NONCE_PLACE: &str = "name=\"csp-nonce\" content=\"\"";
/// Shown when the app was not built in.
const MISSING: &str = "<!doctype html><meta charset=\"utf-8\"><title>Fenfa</title><p>This server was built without \
its admin app. Build it with <code>cd admin-ui && npm ci && npm run build</code>, then build the server again.";

/// The routes; those of GraphQL and of uploads must come before.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/admin", web::get().to(serve))
        .route("/admin/{path:.*}", web::get().to(serve));
}

async fn serve(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let path = request.match_info().get("path").unwrap_or_default();
    if let Some(file) = Files::get(path).filter(|_| path != "index.html") {
        return HttpResponse::Ok()
            .content_type(mime_guess::from_path(path).first_or_octet_stream().as_ref())
            .insert_header((header::CACHE_CONTROL, caching(path)))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(file.data);
    }
    // What looks like a file is one that is not there, not a page.
    if path.starts_with("assets/") {
        return HttpResponse::NotFound().finish();
    }
    document(&app.config.server.base_url())
}

/// Files with a hash in their name never change.
fn caching(path: &str) -> &'static str {
    if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn document(base_url: &str) -> HttpResponse {
    let nonce = hex::encode(rand::random::<[u8; 16]>());
    let page = Files::get("index.html").map_or_else(
        || MISSING.to_owned(),
        |file| {
            let place = format!("name=\"csp-nonce\" content=\"{nonce}\"");
            String::from_utf8_lossy(&file.data).replace(NONCE_PLACE, &place)
        },
    );
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy(&nonce, base_url)))
        .body(page)
}

/// Scripts from here only; pictures and reader pages also from the address under which readers see them.
fn policy(nonce: &str, base_url: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
         style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob: {base_url}; media-src 'self' blob: {base_url}; frame-src 'self' {base_url}; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_lets_no_foreign_script_in() {
        let policy = policy("abc", "https://example.com");

        assert!(policy.contains("script-src 'self';"));
        assert!(policy.contains("'nonce-abc'"));
        assert!(!policy.contains("unsafe-eval"));
    }

    #[test]
    fn files_with_a_hash_are_kept_for_ever() {
        assert!(caching("assets/index-abc.js").contains("immutable"));
        assert_eq!(caching("icon.svg"), "no-cache");
    }
}
