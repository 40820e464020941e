//! Use cases on the calendar: the next free place, the best hour so far, and how full days are.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    time::Duration,
};

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::DeliveryService;
use crate::{
    auth::{Actor, Permission},
    clock::Timestamp,
    delivery::{
        BestTime, DayFigures, DeliveryState, Destination, QuotaOutlook,
        slot::{AHEAD, OpenHours, is_clear, midnights, places},
        store,
    },
    error::{Error, Result},
    id::AccountId,
    zone::local,
};

/// Older results say little about now.
const RECENT: Duration = Duration::from_hours(180 * 24);
/// Younger items are still being found by their readers.
const SETTLED: Duration = Duration::from_hours(3 * 24);
/// Lanes that one place is looked for.
const MOST_DESTINATIONS: usize = 50;
/// Days that are counted at once.
const MOST_DAYS: u32 = 31;

impl DeliveryService {
    /// The first half hour after an instant at which all these lanes have room: nothing else of the same account within
    /// the spacing, the allowance of the day not used up, an hour in which the site publishes and no blackout. `None`
    /// when the next two weeks are full.
    pub async fn next_free_slot(
        &self,
        actor: &Actor,
        destinations: &[Destination],
        after: Option<Timestamp>,
    ) -> Result<Option<Timestamp>> {
        actor.require(Permission::ReadContent)?;
        if destinations.is_empty() || destinations.len() > MOST_DESTINATIONS {
            let message = format!("must name 1 to {MOST_DESTINATIONS} lanes");
            return Err(Error::invalid("destinations", message));
        }
        let config = &self.core.config;
        let after = after.unwrap_or_else(|| self.now()).max(self.now());
        let spacing = Duration::from_secs(u64::from(config.slot_spacing_min) * 60);
        let site = self.auth.site(actor).await?;
        let zone = site.zone.parse().unwrap_or(Tz::UTC);
        let hours = OpenHours {
            zone,
            from: config.slot_from_hour,
            until: config.slot_until_hour,
        };
        let mut due = BTreeMap::new();
        for destination in destinations {
            let channel = self.account(actor, destination.account).await?.channel;
            let lanes = self.core.channel(&channel)?.lanes;
            if !lanes.iter().any(|lane| lane.id == destination.lane) {
                let known: Vec<_> = lanes.iter().map(|lane| lane.id).collect();
                let message = format!("must be one of {}", known.join(", "));
                return Err(Error::invalid("destinations.lane", message));
            }
            if let Entry::Vacant(unknown) = due.entry(destination.account) {
                let (db, end) = (self.core.db.read(), after.plus(AHEAD + spacing));
                let times =
                    store::list_due_times(db, destination.account, after.minus(spacing), end);
                unknown.insert(times.await?);
            }
        }
        // What a day has left is asked once for each day that comes into question.
        let mut outlooks: BTreeMap<usize, Vec<QuotaOutlook>> = BTreeMap::new();
        'places: for at in places(hours, after) {
            let wall = local(zone, at);
            if site.blackouts.iter().any(|one| one.holds(wall))
                || !due.values().all(|due| is_clear(at, due, spacing))
            {
                continue;
            }
            for (number, destination) in destinations.iter().enumerate() {
                let known = outlooks.get(&number);
                let is_stale =
                    known.is_none_or(|quotas| quotas.iter().any(|quota| at >= quota.resets_at));
                if is_stale {
                    let fresh = self
                        .lane_outlook(actor, destination.account, &destination.lane, at)
                        .await?;
                    outlooks.insert(number, fresh);
                }
                if outlooks[&number].iter().any(|quota| quota.left() == 0) {
                    continue 'places;
                }
            }
            return Ok(Some(at));
        }
        Ok(None)
    }

    /// The hour at which an account's items did best in the last half year, by what its platform told of them.
    pub async fn best_time(&self, actor: &Actor, account: AccountId) -> Result<BestTime> {
        actor.require(Permission::ReadContent)?;
        let account = self.account(actor, account).await?.id;
        let (db, now) = (self.core.db.read(), self.now());
        let seen = store::list_seen(db, account, now.minus(RECENT), now.minus(SETTLED)).await?;
        Ok(BestTime::of(&seen, self.site_zone(actor).await?))
    }

    /// What the days from one on held or will hold, channel by channel; days without anything are left out.
    pub async fn days(
        &self,
        actor: &Actor,
        first: NaiveDate,
        count: u32,
    ) -> Result<Vec<DayFigures>> {
        actor.require(Permission::ReadContent)?;
        if !(1..=MOST_DAYS).contains(&count) {
            let message = format!("must be from 1 to {MOST_DAYS}");
            return Err(Error::invalid("count", message));
        }
        let begins = midnights(self.site_zone(actor).await?, first, count)?;
        let mut days = Vec::new();
        for pair in begins.windows(2) {
            let [(day, from), (_, to)] = pair else {
                continue;
            };
            let counted = store::count_due(self.core.db.read(), actor.site(), *from, *to).await?;
            let mut by_channel: BTreeMap<String, DayFigures> = BTreeMap::new();
            for (channel, state, count) in counted {
                let figures = by_channel.entry(channel.clone()).or_insert(DayFigures {
                    day: *day,
                    channel,
                    published: 0,
                    planned: 0,
                    troubled: 0,
                });
                match state {
                    DeliveryState::Published => figures.published += count,
                    DeliveryState::Cancelled => {}
                    DeliveryState::NeedsReview
                    | DeliveryState::Rejected
                    | DeliveryState::Failed
                    | DeliveryState::Missed => figures.troubled += count,
                    _ => figures.planned += count,
                }
            }
            days.extend(by_channel.into_values());
        }
        Ok(days)
    }

    async fn site_zone(&self, actor: &Actor) -> Result<Tz> {
        Ok(self.auth.site(actor).await?.zone.parse().unwrap_or(Tz::UTC))
    }
}
