//! The hand-off route: a signed link opens the work in the Douyin app, and a person publishes it there. What ties the two
//! together is the share id in the link's `state`, and the marker among the topics.

use std::{collections::BTreeMap, time::Duration};

use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use url::Url;

use super::{
    PICTURE,
    caption::{list_field, text_field},
    lookup,
    wire::choices,
};
use crate::{
    channels::{
        ChannelError, ErrorClass, Fingerprint, Outcome, StepContext, StepHost, StepOutput,
        Submission,
        bytedance::{client::Client, error::is_unreadable},
    },
    clock::Timestamp,
};

/// Where a telephone opens the Douyin app with a work to publish.
const OPEN: &str = "snssdk1128://openplatform/share";

/// The signature of a link: what a ticket proves at a time (H5 share).
pub fn signature(nonce: &str, ticket: &str, timestamp: i64) -> String {
    let signed = format!("nonce_str={nonce}&ticket={ticket}&timestamp={timestamp}");
    hex::encode(Md5::digest(signed))
}

/// Whether the application may sign links.
pub async fn check(client: &Client, host: &dyn StepHost) -> Result<(), ChannelError> {
    let token = client.client_token(host).await?;
    client.ticket(host, &token).await.map(|_| ())
}

/// Fetches the id that ties a link to what comes of it; one that nobody uses is only garbage.
pub async fn issue(client: &Client, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
    let token = client.client_token(ctx.host).await?;
    let share_id = client.share_id(ctx.host, &token).await?;
    let at = client.account.clock.now().0;
    Ok(Outcome::Done(StepOutput {
        value: json!({ "share_id": share_id, "at": at }),
        ..StepOutput::default()
    }))
}

/// Looks whether somebody published it; else shows the link, signed anew each time, until the patience is over.
pub async fn wait(
    client: &Client,
    ctx: &StepContext<'_>,
    issued: &Value,
    patience: Duration,
) -> Result<Outcome, ChannelError> {
    let issued_at = Timestamp(issued["at"].as_i64().unwrap_or_default());
    if let Some(published) = find(client, ctx, issued_at).await? {
        return Ok(Outcome::Done(published));
    }
    let token = client.client_token(ctx.host).await?;
    let ticket = client.ticket(ctx.host, &token).await?;
    let share_id = issued["share_id"].as_str().unwrap_or_default();
    let seal = Seal {
        client_key: client.account.setting("client_key", ""),
        nonce: &uuid::Uuid::new_v4().simple().to_string()[..16],
        ticket: &ticket,
        timestamp: client.account.clock.now().unix_seconds(),
        share_id,
    };
    let link = link(ctx.submission, &seal)?;
    Ok(Outcome::NeedsUser {
        task: format!(
            "用手机打开这个链接，在抖音里核对后发布（请保留话题 #{}）：{link}",
            ctx.submission.marker
        ),
        expires_at: Some(issued_at.plus(patience)),
    })
}

/// The work in the account's list, by its marker, where the list can be read at all.
async fn find(
    client: &Client,
    ctx: &StepContext<'_>,
    issued_at: Timestamp,
) -> Result<Option<StepOutput>, ChannelError> {
    let sent = Fingerprint {
        submission: ctx.submission,
        step: "",
        armed_at: issued_at,
        outputs: ctx.outputs,
        handle: &ctx.handle,
        resend_count: 0,
        taken: &[],
    };
    let found = match lookup::candidates(client, &sent, ctx.host).await {
        // Nobody granted reading; then the person says when it is done.
        Err(error) if is_unreadable(&error) || error.class == ErrorClass::AuthRevoked => {
            return Ok(None);
        }
        found => found?,
    };
    // One link can be published twice: the first is the delivery's.
    let first = found.into_iter().min_by_key(|work| work.created_at);
    Ok(first.map(|work| StepOutput {
        value: json!({ "item_id": work.external_id, "title": work.title }),
        external_id: Some(work.external_id),
        external_url: work.external_url,
        ..StepOutput::default()
    }))
}

/// What makes a link valid.
struct Seal<'a> {
    client_key: &'a str,
    nonce: &'a str,
    ticket: &'a str,
    timestamp: i64,
    share_id: &'a str,
}

fn link(submission: &Submission, seal: &Seal<'_>) -> Result<String, ChannelError> {
    let fields = &submission.fields;
    let address = |role: &str| {
        let media = submission.media.iter().filter(|media| media.role == role);
        media.map(|media| media.url.clone()).collect::<Vec<_>>()
    };
    let (video, pictures) = (address("video"), address(PICTURE));
    let topics: Vec<&str> = list_field(fields, "topics")
        .chain([submission.marker.as_str()])
        .collect();
    let mut pairs: BTreeMap<&str, String> = BTreeMap::from([
        ("share_type", "h5".to_owned()),
        ("client_key", seal.client_key.to_owned()),
        ("nonce_str", seal.nonce.to_owned()),
        ("timestamp", seal.timestamp.to_string()),
        (
            "signature",
            signature(seal.nonce, seal.ticket, seal.timestamp),
        ),
        ("state", seal.share_id.to_owned()),
        ("title", text_field(fields, "text").to_owned()),
        ("hashtag_list", json!(topics).to_string()),
        ("share_to_publish", "1".to_owned()),
    ]);
    match (video.first(), pictures.as_slice()) {
        (Some(video), _) => pairs.insert("video_path", video.clone()),
        (None, [picture]) => pairs.insert("image_path", picture.clone()),
        (None, []) => {
            return Err(ChannelError::new(
                ErrorClass::Validation,
                "没有视频，也没有图片",
            ));
        }
        (None, pictures) => pairs.insert("image_list_path", json!(pictures).to_string()),
    };
    for (name, number) in choices(fields) {
        pairs.insert(name, number.to_string());
    }
    if !text_field(fields, "micro_app_id").is_empty() {
        let anchor = json!({
            "appId": text_field(fields, "micro_app_id"),
            "appTitle": text_field(fields, "micro_app_title"),
            "appUrl": text_field(fields, "micro_app_url"),
            "description": "",
        });
        pairs.insert("micro_app_info", anchor.to_string());
    }
    let link = Url::parse_with_params(OPEN, pairs)
        .map_err(|error| ChannelError::new(ErrorClass::Bug, error.to_string()))?;
    // A plus sign is a space in forms only; the app reads percent signs.
    Ok(link.to_string().replace('+', "%20"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::{ContentKind, Intent, Media};

    #[test]
    fn the_documentations_own_example_is_signed_as_it_says() {
        let ticket = "@ml6sqYBGgTKmQNajnKNkaj8yksCAY++adIhlGIqfTiKyvBqOIkzdJ6WRgP+nO+wtVItqKbX4iZ+mFIYkyPJjpQ==";

        assert_eq!(
            signature("Wm3WZYTPz0wzccnW", ticket, 1_650_941_858),
            "3f7b739a91a52cb7d85c4f89c5f611fe"
        );
    }

    fn media(role: &str, url: &str) -> Media {
        Media {
            role: role.into(),
            key: String::new(),
            url: url.into(),
            mime: String::new(),
            sha256: String::new(),
            size_bytes: 0,
            width: 0,
            height: 0,
            duration_ms: None,
        }
    }

    fn pairs_of(media: Vec<Media>) -> BTreeMap<String, String> {
        let fields = [
            ("text", json!("一杯 绿茶\n\n水温+八十五度")),
            ("topics", json!(["泡茶"])),
            ("private_status", json!("好友")),
            ("download_type", json!("允许")),
            ("micro_app_id", json!("tt01")),
            ("micro_app_title", json!("一杯绿茶")),
            ("micro_app_url", json!("pages/story/index?id=a&b=1")),
        ];
        let submission = Submission {
            delivery_id: String::new(),
            intent: Intent::Publish,
            lane: "handoff".into(),
            kind: ContentKind::Video,
            fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
            media,
            page_url: String::new(),
            first_published_at: None,
            updated_at: None,
            marker: "ff01".into(),
            external_id: None,
        };
        let seal = Seal {
            client_key: "awsim0001",
            nonce: "n",
            ticket: "t",
            timestamp: 1,
            share_id: "1700000000000001",
        };
        let link = link(&submission, &seal).expect("a link");
        assert!(
            link.starts_with("snssdk1128://openplatform/share?"),
            "{link}"
        );
        assert!(!link.contains(['+', ' ']), "{link}");
        Url::parse(&link)
            .expect("a link")
            .query_pairs()
            .into_owned()
            .collect()
    }

    #[test]
    fn a_link_holds_the_work_and_who_made_it() {
        let pairs = pairs_of(vec![media("video", "https://cms.example.cn/media/a.mp4")]);

        assert_eq!(pairs["video_path"], "https://cms.example.cn/media/a.mp4");
        assert_eq!(pairs["title"], "一杯 绿茶\n\n水温+八十五度");
        assert_eq!(pairs["hashtag_list"], r#"["泡茶","ff01"]"#);
        assert_eq!(
            (
                pairs["private_status"].as_str(),
                pairs["download_type"].as_str()
            ),
            ("2", "1")
        );
        assert_eq!(
            (pairs["state"].as_str(), pairs["share_to_publish"].as_str()),
            ("1700000000000001", "1")
        );
        assert_eq!(pairs["signature"], signature("n", "t", 1));
        let anchor: Value = serde_json::from_str(&pairs["micro_app_info"]).expect("JSON");
        assert_eq!(
            (&anchor["appId"], &anchor["appUrl"]),
            (&json!("tt01"), &json!("pages/story/index?id=a&b=1"))
        );
    }

    #[test]
    fn one_picture_goes_by_itself_and_several_as_a_list() {
        let one = pairs_of(vec![media(PICTURE, "https://a/1.jpg")]);
        let two = pairs_of(vec![
            media(PICTURE, "https://a/1.jpg"),
            media(PICTURE, "https://a/2.jpg"),
        ]);

        assert_eq!(one["image_path"], "https://a/1.jpg");
        assert_eq!(
            two["image_list_path"],
            r#"["https://a/1.jpg","https://a/2.jpg"]"#
        );
        assert!(!one.contains_key("image_list_path") && !two.contains_key("image_path"));
    }
}
