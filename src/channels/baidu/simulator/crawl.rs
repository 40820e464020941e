//! The crawler: it really reads our pages, files and pictures when they are due, and keeps what it saw, so that tests
//! can say what Baidu knows.

use std::time::Duration;

use actix_web::web;
use serde_json::Value;

use super::{
    Baidu, feed,
    page::{self, Facts},
    search,
    state::{Page, PageState, Seen, submit},
};
use crate::clock::Timestamp;

/// As Baidu's own calls itself.
const USER_AGENT: &str =
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)";

/// Does what is due by now, without making the caller wait.
pub fn in_background(baidu: &web::Data<Baidu>) {
    let baidu = baidu.clone();
    actix_web::rt::spawn(async move { due(&baidu).await });
}

/// Does what is due by now: pulls, crawls, reviews. There is one crawler: a second round waits for the first, and finds
/// what that one left.
pub async fn due(baidu: &Baidu) {
    let _round = baidu.crawler.lock().await;
    pull_links(baidu).await;
    pull_index_page(baidu).await;
    crawl_pages(baidu).await;
    review_materials(baidu).await;
}

/// A page to be read: a path's or a web address of its own.
struct Due {
    is_path: bool,
    key: String,
    url: Option<String>,
    info: Option<String>,
}

async fn crawl_pages(baidu: &Baidu) {
    let now = baidu.now();
    let due: Vec<Due> = {
        let state = baidu.lock();
        let settings = &state.settings;
        let is_due = |page: &Page| {
            let is_live = !matches!(page.state, PageState::Removed | PageState::Rejected);
            is_live && page.crawl_at <= now
        };
        let paths = state.paths.iter().filter(|(_, page)| is_due(page));
        let paths = paths.map(|(key, _)| Due {
            is_path: true,
            key: key.clone(),
            url: of_path(&settings.page_template, key),
            info: of_path(&settings.page_info_template, key),
        });
        let urls = state.urls.iter().filter(|(_, page)| is_due(page));
        let urls = urls.map(|(key, _)| Due {
            is_path: false,
            key: key.clone(),
            url: Some(key.clone()),
            info: None,
        });
        paths.chain(urls).collect()
    };
    for page in due {
        let read = look_at(baidu, &page).await;
        let now = baidu.now();
        baidu.change(|state| {
            let again = now.plus(Duration::from_secs(state.settings.recrawl_s));
            let pages = if page.is_path {
                &mut state.paths
            } else {
                &mut state.urls
            };
            if let Some(known) = pages.get_mut(&page.key) {
                settle(known, read, again);
            }
        });
    }
}

/// What a visit makes of a page.
fn settle(page: &mut Page, read: Result<Seen, &'static str>, again: Timestamp) {
    if page.state == PageState::Removed {
        return;
    }
    page.crawl_at = again;
    match read {
        Ok(seen) => {
            page.state = PageState::Indexed;
            page.reason.clear();
            page.seen = seen;
        }
        Err(reason) => {
            page.state = match page.state {
                PageState::Indexed => PageState::Dead,
                PageState::Dead => PageState::Removed,
                _ => PageState::Rejected,
            };
            reason.clone_into(&mut page.reason);
        }
    }
}

/// The web address for a path: its parameter `id` in a template; `{kind}` is `s`, or `v` for a video.
fn of_path(template: &str, path: &str) -> Option<String> {
    let (_, query) = path.split_once('?')?;
    let id = query.split('&').find_map(|pair| pair.strip_prefix("id="))?;
    let is_video = path.contains("/video/") || query.split('&').any(|pair| pair == "kind=video");
    let (short, long) = if is_video {
        ("v", "VIDEO")
    } else {
        ("s", "STORY")
    };
    let filled = template
        .replace("{id}", id)
        .replace("{kind}", short)
        .replace("{KIND}", long);
    (!template.is_empty()).then_some(filled)
}

/// A page as it is, or the console's reason for leaving it out.
async fn look_at(baidu: &Baidu, page: &Due) -> Result<Seen, &'static str> {
    let settings = baidu.lock().settings.clone();
    if page.is_path {
        if settings.app_offline || settings.app_banned {
            return Err("小程序已下线");
        }
        if !settings.web_form {
            return Err("资源未收录");
        }
        if !page::is_plain_path(&page.key) {
            return Err("path不规范");
        }
    }
    let Some(url) = &page.url else {
        // Without a template there is no page to look at; the path is taken on trust.
        return Ok(Seen::default());
    };
    if !allows(baidu, url).await {
        return Err("资源未收录");
    }
    let facts = read(baidu, url).await?;
    if facts.visible < settings.least_text {
        return Err("页面内容低质");
    }
    let info = match &page.info {
        Some(address) => Some(page_info(baidu, address).await?),
        None => None,
    };
    if !page::is_about(&facts, info.as_ref()) {
        return Err("主体内容不一致");
    }
    let mut images = Vec::new();
    for image in page::named_images(&facts, info.as_ref()) {
        let problem = if facts.images.contains(&image) {
            picture(baidu, &image, (375, 250)).await.err()
        } else {
            Some("不在页面里".to_owned())
        };
        images.push((image, problem));
    }
    Ok(page::seen(&facts, info.as_ref(), images, baidu.now()))
}

async fn fetch(baidu: &Baidu, url: &str) -> Result<reqwest::Response, &'static str> {
    let patience = Duration::from_secs(baidu.lock().settings.page_patience_s);
    let request = baidu.context.http.get(url).header("user-agent", USER_AGENT);
    let response = request.timeout(patience).send().await.map_err(|error| {
        if error.is_timeout() {
            "页面内容低质"
        } else {
            "小程序页面死链"
        }
    })?;
    match response.status() {
        status if status.is_redirection() => Err("第三方跳转"),
        status if status == 200 => Ok(response),
        _ => Err("小程序页面死链"),
    }
}

async fn read(baidu: &Baidu, url: &str) -> Result<Facts, &'static str> {
    let response = fetch(baidu, url).await?;
    let html = response.text().await.map_err(|_| "小程序页面死链")?;
    Ok(page::facts(url, &html))
}

async fn page_info(baidu: &Baidu, address: &str) -> Result<Value, &'static str> {
    let headers = baidu.lock().settings.page_info_headers.clone();
    let request = headers
        .iter()
        .fold(baidu.context.http.get(address), |request, (name, value)| {
            request.header(name, value)
        });
    let answer = request.send().await.map_err(|_| "小程序页面死链")?;
    let body: Value = answer.json().await.map_err(|_| "小程序页面死链")?;
    // The object itself, or as a GraphQL answer.
    let info = body.pointer("/data/pageInfo").unwrap_or(&body);
    if info["title"].is_string() {
        Ok(info.clone())
    } else {
        Err("小程序页面死链")
    }
}

/// Whether robots.txt lets Baidu's crawler read an address.
async fn allows(baidu: &Baidu, url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else {
        return false;
    };
    let robots = match url.join("/robots.txt") {
        Ok(robots) => fetch(baidu, robots.as_str()).await,
        Err(_) => return true,
    };
    match robots {
        Ok(response) => {
            let text = response.text().await.unwrap_or_default();
            page::is_allowed(&text, url.path())
        }
        Err(_) => true,
    }
}

/// What is said of a picture that cannot be fetched.
pub const NOT_THERE: &str = "打不开";

/// Whether a picture is there, is still, a JPEG or PNG of at most 2 MB, and large enough.
pub async fn picture(baidu: &Baidu, url: &str, least: (u32, u32)) -> Result<(), String> {
    let response = fetch(baidu, url).await.map_err(|_| NOT_THERE.to_owned())?;
    let bytes = response.bytes().await.map_err(|_| NOT_THERE.to_owned())?;
    if bytes.len() > 2 << 20 {
        return Err("大于 2 MB".into());
    }
    let reader = image::ImageReader::new(std::io::Cursor::new(&bytes)).with_guessed_format();
    let reader = reader.map_err(|_| "不是图片".to_owned())?;
    let is_right = matches!(
        reader.format(),
        Some(image::ImageFormat::Jpeg | image::ImageFormat::Png)
    );
    if !is_right {
        return Err("不是 JPG 或 PNG".into());
    }
    let (width, height) = reader
        .into_dimensions()
        .map_err(|_| "不是图片".to_owned())?;
    if width < least.0 || height < least.1 {
        return Err(format!("{width}×{height} 太小"));
    }
    Ok(())
}

async fn review_materials(baidu: &Baidu) {
    let now = baidu.now();
    let due: Vec<String> = {
        let state = baidu.lock();
        let waiting = state.materials.iter().filter(|(_, material)| {
            material.verdict.is_none() && !material.deleted && material.audit_at <= now
        });
        waiting.map(|(path, _)| path.clone()).collect()
    };
    for path in due {
        let (material, by_rules, settings) = {
            let state = baidu.lock();
            let Some(material) = state.materials.get(&path) else {
                continue;
            };
            let by_rules = feed::review(&state, material, material.audit_at);
            (material.clone(), by_rules, state.settings.clone())
        };
        let is_decided = settings.verdicts.contains_key(&path);
        let verdict = match by_rules {
            None if !is_decided => look_at_material(baidu, &material.fields).await.err(),
            by_rules => by_rules,
        };
        baidu.change(|state| {
            // What was changed meanwhile has its own review to come.
            if let Some(known) = state.materials.get_mut(&path)
                && known.fields == material.fields
            {
                known.verdict = Some(verdict.unwrap_or_default());
            }
        });
    }
}

/// Pictures and landing page of a material.
async fn look_at_material(
    baidu: &Baidu,
    fields: &std::collections::BTreeMap<String, String>,
) -> Result<(), String> {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    let images: Vec<String> = serde_json::from_str(get("images")).unwrap_or_default();
    for image in images {
        picture(baidu, &image, (372, 248))
            .await
            .map_err(|problem| format!("图片{problem}"))?;
    }
    let template = baidu.lock().settings.page_template.clone();
    let Some(url) = of_path(&template, get("path")) else {
        return Ok(());
    };
    let facts = read(baidu, &url)
        .await
        .map_err(|_| "落地页打不开".to_owned())?;
    if facts.heading.is_empty() || facts.time.is_none() {
        return Err("落地页缺少标题或发布时间".into());
    }
    Ok(())
}

/// `swan-sitemap`: pages of the mini-program's index until `totalPage`, newest first; no allowance is taken.
async fn pull_index_page(baidu: &Baidu) {
    let now = baidu.now();
    let template = {
        let state = baidu.lock();
        let pause = Duration::from_secs(state.settings.index_page_s);
        let is_due = state
            .index_page_at
            .is_none_or(|last| last.plus(pause) <= now);
        let template = state.settings.index_page_template.clone();
        if template.is_empty() || !is_due {
            return;
        }
        template
    };
    let mut paths = Vec::new();
    let mut number = 1;
    loop {
        let url = template.replace("{page}", &number.to_string());
        let Some((items, total)) = index_page(baidu, &url).await else {
            break;
        };
        paths.extend(items);
        if number >= total {
            break;
        }
        number += 1;
    }
    baidu.change(|state| {
        state.index_page_at = Some(now);
        let delay_s = state.crawl_delay_s("");
        for path in paths {
            let is_known = state.paths.contains_key(&path);
            if !is_known {
                submit(&mut state.paths, &path, "", now, delay_s);
            }
        }
    });
}

/// The paths of one page of the index, and how many pages there are. An item without title, path and date is passed
/// over.
async fn index_page(baidu: &Baidu, url: &str) -> Option<(Vec<String>, u64)> {
    let body: Value = fetch(baidu, url).await.ok()?.json().await.ok()?;
    let data = body.get("data").unwrap_or(&body);
    let total = data["totalPage"].as_u64()?;
    let items = data["list"].as_array()?.iter().filter_map(|item| {
        let released = item["releaseDate"].as_str()?;
        chrono::NaiveDateTime::parse_from_str(released, "%Y-%m-%d %H:%M:%S").ok()?;
        item["title"].as_str().filter(|title| !title.is_empty())?;
        item["path"].as_str().map(search::key)
    });
    Some((items.collect(), total))
}

async fn pull_links(baidu: &Baidu) {
    let now = baidu.now();
    let due: Vec<String> = {
        let state = baidu.lock();
        let due = state.links.iter().filter(|(_, link)| link.pull_at <= now);
        due.map(|(url, _)| url.clone()).collect()
    };
    for url in due {
        let items = pull_link(baidu, &url).await;
        baidu.change(|state| feed::pulled(state, &url, items, now));
    }
}

async fn pull_link(baidu: &Baidu, url: &str) -> Result<Vec<Value>, String> {
    const MOST: usize = 5 << 20;
    let get = async |url: &str| -> Result<Value, String> {
        let response = fetch(baidu, url)
            .await
            .map_err(|_| format!("{url}: 死链"))?;
        let bytes = response.bytes().await.map_err(|_| format!("{url}: 死链"))?;
        if bytes.len() >= MOST {
            return Err(format!("{url}: 5 MB 以上"));
        }
        serde_json::from_slice(&bytes).map_err(|_| format!("{url}: 不是 JSON"))
    };
    let index = get(url).await?;
    let files = index["sitemapindex"]
        .as_array()
        .ok_or("没有 sitemapindex")?;
    let mut items = Vec::new();
    for file in files {
        let address = file["sitemap"]["loc"].as_str().ok_or("没有 loc")?;
        let of_file = get(address).await?;
        let of_file = of_file.as_array().ok_or(format!("{address}: 不是数组"))?;
        items.extend(of_file.iter().cloned());
    }
    Ok(items)
}
