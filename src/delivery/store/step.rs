//! Queries on steps and attempts.

use std::{collections::HashMap, time::Duration};

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, sea_query::SelectStatement,
};
use serde_json::Value;

use super::{from_json, name_of, to_json, word};
use crate::{
    channels::{Exchange, Step},
    clock::Timestamp,
    db::entity::{attempt, delivery, delivery_step},
    delivery::{Attempt, DeliveryState, DeliveryStep, Sent, StepState},
    error::Result,
    id::{AttemptId, DeliveryId, SiteId},
};

/// The most attempts that are shown of a delivery.
const SHOWN_ATTEMPTS: u64 = 200;

fn read(row: delivery_step::Model) -> Result<DeliveryStep> {
    Ok(DeliveryStep {
        seq: row.seq,
        step: Step {
            name: row.name,
            kind: from_json(row.kind.into())?,
            deadline: Duration::from_millis(u64::try_from(row.deadline_ms).unwrap_or(0)),
            quota: from_json(row.quota)?,
        },
        state: word("step state", &row.state, StepState::parse)?,
        input_hash: row.input_hash,
        armed_at: row.armed_at,
        call_deadline_at: row.call_deadline_at,
        quiet_until: row.quiet_until,
        handle: row.handle,
        output: row.output.map(from_json).transpose()?,
        resend_count: u32::try_from(row.resend_count).unwrap_or(0),
        look_count: u32::try_from(row.look_count).unwrap_or(0),
        ended_at: row.ended_at,
    })
}

pub async fn insert_steps(
    db: &impl ConnectionTrait,
    delivery: DeliveryId,
    steps: &[DeliveryStep],
) -> Result<(), DbErr> {
    let rows = steps.iter().map(|step| {
        Ok(delivery_step::Model {
            delivery_id: delivery,
            seq: step.seq,
            name: step.step.name.clone(),
            kind: name_of(step.step.kind)?,
            state: step.state.as_str().to_owned(),
            input_hash: step.input_hash.clone(),
            deadline_ms: i64::try_from(step.step.deadline.as_millis()).unwrap_or(i64::MAX),
            quota: to_json(&step.step.quota)?,
            armed_at: None,
            call_deadline_at: None,
            quiet_until: None,
            handle: step.handle.clone(),
            output: None,
            resend_count: 0,
            look_count: 0,
            ended_at: None,
        }
        .into_active_model()
        .reset_all())
    });
    let rows: Result<Vec<_>> = rows.collect();
    let rows = rows.map_err(|error| DbErr::Custom(error.to_string()))?;
    delivery_step::Entity::insert_many(rows)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Forgets the steps of a delivery of which nothing was sent.
pub async fn delete_steps(db: &impl ConnectionTrait, delivery: DeliveryId) -> Result<()> {
    delivery_step::Entity::delete_many()
        .filter(delivery_step::Column::DeliveryId.eq(delivery))
        .exec(db)
        .await?;
    Ok(())
}

/// The steps of a delivery in order.
pub async fn list_steps(
    db: &impl ConnectionTrait,
    delivery: DeliveryId,
) -> Result<Vec<DeliveryStep>> {
    let rows = delivery_step::Entity::find()
        .filter(delivery_step::Column::DeliveryId.eq(delivery))
        .order_by_asc(delivery_step::Column::Seq)
        .all(db)
        .await?;
    rows.into_iter().map(read).collect()
}

/// Writes what changes in a step's life. The delivery must have been saved under its guard in the same
/// transaction.
pub async fn save_step(
    db: &impl ConnectionTrait,
    delivery: DeliveryId,
    step: &DeliveryStep,
) -> Result<()> {
    delivery_step::Entity::update_many()
        .set(delivery_step::ActiveModel {
            state: Set(step.state.as_str().to_owned()),
            armed_at: Set(step.armed_at),
            call_deadline_at: Set(step.call_deadline_at),
            quiet_until: Set(step.quiet_until),
            handle: Set(step.handle.clone()),
            output: Set(step.output.as_ref().map(to_json).transpose()?),
            resend_count: Set(i32::try_from(step.resend_count).unwrap_or(i32::MAX)),
            look_count: Set(i32::try_from(step.look_count).unwrap_or(i32::MAX)),
            ended_at: Set(step.ended_at),
            ..Default::default()
        })
        .filter(delivery_step::Column::DeliveryId.eq(delivery))
        .filter(delivery_step::Column::Seq.eq(step.seq))
        .exec(db)
        .await?;
    Ok(())
}

/// Keeps what the platform gave us on the way.
pub async fn save_handle(
    db: &impl ConnectionTrait,
    delivery: DeliveryId,
    seq: i32,
    handle: &Value,
) -> Result<()> {
    delivery_step::Entity::update_many()
        .set(delivery_step::ActiveModel {
            handle: Set(handle.clone()),
            ..Default::default()
        })
        .filter(delivery_step::Column::DeliveryId.eq(delivery))
        .filter(delivery_step::Column::Seq.eq(seq))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn insert_attempt(
    db: &impl ConnectionTrait,
    delivery: DeliveryId,
    attempt: &Attempt,
) -> Result<()> {
    let row = attempt::Model {
        id: attempt.id,
        delivery_id: delivery,
        step: attempt.step.clone(),
        started_at: attempt.started_at,
        ended_at: attempt.ended_at,
        class: attempt.class.clone(),
        sent: attempt.sent.as_str().to_owned(),
        message: attempt.message.clone(),
        http_status: attempt.http_status.map(i32::from),
        channel_code: attempt.channel_code.clone(),
        channel_request_id: attempt.channel_request_id.clone(),
        exchanges: to_json(&attempt.exchanges)?,
        duration_ms: i64::try_from(attempt.duration_ms).unwrap_or(i64::MAX),
        found: attempt.found.clone(),
        thinned_at: attempt.thinned_at,
    };
    attempt::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The steps of deliveries of a site, in order.
pub async fn list_steps_of(
    db: &impl ConnectionTrait,
    site: SiteId,
    deliveries: &[DeliveryId],
) -> Result<HashMap<DeliveryId, Vec<DeliveryStep>>> {
    let rows = delivery_step::Entity::find()
        .filter(delivery_step::Column::DeliveryId.in_subquery(of_site(site, deliveries)))
        .order_by_asc(delivery_step::Column::Seq)
        .all(db)
        .await?;
    let mut found = HashMap::<_, Vec<_>>::new();
    for row in rows {
        found.entry(row.delivery_id).or_default().push(read(row)?);
    }
    Ok(found)
}

/// The latest attempts of deliveries of a site, in the order in which they were made.
pub async fn list_attempts_of(
    db: &impl ConnectionTrait,
    site: SiteId,
    deliveries: &[DeliveryId],
) -> Result<HashMap<DeliveryId, Vec<Attempt>>> {
    let mut rows = attempt::Entity::find()
        .filter(attempt::Column::DeliveryId.in_subquery(of_site(site, deliveries)))
        .order_by_desc(attempt::Column::Id)
        .limit(SHOWN_ATTEMPTS * u64::try_from(deliveries.len()).unwrap_or(1))
        .all(db)
        .await?;
    rows.reverse();
    let mut found = HashMap::<_, Vec<_>>::new();
    for row in rows {
        found
            .entry(row.delivery_id)
            .or_default()
            .push(read_attempt(row)?);
    }
    Ok(found)
}

/// Tries whose bodies are still there, of deliveries that ended before then; the oldest first.
pub async fn list_thick_attempts(
    db: &impl ConnectionTrait,
    before: Timestamp,
    limit: u64,
) -> Result<Vec<(AttemptId, Vec<Exchange>)>> {
    let ended = DeliveryState::ALL.iter().filter(|state| state.is_final());
    let ended = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::Id)
        .filter(delivery::Column::State.is_in(ended.map(|state| state.as_str())))
        .filter(delivery::Column::EndedAt.lt(before))
        .into_query();
    let rows: Vec<(AttemptId, Value)> = attempt::Entity::find()
        .select_only()
        .columns([attempt::Column::Id, attempt::Column::Exchanges])
        .filter(attempt::Column::ThinnedAt.is_null())
        .filter(attempt::Column::StartedAt.lt(before))
        .filter(attempt::Column::DeliveryId.in_subquery(ended))
        .order_by_asc(attempt::Column::StartedAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(id, exchanges)| Ok((id, from_json(exchanges)?)))
        .collect()
}

/// Keeps only this of a try's calls.
pub async fn thin_attempt(
    db: &impl ConnectionTrait,
    id: AttemptId,
    exchanges: &[Exchange],
    now: Timestamp,
) -> Result<()> {
    attempt::Entity::update_many()
        .set(attempt::ActiveModel {
            exchanges: Set(to_json(&exchanges)?),
            thinned_at: Set(Some(now)),
            ..Default::default()
        })
        .filter(attempt::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Those of the deliveries that belong to the site.
fn of_site(site: SiteId, deliveries: &[DeliveryId]) -> SelectStatement {
    delivery::Entity::find()
        .select_only()
        .column(delivery::Column::Id)
        .filter(delivery::Column::SiteId.eq(site))
        .filter(delivery::Column::Id.is_in(deliveries.iter().copied()))
        .into_query()
}

fn read_attempt(row: attempt::Model) -> Result<Attempt> {
    Ok(Attempt {
        id: row.id,
        step: row.step,
        started_at: row.started_at,
        ended_at: row.ended_at,
        class: row.class,
        sent: word("answer", &row.sent, Sent::parse)?,
        message: row.message,
        http_status: row.http_status.and_then(|status| status.try_into().ok()),
        channel_code: row.channel_code,
        channel_request_id: row.channel_request_id,
        exchanges: from_json(row.exchanges)?,
        duration_ms: u64::try_from(row.duration_ms).unwrap_or(0),
        found: row.found,
        thinned_at: row.thinned_at,
    })
}
