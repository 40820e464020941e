//! Occurrences of recurring jobs.

use sea_orm::entity::prelude::*;

use crate::{
    clock::Timestamp,
    id::{RecurringJobId, RunId, SiteId},
};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recurring_run")]
#[expect(missing_docs, reason = "columns are explained by the noun they become")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RunId,
    pub site_id: SiteId,
    pub recurring_job_id: RecurringJobId,
    pub occurrence_at: Timestamp,
    pub is_manual: bool,
    pub state: String,
    pub report: Json,
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// It has none that entities know of; stores join by hand.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
