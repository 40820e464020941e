//! Works that may be the effect of a creation whose reply was lost.

use std::time::Duration;

use super::caption;
use crate::{
    channels::{Candidate, ChannelError, Fingerprint, StepHost, bytedance::client::Client},
    clock::Timestamp,
    text::one_line,
};

/// Pages of the list that are read at most.
const PAGES: usize = 10;
/// Works this much older than the call cannot be its effect.
const WINDOW: Duration = Duration::from_mins(10);
/// Clocks may differ by this much.
const SKEW_S: i64 = 60;

/// Looks through the list, newest first: by marker, else by the exact text within the time.
pub async fn candidates(
    client: &Client,
    sent: &Fingerprint<'_>,
    host: &dyn StepHost,
) -> Result<Vec<Candidate>, ChannelError> {
    let marker = sent.submission.marker.as_str();
    let text = one_line(&caption::compose(&sent.submission.fields, marker));
    let oldest = sent.armed_at.minus(WINDOW).unix_seconds();
    let from = sent.armed_at.unix_seconds() - SKEW_S;
    let mut cursor = 0;
    let mut found: Vec<Candidate> = Vec::new();
    for _ in 0..PAGES {
        let page = client.video_list(host, cursor).await?;
        // Pinned works stand first, however old they are, so they say nothing of what follows.
        let is_past = page
            .works
            .iter()
            .any(|work| !work.is_top && work.create_time != 0 && work.create_time < oldest);
        for work in page.works {
            // A work that somebody made between two pages shifts the second: the same may come twice.
            let is_known = found.iter().any(|one| one.external_id == work.item_id);
            if is_known || sent.taken.contains(&work.item_id) {
                continue;
            }
            let by_marker = !marker.is_empty() && work.title.contains(marker);
            let by_title = one_line(&work.title) == text;
            let in_time = work.create_time >= from;
            if by_marker || (by_title && in_time) {
                let matches = [
                    (by_marker, "marker"),
                    (by_title, "title"),
                    (in_time, "time"),
                ];
                found.push(Candidate {
                    external_id: work.item_id,
                    external_url: Some(work.share_url).filter(|url| !url.is_empty()),
                    title: work.title,
                    created_at: Some(Timestamp::from_unix_seconds(work.create_time)),
                    matches: matches
                        .into_iter()
                        .filter(|(does, _)| *does)
                        .map(|(_, by)| by.to_owned())
                        .collect(),
                });
            }
        }
        if is_past || !page.has_more {
            break;
        }
        cursor = page.cursor;
    }
    // Another work under the same text, made by hand, is no match beside the one that carries the mark.
    let is_marked = |one: &Candidate| one.matches.iter().any(|by| by == "marker");
    if found.iter().any(is_marked) {
        found.retain(is_marked);
    }
    Ok(found)
}
