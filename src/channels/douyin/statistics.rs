//! Figures of a work: in total, and day by day as the platform keeps them. A day is known from ten o'clock of the next one,
//! and only for works of the last thirty days.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::channels::{
    ChannelError, ErrorClass, StepHost, Totals, beijing,
    bytedance::{client::Client, error::is_unreadable, wire::number as whole},
};

/// The figures as their calls name them.
const FIGURES: [&str; 4] = ["play", "like", "comment", "share"];
/// Spans of days that can be asked for.
const SPANS: [i64; 3] = [7, 15, 30];

fn is_refused(error: &ChannelError) -> bool {
    is_unreadable(error) || error.class == ErrorClass::Validation
}

fn figures([views, likes, comments, shares]: [Option<i64>; 4]) -> Totals {
    let count = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
    Totals {
        views: count(views),
        likes: count(likes),
        comments: count(comments),
        shares: count(shares),
    }
}

/// Totals of a work up to the last day that is known; `None` where this account is told none of it.
async fn known(
    client: &Client,
    host: &dyn StepHost,
    item_id: &str,
) -> Result<Option<[Option<i64>; 4]>, ChannelError> {
    match client.totals(host, item_id).await {
        Ok(totals) => Ok(Some(FIGURES.map(|figure| {
            let total = totals.get(format!("total_{figure}"));
            total.and_then(whole)
        }))),
        Err(error) if is_refused(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The latest totals of a work.
pub async fn totals(
    client: &Client,
    host: &dyn StepHost,
    item_id: &str,
) -> Result<Option<Totals>, ChannelError> {
    if let Some(totals) = known(client, host, item_id).await? {
        return Ok(Some(figures(totals)));
    }
    // Too old, or not for this account: the work's own counters may still be read.
    match client.video_data(host, item_id).await {
        Ok(work) => Ok(work.map(|work| figures(work.counts))),
        Err(error) if is_refused(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Totals of a work at the end of each day that is known, from about a day on.
pub async fn by_day(
    client: &Client,
    host: &dyn StepHost,
    item_id: &str,
    since: NaiveDate,
) -> Result<Option<Vec<(NaiveDate, Totals)>>, ChannelError> {
    let Some(totals) = known(client, host, item_id).await? else {
        return Ok(None);
    };
    let today = beijing(client.account.clock.now()).date_naive();
    let wanted = (today - since).num_days() + 1;
    let span = SPANS.into_iter().find(|span| *span >= wanted);
    let span = span.unwrap_or(SPANS[SPANS.len() - 1]);
    let mut days: BTreeMap<NaiveDate, [Option<i64>; 4]> = BTreeMap::new();
    for (place, (figure, total)) in FIGURES.into_iter().zip(totals).enumerate() {
        let rows = match client.series(host, item_id, figure, span).await {
            Err(error) if is_refused(&error) => return Ok(None),
            rows => rows?,
        };
        for (date, total) in at_the_ends(total, &rows) {
            days.entry(date).or_default()[place] = total;
        }
    }
    let days = days.into_iter().map(|(date, told)| (date, figures(told)));
    Ok(Some(days.collect()))
}

/// Totals at the ends of days, of the total after the last of them and what came on each. What is not told of a day
/// leaves the days before it open.
fn at_the_ends(
    total: Option<i64>,
    rows: &[(NaiveDate, Option<i64>)],
) -> Vec<(NaiveDate, Option<i64>)> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    let mut left = total;
    let mut ends = Vec::with_capacity(rows.len());
    for (date, gained) in rows.into_iter().rev() {
        ends.push((date, left));
        left = left.zip(gained).map(|(left, gained)| left - gained);
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, number).expect("a day")
    }

    #[test]
    fn totals_of_earlier_days_are_what_is_left_of_the_last() {
        let rows = [(day(2), Some(160)), (day(1), Some(240)), (day(3), Some(0))];

        let ends = at_the_ends(Some(500), &rows);

        assert_eq!(
            ends,
            [
                (day(3), Some(500)),
                (day(2), Some(500)),
                (day(1), Some(340))
            ]
        );
    }

    #[test]
    fn what_is_not_told_is_not_zero() {
        let rows = [(day(1), Some(5)), (day(2), None), (day(3), Some(1))];

        let ends = at_the_ends(Some(10), &rows);

        assert_eq!(
            ends,
            [(day(3), Some(10)), (day(2), Some(9)), (day(1), None)]
        );
        assert_eq!(at_the_ends(None, &rows[..1]), [(day(1), None)]);
    }
}
