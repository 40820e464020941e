//! Work that operators have repeated by the calendar.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{RecurringJobId, SiteId, UserId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recurring_job")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RecurringJobId,
    pub site_id: SiteId,
    pub name: String,
    pub kind: String,
    pub work: Json,
    pub expression: String,
    pub zone: String,
    pub memory: Json,
    pub paused_at: Option<Timestamp>,
    pub created_by: Option<UserId>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
