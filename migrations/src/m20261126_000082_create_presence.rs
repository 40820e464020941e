//! Who has an item open.

use sea_orm_migration::prelude::*;

use crate::column::{instant, link, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("presence")
                    .col(reference("item_id"))
                    .col(reference("user_id"))
                    .col(reference("site_id"))
                    .col(instant("seen_at"))
                    .primary_key(Index::create().col("item_id").col("user_id"))
                    .foreign_key(&mut link(
                        ("presence", "item_id"),
                        "item",
                        ForeignKeyAction::Cascade,
                    ))
                    .foreign_key(&mut link(
                        ("presence", "user_id"),
                        "user",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await
    }
}
