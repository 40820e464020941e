//! Who did what. No link to users: what somebody did stays when the person goes.

use sea_orm_migration::prelude::*;

use crate::column::{
    id, index, instant, json, link, optional_reference, optional_text, reference, text,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("audit_entry")
                    .col(id())
                    .col(reference("site_id"))
                    .col(optional_reference("user_id"))
                    .col(text("action"))
                    .col(optional_text("subject"))
                    .col(json("details"))
                    .col(optional_text("outcome"))
                    .col(optional_text("address"))
                    .col(instant("created_at"))
                    .foreign_key(&mut link(
                        ("audit_entry", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_index(index("audit_entry_site", "audit_entry", &["site_id", "id"]))
            .await?;
        manager
            .create_index(index(
                "audit_entry_user",
                "audit_entry",
                &["site_id", "user_id", "id"],
            ))
            .await
    }
}
