//! Stories and videos.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{CategoryId, ItemId, RevisionId, SiteId, UserId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "item")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ItemId,
    pub site_id: SiteId,
    pub kind: String,
    pub slug: String,
    pub title: String,
    pub category_id: Option<CategoryId>,
    pub version: i32,
    pub revision_id: RevisionId,
    pub published_revision_id: Option<RevisionId>,
    pub published_category_id: Option<CategoryId>,
    pub published_card: Option<Json>,
    pub source_id: Option<String>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub first_published_at: Option<Timestamp>,
    pub published_at: Option<Timestamp>,
    pub archived_at: Option<Timestamp>,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
