//! Circuit breakers: ways to platforms that are down, by channel and lane.

use sea_orm_migration::prelude::*;

use crate::column::{boolean, instant, integer, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("breaker")
                    .col(text("channel"))
                    .col(text("lane"))
                    .col(boolean("is_open"))
                    .col(instant("opened_at"))
                    .col(instant("probe_at"))
                    .col(integer("trip_count"))
                    .primary_key(Index::create().col("channel").col("lane"))
                    .take(),
            )
            .await
    }
}
