//! The site map (flat files: Baidu takes no index of site maps since July 2020) and robots.txt.

use std::fmt::Write as _;

use actix_web::{HttpRequest, HttpResponse, http::header, web};

use super::{base_url, reader};
use crate::{
    api::rest::Failure,
    app::App,
    auth::Actor,
    clock::Timestamp,
    content::{Content, StoryContent, VideoContent, body::escape},
    error::{Error, Result},
};

/// Addresses in one file (sitemaps.org, and Baidu's own bound).
const MOST: usize = 50_000;
/// Rows read at a time.
const BATCH: u64 = 5_000;

/// `/robots.txt`.
pub async fn robots(app: web::Data<App>, http: HttpRequest) -> Result<HttpResponse, Failure> {
    let (site, actor) = reader(&app, &http).await?;
    let base = base_url(&app, &site);
    let files = addresses(&app, &actor, &base)
        .await?
        .len()
        .div_ceil(MOST)
        .max(1);
    let mut text = "User-agent: *\nDisallow: /admin\nDisallow: /graphql\n\n".to_owned();
    for number in 1..=files {
        let name = if number == 1 {
            "sitemap.xml".to_owned()
        } else {
            format!("sitemap-{number}.xml")
        };
        let _ = writeln!(text, "Sitemap: {base}/{name}");
    }
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(text))
}

/// `/sitemap.xml`.
pub async fn first(app: web::Data<App>, http: HttpRequest) -> Result<HttpResponse, Failure> {
    file(&app, &http, 1).await
}

/// `/sitemap-2.xml` and further.
pub async fn numbered(
    app: web::Data<App>,
    http: HttpRequest,
    number: web::Path<usize>,
) -> Result<HttpResponse, Failure> {
    file(&app, &http, *number).await
}

async fn file(app: &App, http: &HttpRequest, number: usize) -> Result<HttpResponse, Failure> {
    let (site, actor) = reader(app, http).await?;
    let all = addresses(app, &actor, &base_url(app, &site)).await?;
    let part = number
        .checked_sub(1)
        .and_then(|index| all.chunks(MOST).nth(index));
    let part = match part {
        Some(part) => part,
        None if number == 1 => &[],
        None => return Err(Error::not_found("this part of the site map").into()),
    };
    let mut xml = String::with_capacity(part.len() * 96 + 128);
    xml.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (address, at) in part {
        let day = at
            .to_utc()
            .with_timezone(&chrono_tz::Asia::Shanghai)
            .format("%Y-%m-%d");
        let _ = writeln!(
            xml,
            "<url><loc>{}</loc><lastmod>{day}</lastmod></url>",
            escape(address)
        );
    }
    xml.push_str("</urlset>\n");
    Ok(HttpResponse::Ok()
        .content_type("application/xml; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(xml))
}

/// Address and last publication of everything that readers see.
async fn addresses(app: &App, actor: &Actor, base: &str) -> Result<Vec<(String, Timestamp)>> {
    let mut all = Vec::new();
    collect::<StoryContent>(app, actor, &format!("{base}/s/"), &mut all).await?;
    collect::<VideoContent>(app, actor, &format!("{base}/v/"), &mut all).await?;
    Ok(all)
}

async fn collect<C: Content>(
    app: &App,
    actor: &Actor,
    prefix: &str,
    all: &mut Vec<(String, Timestamp)>,
) -> Result<()> {
    let mut after = None;
    loop {
        let rows = app.content.list_addresses::<C>(actor, after, BATCH).await?;
        let Some((last, ..)) = rows.last() else {
            return Ok(());
        };
        after = Some(*last);
        all.extend(
            rows.into_iter()
                .map(|(_, slug, at)| (format!("{prefix}{slug}"), at)),
        );
    }
}
