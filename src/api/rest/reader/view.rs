//! The HTML of reader pages. Every value is escaped where it is written.

use std::fmt::Write as _;

use serde_json::Value;

use crate::{clock::Timestamp, content::body::PictureView, text::escape_html};

/// What stands in a page's head and frame.
pub struct Page<'a> {
    pub site: &'a str,
    /// The title for search engines.
    pub title: &'a str,
    pub description: &'a str,
    pub keywords: &'a str,
    pub canonical: &'a str,
    /// What a share shows.
    pub share_picture: Option<&'a str>,
    pub json_ld: &'a Value,
    /// The title that people read.
    pub heading: &'a str,
    pub byline: Option<&'a str>,
    pub published_at: Timestamp,
    pub zone: &'a str,
    /// Above the text.
    pub covers: &'a [PictureView],
    pub lead: &'a str,
    /// HTML, already escaped.
    pub content: &'a str,
}

/// A whole page.
pub fn page(page: &Page<'_>) -> String {
    let mut out = String::with_capacity(page.content.len() + 4096);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"zh-Hans\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n\
         <meta name=\"description\" content=\"{description}\">\n\
         <meta name=\"keywords\" content=\"{keywords}\">\n\
         <link rel=\"canonical\" href=\"{canonical}\">\n\
         <meta property=\"og:type\" content=\"article\">\n\
         <meta property=\"og:title\" content=\"{heading}\">\n\
         <meta property=\"og:description\" content=\"{description}\">\n\
         <meta property=\"og:url\" content=\"{canonical}\">\n\
         <meta property=\"og:site_name\" content=\"{site}\">\n",
        title = escape_html(page.title),
        description = escape_html(page.description),
        keywords = escape_html(page.keywords),
        canonical = escape_html(page.canonical),
        heading = escape_html(page.heading),
        site = escape_html(page.site),
    );
    if let Some(picture) = page.share_picture {
        let _ = writeln!(
            out,
            "<meta property=\"og:image\" content=\"{}\">",
            escape_html(picture)
        );
    }
    if !page.json_ld.is_null() {
        // "</" would end the element early.
        let data = page.json_ld.to_string().replace("</", "<\\/");
        let _ = writeln!(out, "<script type=\"application/ld+json\">{data}</script>");
    }
    let (machine, people) = times(page.published_at, page.zone);
    let byline = page
        .byline
        .map(|byline| format!("{} · ", escape_html(byline)))
        .unwrap_or_default();
    let _ = write!(
        out,
        "<link rel=\"stylesheet\" href=\"/reader.css\">\n</head>\n<body>\n<main>\n<article>\n\
         <h1>{}</h1>\n<p class=\"meta\">{byline}<time datetime=\"{machine}\">{people}</time></p>\n",
        escape_html(page.heading)
    );
    if !page.lead.is_empty() {
        let _ = writeln!(out, "<p class=\"lead\">{}</p>", escape_html(page.lead));
    }
    if !page.covers.is_empty() {
        out.push_str("<div class=\"covers\">");
        for cover in page.covers {
            let _ = write!(
                out,
                "<img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\">",
                escape_html(&cover.src),
                cover.width,
                cover.height,
                escape_html(&cover.alt)
            );
        }
        out.push_str("</div>\n");
    }
    out.push_str(page.content);
    let _ = write!(
        out,
        "</article>\n</main>\n<footer><main>{}</main></footer>\n</body>\n</html>\n",
        escape_html(page.site)
    );
    out
}

/// The instant for machines and, in the site's zone, for people: the same that the structured data tells.
fn times(at: Timestamp, zone: &str) -> (String, String) {
    let zone = zone.parse().unwrap_or(chrono_tz::Asia::Shanghai);
    let local = at.to_utc().with_timezone(&zone);
    (
        local.format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        local.format("%Y-%m-%d %H:%M").to_string(),
    )
}

/// The page for what is not there.
pub fn absent(is_gone: bool) -> String {
    let text = if is_gone {
        "内容已下线"
    } else {
        "没有这个页面"
    };
    format!(
        "<!doctype html>\n<html lang=\"zh-Hans\"><head><meta charset=\"utf-8\"><meta name=\"robots\" content=\"noindex\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{text}</title>\
         <link rel=\"stylesheet\" href=\"/reader.css\"></head><body><main><h1>{text}</h1></main></body></html>\n"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hostile_values_stay_text() {
        let bad = "</title><script>alert(1)</script>\" onload=\"x";
        let data = json!({ "title": bad });
        let html = page(&Page {
            site: bad,
            title: bad,
            description: bad,
            keywords: bad,
            canonical: bad,
            share_picture: Some(bad),
            json_ld: &data,
            heading: bad,
            byline: Some(bad),
            published_at: Timestamp(0),
            zone: "Asia/Shanghai",
            covers: &[],
            lead: bad,
            content: "",
        });

        assert_eq!(
            html.matches("<script").count(),
            2,
            "the data block, and a text within it: {html}"
        );
        assert_eq!(html.matches("</script>").count(), 1);
        assert!(!html.contains("\" onload=\""));
    }
}
