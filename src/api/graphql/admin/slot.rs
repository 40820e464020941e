//! The calendar: where there is room, when things did best, how full days are.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;

use crate::{
    api::graphql::{
        ContextExt,
        shared::{DateTime, Long, parse_id},
    },
    delivery::{BestHour, BestTime, DayFigures, Destination},
    error::{Error, Result},
};

/// A lane of an account.
#[derive(InputObject)]
pub struct DestinationInput {
    /// The account.
    account: ID,
    /// Lane of the channel.
    lane: String,
}

/// The hour at which an account's items did best.
#[derive(SimpleObject)]
#[graphql(name = "BestTime")]
pub struct BestTimeObject {
    /// Items of the last half year whose views the platform told.
    sample_size: u32,
    /// How many are needed before anything is said.
    needed: u32,
    /// The best hour; absent while too little is known, or where none stands out.
    best: Option<BestHourObject>,
}

/// An hour on the site's wall.
#[derive(SimpleObject)]
#[graphql(name = "BestHour")]
pub struct BestHourObject {
    /// The hour, 0 to 23.
    hour: u32,
    /// Items that went live in it.
    sample_size: u32,
    /// Their median views.
    views: Long,
    /// The median views of all items.
    usual_views: Long,
}

impl From<BestHour> for BestHourObject {
    fn from(best: BestHour) -> Self {
        Self {
            hour: best.hour,
            sample_size: count(best.items),
            views: Long(best.views),
            usual_views: Long(best.usual_views),
        }
    }
}

impl From<BestTime> for BestTimeObject {
    fn from(time: BestTime) -> Self {
        Self {
            sample_size: count(time.known),
            needed: count(time.needed),
            best: time.best.map(Into::into),
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What a day held or will hold on a channel.
#[derive(SimpleObject)]
#[graphql(name = "DeliveryDay")]
pub struct DayObject {
    /// The day on the site's wall, as `2026-03-04`.
    day: String,
    /// Id of the channel.
    channel: String,
    /// Live.
    published: Long,
    /// Planned or under way.
    planned: Long,
    /// Came to nothing, or wait for a person.
    troubled: Long,
}

impl From<DayFigures> for DayObject {
    fn from(figures: DayFigures) -> Self {
        Self {
            day: figures.day.to_string(),
            channel: figures.channel,
            published: figures.published.into(),
            planned: figures.planned.into(),
            troubled: figures.troubled.into(),
        }
    }
}

/// The calendar.
#[derive(Default)]
pub struct SlotQueries;

#[Object]
impl SlotQueries {
    /// The next half hour at which all these lanes have room: nothing else of the same account close by, the day's
    /// allowance not used up, an hour in which the site publishes. Absent when the next two weeks are full.
    async fn next_free_slot(
        &self,
        ctx: &Context<'_>,
        destinations: Vec<DestinationInput>,
        #[graphql(desc = "Not before this; now when left out.")] after: Option<DateTime>,
    ) -> Result<Option<DateTime>> {
        let destinations = destinations
            .into_iter()
            .map(|destination| {
                Ok(Destination {
                    account: parse_id(&destination.account, "destinations.account")?,
                    lane: destination.lane,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let delivery = &ctx.app().delivery;
        let after = after.map(|DateTime(at)| at);
        let slot = delivery.next_free_slot(ctx.actor(), &destinations, after);
        Ok(slot.await?.map(Into::into))
    }

    /// When an account's items did best, by what its platform told.
    async fn best_time(&self, ctx: &Context<'_>, account: ID) -> Result<BestTimeObject> {
        let account = parse_id(&account, "account")?;
        let time = ctx.app().delivery.best_time(ctx.actor(), account);
        Ok(time.await?.into())
    }

    /// What the days from one on held or will hold, channel by channel; days without anything are left out.
    async fn delivery_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day on the site's wall, as 2026-03-04.")] from: String,
        #[graphql(desc = "How many days, 1 to 31.")] count: i32,
    ) -> Result<Vec<DayObject>> {
        let from: NaiveDate = from
            .parse()
            .map_err(|_| Error::invalid("from", "must be a day such as 2026-03-04"))?;
        // The service says how many may be asked for.
        let count = u32::try_from(count).unwrap_or(0);
        let days = ctx.app().delivery.days(ctx.actor(), from, count).await?;
        Ok(days.into_iter().map(Into::into).collect())
    }
}
