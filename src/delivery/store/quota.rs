//! Queries on calendar allowances.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, IntoActiveModel as _,
    QueryFilter as _, sea_query::Expr,
};

use crate::{
    db::entity::quota_window::{self, Column},
    delivery::quota::Window,
    error::Result,
};

/// An allowance of one account in one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// Whose it is.
    pub scope: String,
    /// Its name.
    pub name: String,
    /// Its day or month.
    pub window: Window,
    /// How many.
    pub allowed: u32,
}

/// The source of a bound that a platform told, over that which was declared.
const LEARNED: &str = "learned";

fn number(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

fn of(allowance: &Allowance) -> sea_orm::UpdateMany<quota_window::Entity> {
    quota_window::Entity::update_many()
        .filter(Column::Scope.eq(&allowance.scope))
        .filter(Column::Name.eq(&allowance.name))
        .filter(Column::WindowStart.eq(allowance.window.start))
}

async fn ensure(db: &impl ConnectionTrait, allowance: &Allowance) -> Result<()> {
    let row = quota_window::Model {
        scope: allowance.scope.clone(),
        name: allowance.name.clone(),
        window_start: allowance.window.start,
        allowed: number(allowance.allowed),
        used: 0,
        reserved: 0,
        resets_at: allowance.window.resets_at,
        source: "declared".to_owned(),
    };
    quota_window::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([Column::Scope, Column::Name, Column::WindowStart])
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Sets units aside; `false` when there are not so many left.
pub async fn reserve(db: &impl ConnectionTrait, allowance: &Allowance, units: u32) -> Result<bool> {
    ensure(db, allowance).await?;
    let taken = Expr::col(Column::Used).add(Expr::col(Column::Reserved));
    // A platform that said "used up" is believed over what was declared.
    let bound = Expr::case(
        Expr::col(Column::Source).eq(LEARNED),
        Expr::col(Column::Allowed),
    )
    .finally(number(allowance.allowed));
    let reserved = of(allowance)
        .col_expr(
            Column::Reserved,
            Expr::col(Column::Reserved).add(number(units)),
        )
        .filter(taken.add(number(units)).lte(Expr::expr(bound)))
        .exec(db)
        .await?;
    Ok(reserved.rows_affected == 1)
}

/// Ends a reservation: the units are used, or free again.
pub async fn settle(
    db: &impl ConnectionTrait,
    allowance: &Allowance,
    units: u32,
    is_used: bool,
) -> Result<()> {
    let mut update = of(allowance).col_expr(
        Column::Reserved,
        Expr::col(Column::Reserved).sub(number(units)),
    );
    if is_used {
        update = update.col_expr(Column::Used, Expr::col(Column::Used).add(number(units)));
    }
    update
        .filter(Column::Reserved.gte(number(units)))
        .exec(db)
        .await?;
    Ok(())
}

/// Believes a platform that says an allowance is used up.
pub async fn exhaust(db: &impl ConnectionTrait, allowance: &Allowance) -> Result<()> {
    ensure(db, allowance).await?;
    of(allowance)
        .col_expr(
            Column::Allowed,
            Expr::col(Column::Used).add(Expr::col(Column::Reserved)),
        )
        .col_expr(Column::Source, Expr::value(LEARNED))
        .exec(db)
        .await?;
    Ok(())
}

/// Believes a platform that says how much is left of an allowance.
pub async fn learn(db: &impl ConnectionTrait, allowance: &Allowance, left: u32) -> Result<()> {
    ensure(db, allowance).await?;
    of(allowance)
        .col_expr(Column::Allowed, Expr::col(Column::Used).add(number(left)))
        .col_expr(Column::Source, Expr::value(LEARNED))
        .exec(db)
        .await?;
    Ok(())
}

/// How much of an allowance is used and set aside, and how much there is in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Used and set aside.
    pub taken: u32,
    /// In all: what the platform said, else what was declared.
    pub allowed: u32,
}

/// How an allowance stands.
pub async fn usage(db: &impl ConnectionTrait, allowance: &Allowance) -> Result<Usage> {
    let key = (
        allowance.scope.clone(),
        allowance.name.clone(),
        allowance.window.start,
    );
    let row = quota_window::Entity::find_by_id(key).one(db).await?;
    Ok(row.map_or(
        Usage {
            taken: 0,
            allowed: allowance.allowed,
        },
        |row| Usage {
            taken: u32::try_from(row.used + row.reserved).unwrap_or(0),
            allowed: if row.source == LEARNED {
                u32::try_from(row.allowed).unwrap_or(0)
            } else {
                allowance.allowed
            },
        },
    ))
}
