//! Approvals of variants by people, each bound to the hash of what was approved.

use sea_orm_migration::prelude::*;

use crate::column::{
    boolean, id, index, instant, link, optional_reference, optional_text, reference, text,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("approval")
                    .col(id())
                    .col(reference("site_id"))
                    .col(reference("item_id"))
                    .col(reference("revision_id"))
                    .col(text("channel"))
                    .col(text("content_hash"))
                    .col(optional_reference("approved_by"))
                    .col(instant("approved_at"))
                    .foreign_key(&mut link(
                        ("approval", "item_id"),
                        "item",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(index(
                "approval_item",
                "approval",
                &["item_id", "channel", "id"],
            ))
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table("delivery")
                    .add_column(optional_text("approved_hash"))
                    .take(),
            )
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table("site")
                    .add_column(boolean("needs_approval").default(false).take())
                    .take(),
            )
            .await
    }
}
