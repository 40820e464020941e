//! Sites.

use sea_orm::entity::prelude::*;

use crate::{clock::Timestamp, id::SiteId};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "site")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SiteId,
    pub key: String,
    pub name: String,
    pub locale: String,
    pub zone: String,
    pub base_url: String,
    pub is_official: bool,
    pub needs_approval: bool,
    pub brand_words: Json,
    pub path_template: String,
    pub mini_programs: Json,
    pub blackouts: Json,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
