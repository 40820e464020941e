//! Channel accounts and their lanes.

use sea_orm_migration::prelude::*;

use crate::column::{
    id, instant, integer, json, link, optional_bytes, optional_instant, optional_text, reference,
    text, unique,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("channel_account")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("channel"))
                    .col(text("name"))
                    .col(optional_text("external_id"))
                    .col(text("status"))
                    .col(optional_text("status_note"))
                    .col(json("settings"))
                    .col(optional_bytes("credentials_enc"))
                    .col(optional_bytes("tokens_enc"))
                    .col(integer("token_version"))
                    .col(optional_instant("token_expires_at"))
                    .col(optional_text("refresh_owner"))
                    .col(optional_instant("refresh_until"))
                    .col(optional_text("breaker_state"))
                    .col(optional_instant("breaker_until"))
                    .col(optional_instant("checked_at"))
                    .col(integer("version"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .foreign_key(&mut link(
                        ("channel_account", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique(
                "channel_account_name",
                "channel_account",
                &["site_id", "channel", "name"],
            ))
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("lane")
                    .col(id())
                    .col(reference("site_id"))
                    .col(reference("account_id"))
                    .col(text("name"))
                    .col(instant("next_eligible_at"))
                    .col(integer("max_in_flight"))
                    .col(instant("last_served_at"))
                    .col(optional_text("paused_reason"))
                    .foreign_key(&mut link(
                        ("lane", "account_id"),
                        "channel_account",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("lane_account_name", "lane", &["account_id", "name"]))
            .await
    }
}
