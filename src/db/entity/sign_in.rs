//! People on their way to a platform's page and back.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{AccountId, SignInId, SiteId, UserId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignInId,
    pub site_id: SiteId,
    pub account_id: AccountId,
    pub user_id: UserId,
    pub state_hash: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub returned_at: Option<Timestamp>,
    pub outcome: Option<String>,
    pub message: Option<String>,
    pub external_id: Option<String>,
    pub external_name: Option<String>,
    pub tokens_enc: Option<Vec<u8>>,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
