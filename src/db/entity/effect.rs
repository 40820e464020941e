//! The ledger of effects: what was armed, and what became of it.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{DeliveryId, UserId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "effect")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub effect_key: String,
    pub delivery_id: DeliveryId,
    pub step: String,
    pub first_armed_at: Timestamp,
    pub verdict: String,
    pub evidence: Json,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Timestamp>,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
