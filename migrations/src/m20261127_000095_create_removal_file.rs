//! Files with which a person has a platform forget what was taken down, and which takedowns stand in each.

use sea_orm_migration::prelude::*;

use crate::column::{
    id, index, instant, json, link, optional_instant, optional_reference, reference, text,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("removal_file")
                    .col(id())
                    .col(reference("site_id"))
                    .col(reference("account_id"))
                    .col(text("lane"))
                    .col(json("deliveries"))
                    .col(optional_reference("made_by"))
                    .col(instant("made_at"))
                    .col(optional_instant("uploaded_at"))
                    .foreign_key(&mut link(
                        ("removal_file", "account_id"),
                        "channel_account",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(index(
                "removal_file_account",
                "removal_file",
                &["account_id"],
            ))
            .await
    }
}
