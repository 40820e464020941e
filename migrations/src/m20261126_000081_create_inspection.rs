//! What platforms said of contents before they were published, by the hash of the content.

use sea_orm_migration::prelude::*;

use crate::column::{instant, json, link, reference, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("inspection")
                    .col(reference("site_id"))
                    .col(text("channel"))
                    .col(text("content_hash"))
                    .col(json("said"))
                    .col(instant("inspected_at"))
                    .primary_key(
                        Index::create()
                            .col("site_id")
                            .col("channel")
                            .col("content_hash"),
                    )
                    .foreign_key(&mut link(
                        ("inspection", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await
    }
}
