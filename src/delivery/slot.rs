//! When there is room: free places in the calendar, and the hour that did best so far.

use std::time::Duration;

use chrono::{Duration as Span, NaiveDate, NaiveTime, Timelike as _};
use chrono_tz::Tz;

use crate::{
    clock::Timestamp,
    error::{Error, Result},
    id::AccountId,
    zone::{local, resolve_local},
};

/// Places stand on the half hours of the wall.
const STEP: Span = Span::minutes(30);
/// Nothing is offered that is nearer than this: somebody still has to look it over.
const LEAD: Duration = Duration::from_mins(10);
/// How far ahead places are looked for.
pub const AHEAD: Duration = Duration::from_hours(14 * 24);
/// So many items must be known before an hour is called the best of all.
const FEWEST: usize = 20;
/// And so many of that hour.
const FEWEST_OF_HOUR: usize = 5;

/// An account's lane, where something is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The account.
    pub account: AccountId,
    /// Id of the channel's lane.
    pub lane: String,
}

/// The hours in which editors publish, on the wall of their site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenHours {
    /// The zone of the wall.
    pub zone: Tz,
    /// The first hour.
    pub from: u32,
    /// The hour before which the last one begins.
    pub until: u32,
}

/// The half hours within open hours, from a moment after an instant, in order.
pub fn places(hours: OpenHours, after: Timestamp) -> impl Iterator<Item = Timestamp> {
    let start = local(hours.zone, after.plus(LEAD));
    let begun = Span::minutes(i64::from(start.minute()) % STEP.num_minutes())
        + Span::seconds(i64::from(start.second()))
        + Span::nanoseconds(i64::from(start.nanosecond()));
    let first = if begun.is_zero() {
        start
    } else {
        start - begun + STEP
    };
    let end = after.plus(AHEAD);
    std::iter::successors(Some(first), |wall| wall.checked_add_signed(STEP))
        .map(move |wall| (wall, resolve_local(hours.zone, wall)))
        .take_while(move |(_, at)| *at <= end)
        .filter(move |(wall, _)| (hours.from..hours.until).contains(&wall.hour()))
        .map(|(_, at)| at)
}

/// Whether nothing else of an account is due within a span before or after an instant.
pub fn is_clear(at: Timestamp, due: &[Timestamp], spacing: Duration) -> bool {
    due.iter()
        .all(|other| at.since(*other).max(other.since(at)) >= spacing)
}

/// How a delivered item did: when it went live, and how often it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// When readers could see it first.
    pub published_at: Timestamp,
    /// Its views, as last told.
    pub views: i64,
}

/// The hour at which an account's items did best, as far as that can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestTime {
    /// Items whose views are known.
    pub known: usize,
    /// How many must be known before anything is said.
    pub needed: usize,
    /// The best hour; `None` while too little is known.
    pub best: Option<BestHour>,
}

/// An hour on the wall, and how items that went live in it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestHour {
    /// The hour, 0 to 23.
    pub hour: u32,
    /// Items of that hour.
    pub items: usize,
    /// Their middle number of views.
    pub views: i64,
    /// The middle number of views of all items.
    pub usual_views: i64,
}

impl BestTime {
    /// Judges by the middle (median) of each hour, which one runaway success does not move.
    pub fn of(seen: &[Seen], zone: Tz) -> Self {
        let mut by_hour: [Vec<i64>; 24] = Default::default();
        for item in seen {
            let hour = local(zone, item.published_at).hour() as usize;
            by_hour[hour].push(item.views);
        }
        let usual_views = median(seen.iter().map(|item| item.views).collect());
        let best = (0u32..)
            .zip(by_hour)
            .filter(|(_, views)| views.len() >= FEWEST_OF_HOUR && seen.len() >= FEWEST)
            .map(|(hour, views)| BestHour {
                hour,
                items: views.len(),
                views: median(views),
                usual_views,
            })
            // Of equals the earliest.
            .reduce(|best, hour| if hour.views > best.views { hour } else { best })
            .filter(|best| best.views > usual_views);
        Self {
            known: seen.len(),
            needed: FEWEST,
            best,
        }
    }
}

fn median(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

/// What happened, or will, on one day on one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayFigures {
    /// The day on the site's wall.
    pub day: NaiveDate,
    /// The channel.
    pub channel: String,
    /// Live.
    pub published: u64,
    /// Planned or under way.
    pub planned: u64,
    /// Came to nothing, or wait for a person.
    pub troubled: u64,
}

/// The instants at which so many days begin, and the one at which the last ends.
pub fn midnights(zone: Tz, first: NaiveDate, days: u32) -> Result<Vec<(NaiveDate, Timestamp)>> {
    let too_far = || Error::invalid("from", "is too far away");
    (0..=u64::from(days))
        .map(|day| {
            let day = first
                .checked_add_days(chrono::Days::new(day))
                .ok_or_else(too_far)?;
            Ok((day, resolve_local(zone, day.and_time(NaiveTime::MIN))))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn hours(zone: Tz) -> OpenHours {
        OpenHours {
            zone,
            from: 8,
            until: 22,
        }
    }

    fn check_first(zone: Tz, after: &str, expected: &str) {
        let first = places(hours(zone), at(after)).next().expect("a place");

        assert_eq!(first, at(expected), "after {after} in {zone}");
    }

    #[test]
    fn the_first_place_is_the_next_half_hour_of_an_open_hour() {
        let shanghai = chrono_tz::Asia::Shanghai;
        check_first(shanghai, "2026-03-03T08:00:00Z", "2026-03-03T08:30:00Z");
        check_first(shanghai, "2026-03-03T08:19:59Z", "2026-03-03T08:30:00Z");
        check_first(shanghai, "2026-03-03T08:20:00Z", "2026-03-03T08:30:00Z");
        check_first(shanghai, "2026-03-03T08:20:00.001Z", "2026-03-03T09:00:00Z");
        check_first(shanghai, "2026-03-03T13:25:00Z", "2026-03-04T00:00:00Z");
        check_first(
            chrono_tz::Asia::Kathmandu,
            "2026-03-03T08:00:00Z",
            "2026-03-03T08:15:00Z",
        );
    }

    #[test]
    fn places_stay_on_the_wall_when_the_clocks_change() {
        let berlin: Vec<_> = places(hours(chrono_tz::Europe::Berlin), at("2026-03-28T20:00:00Z"))
            .take(2)
            .collect();

        assert_eq!(
            berlin,
            [at("2026-03-28T20:30:00Z"), at("2026-03-29T06:00:00Z")]
        );
    }

    #[test]
    fn a_neighbour_closer_than_the_spacing_stands_in_the_way() {
        let (now, half) = (at("2026-03-03T08:00:00Z"), Duration::from_mins(30));

        assert!(is_clear(
            now,
            &[at("2026-03-03T08:30:00Z"), at("2026-03-03T07:30:00Z")],
            half
        ));
        assert!(!is_clear(now, &[at("2026-03-03T08:29:59Z")], half));
        assert!(!is_clear(now, &[at("2026-03-03T07:30:01Z")], half));
    }

    fn seen(hour: u32, views: i64) -> Seen {
        let published_at = at(&format!("2026-03-03T{hour:02}:10:00Z"));
        Seen {
            published_at,
            views,
        }
    }

    #[test]
    fn an_hour_is_the_best_only_when_enough_is_known() {
        let few: Vec<_> = (0..19).map(|views| seen(9, views)).collect();
        assert_eq!(BestTime::of(&few, Tz::UTC).best, None);

        let mut enough: Vec<_> = (0..15).map(|_| seen(9, 100)).collect();
        enough.extend((0..5).map(|_| seen(20, 300)));
        // Four items of an hour are chance, however well they did.
        enough.extend((0..4).map(|_| seen(3, 9_000)));
        let best = BestTime::of(&enough, chrono_tz::Asia::Shanghai);
        let expected = BestHour {
            hour: 4,
            items: 5,
            views: 300,
            usual_views: 100,
        };
        assert_eq!((best.known, best.best), (24, Some(expected)));
    }

    #[test]
    fn where_no_hour_stands_out_none_is_named() {
        let alike: Vec<_> = (0..24).map(|hour| seen(hour % 4, 100)).collect();

        assert_eq!(BestTime::of(&alike, Tz::UTC).best, None);
    }
}
