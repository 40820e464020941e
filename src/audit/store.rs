//! Queries on the audit log.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

use super::{AuditEntry, AuditFilter};
use crate::{
    db::entity::audit_entry,
    error::Result,
    id::{AuditEntryId, SiteId},
    page::{Cursor, Page, PageRequest},
};

impl From<audit_entry::Model> for AuditEntry {
    fn from(row: audit_entry::Model) -> Self {
        Self {
            id: row.id,
            user: row.user_id,
            action: row.action,
            subject: row.subject,
            details: row.details,
            outcome: row.outcome,
            address: row.address,
            created_at: row.created_at,
        }
    }
}

pub async fn insert(db: &impl ConnectionTrait, site: SiteId, entry: AuditEntry) -> Result<()> {
    let row = audit_entry::Model {
        id: entry.id,
        site_id: site,
        user_id: entry.user,
        action: entry.action,
        subject: entry.subject,
        details: entry.details,
        outcome: entry.outcome,
        address: entry.address,
        created_at: entry.created_at,
    };
    audit_entry::Entity::insert(row.into_active_model())
        .exec(db)
        .await?;
    Ok(())
}

/// Notes the outcome of an entry that has none.
pub async fn set_outcome(db: &impl ConnectionTrait, id: AuditEntryId, outcome: &str) -> Result<()> {
    audit_entry::Entity::update_many()
        .col_expr(audit_entry::Column::Outcome, Expr::value(outcome))
        .filter(audit_entry::Column::Id.eq(id))
        .filter(audit_entry::Column::Outcome.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// One page, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    site: SiteId,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<Page<AuditEntry>> {
    let mut query = audit_entry::Entity::find()
        .filter(audit_entry::Column::SiteId.eq(site))
        .order_by_desc(audit_entry::Column::Id)
        .limit(u64::from(page.size) + 1);
    if let Some(user) = filter.user {
        query = query.filter(audit_entry::Column::UserId.eq(user));
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit_entry::Column::Action.eq(action));
    }
    if let Some(after) = &page.after {
        let after = after.id.parse::<AuditEntryId>();
        let after = after.map_err(|error| error.on_field("after"))?;
        query = query.filter(audit_entry::Column::Id.lt(after));
    }
    let rows: Vec<AuditEntry> = query.all(db).await?.into_iter().map(Into::into).collect();
    Ok(Page::from_rows(rows, page.size, |entry| Cursor {
        key: serde_json::Value::Null,
        id: entry.id.to_string(),
    }))
}
