//! What lists for readers show of an item, without its text, so that a list reads one row for each entry.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table("item")
                    .add_column(ColumnDef::new("published_card").json_binary().null())
                    .take(),
            )
            .await?;
        let card = match manager.get_database_backend() {
            DbBackend::Postgres => "content - 'body'",
            _ => "json_remove(content, '$.body')",
        };
        manager
            .get_connection()
            .execute_unprepared(&format!(
                "UPDATE item SET published_card = \
                 (SELECT {card} FROM revision WHERE revision.id = item.published_revision_id) \
                 WHERE published_revision_id IS NOT NULL"
            ))
            .await?;
        Ok(())
    }
}
