//! Files with which a person has a platform forget what was taken down.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{AccountId, RemovalFileId, SiteId, UserId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "removal_file")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RemovalFileId,
    pub site_id: SiteId,
    pub account_id: AccountId,
    pub lane: String,
    pub deliveries: Json,
    pub made_by: Option<UserId>,
    pub made_at: Timestamp,
    pub uploaded_at: Option<Timestamp>,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
