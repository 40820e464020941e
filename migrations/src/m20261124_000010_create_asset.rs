//! Assets (original files) and uploads under way.

use sea_orm_migration::prelude::*;

use crate::column::{
    big_integer, boolean, id, index, instant, integer, link, optional_instant, optional_json,
    reference, text, unique,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("asset")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("sha256"))
                    .col(text("name"))
                    .col(text("kind"))
                    .col(text("mime"))
                    .col(big_integer("size_bytes"))
                    .col(integer("width"))
                    .col(integer("height"))
                    .col(boolean("is_animated"))
                    .col(text("alt"))
                    .col(ColumnDef::new("focal_x").double().not_null())
                    .col(ColumnDef::new("focal_y").double().not_null())
                    .col(optional_json("video"))
                    .col(integer("version"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .col(optional_instant("archived_at"))
                    .foreign_key(&mut link(
                        ("asset", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("asset_site_sha256", "asset", &["site_id", "sha256"]))
            .await?;
        manager
            .create_index(index("asset_sha256", "asset", &["sha256"]))
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("upload")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("name"))
                    .col(big_integer("size_bytes"))
                    .col(instant("created_at"))
                    .foreign_key(&mut link(
                        ("upload", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("upload_site", "upload", &["site_id"]))
            .await
    }
}
