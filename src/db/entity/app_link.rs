//! Links and codes that open a story or video in a channel's mini-program.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{AccountId, ItemId, SiteId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "app_link")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    pub site_id: SiteId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: ItemId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    pub page: String,
    pub address: Option<String>,
    pub picture: Vec<u8>,
    pub ends_at: Option<Timestamp>,
    pub made_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
