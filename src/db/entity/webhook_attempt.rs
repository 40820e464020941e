//! Tries of sending an event to a webhook.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{WebhookAttemptId, WebhookMessageId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_attempt")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookAttemptId,
    pub message_id: WebhookMessageId,
    pub started_at: Timestamp,
    pub duration_ms: i64,
    pub http_status: Option<i32>,
    pub error: Option<String>,
    pub request: Json,
    pub response: Json,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
