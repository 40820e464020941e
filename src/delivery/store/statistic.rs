//! Queries on the figures of what was delivered.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Statement,
    sea_query::{Expr, Func, OnConflict},
};

use super::{delivery::read_all, word};
use crate::{
    channels::{Intent, Totals},
    clock::Timestamp,
    db::entity::{
        delivery,
        statistic::{self, Column},
    },
    delivery::{Delivery, DeliveryState, Metric, Statistic, delivery::intent_name},
    error::{Error, Result},
    id::{AccountId, DeliveryId, ItemId, SiteId},
};

/// Items of an account that went live since an instant, in the order of their deliveries.
pub async fn list_measurable(
    db: &impl ConnectionTrait,
    account: AccountId,
    since: Timestamp,
    after: Option<DeliveryId>,
    limit: u64,
) -> Result<Vec<Delivery>> {
    let mut query = delivery::Entity::find()
        .filter(delivery::Column::AccountId.eq(account))
        .filter(delivery::Column::State.eq(DeliveryState::Published.as_str()))
        .filter(delivery::Column::Intent.eq(intent_name(Intent::Publish)))
        .filter(delivery::Column::ExternalId.is_not_null())
        .filter(delivery::Column::PublishedAt.gte(since))
        .order_by_asc(delivery::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(delivery::Column::Id.gt(after));
    }
    read_all(query.all(db).await?)
}

/// The last day of which figures of a delivery were told.
pub async fn last_told(
    db: &impl ConnectionTrait,
    delivery: DeliveryId,
) -> Result<Option<NaiveDate>> {
    let row = statistic::Entity::find()
        .filter(Column::DeliveryId.eq(delivery))
        .filter(Column::Value.is_not_null())
        .order_by_desc(Column::Day)
        .one(db)
        .await?;
    row.map(|row| read_day(&row.day)).transpose()
}

fn read_day(text: &str) -> Result<NaiveDate> {
    text.parse()
        .map_err(|error: chrono::ParseError| Error::internal("a row cannot be read", error))
}

/// Keeps the figures of days; the latest of a day stays, and what was told once is not forgotten.
pub async fn save_statistics(
    db: &impl ConnectionTrait,
    delivery: &Delivery,
    days: &[(NaiveDate, Totals)],
    now: Timestamp,
) -> Result<()> {
    let figures = days.iter().flat_map(|(day, totals)| {
        Metric::ALL
            .iter()
            .map(move |metric| (day, metric, metric.of(totals)))
    });
    let rows = figures.map(|(day, metric, told)| {
        statistic::Model {
            delivery_id: delivery.id,
            day: day.to_string(),
            metric: metric.as_str().to_owned(),
            site_id: delivery.site,
            value: told.map(|value| i64::try_from(value).unwrap_or(i64::MAX)),
            asked_at: now,
        }
        .into_active_model()
    });
    let kept = Func::coalesce([
        Expr::col(("excluded", Column::Value)),
        Expr::col((statistic::Entity, Column::Value)),
    ]);
    statistic::Entity::insert_many(rows)
        .on_conflict(
            OnConflict::columns([Column::DeliveryId, Column::Day, Column::Metric])
                .value(Column::Value, kept)
                .update_column(Column::AskedAt)
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The figures of a delivery of a site, day by day.
pub async fn list_statistics(
    db: &impl ConnectionTrait,
    site: SiteId,
    delivery: DeliveryId,
    since: NaiveDate,
) -> Result<Vec<Statistic>> {
    let rows = statistic::Entity::find()
        .filter(Column::SiteId.eq(site))
        .filter(Column::DeliveryId.eq(delivery))
        .filter(Column::Day.gte(since.to_string()))
        .order_by_asc(Column::Day)
        .order_by_asc(Column::Metric)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Statistic {
                delivery: row.delivery_id,
                day: read_day(&row.day)?,
                metric: word("metric", &row.metric, Metric::parse)?,
                value: row.value,
            })
        })
        .collect()
}

/// Stories of a site by what they gained from one day to another, the best first. What an item had before is taken
/// off; where nobody asked before, its first figure of these days is, unless it went live in them.
pub async fn list_best(
    db: &impl ConnectionTrait,
    site: SiteId,
    metric: Metric,
    days: (NaiveDate, NaiveDate),
    from: Timestamp,
    limit: u32,
) -> Result<Vec<(ItemId, i64)>> {
    let sql = "SELECT g.source_id AS source_id, CAST(SUM(g.gain) AS BIGINT) AS gain FROM ( \
               SELECT d.source_id AS source_id, MAX(CASE WHEN s.day >= $3 THEN s.value END) - COALESCE( \
                 MAX(CASE WHEN s.day < $3 THEN s.value END), \
                 CASE WHEN d.published_at >= $5 THEN 0 ELSE MIN(CASE WHEN s.day >= $3 THEN s.value END) END) AS gain \
               FROM statistic s JOIN delivery d ON d.id = s.delivery_id \
               WHERE s.site_id = $1 AND s.metric = $2 AND s.day <= $4 AND d.source_kind = 'story' \
               GROUP BY d.id, d.source_id, d.published_at) g \
               WHERE g.gain > 0 GROUP BY g.source_id ORDER BY gain DESC, g.source_id LIMIT $6";
    let rows = db
        .query_all_raw(Statement::from_sql_and_values(
            db.get_database_backend(),
            sql,
            [
                site.into(),
                metric.as_str().into(),
                days.0.to_string().into(),
                days.1.to_string().into(),
                from.into(),
                i64::from(limit).into(),
            ],
        ))
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok((
                row.try_get::<ItemId>("", "source_id")?,
                row.try_get::<i64>("", "gain")?,
            ))
        })
        .collect()
}
