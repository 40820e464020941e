//! What readers did with works: figures that are the same at each asking, by day and in total. A day is known from ten
//! o'clock of the next one (Beijing), and only for works of the last thirty days.

use actix_web::{HttpRequest, HttpResponse};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use serde_json::{Value, json};

use super::{
    Refusal, Shared,
    answer::Family,
    get, pairs,
    state::{Item, State, day},
};
use crate::{channels::beijing, clock::Timestamp};

const BAD: i64 = 2_100_005;
/// Works older than this have no figures.
const OLDEST_DAYS: i64 = 30;
/// When the figures of the day before are there.
const READY_AT: NaiveTime = NaiveTime::from_hms_opt(10, 0, 0).expect("a time");

/// Figures of a work on one day, or of several together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    pub play: u64,
    pub like: u64,
    pub comment: u64,
    pub share: u64,
}

/// What happened on the n-th day of a work's life: much at first, less later, and each seventh day nothing.
fn on(item: &Item, date: NaiveDate) -> Figures {
    let age = (date - day(item.created_at)).num_days();
    let is_quiet = age % 7 == 6;
    let play = match u64::try_from(age) {
        Ok(age) if !is_quiet => 480 / (age + 1),
        _ => 0,
    };
    Figures {
        play,
        like: play / 20,
        comment: play / 60,
        share: play / 100,
    }
}

fn days(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |date| *date <= to)
}

fn sum(item: &Item, from: NaiveDate, to: NaiveDate) -> Figures {
    days(from, to)
        .map(|date| on(item, date))
        .fold(Figures::default(), |sum, one| Figures {
            play: sum.play + one.play,
            like: sum.like + one.like,
            comment: sum.comment + one.comment,
            share: sum.share + one.share,
        })
}

/// Everything up to now: what the list shows beside a work.
pub fn total(item: &Item, now: Timestamp) -> Figures {
    sum(item, day(item.created_at), day(now))
}

/// The first and last day whose figures are known now.
fn known(state: &State, item: &Item, now: Timestamp) -> (NaiveDate, NaiveDate) {
    let first = state.first_granted_at.map_or(NaiveDate::MIN, |at| {
        // Nothing is known from before the day after the user first agreed.
        day(at) + TimeDelta::days(1)
    });
    let local = beijing(now);
    let back = if local.time() >= READY_AT { 1 } else { 2 };
    let last = local.date_naive() - TimeDelta::days(back);
    (first.max(day(item.created_at)), last)
}

/// The work of a call, let in and young enough.
fn find<'a>(
    state: &'a State,
    query: &[(String, String)],
    now: Timestamp,
) -> Result<&'a Item, Refusal> {
    let item = get(query, "item_id").and_then(|id| state.find_item(id));
    let item = item.ok_or((BAD, "item_id invalid"))?;
    if (day(now) - day(item.created_at)).num_days() > OLDEST_DAYS {
        return Err((BAD, "works older than 30 days have no data"));
    }
    Ok(item)
}

fn answer(douyin: &Shared, told: Result<Value, Refusal>) -> HttpResponse {
    match told {
        Ok(data) => douyin.ok(Family::Old, data),
        Err(refusal) => douyin.refuse(Family::Old, refusal),
    }
}

/// Totals of a work.
pub async fn base(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = douyin.enter_to_read(Family::Old, &request, "data.external.item") {
        return *refused;
    }
    let (query, now) = (pairs(request.query_string()), douyin.now());
    let told = {
        let state = douyin.lock();
        find(&state, &query, now).map(|item| {
            let (first, last) = known(&state, item, now);
            let all = sum(item, first, last);
            json!({ "result": { "total_play": all.play, "total_like": all.like, "total_comment": all.comment, "total_share": all.share, "avg_play_duration": 5.2 } })
        })
    };
    answer(&douyin, told)
}

/// One figure of a work, day by day; the path says which.
pub async fn series(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = douyin.enter_to_read(Family::Old, &request, "data.external.item") {
        return *refused;
    }
    let (query, now) = (pairs(request.query_string()), douyin.now());
    let name = request.match_info().get("figure").unwrap_or_default();
    let told = {
        let state = douyin.lock();
        span(&query).and_then(|span| {
            let item = find(&state, &query, now)?;
            let (first, last) = known(&state, item, now);
            let from = first.max(last - TimeDelta::days(span - 1));
            let rows: Vec<Value> = days(from, last)
                .map(|date| {
                    let figures = on(item, date);
                    let figure = match name {
                        "play" => figures.play,
                        "like" => figures.like,
                        "comment" => figures.comment,
                        _ => figures.share,
                    };
                    json!({ "date": date.to_string(), name: figure })
                })
                .collect();
            Ok(json!({ "result_list": rows }))
        })
    };
    answer(&douyin, told)
}

/// Works that the user made and had played, day by day, whoever made them.
pub async fn user(douyin: Shared, request: HttpRequest) -> HttpResponse {
    if let Err(refused) = douyin.enter_to_read(Family::Old, &request, "data.external.user") {
        return *refused;
    }
    let (query, now) = (pairs(request.query_string()), douyin.now());
    let told = {
        let state = douyin.lock();
        span(&query).map(|span| {
            let local = beijing(now);
            let back = if local.time() >= READY_AT { 1 } else { 2 };
            let last = local.date_naive() - TimeDelta::days(back);
            let first = state.first_granted_at.map_or(last, |at| day(at) + TimeDelta::days(1));
            let from = first.max(last - TimeDelta::days(span - 1));
            let rows: Vec<Value> = days(from, last)
                .map(|date| {
                    let made = |item: &&Item| day(item.created_at) == date;
                    let known = |item: &&Item| day(item.created_at) <= date;
                    let new = state.items.iter().filter(made).count();
                    let total = state.items.iter().filter(known).count();
                    let play: u64 = state.items.iter().map(|item| on(item, date).play).sum();
                    json!({ "date": date.to_string(), "new_issue": new, "total_issue": total, "new_play": play })
                })
                .collect();
            json!({ "result_list": rows })
        })
    };
    answer(&douyin, told)
}

fn span(query: &[(String, String)]) -> Result<i64, Refusal> {
    get(query, "date_type")
        .and_then(|days| days.parse::<i64>().ok())
        .filter(|days| matches!(days, 7 | 15 | 30))
        .ok_or((BAD, "date_type must be 7, 15 or 30"))
}
