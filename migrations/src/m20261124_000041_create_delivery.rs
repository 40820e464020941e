//! Deliveries with what they send, and the partial indexes that their claims go by.

use sea_orm_migration::prelude::*;

use crate::column::{
    big_integer, boolean, id, index, instant, integer, json, link, optional_instant, optional_json,
    optional_reference, optional_text, reference, text, unique,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("delivery")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("source_kind"))
                    .col(reference("source_id"))
                    .col(reference("revision_id"))
                    .col(reference("variant_revision_id"))
                    .col(text("content_hash"))
                    .col(text("channel"))
                    .col(reference("account_id"))
                    .col(reference("lane_id"))
                    .col(text("lane"))
                    .col(text("intent"))
                    .col(optional_reference("parent_delivery_id"))
                    .col(text("title"))
                    .col(text("state"))
                    .col(optional_text("reason"))
                    .col(json("reason_params"))
                    .col(text("wall_time"))
                    .col(text("zone"))
                    .col(instant("due_at"))
                    .col(instant("give_up_at"))
                    .col(optional_instant("next_run_at"))
                    .col(integer("priority"))
                    .col(optional_text("lease_owner"))
                    .col(big_integer("lease_token"))
                    .col(optional_instant("lease_until"))
                    .col(integer("attempt"))
                    .col(integer("expiry_count"))
                    .col(integer("error_count"))
                    .col(optional_text("external_id"))
                    .col(optional_text("external_url"))
                    .col(boolean("is_assumed"))
                    .col(text("marker"))
                    .col(integer("occurrence"))
                    .col(text("dedup_key"))
                    .col(optional_reference("created_by"))
                    .col(optional_instant("published_at"))
                    .col(optional_instant("ended_at"))
                    .col(integer("version"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .foreign_key(&mut link(
                        ("delivery", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .foreign_key(&mut link(
                        ("delivery", "account_id"),
                        "channel_account",
                        ForeignKeyAction::Restrict,
                    ))
                    .foreign_key(&mut link(
                        ("delivery", "lane_id"),
                        "lane",
                        ForeignKeyAction::Restrict,
                    ))
                    .take(),
            )
            .await?;
        for index in [
            unique("delivery_dedup", "delivery", &["dedup_key"]),
            index(
                "delivery_site_due",
                "delivery",
                &["site_id", "due_at", "id"],
            ),
            index(
                "delivery_source",
                "delivery",
                &["source_id", "account_id", "lane"],
            ),
            index(
                "delivery_account_external",
                "delivery",
                &["account_id", "updated_at"],
            ),
            working(
                "delivery_ready",
                &["lane_id", "priority", "next_run_at", "id"],
                &["ready"],
            ),
            working("delivery_working", &["lane_id"], &["working"]),
            working("delivery_lease", &["lease_until"], &["working"]),
            working(
                "delivery_waiting",
                &["next_run_at"],
                &[
                    "retry_wait",
                    "held",
                    "uncertain",
                    "reconciling",
                    "waiting_channel",
                    "waiting_user",
                ],
            ),
            working("delivery_scheduled", &["due_at"], &["scheduled"]),
        ] {
            manager.create_index(index).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("submission")
                    .col(
                        ColumnDef::new("delivery_id")
                            .uuid()
                            .not_null()
                            .primary_key(),
                    )
                    .col(json("body"))
                    .foreign_key(&mut cascade("submission"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("delivery_step")
                    .col(reference("delivery_id"))
                    .col(integer("seq"))
                    .col(text("name"))
                    .col(text("kind"))
                    .col(text("state"))
                    .col(text("input_hash"))
                    .col(big_integer("deadline_ms"))
                    .col(json("quota"))
                    .col(optional_instant("armed_at"))
                    .col(optional_instant("call_deadline_at"))
                    .col(optional_instant("quiet_until"))
                    .col(json("handle"))
                    .col(optional_json("output"))
                    .col(integer("resend_count"))
                    .col(integer("look_count"))
                    .col(optional_instant("ended_at"))
                    .primary_key(Index::create().col("delivery_id").col("seq"))
                    .foreign_key(&mut cascade("delivery_step"))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("attempt")
                    .col(id())
                    .col(reference("delivery_id"))
                    .col(text("step"))
                    .col(instant("started_at"))
                    .col(instant("ended_at"))
                    .col(optional_text("class"))
                    .col(text("sent"))
                    .col(text("message"))
                    .col(ColumnDef::new("http_status").integer().null())
                    .col(optional_text("channel_code"))
                    .col(optional_text("channel_request_id"))
                    .col(json("exchanges"))
                    .col(big_integer("duration_ms"))
                    .foreign_key(&mut cascade("attempt"))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("attempt_delivery", "attempt", &["delivery_id", "id"]))
            .await
    }
}

/// A link to the delivery that goes when it goes.
fn cascade(table: &'static str) -> ForeignKeyCreateStatement {
    link(
        (table, "delivery_id"),
        "delivery",
        ForeignKeyAction::Cascade,
    )
}

/// An index on the deliveries in these states alone, so that it stays as small as the work at hand.
fn working(
    name: &'static str,
    columns: &[&'static str],
    states: &[&'static str],
) -> IndexCreateStatement {
    let mut index = index(name, "delivery", columns);
    // A predicate of an index may not hold parameters, and must read as the queries that it serves do.
    let predicate = match states {
        [state] => format!("state = '{state}'"),
        _ => format!("state IN ('{}')", states.join("', '")),
    };
    index.and_where(Expr::cust(predicate)).take()
}
