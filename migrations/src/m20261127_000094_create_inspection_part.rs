//! What platforms said later of single parts of contents, by their own number of the part.

use sea_orm_migration::prelude::*;

use crate::column::{index, instant, link, optional_json, reference, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("inspection_part")
                    .col(reference("site_id"))
                    .col(text("channel"))
                    .col(text("reference"))
                    .col(text("content_hash"))
                    .col(text("name"))
                    .col(instant("until"))
                    .col(optional_json("said"))
                    .primary_key(
                        Index::create()
                            .col("site_id")
                            .col("channel")
                            .col("reference"),
                    )
                    .foreign_key(&mut link(
                        ("inspection_part", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(index(
                "inspection_part_content",
                "inspection_part",
                &["site_id", "channel", "content_hash"],
            ))
            .await
    }
}
