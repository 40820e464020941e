//! People on their way to a platform's page and back; whose account it turned out to be, and what it may do.

use sea_orm_migration::prelude::*;

use crate::column::{
    id, instant, json, link, optional_bytes, optional_instant, optional_text, reference, text,
    unique,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let link = |column, to| link(("sign_in", column), to, ForeignKeyAction::Cascade);
        manager
            .create_table(
                Table::create()
                    .table("sign_in")
                    .col(id())
                    .col(reference("site_id"))
                    .col(reference("account_id"))
                    .col(reference("user_id"))
                    .col(text("state_hash"))
                    .col(instant("created_at"))
                    .col(instant("expires_at"))
                    .col(optional_instant("returned_at"))
                    .col(optional_text("outcome"))
                    .col(optional_text("message"))
                    .col(optional_text("external_id"))
                    .col(optional_text("external_name"))
                    .col(optional_bytes("tokens_enc"))
                    .foreign_key(&mut link("site_id", "site"))
                    .foreign_key(&mut link("account_id", "channel_account"))
                    .foreign_key(&mut link("user_id", "user"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("sign_in_state", "sign_in", &["state_hash"]))
            .await?;
        for column in [
            optional_text("external_name"),
            json("lanes").default("{}").take(),
        ] {
            let add = Table::alter()
                .table("channel_account")
                .add_column(column)
                .take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }
}
