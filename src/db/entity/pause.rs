//! What people stopped.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{AccountId, ItemId, PauseId, SiteId, UserId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pause")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PauseId,
    pub site_id: SiteId,
    pub scope: String,
    pub channel: Option<String>,
    pub account_id: Option<AccountId>,
    pub source_id: Option<ItemId>,
    pub note: Option<String>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
