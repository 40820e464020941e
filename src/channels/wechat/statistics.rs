//! Figures of an article: the platform keeps them by the day on which it was published, and by the number in its address.

use serde_json::Value;

use super::{
    client::{self, Client, PAGE},
    error::{NOT_AUTHORISED, is},
};
use crate::{
    channels::{ChannelError, ErrorClass, StepHost, Totals, beijing},
    clock::Timestamp,
};

/// Pages of the list in which an article is looked for.
const PAGES: usize = 10;

/// The number of an article in its address (`mid`), with its place (`idx`): how figures name it.
fn message_id(url: &str) -> Option<String> {
    let url = url::Url::parse(&url.replace("&amp;", "&")).ok()?;
    let value = |name: &str| {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    };
    Some(format!(
        "{}_{}",
        value("mid")?,
        value("idx").unwrap_or_else(|| "1".to_owned())
    ))
}

/// The latest totals of an article; nothing where this account is told none, or where none are ready yet.
pub async fn totals(
    client: &Client,
    host: &dyn StepHost,
    article_id: &str,
) -> Result<Option<Totals>, ChannelError> {
    match read(client, host, article_id).await {
        Err(error) if is(&error, NOT_AUTHORISED) || error.class == ErrorClass::Permission => {
            Ok(None)
        }
        told => told,
    }
}

async fn read(
    client: &Client,
    host: &dyn StepHost,
    article_id: &str,
) -> Result<Option<Totals>, ChannelError> {
    let Some((id, published_at)) = find(client, host, article_id).await? else {
        return Ok(None);
    };
    let day = |at: Timestamp| beijing(at).date_naive();
    let published_on = day(published_at);
    if published_on >= day(client.account.clock.now()) {
        // A day's figures are there on the next.
        return Ok(None);
    }
    let body = client.totals(host, published_on).await?;
    Ok(latest(&body, &id))
}

/// The latest figures of an article among those of a day.
pub fn latest(body: &Value, id: &str) -> Option<Totals> {
    let mut list = body["list"].as_array().into_iter().flatten();
    let told = list.find(|one| one["msgid"] == id);
    let days = told.and_then(|one| one["detail_list"].as_array());
    days.and_then(|days| days.last()).map(figures)
}

fn figures(day: &Value) -> Totals {
    Totals {
        views: day["read_user"].as_u64(),
        likes: day["like_user"].as_u64(),
        comments: day["comment_count"].as_u64(),
        shares: day["share_user"].as_u64(),
    }
}

async fn find(
    client: &Client,
    host: &dyn StepHost,
    article_id: &str,
) -> Result<Option<(String, Timestamp)>, ChannelError> {
    for page in 0..PAGES {
        let body = client.articles(host, page * PAGE).await?;
        if let Some(item) = client::items(&body).find(|item| item["article_id"] == article_id) {
            let url = item["content"]["news_item"][0]["url"]
                .as_str()
                .unwrap_or_default();
            let at = item["update_time"]
                .as_i64()
                .map(Timestamp::from_unix_seconds);
            return Ok(message_id(url).zip(at));
        }
        if client::items(&body).count() < PAGE {
            break;
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_by_the_number_in_the_address() {
        let url = "https://mp.weixin.qq.com/s?__biz=SIM&mid=2247483700&idx=1";
        assert_eq!(message_id(url).as_deref(), Some("2247483700_1"));
        assert_eq!(message_id("https://mp.weixin.qq.com/s/short"), None);
    }
}
