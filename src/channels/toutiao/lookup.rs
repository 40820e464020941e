//! Works that may be the effect of a creation whose reply was lost. Thirty characters have no room for a mark, so it is
//! known by its exact title and the time. Another work under the same title within a day makes it doubtful which is ours,
//! and whether a clock is wrong: then a person looks.

use std::time::Duration;

use serde_json::Value;

use crate::{
    channels::{Candidate, ChannelError, Fingerprint, StepHost, bytedance::client::Client},
    clock::Timestamp,
    text::one_line,
};

/// Pages of the list that are read at most.
const PAGES: usize = 10;
/// Works under the same title that are younger than this are twins.
const DAY: Duration = Duration::from_hours(24);
/// Clocks may differ by this much.
const SKEW: Duration = Duration::from_mins(1);

/// The text of a video as it is sent.
pub fn text(fields: &std::collections::BTreeMap<String, Value>) -> &str {
    let text = fields.get("text").and_then(Value::as_str);
    text.unwrap_or_default().trim()
}

/// Works under the title of what was sent that were made within the day before it or since. Those that match by time as
/// well were made after the call had begun.
pub async fn candidates(
    client: &Client,
    sent: &Fingerprint<'_>,
    host: &dyn StepHost,
) -> Result<Vec<Candidate>, ChannelError> {
    let title = one_line(text(&sent.submission.fields));
    let oldest = sent.armed_at.minus(DAY).unix_seconds();
    let from = sent.armed_at.minus(SKEW).unix_seconds();
    let mut cursor = 0;
    let mut found: Vec<Candidate> = Vec::new();
    for _ in 0..PAGES {
        let page = client.video_list(host, cursor).await?;
        let is_past = page.works.iter().any(|work| work.create_time < oldest);
        for work in page.works {
            // A work that somebody makes between two pages shifts the second: the same may come twice.
            let is_known = found.iter().any(|one| one.external_id == work.item_id)
                || sent.taken.contains(&work.item_id);
            if is_known || work.create_time < oldest || one_line(&work.title) != title {
                continue;
            }
            let mut matches = vec!["title".to_owned()];
            if work.create_time >= from {
                matches.push("time".to_owned());
            }
            found.push(Candidate {
                external_id: work.item_id,
                external_url: None,
                title: work.title,
                created_at: Some(Timestamp::from_unix_seconds(work.create_time)),
                matches,
            });
        }
        if is_past || !page.has_more {
            break;
        }
        cursor = page.cursor;
    }
    Ok(found)
}

/// Whether a candidate is the effect of the call, if it is the only one.
pub fn is_in_time(candidate: &Candidate) -> bool {
    candidate.matches.iter().any(|by| by == "time")
}
