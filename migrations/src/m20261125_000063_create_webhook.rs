//! Systems of a site's own that hear of events: who, what happened, one message for each of both, and the log of tries.

use sea_orm_migration::prelude::*;

use crate::column::{
    big_integer, id, index, instant, integer, json, link, optional_bytes, optional_instant,
    optional_reference, optional_text, reference, text, unique,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let cascade = |from, to| link(from, to, ForeignKeyAction::Cascade);
        manager
            .create_table(
                Table::create()
                    .table("webhook")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("name"))
                    .col(text("url"))
                    .col(json("topics"))
                    .col(ColumnDef::new("secret").blob().not_null())
                    .col(optional_bytes("previous_secret"))
                    .col(optional_instant("previous_until"))
                    .col(optional_instant("paused_at"))
                    .col(optional_text("pause_reason"))
                    .col(optional_instant("failing_since"))
                    .col(optional_instant("last_success_at"))
                    .col(optional_reference("created_by"))
                    .col(integer("version"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .foreign_key(&mut cascade(("webhook", "site_id"), "site"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("webhook_event")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("origin"))
                    .col(text("topic"))
                    .col(text("body"))
                    .col(instant("occurred_at"))
                    .foreign_key(&mut cascade(("webhook_event", "site_id"), "site"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("webhook_message")
                    .col(id())
                    .col(reference("site_id"))
                    .col(reference("webhook_id"))
                    .col(reference("event_id"))
                    .col(text("topic"))
                    .col(text("state"))
                    .col(integer("attempt_count"))
                    .col(optional_instant("first_attempt_at"))
                    .col(instant("created_at"))
                    .col(optional_instant("ended_at"))
                    .foreign_key(&mut cascade(("webhook_message", "webhook_id"), "webhook"))
                    .foreign_key(&mut cascade(
                        ("webhook_message", "event_id"),
                        "webhook_event",
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("webhook_attempt")
                    .col(id())
                    .col(reference("message_id"))
                    .col(instant("started_at"))
                    .col(big_integer("duration_ms"))
                    .col(ColumnDef::new("http_status").integer().null())
                    .col(optional_text("error"))
                    .col(json("request"))
                    .col(json("response"))
                    .foreign_key(&mut cascade(
                        ("webhook_attempt", "message_id"),
                        "webhook_message",
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("change_cursor")
                    .col(ColumnDef::new("name").text().not_null().primary_key())
                    .col(big_integer("seq"))
                    .col(instant("updated_at"))
                    .take(),
            )
            .await?;
        for index in [
            unique("webhook_name", "webhook", &["site_id", "name"]),
            unique("webhook_event_origin", "webhook_event", &["origin"]),
            index(
                "webhook_event_occurred",
                "webhook_event",
                &["site_id", "occurred_at"],
            ),
            index("webhook_event_old", "webhook_event", &["occurred_at"]),
            unique(
                "webhook_message_event",
                "webhook_message",
                &["event_id", "webhook_id"],
            ),
            index(
                "webhook_message_webhook",
                "webhook_message",
                &["webhook_id", "id"],
            ),
            index(
                "webhook_attempt_message",
                "webhook_attempt",
                &["message_id", "id"],
            ),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
