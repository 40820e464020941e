//! What readers did with a delivered item, day by day.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::NaiveDate;

use crate::{
    api::graphql::{
        ContextExt,
        shared::{Long, parse_id},
    },
    delivery::{Metric, Statistic},
    error::{Error, Result},
};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "Metric", remote = "Metric")]
pub enum MetricName {
    /// Views or plays.
    Views,
    /// Likes.
    Likes,
    /// Comments.
    Comments,
    /// Shares.
    Shares,
}

/// The total of one metric on a day.
#[derive(SimpleObject)]
#[graphql(name = "Statistic")]
pub struct StatisticObject {
    /// The day, as `2026-03-04`.
    day: String,
    /// What is counted.
    metric: MetricName,
    /// The total at that day's last look; absent where the platform did not tell it, which is not zero.
    value: Option<Long>,
}

impl From<Statistic> for StatisticObject {
    fn from(statistic: Statistic) -> Self {
        Self {
            day: statistic.day.to_string(),
            metric: statistic.metric.into(),
            value: statistic.value.map(Long),
        }
    }
}

/// Figures.
#[derive(Default)]
pub struct StatisticQueries;

#[Object]
impl StatisticQueries {
    /// The figures of a delivery, day by day since a day; days on which nobody asked are left out.
    async fn statistic_series(
        &self,
        ctx: &Context<'_>,
        delivery: ID,
        #[graphql(desc = "The first day, as 2026-03-04.")] since: String,
    ) -> Result<Vec<StatisticObject>> {
        let id = parse_id(&delivery, "delivery")?;
        let since: NaiveDate = since
            .parse()
            .map_err(|_| Error::invalid("since", "must be a day such as 2026-03-04"))?;
        let delivery = &ctx.app().delivery;
        let series = delivery.statistic_series(ctx.actor(), id, since).await?;
        Ok(series.into_iter().map(Into::into).collect())
    }
}
