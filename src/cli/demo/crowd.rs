//! A demo as full as a newsroom after some years, to see how the pages do then.

use std::time::Duration;

use chrono::SecondsFormat;

use super::{super::bench::corpus, practice::Practice};
use crate::{
    app::App,
    auth::Actor,
    delivery::{Due, ScheduleInput},
    error::ErrorKind,
    tailoring::SourceRef,
};

/// Where each story goes: on every channel a lane whose day holds any number.
const LANES: [(&str, &str); 5] = [
    ("baidu", "website"),
    ("wechat", "draft"),
    ("alipay", "article"),
    ("douyin", "handoff"),
    ("toutiao", "article"),
];
/// The first one goes out when the tour is long over.
const START: Duration = Duration::from_hours(24);
/// And the last one so much later.
const SPAN: Duration = Duration::from_hours(2 * 365 * 24);

/// Adds stories until there are so many, and plans each for every channel; how many deliveries were planned, and how many
/// a rule refused.
pub async fn gather(
    app: &App,
    actor: &Actor,
    practice: &Practice,
    stories: usize,
    progress: impl Fn(usize, usize),
) -> anyhow::Result<(usize, usize)> {
    let texts = corpus::all_stories(&app.content, actor).await?;
    corpus::multiply(&app.content, actor, &texts, stories, &progress).await?;
    let accounts = practice.connect_all(app, actor).await?;
    let added = corpus::all_stories(&app.content, actor)
        .await?
        .split_off(texts.len());
    let count = added.len() * LANES.len();
    let step = SPAN / u32::try_from(count.max(1))?;
    let mut due = app.clock.now().plus(START);
    let (mut planned, mut refused) = (0, 0);
    for (number, story) in added.iter().enumerate() {
        for (channel, lane) in LANES {
            let input = ScheduleInput {
                source: SourceRef::Story(story.id),
                account: accounts[channel],
                lane: lane.to_owned(),
                due: Due::At {
                    wall_time: due.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true),
                    zone: None,
                },
            };
            // A story that a person would have to mend first stays at home.
            match app.delivery.schedule(actor, input).await {
                Err(error) if error.kind() == ErrorKind::Internal => return Err(error.into()),
                Ok(_) => planned += 1,
                Err(_) => refused += 1,
            }
            due = due.plus(step);
        }
        progress((number + 1) * LANES.len(), count);
    }
    Ok((planned, refused))
}
