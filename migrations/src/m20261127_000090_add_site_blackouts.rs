//! Spans in which a site does not want to publish.

use sea_orm_migration::prelude::*;

use crate::column::json;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("site")
            .add_column(json("blackouts").default("[]"))
            .take();
        manager.alter_table(add).await
    }
}
