//! Tries of steps, with their evidence.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{AttemptId, DeliveryId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "attempt")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttemptId,
    pub delivery_id: DeliveryId,
    pub step: String,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub class: Option<String>,
    pub sent: String,
    pub message: String,
    pub http_status: Option<i32>,
    pub channel_code: Option<String>,
    pub channel_request_id: Option<String>,
    pub exchanges: Json,
    pub duration_ms: i64,
    pub found: Option<Json>,
    pub thinned_at: Option<Timestamp>,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
