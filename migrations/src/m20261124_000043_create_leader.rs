//! Who runs a sweep for all nodes.

use sea_orm_migration::prelude::*;

use crate::column::{big_integer, instant, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("leader")
                    .col(ColumnDef::new("name").text().not_null().primary_key())
                    .col(text("owner"))
                    .col(instant("leads_until"))
                    .col(big_integer("term"))
                    .take(),
            )
            .await
    }
}
