//! Work that operators have repeated by the calendar: each occurrence is a row, and there is one of each.

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
                    .table("recurring_job")
                    .col(id())
                    .col(reference("site_id"))
                    .col(text("name"))
                    .col(text("kind"))
                    .col(json("work"))
                    .col(text("expression"))
                    .col(text("zone"))
                    .col(json("memory"))
                    .col(optional_instant("paused_at"))
                    .col(optional_reference("created_by"))
                    .col(integer("version"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .foreign_key(&mut link(
                        ("recurring_job", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("recurring_run")
                    .col(id())
                    .col(reference("site_id"))
                    .col(reference("recurring_job_id"))
                    .col(instant("occurrence_at"))
                    .col(boolean("is_manual"))
                    .col(text("state"))
                    .col(json("report"))
                    .col(optional_text("error"))
                    .col(instant("created_at"))
                    .col(optional_instant("started_at"))
                    .col(optional_instant("ended_at"))
                    .foreign_key(&mut link(
                        ("recurring_run", "recurring_job_id"),
                        "recurring_job",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        let mut planned = index("recurring_run_planned", "recurring_run", &["occurrence_at"]);
        for index in [
            unique("recurring_job_name", "recurring_job", &["site_id", "name"]),
            unique(
                "recurring_run_occurrence",
                "recurring_run",
                &["recurring_job_id", "occurrence_at"],
            ),
            planned.and_where(Expr::cust("state = 'planned'")).take(),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
