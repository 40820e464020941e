//! When the grant of an account ends, and for which end and how long before it people were told.

use sea_orm_migration::prelude::*;

use crate::column::optional_instant;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alarm_s = ColumnDef::new("grant_alarm_s").integer().null().take();
        for column in [
            optional_instant("grant_expires_at"),
            optional_instant("grant_alarm_for"),
            alarm_s,
        ] {
            let add = Table::alter()
                .table("channel_account")
                .add_column(column)
                .take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }
}
