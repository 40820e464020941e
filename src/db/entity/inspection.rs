//! What platforms said of contents before they were published.

use sea_orm::entity::prelude::*;

use crate::{clock::Timestamp, id::SiteId};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "inspection")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: SiteId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub content_hash: String,
    pub said: Json,
    pub inspected_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
