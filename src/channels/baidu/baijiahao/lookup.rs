//! Items that may be the effect of a call whose reply was lost. The list does not tell the address under which an item
//! was sent, so it is known by its exact title and the time.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeZone as _};
use chrono_tz::Asia::Shanghai;

use super::{
    super::{adapter::text, time},
    client::{Author, PAGE, Told},
    item,
};
use crate::{
    channels::{Candidate, ChannelError, Fingerprint, StepHost},
    clock::Timestamp,
    text::one_line,
};

/// Pages of the list that are read at most.
const PAGES: usize = 20;
/// Clocks may differ by this much.
const SKEW: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);
/// How far back an item may be whose address the platform says to know already.
const LONG_AGO: Duration = Duration::from_hours(30 * 24);

/// Items of the submission's kind that changed on a day since an instant.
async fn since(
    author: &Author<'_>,
    sent: &Fingerprint<'_>,
    host: &dyn StepHost,
    (from, now): (Timestamp, Timestamp),
) -> Result<Vec<Told>, ChannelError> {
    // Whether the last day is one of them is not documented: the next one surely has not begun.
    let days = (time::day(from), time::day(now.plus(DAY)));
    let kind = item::type_of(sent.submission.kind);
    let mut all: Vec<Told> = Vec::new();
    for page in 1..=PAGES {
        let items = author.items(host, kind, (&days.0, &days.1), page).await?;
        let is_last = items.len() < PAGE;
        // An item that somebody adds between two pages shifts the second: the same may come twice.
        for item in items {
            if all.iter().all(|known| known.id != item.id) {
                all.push(item);
            }
        }
        if is_last {
            break;
        }
    }
    Ok(all)
}

/// When an item last changed: Beijing's wall clock, or seconds since 1970; nothing when it is spelled otherwise.
fn changed_at(item: &Told) -> Option<Timestamp> {
    let told = item.updated_at.trim();
    if let Ok(seconds) = told.parse() {
        return Some(Timestamp::from_unix_seconds(seconds));
    }
    let local = NaiveDateTime::parse_from_str(told, "%Y-%m-%d %H:%M:%S").ok()?;
    let at = Shanghai.from_local_datetime(&local).earliest()?;
    Some(at.to_utc().into())
}

/// Whether an item changed after a call had begun. One that does not tell when may have.
fn is_since(item: &Told, armed_at: Timestamp) -> bool {
    changed_at(item).is_none_or(|at| at >= armed_at.minus(SKEW))
}

/// What is not there for readers any more, and does not come back by itself.
pub fn is_gone(status: &str) -> bool {
    ["withdraw", "deleted"].contains(&status)
}

/// Items under the title of what was sent. `is_repeated`: the platform said that it knows the address already, so the item
/// may be older than the call.
pub async fn candidates(
    author: &Author<'_>,
    sent: &Fingerprint<'_>,
    host: &dyn StepHost,
    now: Timestamp,
    is_repeated: bool,
) -> Result<Vec<Candidate>, ChannelError> {
    let title = one_line(text(&sent.submission.fields, "article_title"));
    let back = if is_repeated { LONG_AGO } else { SKEW };
    let items = since(author, sent, host, (sent.armed_at.minus(back), now)).await?;
    let is_ours = |item: &Told| {
        one_line(&item.title) == title
            && !sent.taken.contains(&item.id)
            && !is_gone(&item.status)
            && (is_repeated || is_since(item, sent.armed_at))
    };
    let found = items.into_iter().filter(is_ours).map(|item| {
        let at = changed_at(&item);
        let in_time = at.is_some_and(|at| at >= sent.armed_at.minus(SKEW));
        let by_time = in_time.then(|| "time".to_owned());
        Candidate {
            external_id: item.id,
            external_url: item.url,
            title: item.title,
            created_at: at,
            matches: std::iter::once("title".to_owned()).chain(by_time).collect(),
        }
    });
    Ok(found.collect())
}

/// Whether an item changed since a call that should change it.
pub async fn has_changed(
    author: &Author<'_>,
    sent: &Fingerprint<'_>,
    host: &dyn StepHost,
    now: Timestamp,
    id: &str,
) -> Result<bool, ChannelError> {
    let items = since(author, sent, host, (sent.armed_at.minus(SKEW), now)).await?;
    let is_it = |item: &Told| {
        item.id == id && changed_at(item).is_some_and(|at| at >= sent.armed_at.minus(SKEW))
    };
    Ok(items.iter().any(is_it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_a_wall_clock_in_beijing_or_as_seconds() {
        let at = |text: &str| {
            changed_at(&Told {
                updated_at: text.into(),
                ..Told::default()
            })
        };
        let expected: Timestamp = "2026-03-01T00:00:00Z".parse().expect("an instant");

        assert_eq!(at("2026-03-01 08:00:00"), Some(expected));
        assert_eq!(at("1772323200"), Some(expected));
        assert_eq!(at("昨天"), None);
    }
}
