//! How far a follower has read the content's changes.

use sea_orm::entity::prelude::*;

use crate::clock::Timestamp;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "change_cursor")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub seq: i64,
    pub updated_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
