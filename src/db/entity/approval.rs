//! Approvals of variants.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{ApprovalId, ItemId, RevisionId, SiteId, UserId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "approval")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApprovalId,
    pub site_id: SiteId,
    pub item_id: ItemId,
    pub revision_id: RevisionId,
    pub channel: String,
    pub content_hash: String,
    pub approved_by: Option<UserId>,
    pub approved_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
