//! What readers did with delivered items: asked of the platforms, and kept day by day.

use std::{future::Future, sync::Arc, time::Duration};

use chrono::NaiveDate;

use super::DeliveryService;
use crate::{
    auth::{Actor, Permission},
    channels::{ChannelError, ErrorClass, Totals},
    clock::Timestamp,
    delivery::{BestBy, Delivery, Pulled, Statistic, engine::Host, store},
    error::{Error, ErrorKind, Result},
    id::{AccountId, DeliveryId, ItemId},
    zone::resolve_local,
};

/// A person waits for the answer.
const DEADLINE: Duration = Duration::from_secs(10);
/// Items that one call of [`DeliveryService::pull_statistics`] asks for.
const PART: u64 = 20;
/// The pause after a part, where the platform asks for none.
const BREATH: Duration = Duration::from_secs(1);
/// The pause after "too fast", where the platform names none.
const SLOW_DOWN: Duration = Duration::from_mins(1);

impl DeliveryService {
    /// Totals of a published item as the platform tells them now; `None` where it tells none.
    pub async fn statistics(&self, actor: &Actor, id: DeliveryId) -> Result<Option<Totals>> {
        actor.require(Permission::ReadContent)?;
        let delivery = self.delivery(actor, id).await?;
        let Some(external_id) = &delivery.external_id else {
            return Ok(None);
        };
        self.ask_totals(actor, delivery.account, external_id)
            .await?
            .map_err(|error| {
                Error::new(
                    ErrorKind::Unavailable,
                    format!("the platform told no figures: {error}"),
                )
            })
    }

    /// Asks for the figures of some items of an account, those behind `after`, that went live since an instant, and
    /// keeps them under a day, or under the platform's own days where it tells them day by day. It stops where the platform
    /// wants a slower pace, and says where to go on.
    pub async fn pull_statistics(
        &self,
        actor: &Actor,
        account: AccountId,
        after: Option<DeliveryId>,
        since: Timestamp,
        day: NaiveDate,
    ) -> Result<Pulled> {
        actor.require(Permission::Schedule)?;
        self.account(actor, account).await?;
        let db = &self.core.db;
        let items = store::list_measurable(db.read(), account, since, after, PART).await?;
        let mut pulled = Pulled {
            pause: BREATH,
            ..Pulled::default()
        };
        let is_last = (items.len() as u64) < PART;
        let mut done = after;
        for delivery in items {
            let answer = self.ask_figures(actor, account, &delivery, day).await?;
            let is_new = pulled.asked == 0;
            pulled.asked += 1;
            match answer {
                Ok(mut days) => {
                    if days.is_empty() {
                        pulled.not_available += 1;
                        // That it was asked for, and not told, is kept too.
                        days.push((day, Totals::default()));
                    } else {
                        pulled.told += 1;
                    }
                    let now = self.now();
                    store::save_statistics(db.write(), &delivery, &days, now).await?;
                }
                Err(error) => match error.class {
                    ErrorClass::RateLimited if !is_new => {
                        pulled.asked -= 1;
                        pulled.next = done;
                        pulled.pause = error.retry_after.unwrap_or(SLOW_DOWN);
                        return Ok(pulled);
                    }
                    ErrorClass::RateLimited | ErrorClass::NotSent | ErrorClass::ChannelDown => {
                        return Err(Error::new(ErrorKind::Unavailable, error.to_string()));
                    }
                    ErrorClass::AuthRevoked
                    | ErrorClass::AuthExpired
                    | ErrorClass::Permission
                    | ErrorClass::QuotaExhausted => {
                        return Err(Error::precondition(error.to_string()));
                    }
                    _ => {
                        pulled.failed += 1;
                        pulled.note = Some(error.to_string());
                    }
                },
            }
            done = Some(delivery.id);
        }
        pulled.next = done.filter(|_| !is_last);
        Ok(pulled)
    }

    /// The figures of a delivery, day by day, since a day.
    pub async fn statistic_series(
        &self,
        actor: &Actor,
        id: DeliveryId,
        since: NaiveDate,
    ) -> Result<Vec<Statistic>> {
        actor.require(Permission::ReadContent)?;
        self.delivery(actor, id).await?;
        store::list_statistics(self.core.db.read(), actor.site(), id, since).await
    }

    /// Stories by what they gained in some days on all channels together, the best first.
    pub async fn best_stories(&self, actor: &Actor, by: &BestBy) -> Result<Vec<(ItemId, i64)>> {
        actor.require(Permission::ReadContent)?;
        let from = resolve_local(by.zone, by.from.and_time(chrono::NaiveTime::MIN));
        let (db, days) = (self.core.db.read(), (by.from, by.to));
        store::list_best(db, actor.site(), by.metric, days, from, by.limit).await
    }

    /// Figures of an item with the days under which they are kept: the platform's own since the last that was told, else
    /// the day of the question.
    async fn ask_figures(
        &self,
        actor: &Actor,
        account: AccountId,
        delivery: &Delivery,
        day: NaiveDate,
    ) -> Result<Result<Vec<(NaiveDate, Totals)>, ChannelError>> {
        let external_id = delivery.external_id.as_deref().unwrap_or_default();
        let last = store::last_told(self.core.db.read(), delivery.id).await?;
        let live_on = delivery.published_at.map(|at| at.to_utc().date_naive());
        let since = last.or(live_on).unwrap_or(day);
        let sealed = super::account::find(self.core.db.read(), actor, account).await?;
        let channel = self.core.connect(&sealed)?;
        let host = Host::new(Arc::clone(&self.core), &sealed.account, None);
        match in_time(channel.statistics_by_day(external_id, since, &host)).await {
            Ok(Some(days)) => return Ok(Ok(days)),
            Ok(None) => {}
            Err(error) => return Ok(Err(error)),
        }
        let totals = self.ask_totals(actor, account, external_id).await?;
        Ok(totals.map(|totals| totals.map(|totals| (day, totals)).into_iter().collect()))
    }

    /// Asks the platform; the outer error is ours, the inner one the platform's.
    async fn ask_totals(
        &self,
        actor: &Actor,
        account: AccountId,
        external_id: &str,
    ) -> Result<Result<Option<Totals>, ChannelError>> {
        let sealed = super::account::find(self.core.db.read(), actor, account).await?;
        let channel = self.core.connect(&sealed)?;
        let host = Host::new(Arc::clone(&self.core), &sealed.account, None);
        Ok(in_time(channel.statistics(external_id, &host)).await)
    }
}

/// An answer, unless it takes too long.
async fn in_time<T>(
    asked: impl Future<Output = Result<T, ChannelError>>,
) -> Result<T, ChannelError> {
    tokio::time::timeout(DEADLINE, asked)
        .await
        .unwrap_or_else(|_| {
            let seconds = DEADLINE.as_secs();
            let message = format!("no answer within {seconds} seconds");
            Err(ChannelError::new(ErrorClass::ChannelDown, message))
        })
}
