//! Drafts and articles that are the effect of a call whose reply was lost. Each carries the delivery's mark in the
//! address behind "read more", which every list shows.

use std::time::Duration;

use serde_json::Value;

use super::{
    client::{self, Client, PAGE},
    error::{NOT_AUTHORISED, is},
};
use crate::{
    channels::{ChannelError, StepHost, Submission},
    clock::Timestamp,
};

/// Pages of a list that are read at most.
const PAGES: usize = 10;
/// Clocks may differ by this much.
const SKEW: Duration = Duration::from_mins(1);

/// An entry of either list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `media_id` of a draft, `article_id` of an article.
    pub id: String,
    /// Where readers see it.
    pub url: Option<String>,
    /// When it last changed.
    pub at: Timestamp,
}

/// Where readers go who want more: the page of the story, with the delivery's mark.
pub fn source_url(submission: &Submission) -> String {
    let url = submission.fields.get("content_source_url");
    let url = url.and_then(Value::as_str).unwrap_or(&submission.page_url);
    let (page, fragment) = url
        .split_once('#')
        .map_or((url, String::new()), |(page, rest)| {
            (page, format!("#{rest}"))
        });
    let mark = if page.contains('?') { '&' } else { '?' };
    format!("{page}{mark}ref={}{fragment}", submission.marker)
}

/// Which of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    Drafts,
    Articles,
}

/// Entries that carry the delivery's mark, oldest first; nothing older than `since` is looked at. An account that may
/// not read its articles shows none.
pub async fn marked(
    client: &Client,
    host: &dyn StepHost,
    list: List,
    submission: &Submission,
    since: Timestamp,
) -> Result<Vec<Entry>, ChannelError> {
    let wanted = source_url(submission);
    let oldest = since.minus(SKEW).unix_seconds();
    let mut found: Vec<Entry> = Vec::new();
    for page in 0..PAGES {
        let offset = page * PAGE;
        let body = match list {
            List::Drafts => client.drafts(host, offset).await?,
            List::Articles => match client.articles(host, offset).await {
                Err(error) if is(&error, NOT_AUTHORISED) => return Ok(Vec::new()),
                articles => articles?,
            },
        };
        let mut count = 0;
        let mut is_past = false;
        for item in client::items(&body) {
            count += 1;
            let at = item["update_time"].as_i64().unwrap_or_default();
            is_past |= at < oldest;
            let article = &item["content"]["news_item"][0];
            if article["content_source_url"] != wanted.as_str() || article["is_deleted"] == true {
                continue;
            }
            let name = if list == List::Drafts {
                "media_id"
            } else {
                "article_id"
            };
            let id = client::text(item, name)?;
            if found.iter().all(|known| known.id != id) {
                let url = article["url"].as_str().filter(|url| !url.is_empty());
                found.push(Entry {
                    id,
                    url: url.map(ToOwned::to_owned),
                    at: Timestamp::from_unix_seconds(at),
                });
            }
        }
        if is_past || count < PAGE {
            break;
        }
    }
    found.reverse();
    Ok(found)
}
