//! From a cron expression and a zone to instants. Cron walks the clock on the wall and nothing else; what a wall time
//! means is decided in [`crate::zone`], by the rule that holds for every plan.

use std::time::Duration;

use chrono::{Duration as Span, NaiveDateTime, Timelike as _};
use chrono_tz::Tz;
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

use crate::{
    clock::Timestamp,
    error::{Error, Result},
    zone::{local, parse_zone, resolve_local},
};

/// The longest expression.
const LONGEST: usize = 100;
/// Longer than any gap that a clock on the wall ever had (Samoa left out a day).
const LONGER_THAN_ANY_GAP: Duration = Duration::from_hours(26);
/// An expression that does not occur within this time is a slip of the pen.
const FURTHEST: Duration = Duration::from_hours(9 * 366 * 24);

/// When something recurs.
#[derive(Debug, Clone)]
pub struct Calendar {
    cron: Cron,
    zone: Tz,
}

impl Calendar {
    /// Reads an expression of five fields and an IANA zone; the error names the field.
    pub fn parse(expression: &str, zone: &str) -> Result<Self> {
        let refused = |why: String| {
            let cure = "five fields are needed: minute, hour, day of month, month, day of week, such as 30 2 * * 1-5";
            Error::invalid("input.expression", format!("{why}; {cure}"))
        };
        if expression.chars().count() > LONGEST {
            return Err(refused(format!("has more than {LONGEST} characters")));
        }
        let cron = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(expression)
            .map_err(|error| refused(format!("cannot be read ({error})")))?;
        let zone = parse_zone("input.zone", zone)?;
        Ok(Self { cron, zone })
    }

    /// The first occurrence behind an instant; `None`: there is none in sight.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let wall = local(self.zone, after);
        let before = local(self.zone, after.minus(LONGER_THAN_ANY_GAP));
        // Times that the clocks skipped shortly before may still be to come: they moved forward.
        let skipped = (wall - before) - Span::from_std(LONGER_THAN_ANY_GAP).ok()?;
        let mut wall = wall - skipped.max(Span::zero());
        let mut best: Option<Timestamp> = None;
        loop {
            let Some(next) = self.next_wall(wall) else {
                return best;
            };
            wall = next;
            if best.is_some_and(|best| wall > local(self.zone, best)) {
                return best;
            }
            let at = resolve_local(self.zone, wall);
            if best.is_none() && at.since(after) > FURTHEST {
                return None;
            }
            // A time that comes twice is its first, so its second may lie behind us.
            if at > after && best.is_none_or(|best| at < best) {
                best = Some(at);
            }
        }
    }

    /// The next occurrences behind an instant, at most so many.
    pub fn next_many(&self, after: Timestamp, count: usize) -> Vec<Timestamp> {
        std::iter::successors(self.next_after(after), |last| self.next_after(*last))
            .take(count)
            .collect()
    }

    /// The newest occurrence up to now, when `known` is an occurrence that is due.
    pub fn newest_until(&self, known: Timestamp, now: Timestamp) -> Timestamp {
        let mut span = Duration::from_mins(1);
        loop {
            let from = known.max(now.minus(span));
            if let Some(mut newest) = self.next_after(from).filter(|at| *at <= now) {
                while let Some(next) = self.next_after(newest).filter(|at| *at <= now) {
                    newest = next;
                }
                return newest;
            }
            if from == known {
                return known;
            }
            span *= 4;
        }
    }

    /// The next time on the wall, as if no clock ever changed.
    fn next_wall(&self, wall: NaiveDateTime) -> Option<NaiveDateTime> {
        let wall = wall.with_nanosecond(0)?.and_utc();
        let next = self.cron.find_next_occurrence(&wall, false).ok()?;
        Some(next.naive_utc())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{Days, NaiveDate, NaiveTime};
    use chrono_tz::TZ_VARIANTS;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn calendar(expression: &str, zone: &str) -> Calendar {
        Calendar::parse(expression, zone).expect("a calendar")
    }

    fn next(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let found = calendar(expression, zone).next_many(at(after), count);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_skipped_time_moves_forward_by_the_gap_and_does_not_double() {
        let night = next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2);
        assert_eq!(night, ["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]);

        let hourly = next("30 1-3 * * *", "Europe/Berlin", "2026-03-28T23:00:00Z", 3);
        assert_eq!(
            hourly,
            [
                "2026-03-29T00:30:00Z",
                "2026-03-29T01:30:00Z",
                "2026-03-29T23:30:00Z"
            ],
            "02:30 and 03:30 are the same instant that night"
        );
    }

    #[test]
    fn a_time_that_comes_twice_is_the_first_once() {
        let night = next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
        assert_eq!(night, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);

        let between = next("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1);
        assert_eq!(
            between,
            ["2026-10-26T01:30:00Z"],
            "its second time is no time of its own"
        );
    }

    #[test]
    fn what_the_clocks_skipped_is_still_to_come_right_after_the_gap() {
        let found = next("30 2 * * *", "Europe/Berlin", "2026-03-29T01:10:00Z", 1);
        assert_eq!(found, ["2026-03-29T01:30:00Z"]);

        let half_hour = next(
            "*/20 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T12:00:00Z",
            3,
        );
        assert_eq!(
            half_hour,
            [
                "2026-10-03T15:30:00Z",
                "2026-10-03T15:40:00Z",
                "2026-10-03T15:50:00Z"
            ],
            "02:00 and 02:20 move by half an hour, 02:40 stays between them"
        );
    }

    #[test]
    fn a_day_that_a_country_left_out_moves_into_the_next() {
        let found = next("0 9 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z", 3);
        assert_eq!(
            found,
            [
                "2011-12-29T19:00:00Z",
                "2011-12-30T19:00:00Z",
                "2011-12-31T19:00:00Z"
            ]
        );
    }

    #[test]
    fn only_the_newest_of_several_missed_is_found() {
        let daily = calendar("30 2 * * *", "Asia/Shanghai");
        let known = at("2026-03-01T18:30:00Z");

        assert_eq!(daily.newest_until(known, at("2026-03-01T18:30:00Z")), known);
        assert_eq!(daily.newest_until(known, at("2026-03-02T18:29:59Z")), known);
        assert_eq!(
            daily.newest_until(known, at("2026-03-09T10:00:00Z")),
            at("2026-03-08T18:30:00Z")
        );
        let each_minute = calendar("* * * * *", "UTC");
        let newest =
            each_minute.newest_until(at("2025-01-01T00:00:00Z"), at("2026-03-09T10:00:30Z"));
        assert_eq!(newest, at("2026-03-09T10:00:00Z"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_naming_the_field() {
        for (expression, zone, field) in [
            ("", "UTC", "input.expression"),
            ("61 * * * *", "UTC", "input.expression"),
            ("* * * * * *", "UTC", "input.expression"),
            ("every night", "UTC", "input.expression"),
            ("30 2 * * *", "Mars/Olympus", "input.zone"),
        ] {
            let error = Calendar::parse(expression, zone).expect_err("refused");
            assert_eq!(error.field(), Some(field), "{expression} {zone}");
        }
        assert_eq!(
            calendar("0 0 30 2 *", "UTC").next_after(at("2026-01-01T00:00:00Z")),
            None
        );
    }

    /// What the rule says, without cron: each wall time resolved on its own.
    fn expected(
        zone: Tz,
        walls: impl Iterator<Item = NaiveDateTime>,
        after: Timestamp,
    ) -> Vec<Timestamp> {
        let instants: BTreeSet<_> = walls.map(|wall| resolve_local(zone, wall)).collect();
        instants.into_iter().filter(|at| *at > after).collect()
    }

    /// 400 days of one slot a day: nothing double, nothing left out, and the clock on the wall always shows the slot
    /// (or the slot moved by the gap in which it fell).
    fn check_daily(zone: Tz, time: NaiveTime, first: NaiveDate) {
        let start =
            resolve_local(zone, first.and_time(NaiveTime::MIN)).minus(Duration::from_secs(1));
        let days = (0..400).map(|day| {
            first
                .checked_add_days(Days::new(day))
                .expect("a day")
                .and_time(time)
        });
        let expected = expected(zone, days, start);
        let expression = format!("{} {} * * *", time.minute(), time.hour());

        let found = calendar(&expression, zone.name()).next_many(start, expected.len());

        assert_eq!(found, expected, "{expression} {zone}");
        for pair in found.windows(2) {
            assert!(
                pair[0] < pair[1],
                "{expression} {zone}: twice at {}",
                pair[0]
            );
        }
        for instant in found {
            let shown = local(zone, instant);
            let is_kept = shown.time() == time;
            let wall = shown.date().and_time(time);
            let is_moved = || zone_skips(zone, wall) || zone_skips(zone, wall - Span::days(1));
            assert!(is_kept || is_moved(), "{expression} {zone}: {shown}");
        }
    }

    fn zone_skips(zone: Tz, wall: NaiveDateTime) -> bool {
        use chrono::TimeZone as _;
        zone.from_local_datetime(&wall).earliest().is_none()
    }

    #[test]
    fn a_daily_slot_keeps_its_wall_time_in_every_zone_for_400_days() {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
        for (number, zone) in (0_u32..).zip(TZ_VARIANTS) {
            let time = NaiveTime::from_hms_opt(number % 4, number * 7 % 60, 0).expect("a time");
            check_daily(zone, time, first);
        }
    }

    #[test]
    fn many_slots_around_every_clock_change_are_each_met_once() {
        let day = |number| {
            NaiveDate::from_ymd_opt(2026, 1, 1)
                .and_then(|first| first.checked_add_days(Days::new(number)))
                .expect("a day")
        };
        let mut changes = 0;
        for zone in TZ_VARIANTS {
            let noon =
                |number| resolve_local(zone, day(number).and_hms_opt(12, 0, 0).expect("noon"));
            for number in 1..400 {
                if noon(number).since(noon(number - 1)) == Duration::from_hours(24) {
                    continue;
                }
                changes += 1;
                let start = resolve_local(zone, day(number - 1).and_time(NaiveTime::MIN));
                let end = day(number + 1).and_time(NaiveTime::MIN);
                let walls = (0..)
                    .map(|step| day(number - 1).and_time(NaiveTime::MIN) + Span::minutes(15 * step))
                    .take_while(|wall| *wall < end);
                let expected = expected(zone, walls, start);

                let found = calendar("*/15 * * * *", zone.name()).next_many(start, expected.len());

                assert_eq!(found, expected, "{zone} around {}", day(number));
            }
        }
        assert!(changes > 300, "clocks change somewhere: {changes}");
    }

    proptest! {
        #[test]
        fn any_slot_of_any_zone_from_any_day_on_is_met_once(
            zone in 0..TZ_VARIANTS.len(), hour in 0_u32..24, minute in 0_u32..60, day in 0_u64..4000,
        ) {
            let first = NaiveDate::from_ymd_opt(2020, 1, 1)
                .and_then(|first| first.checked_add_days(Days::new(day)))
                .expect("a day");
            let time = NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
            check_daily(TZ_VARIANTS[zone], time, first);
        }

        #[test]
        fn no_text_breaks_the_reader(expression in ".{0,120}", zone in ".{0,40}") {
            let _ = Calendar::parse(&expression, &zone);
        }
    }
}
