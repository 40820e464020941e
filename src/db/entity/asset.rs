//! Original files.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{AssetId, SiteId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "asset")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssetId,
    pub site_id: SiteId,
    pub sha256: String,
    pub name: String,
    pub kind: String,
    pub mime: String,
    pub size_bytes: i64,
    pub width: i32,
    pub height: i32,
    pub is_animated: bool,
    pub alt: String,
    pub focal_x: f64,
    pub focal_y: f64,
    pub video: Option<Json>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub archived_at: Option<Timestamp>,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
