//! Variants: what people put in the place of derived values, and what was frozen to be sent.

use sea_orm_migration::prelude::*;

use crate::column::{
    id, index, instant, integer, json, link, optional_reference, reference, text, unique,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("variant")
                    .col(id())
                    .col(reference("site_id"))
                    .col(reference("item_id"))
                    .col(text("channel"))
                    .col(integer("version"))
                    .col(json("overrides"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .foreign_key(&mut link(
                        ("variant", "item_id"),
                        "item",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("variant_item", "variant", &["item_id", "channel"]))
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("variant_revision")
                    .col(id())
                    .col(reference("site_id"))
                    .col(reference("item_id"))
                    .col(reference("revision_id"))
                    .col(text("channel"))
                    .col(text("lane"))
                    .col(text("content_hash"))
                    .col(json("frozen"))
                    .col(optional_reference("approved_by"))
                    .col(instant("created_at"))
                    .foreign_key(&mut link(
                        ("variant_revision", "item_id"),
                        "item",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(index(
                "variant_revision_item",
                "variant_revision",
                &["item_id", "channel", "lane"],
            ))
            .await
    }
}
