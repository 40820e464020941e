//! Who did what.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{AuditEntryId, SiteId, UserId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEntryId,
    pub site_id: SiteId,
    pub user_id: Option<UserId>,
    pub action: String,
    pub subject: Option<String>,
    pub details: Json,
    pub outcome: Option<String>,
    pub address: Option<String>,
    pub created_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
