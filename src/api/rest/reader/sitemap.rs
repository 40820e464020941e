//! The site map (flat files: Baidu takes no index of site maps since July 2020) and robots.txt.

use std::fmt::Write as _;

use actix_web::{HttpRequest, HttpResponse, http::header, web};

use super::{base_url, book::Books, reader};
use crate::{
    api::rest::Failure,
    app::App,
    error::{Error, Result},
    text::escape_html,
};

/// Addresses in one file: at most 50,000 (sitemaps.org, and Baidu's own bound) and less than 10 MB (Baidu's), even if
/// each is as long as may be.
const MOST: usize = 30_000;
/// The longest address that Baidu takes, in bytes.
const LONGEST: usize = 256;

/// `/robots.txt`.
pub async fn robots(
    app: web::Data<App>,
    books: web::Data<Books>,
    http: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let (site, actor) = reader(&app, &http).await?;
    let base = base_url(&app, &site);
    let files = books.of(&app, &actor).await?.len().div_ceil(MOST).max(1);
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
pub async fn first(
    app: web::Data<App>,
    books: web::Data<Books>,
    http: HttpRequest,
) -> Result<HttpResponse, Failure> {
    file(&app, &books, &http, 1).await
}

/// `/sitemap-2.xml` and further.
pub async fn numbered(
    app: web::Data<App>,
    books: web::Data<Books>,
    http: HttpRequest,
    number: web::Path<usize>,
) -> Result<HttpResponse, Failure> {
    file(&app, &books, &http, *number).await
}

async fn file(
    app: &App,
    books: &Books,
    http: &HttpRequest,
    number: usize,
) -> Result<HttpResponse, Failure> {
    let (site, actor) = reader(app, http).await?;
    let base = base_url(app, &site);
    let book = books.of(app, &actor).await?;
    let index = number.checked_sub(1);
    let part = match index.and_then(|index| book.chunks(MOST).nth(index)) {
        Some(part) => part,
        None if number == 1 => &[],
        None => return Err(Error::not_found("this part of the site map").into()),
    };
    let lines = part.iter().map(|entry| {
        let day = entry
            .address
            .published_at
            .to_utc()
            .with_timezone(&chrono_tz::Asia::Shanghai)
            .format("%Y-%m-%d")
            .to_string();
        (format!("{base}{}", entry.path()), day)
    });
    Ok(HttpResponse::Ok()
        .content_type("application/xml; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(render(lines)))
}

/// Addresses with the days on which they last changed; one that is too long is left out.
fn render(lines: impl Iterator<Item = (String, String)>) -> String {
    let mut xml = String::new();
    xml.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (address, day) in lines.filter(|(address, _)| address.len() <= LONGEST) {
        let _ = writeln!(
            xml,
            "<url><loc>{}</loc><lastmod>{day}</lastmod></url>",
            escape_html(&address)
        );
    }
    xml.push_str("</urlset>\n");
    xml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_file_is_within_baidus_bounds() {
        let address = format!("https://www.example.cn/s/{}", "a".repeat(LONGEST - 25));
        let full = render((0..MOST).map(|_| (address.clone(), "2026-03-01".to_owned())));

        assert_eq!(full.matches("<loc>").count(), MOST);
        assert!(full.len() < 10 << 20, "{}", full.len());
        let longer = format!("{address}a");
        assert!(!render([(longer, String::new())].into_iter()).contains("<loc>"));
    }
}
