//! Our logins on channels.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{AccountId, SiteId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_account")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    pub site_id: SiteId,
    pub channel: String,
    pub name: String,
    pub external_id: Option<String>,
    pub status: String,
    pub status_note: Option<String>,
    pub settings: Json,
    pub credentials_enc: Option<Vec<u8>>,
    pub tokens_enc: Option<Vec<u8>>,
    pub token_version: i32,
    pub token_expires_at: Option<Timestamp>,
    pub refresh_owner: Option<String>,
    pub refresh_until: Option<Timestamp>,
    pub breaker_state: Option<String>,
    pub breaker_until: Option<Timestamp>,
    pub checked_at: Option<Timestamp>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub grant_expires_at: Option<Timestamp>,
    pub grant_alarm_for: Option<Timestamp>,
    pub grant_alarm_s: Option<i32>,
    pub external_name: Option<String>,
    pub lanes: Json,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
