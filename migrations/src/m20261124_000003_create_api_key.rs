//! API keys for public reading.

use sea_orm_migration::prelude::*;

use crate::column::{id, index, instant, link, optional_instant, reference, text, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("api_key")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("name"))
                    .col(text("prefix"))
                    .col(text("key_hash"))
                    .col(instant("created_at"))
                    .col(optional_instant("revoked_at"))
                    .foreign_key(&mut link(
                        ("api_key", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("api_key_hash", "api_key", &["key_hash"]))
            .await?;
        manager
            .create_index(index("api_key_site", "api_key", &["site_id"]))
            .await
    }
}
