//! What a look on the platform found, and whether the bodies of a try's calls were taken out.

use sea_orm_migration::prelude::*;

use crate::column::{optional_instant, optional_json};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in [optional_json("found"), optional_instant("thinned_at")] {
            let add = Table::alter().table("attempt").add_column(column).take();
            manager.alter_table(add).await?;
        }
        manager
            .create_index(
                Index::create()
                    .name("attempt_thick")
                    .table("attempt")
                    .col("started_at")
                    .and_where(Expr::cust("thinned_at IS NULL"))
                    .take(),
            )
            .await
    }
}
