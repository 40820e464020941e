//! The steps of deliveries.

use sea_orm::entity::prelude::*;

use crate::{clock::Timestamp, id::DeliveryId};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery_step")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery_id: DeliveryId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    pub name: String,
    pub kind: String,
    pub state: String,
    pub input_hash: String,
    pub deadline_ms: i64,
    pub quota: Json,
    pub armed_at: Option<Timestamp>,
    pub call_deadline_at: Option<Timestamp>,
    pub quiet_until: Option<Timestamp>,
    pub handle: Json,
    pub output: Option<Json>,
    pub resend_count: i32,
    pub look_count: i32,
    pub ended_at: Option<Timestamp>,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
