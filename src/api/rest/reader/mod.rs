//! Pages that platforms crawl and that shares fall back to: stories, videos, the site map, robots.txt, and the lists that
//! channels pull. No script.

mod book;
mod feed;
mod page;
mod sitemap;
mod view;

pub use page::body_html;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use sha2::{Digest as _, Sha256};

use super::Failure;
use crate::{
    app::App,
    auth::{Actor, ActorKind, Site},
    content::{Content, StoryContent, VideoContent},
    error::{Error, Result},
};

/// The style of reader pages.
const STYLE: &str = include_str!("reader.css");

/// The routes.
pub fn configure() -> impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static {
    let books = web::Data::new(book::Books::default());
    move |config| {
        config.app_data(books.clone());
        routes(config);
    }
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/s/{slug}", web::get().to(story))
        .route("/feeds/{channel}/{name}", web::get().to(feed::feed))
        .route("/v/{slug}", web::get().to(video))
        .route("/reader.css", web::get().to(style))
        .route("/robots.txt", web::get().to(sitemap::robots))
        .route("/sitemap.xml", web::get().to(sitemap::first))
        .route("/sitemap-{number}.xml", web::get().to(sitemap::numbered));
}

/// The site whose address the request names, else the default one; and a reader of it.
async fn reader(app: &App, http: &HttpRequest) -> Result<(Site, Actor)> {
    let host = http.connection_info().host().to_owned();
    let sites = app.auth.list_sites().await?;
    let own =
        |site: &&Site| url::Url::parse(&site.base_url).is_ok_and(|url| authority(&url) == host);
    let site = sites.iter().find(own).or(sites.first()).cloned();
    let site = site.ok_or_else(|| Error::not_found("the site"))?;
    let actor = Actor::new(ActorKind::Reader, site.id);
    Ok((site, actor))
}

fn authority(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The address of the site's pages.
fn base_url(app: &App, site: &Site) -> String {
    if site.base_url.is_empty() {
        app.config.server.base_url()
    } else {
        site.base_url.clone()
    }
}

async fn story(
    app: web::Data<App>,
    http: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let app = app.into_inner();
    let (site, actor) = reader(&app, &http).await?;
    match app
        .content
        .find_published_by_slug::<StoryContent>(&actor, &slug)
        .await?
    {
        Some(story) => Ok(cached(
            &http,
            page::story(&app, &site, &actor, &story).await?,
        )),
        None => absent::<StoryContent>(&app, &actor, &slug).await,
    }
}

async fn video(
    app: web::Data<App>,
    http: HttpRequest,
    slug: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let app = app.into_inner();
    let (site, actor) = reader(&app, &http).await?;
    match app
        .content
        .find_published_by_slug::<VideoContent>(&actor, &slug)
        .await?
    {
        Some(video) => Ok(cached(
            &http,
            page::video(&app, &site, &actor, &video).await?,
        )),
        None => absent::<VideoContent>(&app, &actor, &slug).await,
    }
}

/// 410 for what readers once saw, so that crawlers take it out; 404 for the rest.
async fn absent<C: Content>(
    app: &Arc<App>,
    actor: &Actor,
    slug: &str,
) -> Result<HttpResponse, Failure> {
    let is_gone = app.content.is_withdrawn::<C>(actor, slug).await?;
    let mut response = if is_gone {
        HttpResponse::Gone()
    } else {
        HttpResponse::NotFound()
    };
    Ok(response
        .content_type("text/html; charset=utf-8")
        .body(view::absent(is_gone)))
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(STYLE)
}

/// A page with its tag, or only the word that nothing changed.
fn cached(http: &HttpRequest, page: String) -> HttpResponse {
    let tag = format!(
        "\"{}\"",
        hex::encode(&Sha256::digest(page.as_bytes())[..12])
    );
    let known = http
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|tag| tag.to_str().ok());
    let mut response = if known == Some(&tag) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::ETAG, tag.clone()))
        .insert_header((header::CACHE_CONTROL, "public, max-age=60"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; img-src 'self' https:; media-src 'self' https:; style-src 'self'; base-uri 'none'; form-action 'none'",
        ));
    if known == Some(&tag) {
        response.finish()
    } else {
        response.content_type("text/html; charset=utf-8").body(page)
    }
}
