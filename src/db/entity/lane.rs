//! Queues of deliveries to one account.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{AccountId, LaneId, SiteId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lane")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LaneId,
    pub site_id: SiteId,
    pub account_id: AccountId,
    pub name: String,
    pub next_eligible_at: Timestamp,
    pub max_in_flight: i32,
    pub last_served_at: Timestamp,
    pub paused_reason: Option<String>,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
