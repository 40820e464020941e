//! The crawler: it really reads our pages, and keeps what it saw, so that tests can say what Baidu knows.

use std::sync::Arc;

use super::{Baidu, state::Page};

/// A page to be read: a path's or a web address of its own.
struct Due {
    is_path: bool,
    key: String,
    url: Option<String>,
}

/// Reads every page that is due, in the background.
pub(super) fn due(baidu: &Arc<Baidu>) {
    let now = baidu.now();
    let due: Vec<Due> = {
        let state = baidu.lock();
        let template = state.settings.page_template.clone();
        let is_due = |page: &Page| page.state == "queued" && page.crawl_at <= now;
        let paths = state
            .paths
            .iter()
            .filter(|(_, page)| is_due(page))
            .map(|(key, _)| Due {
                is_path: true,
                key: key.clone(),
                url: page_of(&template, key),
            });
        let urls = state
            .urls
            .iter()
            .filter(|(_, page)| is_due(page))
            .map(|(key, _)| Due {
                is_path: false,
                key: key.clone(),
                url: Some(key.clone()),
            });
        paths.chain(urls).collect()
    };
    for page in due {
        let baidu = Arc::clone(baidu);
        actix_web::rt::spawn(async move { crawl(&baidu, page).await });
    }
}

/// The web address that shows a path: its parameter `id` in the template.
fn page_of(template: &str, path: &str) -> Option<String> {
    let (_, query) = path.split_once('?')?;
    let id = query.split('&').find_map(|pair| pair.strip_prefix("id="))?;
    (!template.is_empty()).then(|| template.replace("{id}", id))
}

async fn crawl(baidu: &Baidu, page: Due) {
    let seen = match &page.url {
        Some(url) => read(baidu, url).await,
        None => Ok((String::new(), Vec::new())),
    };
    baidu.change(|state| {
        let pages = if page.is_path {
            &mut state.paths
        } else {
            &mut state.urls
        };
        let Some(known) = pages
            .get_mut(&page.key)
            .filter(|known| known.state == "queued")
        else {
            return;
        };
        match seen {
            Ok((title, images)) => {
                known.state = "indexed".into();
                known.reason = String::new();
                known.title = title;
                known.images = images;
            }
            Err(reason) => {
                known.state = "rejected".into();
                known.reason = reason.into();
            }
        }
    });
}

/// Title and pictures of a page, or the console's reason for leaving it out.
async fn read(baidu: &Baidu, url: &str) -> Result<(String, Vec<String>), &'static str> {
    let request = baidu.context.http.get(url).header(
        "user-agent",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    );
    let response = request.send().await.map_err(|_| "小程序页面死链")?;
    if response.status() != 200 {
        return Err("小程序页面死链");
    }
    let page = response.text().await.map_err(|_| "小程序页面死链")?;
    let title = between(&page, "<title>", "</title>")
        .unwrap_or_default()
        .to_owned();
    let body = between(&page, "<main", "</main>").unwrap_or(&page);
    let visible: usize = body
        .split('<')
        .filter_map(|part| part.split_once('>'))
        .map(|(_, text)| text.trim().chars().count())
        .sum();
    if title.trim().is_empty() || visible < 50 {
        return Err("页面内容低质");
    }
    let images = page
        .split("<img ")
        .skip(1)
        .filter_map(|tag| between(tag, "src=\"", "\""))
        .map(ToOwned::to_owned)
        .collect();
    Ok((title, images))
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inner, _)| inner)
}
