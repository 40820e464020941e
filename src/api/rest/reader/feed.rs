//! Lists that a channel pulls by itself: what readers see, page by page, as the channel's folder spells it.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Deserialize;

use super::{base_url, book::Books, book::Entry, reader};
use crate::{
    api::rest::Failure,
    app::App,
    auth::Actor,
    channels::{ContentKind, FeedItem, FeedPage, find_channel},
    content::{StoryContent, VideoContent},
    error::{Error, Result},
    id::ItemId,
    tailoring,
};

/// What is asked for.
#[derive(Deserialize)]
pub struct Asked {
    /// Counted from 1.
    #[serde(rename = "currentPage", default = "first")]
    current_page: usize,
}

const fn first() -> usize {
    1
}

/// `/feeds/{channel}/{name}?currentPage=1`.
pub async fn feed(
    app: web::Data<App>,
    books: web::Data<Books>,
    http: HttpRequest,
    place: web::Path<(String, String)>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (channel, name) = place.into_inner();
    let feeds = find_channel(&channel).map_or(&[][..], |channel| channel.feeds);
    let feed = feeds
        .iter()
        .find(|feed| feed.name == name)
        .ok_or_else(|| Error::not_found(format!("the feed {channel}/{name}")))?;
    let (site, actor) = reader(&app, &http).await?;
    let profile = tailoring::profile(&site, &base_url(&app, &site));
    let book = books.of(&app, &actor).await?;
    let total = book.len().div_ceil(feed.page_size).max(1);
    let number = asked.current_page;
    if !(1..=total).contains(&number) {
        return Err(Error::not_found(format!("page {number} of the feed")).into());
    }
    let part = book
        .chunks(feed.page_size)
        .nth(number - 1)
        .unwrap_or_default();
    let items = items(&app, &actor, part).await?;
    let page = FeedPage {
        items,
        number,
        total,
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json((feed.render)(&profile, &page)))
}

/// The entries with the titles that readers see, in the same order.
async fn items(app: &App, actor: &Actor, entries: &[Entry]) -> Result<Vec<FeedItem>> {
    let of_kind = |kind: ContentKind| -> Vec<ItemId> {
        let entries = entries.iter().filter(|entry| entry.kind == kind);
        entries.map(|entry| entry.address.id).collect()
    };
    let stories = app
        .content
        .published_many::<StoryContent>(actor, &of_kind(ContentKind::Story))
        .await?;
    let videos = app
        .content
        .published_many::<VideoContent>(actor, &of_kind(ContentKind::Video))
        .await?;
    let titles: std::collections::HashMap<ItemId, String> = stories
        .into_iter()
        .map(|story| (story.id, story.content.title))
        .chain(
            videos
                .into_iter()
                .map(|video| (video.id, video.content.title)),
        )
        .collect();
    let items = entries.iter().filter_map(|entry| {
        Some(FeedItem {
            kind: entry.kind,
            slug: entry.address.slug.clone(),
            title: titles.get(&entry.address.id)?.clone(),
            first_published_at: entry.address.first_published_at,
        })
    });
    Ok(items.collect())
}
