//! Work that is safe to repeat, with the partial indexes that its claims go by.

use sea_orm_migration::prelude::*;

use crate::column::{
    big_integer, id, index, instant, integer, json, link, optional_instant, optional_reference,
    optional_text, text, unique,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("job")
                    .col(id())
                    .col(optional_reference("site_id"))
                    .col(text("kind"))
                    .col(optional_text("lane"))
                    .col(optional_text("unique_key"))
                    .col(json("payload"))
                    .col(text("state"))
                    .col(instant("run_at"))
                    .col(integer("attempt"))
                    .col(integer("max_attempts"))
                    .col(optional_text("lease_owner"))
                    .col(big_integer("lease_token"))
                    .col(optional_instant("lease_until"))
                    .col(optional_text("last_error"))
                    .col(instant("created_at"))
                    .col(instant("updated_at"))
                    .col(optional_instant("ended_at"))
                    .foreign_key(&mut link(
                        ("job", "site_id"),
                        "site",
                        ForeignKeyAction::Cascade,
                    ))
                    .take(),
            )
            .await?;
        // A predicate of an index may not hold parameters, and must read as the queries that it serves do.
        for (mut index, predicate) in [
            (
                index("job_ready", "job", &["run_at", "id"]),
                "state = 'ready'",
            ),
            (
                index("job_lease", "job", &["lease_until"]),
                "state = 'working'",
            ),
            (
                index("job_dead", "job", &["site_id", "ended_at"]),
                "state = 'dead'",
            ),
            (unique("job_lane", "job", &["lane"]), "state = 'working'"),
            (
                unique("job_unique", "job", &["unique_key"]),
                "state IN ('ready', 'working')",
            ),
        ] {
            manager
                .create_index(index.and_where(Expr::cust(predicate)).take())
                .await?;
        }
        Ok(())
    }
}
