//! Links and codes that open a story or video in a channel's mini-program, until they end.

use sea_orm_migration::prelude::*;

use crate::column::{instant, link, optional_instant, optional_text, reference, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("app_link")
                    .col(reference("site_id"))
                    .col(reference("account_id"))
                    .col(reference("item_id"))
                    .col(text("kind"))
                    .col(text("page"))
                    .col(optional_text("address"))
                    .col(ColumnDef::new("picture").blob().not_null())
                    .col(optional_instant("ends_at"))
                    .col(instant("made_at"))
                    .primary_key(Index::create().col("account_id").col("item_id").col("kind"))
                    .foreign_key(&mut link(
                        ("app_link", "account_id"),
                        "channel_account",
                        ForeignKeyAction::Cascade,
                    ))
                    .foreign_key(&mut link(
                        ("app_link", "item_id"),
                        "item",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await
    }
}
