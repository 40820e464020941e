//! Products.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{CategoryId, ProductId, SiteId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "product")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductId,
    pub site_id: SiteId,
    pub sku: String,
    pub name: String,
    pub brief: String,
    pub price_fen: i64,
    pub category_id: Option<CategoryId>,
    pub attributes: Json,
    pub pictures: Json,
    pub paths: Json,
    pub is_published: bool,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub archived_at: Option<Timestamp>,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
