//! Products, categories and tags.

use sea_orm_migration::prelude::*;

use crate::column::{
    big_integer, boolean, id, index, instant, integer, json, link, optional_instant,
    optional_reference, reference, text, unique,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("product")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("sku"))
                    .col(text("name"))
                    .col(text("brief"))
                    .col(big_integer("price_fen"))
                    .col(optional_reference("category_id"))
                    .col(json("attributes"))
                    .col(json("pictures"))
                    .col(json("paths"))
                    .col(boolean("is_published"))
                    .col(integer("version"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .col(optional_instant("archived_at"))
                    .foreign_key(&mut link(
                        ("product", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("product_sku", "product", &["site_id", "sku"]))
            .await?;
        manager
            .create_index(index(
                "product_category",
                "product",
                &["site_id", "category_id", "id"],
            ))
            .await?;
        for table in ["category", "tag"] {
            manager
                .create_table(
                    Table::create()
                        .table(table)
                        .col(id())
                        .col(reference("site_id"))
                        .col(text("key"))
                        .col(text("name"))
                        .col(instant("created_at"))
                        .foreign_key(&mut link(
                            (table, "site_id"),
                            "site",
                            ForeignKeyAction::Cascade,
                        ))
                        .take(),
                )
                .await?;
        }
        manager
            .create_index(unique("category_key", "category", &["site_id", "key"]))
            .await?;
        manager
            .create_index(unique("tag_key", "tag", &["site_id", "key"]))
            .await
    }
}
