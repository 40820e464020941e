//! What becomes of deliveries whose time passed while nobody could send them.

use sea_orm_migration::prelude::*;

use crate::column::{instant, integer, link, reference, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("missed_rule")
                    .col(ColumnDef::new("source_id").uuid().not_null().primary_key())
                    .col(reference("site_id"))
                    .col(text("policy"))
                    .col(integer("window_s"))
                    .col(instant("updated_at"))
                    .foreign_key(&mut link(
                        ("missed_rule", "source_id"),
                        "item",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        for column in [
            text("missed_policy").default("catch_up").take(),
            integer("missed_window_s").default(7200).take(),
        ] {
            manager
                .alter_table(Table::alter().table("delivery").add_column(column).take())
                .await?;
        }
        Ok(())
    }
}
