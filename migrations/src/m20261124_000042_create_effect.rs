//! The ledger of effects, the allowances they take from, and the events that follow them.

use sea_orm_migration::prelude::*;

use crate::column::{
    id, instant, integer, json, optional_instant, optional_reference, reference, text,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("effect")
                    .col(ColumnDef::new("effect_key").text().not_null().primary_key())
                    .col(reference("delivery_id"))
                    .col(text("step"))
                    .col(instant("first_armed_at"))
                    .col(text("verdict"))
                    .col(json("evidence"))
                    .col(optional_reference("decided_by"))
                    .col(optional_instant("decided_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("effect", "delivery_id")
                            .to("delivery", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("effect_delivery")
                    .table("effect")
                    .col("delivery_id")
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("quota_window")
                    .col(text("scope"))
                    .col(text("name"))
                    .col(instant("window_start"))
                    .col(integer("allowed"))
                    .col(integer("used"))
                    .col(integer("reserved"))
                    .col(instant("resets_at"))
                    .col(text("source"))
                    .primary_key(Index::create().col("scope").col("name").col("window_start"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("outbox_event")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("topic"))
                    .col(json("payload"))
                    .col(instant("created_at"))
                    .col(optional_instant("relayed_at"))
                    .take(),
            )
            .await
    }
}
