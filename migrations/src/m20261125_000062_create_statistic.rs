//! What readers did with delivered items, day by day; and what finds the events that nobody was told of yet.

use sea_orm_migration::prelude::*;

use crate::column::{index, instant, link, reference, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("statistic")
                    .col(reference("delivery_id"))
                    .col(text("day"))
                    .col(text("metric"))
                    .col(reference("site_id"))
                    .col(ColumnDef::new("value").big_integer().null())
                    .col(instant("asked_at"))
                    .primary_key(Index::create().col("delivery_id").col("day").col("metric"))
                    .foreign_key(&mut link(
                        ("statistic", "delivery_id"),
                        "delivery",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        let mut untold = index("outbox_event_untold", "outbox_event", &["id"]);
        for index in [
            index(
                "statistic_site_day",
                "statistic",
                &["site_id", "metric", "day"],
            ),
            untold.and_where(Expr::cust("relayed_at IS NULL")).take(),
            index("content_change_item", "content_change", &["item_id", "seq"]),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
