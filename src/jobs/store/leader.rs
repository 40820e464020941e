//! Queries on leaders.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, IntoActiveModel as _, QueryFilter as _, TryInsertResult, sea_query::Expr,
};

use crate::{
    clock::Timestamp,
    db::entity::leader::{self, Column},
    error::Result,
};

/// Clocks of nodes may differ by this.
const SKEW: std::time::Duration = std::time::Duration::from_secs(5);

/// Takes or keeps the lead; `false` when somebody else has it.
pub async fn take_lead(
    db: &impl ConnectionTrait,
    name: &str,
    owner: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let free = Condition::any()
        .add(Column::Owner.eq(owner))
        .add(Column::LeadsUntil.lte(now))
        // A lead that ends later than ours would was taken by a clock that was set back since.
        .add(Column::LeadsUntil.gt(until.plus(SKEW)));
    let taken = leader::Entity::update_many()
        .set(leader::ActiveModel {
            owner: Set(owner.to_owned()),
            leads_until: Set(until),
            ..Default::default()
        })
        .col_expr(Column::Term, Expr::col(Column::Term).add(1))
        .filter(Column::Name.eq(name))
        .filter(free)
        .exec(db)
        .await?;
    if taken.rows_affected == 1 {
        return Ok(true);
    }
    let first = leader::Model {
        name: name.to_owned(),
        owner: owner.to_owned(),
        leads_until: until,
        term: 1,
    };
    let inserted = leader::Entity::insert(first.into_active_model())
        .on_conflict_do_nothing_on([Column::Name])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}
