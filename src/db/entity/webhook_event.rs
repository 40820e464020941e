//! What happened, as webhooks tell it.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{SiteId, WebhookEventId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_event")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookEventId,
    pub site_id: SiteId,
    pub origin: String,
    pub topic: String,
    pub body: String,
    pub occurred_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
