//! The database of Fenfa over time: forwards only, each change in a file of its own, never edited once merged.

mod column;
mod m20261124_000001_create_site;
mod m20261124_000002_create_user;
mod m20261124_000003_create_api_key;
mod m20261124_000010_create_asset;
mod m20261124_000020_create_item;
mod m20261124_000021_create_product;
mod m20261124_000022_index_item_title;
mod m20261124_000030_create_variant;
mod m20261124_000040_create_account;
mod m20261124_000041_create_delivery;
mod m20261124_000042_create_effect;
mod m20261124_000043_create_leader;
mod m20261125_000004_create_audit_entry;
mod m20261125_000023_add_item_card;
mod m20261125_000050_create_pause;
mod m20261125_000051_create_missed_rule;
mod m20261125_000052_create_breaker;
mod m20261125_000053_add_withdrawal;
mod m20261125_000054_create_approval;
mod m20261125_000060_create_job;
mod m20261125_000061_create_recurring_job;
mod m20261125_000062_create_statistic;
mod m20261125_000063_create_webhook;
mod m20261125_000070_index_delivery_review;
mod m20261125_000071_add_attempt_found;
mod m20261125_000072_add_account_grant;
mod m20261126_000080_create_platform_call;
mod m20261126_000081_create_inspection;
mod m20261126_000082_create_presence;
mod m20261127_000090_add_site_blackouts;
mod m20261127_000091_create_app_link;
mod m20261127_000093_create_sign_in;
mod m20261127_000094_create_inspection_part;
mod m20261127_000095_create_removal_file;

use sea_orm_migration::{MigrationTrait, async_trait};
pub use sea_orm_migration::{MigratorTrait, SchemaManager};

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_create_site::Migration),
            Box::new(m20261124_000002_create_user::Migration),
            Box::new(m20261124_000003_create_api_key::Migration),
            Box::new(m20261124_000010_create_asset::Migration),
            Box::new(m20261124_000020_create_item::Migration),
            Box::new(m20261124_000021_create_product::Migration),
            Box::new(m20261124_000022_index_item_title::Migration),
            Box::new(m20261124_000030_create_variant::Migration),
            Box::new(m20261124_000040_create_account::Migration),
            Box::new(m20261124_000041_create_delivery::Migration),
            Box::new(m20261124_000042_create_effect::Migration),
            Box::new(m20261124_000043_create_leader::Migration),
            Box::new(m20261125_000004_create_audit_entry::Migration),
            Box::new(m20261125_000023_add_item_card::Migration),
            Box::new(m20261125_000050_create_pause::Migration),
            Box::new(m20261125_000051_create_missed_rule::Migration),
            Box::new(m20261125_000052_create_breaker::Migration),
            Box::new(m20261125_000053_add_withdrawal::Migration),
            Box::new(m20261125_000054_create_approval::Migration),
            Box::new(m20261125_000060_create_job::Migration),
            Box::new(m20261125_000061_create_recurring_job::Migration),
            Box::new(m20261125_000062_create_statistic::Migration),
            Box::new(m20261125_000063_create_webhook::Migration),
            Box::new(m20261125_000070_index_delivery_review::Migration),
            Box::new(m20261125_000071_add_attempt_found::Migration),
            Box::new(m20261125_000072_add_account_grant::Migration),
            Box::new(m20261126_000080_create_platform_call::Migration),
            Box::new(m20261126_000081_create_inspection::Migration),
            Box::new(m20261126_000082_create_presence::Migration),
            Box::new(m20261127_000090_add_site_blackouts::Migration),
            Box::new(m20261127_000091_create_app_link::Migration),
            Box::new(m20261127_000093_create_sign_in::Migration),
            Box::new(m20261127_000094_create_inspection_part::Migration),
            Box::new(m20261127_000095_create_removal_file::Migration),
        ]
    }
}
