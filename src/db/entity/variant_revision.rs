//! Variants as they are sent.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{ItemId, RevisionId, SiteId, UserId, VariantRevisionId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "variant_revision")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VariantRevisionId,
    pub site_id: SiteId,
    pub item_id: ItemId,
    pub revision_id: RevisionId,
    pub channel: String,
    pub lane: String,
    pub content_hash: String,
    pub frozen: Json,
    pub approved_by: Option<UserId>,
    pub created_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
