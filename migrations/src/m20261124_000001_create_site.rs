//! Sites: the brands of this server.

use sea_orm_migration::prelude::*;

use crate::column::{boolean, id, instant, integer, json, text, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("site")
                    .col(id())
                    .col(text("key"))
                    .col(text("name"))
                    .col(text("locale"))
                    .col(text("zone"))
                    .col(text("base_url"))
                    .col(boolean("is_official"))
                    .col(json("brand_words"))
                    .col(text("path_template"))
                    .col(json("mini_programs"))
                    .col(integer("version"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("site_key", "site", &["key"]))
            .await
    }
}
