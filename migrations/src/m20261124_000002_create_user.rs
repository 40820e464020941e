//! Users, their roles in sites, and their sessions.

use sea_orm_migration::prelude::*;

use crate::column::{id, index, instant, integer, link, optional_instant, reference, text, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("user")
                    .col(id())
                    .col(text("email"))
                    .col(text("name"))
                    .col(text("password_hash"))
                    .col(integer("version"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("user_email", "user", &["email"]))
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("membership")
                    .col(reference("user_id"))
                    .col(reference("site_id"))
                    .col(text("role"))
                    .col(instant("created_at"))
                    .primary_key(Index::create().col("user_id").col("site_id"))
                    .foreign_key(&mut link(
                        ("membership", "user_id"),
                        "user",
                        ForeignKeyAction::Cascade,
                    ))
                    .foreign_key(&mut link(
                        ("membership", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("membership_site", "membership", &["site_id"]))
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("session")
                    .col(id())
                    .col(text("token_hash"))
                    .col(reference("user_id"))
                    .col(instant("created_at"))
                    .col(instant("expires_at"))
                    .col(optional_instant("last_used_at"))
                    .foreign_key(&mut link(
                        ("session", "user_id"),
                        "user",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("session_token", "session", &["token_hash"]))
            .await?;
        manager
            .create_index(index("session_user", "session", &["user_id"]))
            .await
    }
}
