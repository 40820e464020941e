//! Systems of a site's own that hear of events.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{SiteId, UserId, WebhookId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookId,
    pub site_id: SiteId,
    pub name: String,
    pub url: String,
    pub topics: Json,
    pub secret: Vec<u8>,
    pub previous_secret: Option<Vec<u8>>,
    pub previous_until: Option<Timestamp>,
    pub paused_at: Option<Timestamp>,
    pub pause_reason: Option<String>,
    pub failing_since: Option<Timestamp>,
    pub last_success_at: Option<Timestamp>,
    pub created_by: Option<UserId>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
