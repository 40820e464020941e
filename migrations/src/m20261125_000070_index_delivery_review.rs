//! Finds what people are asked about without reading the history.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_index(
                Index::create()
                    .name("delivery_review")
                    .table("delivery")
                    .col("lane_id")
                    // As the query reads; a predicate of an index may not hold parameters.
                    .and_where(Expr::cust("state = 'needs_review'"))
                    .take(),
            )
            .await
    }
}
