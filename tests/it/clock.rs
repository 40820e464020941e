//! T9: clocks that jump, nights on which they change, and every zone there is.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};
use fenfa::{
    channels::fault::Fault,
    clock::Timestamp,
    delivery::{DeliveryState, Due, ScheduleInput},
};
use proptest::prelude::*;

use crate::harness::{DOUYIN, TestApp};

/// The clock jumps while a call is on its way: nobody takes the delivery over, looks too early, or sends it again.
async fn jumps_during_a_call(app: &TestApp, seconds: i64) {
    let account = app.connect("douyin", &[]).await;
    let worker = app.worker().await;
    app.fault(DOUYIN, DOUYIN.commit, Fault::Slow { millis: 1000 });
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;
    let call = async {
        worker.tick().await.unwrap();
        worker.drain().await;
    };
    let jump = async {
        app.until_armed(id).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        app.clock.jump(seconds);
        let has_swept = worker.sweep_leases().await.unwrap();
        worker.tick().await.unwrap();
        (has_swept, app.delivery(id).await.state)
    };

    let ((), (has_swept, during)) = tokio::join!(call, jump);
    let delivery = app.settle(&worker, id).await;

    assert!(!has_swept, "its worker lives");
    assert_eq!(during, DeliveryState::Working);
    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(DOUYIN).len(), 1);
}

/// The clock jumps while a commit is in doubt and its item in no list yet: it is not taken for absent.
async fn jumps_while_in_doubt(app: &TestApp, seconds: i64) {
    let late = serde_json::json!({ "set": { "list_delay_s": 300 } });
    app.simulators.control("douyin", &late).unwrap();
    let account = app.connect("douyin", &[("listing_delay_s", "300")]).await;
    let worker = app.worker().await;
    app.fault(DOUYIN, DOUYIN.commit, Fault::AcceptThenDrop);
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;
    worker.run_until_idle().await.unwrap();
    // The platform's clock goes right: by it, no time has passed, and the item is listed later by what we jumped.
    let late = serde_json::json!({ "set": { "list_delay_s": 300 + seconds.max(0) } });
    app.simulators.control("douyin", &late).unwrap();

    app.clock.jump(seconds);
    worker.run_until_idle().await.unwrap();
    assert_eq!(app.delivery(id).await.state, DeliveryState::Uncertain);
    app.clock.advance(Duration::from_mins(31));
    let delivery = app.settle(&worker, id).await;

    assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
    assert_eq!(app.live(DOUYIN).len(), 1, "{:#?}", app.live(DOUYIN));
}

/// Daily slots over a night on which the clocks change: each goes out once, at its time of the wall.
async fn keeps_its_slots(app: &TestApp, zone: Tz, from: &str, wall: &str) {
    app.set_time(from);
    let account = app.connect("douyin", &[]).await;
    let worker = app.worker().await;
    let actor = app.system().await;
    let first: NaiveDate = app.clock.now().to_utc().with_timezone(&zone).date_naive();
    let mut planned = Vec::new();
    for day in 1..=3 {
        let date = first.checked_add_days(Days::new(day)).unwrap();
        let input = ScheduleInput {
            source: app.video(&format!("第{day}天的绿茶")).await,
            account: account.id,
            lane: DOUYIN.lane.to_owned(),
            due: Due::At {
                wall_time: format!("{date}T{wall}"),
                zone: Some(zone.name().to_owned()),
            },
        };
        let delivery = app.app.delivery.schedule(&actor, input).await.unwrap();
        planned.push((delivery.id, format!("{date}T{wall}:00")));
    }

    for (number, (id, wall)) in planned.iter().enumerate() {
        let due = app.delivery(*id).await.due_at;
        app.clock.set(due.minus(Duration::from_secs(1)));
        worker.run_until_idle().await.unwrap();
        assert_eq!(app.live(DOUYIN).len(), number, "not a second too early");
        app.clock.set(due);
        worker.run_until_idle().await.unwrap();

        assert_eq!(app.live(DOUYIN).len(), number + 1, "on time, once");
        let shown = due.to_utc().with_timezone(&zone).naive_local();
        assert_eq!(shown.format("%Y-%m-%dT%H:%M:%S").to_string(), *wall);
    }
}

both_databases! {
    async fn t9_a_clock_that_jumps_ahead_during_a_call_doubles_nothing(app: TestApp) {
        jumps_during_a_call(&app, 3600).await;
    }

    async fn t9_a_clock_that_jumps_back_during_a_call_doubles_nothing(app: TestApp) {
        jumps_during_a_call(&app, -3600).await;
    }

    async fn t9_a_clock_that_jumps_ahead_takes_nothing_for_absent(app: TestApp) {
        jumps_while_in_doubt(&app, 3600).await;
    }

    async fn t9_a_clock_that_jumps_back_takes_nothing_for_absent(app: TestApp) {
        jumps_while_in_doubt(&app, -3600).await;
    }

    async fn t9_slots_in_berlin_keep_their_time_in_the_spring(app: TestApp) {
        keeps_its_slots(&app, chrono_tz::Europe::Berlin, "2026-03-27T12:00:00Z", "08:00").await;
    }

    async fn t9_slots_in_berlin_keep_their_time_in_the_autumn(app: TestApp) {
        keeps_its_slots(&app, chrono_tz::Europe::Berlin, "2026-10-23T12:00:00Z", "02:30").await;
    }

    async fn t9_slots_in_new_york_keep_their_time_in_the_spring(app: TestApp) {
        keeps_its_slots(&app, chrono_tz::America::New_York, "2026-03-06T18:00:00Z", "09:15").await;
    }

    async fn t9_slots_in_new_york_keep_their_time_in_the_autumn(app: TestApp) {
        keeps_its_slots(&app, chrono_tz::America::New_York, "2026-10-30T18:00:00Z", "01:30").await;
    }
}

/// The instant that is planned for a time of the wall.
fn resolve(zone: Tz, local: NaiveDateTime) -> Timestamp {
    let due = Due::At {
        wall_time: local.format("%Y-%m-%dT%H:%M:%S").to_string(),
        zone: Some(zone.name().to_owned()),
    };
    let now = TestApp::START.parse().unwrap();
    due.resolve("Asia/Shanghai", now).unwrap().at
}

/// 400 days of one slot in one zone: each once, in order, at its time of the wall, or later by what the clocks skip.
fn check_slots(zone: Tz, slot: NaiveTime) {
    let first = NaiveDate::from_ymd_opt(2026, 3, 5).unwrap();
    let mut before: Option<Timestamp> = None;
    for day in 0..400 {
        let local = first
            .checked_add_days(Days::new(day))
            .unwrap()
            .and_time(slot);
        let at = resolve(zone, local);
        let shown = DateTime::from_timestamp_micros(at.0)
            .unwrap()
            .with_timezone(&zone)
            .naive_local();
        if let Some(earliest) = zone.from_local_datetime(&local).earliest() {
            assert_eq!(shown, local, "{zone}");
            assert_eq!(
                at,
                earliest.to_utc().into(),
                "{zone} {local}: the first of two"
            );
        } else {
            let moved = shown - local;
            assert!(
                moved > chrono::Duration::zero() && moved <= chrono::Duration::hours(24),
                "{zone} {local} became {shown}"
            );
        }
        if let Some(before) = before {
            assert!(at > before, "{zone} {local}: neither skipped nor twice");
        }
        before = Some(at);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1, failure_persistence: None, ..ProptestConfig::default() })]

    /// The nights of change are between midnight and four nearly everywhere; the slot is one of those minutes.
    #[test]
    fn t9_every_zone_keeps_its_slots_for_400_days(minutes in prop::collection::vec(0_u32..240, TZ_VARIANTS.len())) {
        for (zone, minute) in TZ_VARIANTS.iter().zip(minutes) {
            check_slots(*zone, NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap());
        }
    }
}
