//! Queries on the ledger of effects.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _,
};
use serde_json::Value;

use crate::{
    clock::Timestamp,
    db::entity::effect,
    delivery::Verdict,
    error::Result,
    id::{DeliveryId, UserId},
};

/// Writes down that an effect is about to be caused. `false`: it was armed before and is not known to have
/// failed, so it must not be caused again.
pub async fn arm_effect(
    db: &impl ConnectionTrait,
    key: &str,
    delivery: DeliveryId,
    step: &str,
    now: Timestamp,
) -> Result<bool> {
    let row = effect::Model {
        effect_key: key.to_owned(),
        delivery_id: delivery,
        step: step.to_owned(),
        first_armed_at: now,
        verdict: Verdict::Unknown.as_str().to_owned(),
        evidence: Value::Null,
        decided_by: None,
        decided_at: None,
    };
    let inserted = effect::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([effect::Column::EffectKey])
        .exec_without_returning(db)
        .await?;
    if matches!(inserted, sea_orm::TryInsertResult::Inserted(1)) {
        return Ok(true);
    }
    let rearmed = effect::Entity::update_many()
        .set(effect::ActiveModel {
            verdict: Set(Verdict::Unknown.as_str().to_owned()),
            decided_at: Set(None),
            ..Default::default()
        })
        .filter(effect::Column::EffectKey.eq(key))
        .filter(effect::Column::Verdict.eq(Verdict::NotHappened.as_str()))
        .exec(db)
        .await?;
    Ok(rearmed.rows_affected == 1)
}

/// Writes down what became of an effect, how we know, and who said so.
pub async fn decide_effect(
    db: &impl ConnectionTrait,
    key: &str,
    verdict: Verdict,
    evidence: Value,
    decided_by: Option<UserId>,
    now: Timestamp,
) -> Result<()> {
    effect::Entity::update_many()
        .set(effect::ActiveModel {
            verdict: Set(verdict.as_str().to_owned()),
            evidence: Set(evidence),
            decided_by: Set(decided_by),
            decided_at: Set(Some(now)),
            ..Default::default()
        })
        .filter(effect::Column::EffectKey.eq(key))
        .exec(db)
        .await?;
    Ok(())
}
