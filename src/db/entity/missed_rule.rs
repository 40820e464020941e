//! What becomes of deliveries of a story or video that are late.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{ItemId, SiteId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "missed_rule")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: ItemId,
    pub site_id: SiteId,
    pub policy: String,
    pub window_s: i32,
    pub updated_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
