//! Calls that platforms made to us: each counts once, however often it is delivered.

use sea_orm_migration::prelude::*;

use crate::column::{instant, link, reference, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("platform_call")
                    .col(reference("account_id"))
                    .col(text("message_id"))
                    .col(instant("received_at"))
                    .primary_key(Index::create().col("account_id").col("message_id"))
                    .foreign_key(&mut link(
                        ("platform_call", "account_id"),
                        "channel_account",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await
    }
}
