//! When what a delivery made live was taken down again.

use sea_orm_migration::prelude::*;

use crate::column::{index, optional_instant};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table("delivery")
                    .add_column(optional_instant("withdrawn_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index(
                "delivery_parent",
                "delivery",
                &["parent_delivery_id"],
            ))
            .await
    }
}
