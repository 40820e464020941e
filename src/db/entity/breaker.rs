//! Circuit breakers of ways to platforms.

use sea_orm::entity::prelude::*;

use crate::clock::Timestamp;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "breaker")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub lane: String,
    pub is_open: bool,
    pub opened_at: Timestamp,
    pub probe_at: Timestamp,
    pub trip_count: i32,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
