//! Pauses: what people stopped, of a site, a channel, an account, or one story or video.

use sea_orm_migration::prelude::*;

use crate::column::{id, index, instant, link, optional_reference, optional_text, reference, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("pause")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("scope"))
                    .col(optional_text("channel"))
                    .col(optional_reference("account_id"))
                    .col(optional_reference("source_id"))
                    .col(optional_text("note"))
                    .col(optional_reference("created_by"))
                    .col(instant("created_at"))
                    .foreign_key(&mut link(
                        ("pause", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .foreign_key(&mut link(
                        ("pause", "account_id"),
                        "channel_account",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("pause_site", "pause", &["site_id"]))
            .await?;
        // Until now an account's pause stood in its lanes.
        let db = manager.get_connection();
        db.execute_unprepared(
            "INSERT INTO pause (id, site_id, scope, account_id, created_at) \
             SELECT id, site_id, 'account', id, updated_at FROM channel_account WHERE status = 'paused'",
        )
        .await?;
        db.execute_unprepared(
            "UPDATE lane SET paused_reason = NULL WHERE paused_reason = 'paused'",
        )
        .await?;
        Ok(())
    }
}
