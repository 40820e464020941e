//! Deliveries: one variant to one account.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{AccountId, DeliveryId, ItemId, LaneId, RevisionId, SiteId, UserId, VariantRevisionId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub site_id: SiteId,
    pub source_kind: String,
    pub source_id: ItemId,
    pub revision_id: RevisionId,
    pub variant_revision_id: VariantRevisionId,
    pub content_hash: String,
    pub channel: String,
    pub account_id: AccountId,
    pub lane_id: LaneId,
    pub lane: String,
    pub intent: String,
    pub parent_delivery_id: Option<DeliveryId>,
    pub title: String,
    pub state: String,
    pub reason: Option<String>,
    pub reason_params: Json,
    pub wall_time: String,
    pub zone: String,
    pub due_at: Timestamp,
    pub give_up_at: Timestamp,
    pub next_run_at: Option<Timestamp>,
    pub priority: i32,
    pub lease_owner: Option<String>,
    pub lease_token: i64,
    pub lease_until: Option<Timestamp>,
    pub attempt: i32,
    pub expiry_count: i32,
    pub error_count: i32,
    pub external_id: Option<String>,
    pub external_url: Option<String>,
    pub is_assumed: bool,
    pub marker: String,
    pub occurrence: i32,
    pub dedup_key: String,
    pub created_by: Option<UserId>,
    pub published_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
    pub missed_policy: String,
    pub missed_window_s: i32,
    pub approved_hash: Option<String>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
