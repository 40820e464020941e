//! What the demo sends where: accounts on the simulators, and deliveries over the next seconds. Safe to run again.

use std::time::Duration;

use chrono::SecondsFormat;

use super::practice::Practice;
use crate::{
    app::App,
    auth::Actor,
    content::{ItemFilter, StoryContent, VideoContent},
    delivery::{DeliveryFilter, Due, ScheduleInput},
    error::ErrorKind,
    id::AccountId,
    page::PageRequest,
    tailoring::SourceRef,
};

/// Nothing goes out sooner than this after it was planned.
const START: Duration = Duration::from_secs(3);
/// And each further one so much later.
const PACE: Duration = Duration::from_millis(700);

/// Where stories go: one of so many in a row, from which one on. Material needs a picture and must not be on Baijiahao as
/// well, and all at once would be dull to watch.
const STORIES: &[(&str, &str, usize, usize)] = &[
    ("baidu", "search", 1, 0),
    ("baidu", "feed", 3, 0),
    ("baidu", "website", 3, 0),
    ("baidu", "baijiahao", 6, 1),
    ("wechat", "publish", 6, 0),
    ("wechat", "picture", 6, 0),
    ("wechat", "search", 6, 0),
    ("alipay", "post", 6, 0),
    ("alipay", "article", 6, 0),
    ("alipay", "item", 6, 0),
    ("douyin", "publish", 6, 0),
    ("douyin", "search", 6, 0),
    ("wechat", "draft", 6, 0),
    // A follower hears of one thing a day.
    ("wechat", "mass", 12, 0),
    ("douyin", "handoff", 6, 0),
    ("toutiao", "article", 6, 0),
];
/// Where videos go.
const VIDEOS: &[(&str, &str)] = &[
    ("baidu", "baijiahao"),
    ("douyin", "publish"),
    ("alipay", "post"),
    ("toutiao", "video"),
];

/// Connects the accounts and plans what is not planned yet.
pub async fn schedule_all(app: &App, actor: &Actor, practice: &Practice) -> anyhow::Result<()> {
    let accounts = practice.connect_all(app, actor).await?;
    let page = PageRequest {
        size: 100,
        after: None,
    };
    let known = app
        .delivery
        .deliveries(actor, &DeliveryFilter::default(), &page)
        .await?;
    let is_known = |source: SourceRef, account: AccountId, lane: &str| {
        known.edges.iter().any(|(_, delivery)| {
            delivery.source_id == source.item()
                && delivery.account == account
                && delivery.lane == lane
        })
    };
    let mut due = app.clock.now();
    for (source, channel, lane) in wanted(app, actor, &page).await? {
        let account = accounts[channel];
        if is_known(source, account, lane) {
            continue;
        }
        // Rendering pictures takes its time; nothing may be planned for the past.
        due = due.max(app.clock.now().plus(START));
        let wall_time = due.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true);
        let input = ScheduleInput {
            source,
            account,
            lane: lane.to_owned(),
            due: Due::At {
                wall_time,
                zone: None,
            },
        };
        // Somebody may have edited the demo's stories since: what cannot go is no reason to stop serving.
        match app.delivery.schedule(actor, input).await {
            Ok(_) => due = due.plus(PACE),
            Err(error) if error.kind() == ErrorKind::Internal => return Err(error.into()),
            Err(error) => {
                tracing::warn!(channel, lane, %error, "a story of the demo is not sent");
            }
        }
    }
    Ok(())
}

/// Everything of the demo that goes out, story after story: what, to which channel, on which lane.
async fn wanted(
    app: &App,
    actor: &Actor,
    page: &PageRequest,
) -> anyhow::Result<Vec<(SourceRef, &'static str, &'static str)>> {
    let filter = ItemFilter::default();
    let stories = app.content.list::<StoryContent>(actor, &filter, page);
    let mut stories = stories.await?.edges;
    // What people wrote here goes where people send it.
    stories.retain(|(_, story)| story.created_by.is_none());
    stories.sort_by_key(|(_, story)| story.id);
    let mut wanted = Vec::new();
    for (index, (_, story)) in stories.into_iter().enumerate() {
        let lanes = STORIES
            .iter()
            .filter(|(.., every, first)| index % every == *first);
        let source = SourceRef::Story(story.id);
        wanted.extend(lanes.map(|(channel, lane, ..)| (source, *channel, *lane)));
    }
    let videos = app.content.list::<VideoContent>(actor, &filter, page);
    let videos = videos.await?.edges.into_iter();
    for (_, video) in videos.filter(|(_, video)| video.created_by.is_none()) {
        let lanes = VIDEOS.iter();
        wanted.extend(lanes.map(|(channel, lane)| (SourceRef::Video(video.id), *channel, *lane)));
    }
    Ok(wanted)
}
