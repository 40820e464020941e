//! Items (stories and videos: the same life, different content), their revisions, autosaves and changes.

use sea_orm_migration::prelude::*;

use crate::column::{
    boolean, id, index, instant, integer, json, link, optional_instant, optional_reference,
    optional_text, reference, text, unique,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("item")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("kind"))
                    .col(text("slug"))
                    .col(text("title"))
                    .col(optional_reference("category_id"))
                    .col(integer("version"))
                    .col(reference("revision_id"))
                    .col(optional_reference("published_revision_id"))
                    .col(optional_reference("published_category_id"))
                    .col(optional_text("source_id"))
                    .col(optional_reference("created_by"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .col(optional_instant("first_published_at"))
                    .col(optional_instant("published_at"))
                    .col(optional_instant("archived_at"))
                    .foreign_key(&mut link(
                        ("item", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("item_slug", "item", &["site_id", "kind", "slug"]))
            .await?;
        manager
            .create_index(unique(
                "item_source",
                "item",
                &["site_id", "kind", "source_id"],
            ))
            .await?;
        manager
            .create_index(index(
                "item_updated",
                "item",
                &["site_id", "kind", "updated_at", "id"],
            ))
            .await?;
        manager
            .create_index(index(
                "item_published",
                "item",
                &["site_id", "kind", "first_published_at", "id"],
            ))
            .await?;
        manager
            .create_index(index(
                "item_published_category",
                "item",
                &[
                    "site_id",
                    "kind",
                    "published_category_id",
                    "first_published_at",
                    "id",
                ],
            ))
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("revision")
                    .col(id())
                    .col(reference("site_id"))
                    .col(reference("item_id"))
                    .col(integer("number"))
                    .col(json("content"))
                    .col(optional_reference("created_by"))
                    .col(instant("created_at"))
                    .foreign_key(&mut link(
                        ("revision", "item_id"),
                        "item",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique(
                "revision_number",
                "revision",
                &["item_id", "number"],
            ))
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("item_tag")
                    .col(reference("item_id"))
                    .col(reference("tag_id"))
                    .col(boolean("is_published"))
                    .primary_key(
                        Index::create()
                            .col("item_id")
                            .col("tag_id")
                            .col("is_published"),
                    )
                    .foreign_key(&mut link(
                        ("item_tag", "item_id"),
                        "item",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(index(
                "item_tag_tag",
                "item_tag",
                &["tag_id", "is_published"],
            ))
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("autosave")
                    .col(reference("item_id"))
                    .col(reference("user_id"))
                    .col(reference("site_id"))
                    .col(integer("base_version"))
                    .col(json("content"))
                    .col(instant("saved_at"))
                    .primary_key(Index::create().col("item_id").col("user_id"))
                    .foreign_key(&mut link(
                        ("autosave", "item_id"),
                        "item",
                        ForeignKeyAction::Cascade,
                    ))
                    .foreign_key(&mut link(
                        ("autosave", "user_id"),
                        "user",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("content_change")
                    .col(
                        ColumnDef::new("seq")
                            .big_integer()
                            .not_null()
                            .auto_increment()
                            .primary_key(),
                    )
                    .col(reference("site_id"))
                    .col(text("kind"))
                    .col(reference("item_id"))
                    .col(boolean("is_published"))
                    .col(instant("changed_at"))
                    .take(),
            )
            .await
    }
}
