//! Events on their way to webhooks.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{SiteId, WebhookEventId, WebhookId, WebhookMessageId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_message")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookMessageId,
    pub site_id: SiteId,
    pub webhook_id: WebhookId,
    pub event_id: WebhookEventId,
    pub topic: String,
    pub state: String,
    pub attempt_count: i32,
    pub first_attempt_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
