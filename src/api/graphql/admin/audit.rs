//! The audit log: who did what.

use async_graphql::{Context, ID, Json, Object};
use serde_json::Value;

use super::user::UserObject;
use crate::{
    api::graphql::{
        ContextExt,
        shared::{DateTime, List, list_cost, parse_optional_id, text_field, to_connection},
    },
    audit::{AuditEntry, AuditFilter},
    error::{Error, Result},
    page::PageRequest,
};

/// Something that somebody did.
pub struct AuditEntryObject(AuditEntry);

#[Object(name = "AuditEntry")]
impl AuditEntryObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Who did it; nobody when somebody unknown tried to sign in, or the person is gone.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<UserObject>> {
        let Some(id) = self.0.user else {
            return Ok(None);
        };
        let found = ctx.loaders().load_one(id).await.map_err(Error::shared)?;
        Ok(found.map(UserObject))
    }

    /// What was called: `publishStory`; `upload` for a file.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// The id that the call named, if it named one.
    async fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// What was sent, without secrets, long texts shortened.
    async fn details(&self) -> Json<&Value> {
        Json(&self.0.details)
    }

    /// `OK`, or the code of the error; nothing when the server ended in the middle.
    async fn outcome(&self) -> Option<&str> {
        self.0.outcome.as_deref()
    }

    /// Where the call came from.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// When.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

/// The audit log.
#[derive(Default)]
pub struct AuditQueries;

#[Object]
impl AuditQueries {
    /// Who did what in this site, newest first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        user_id: Option<ID>,
        #[graphql(desc = "What was called: `publishStory`")] action: Option<String>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<List<AuditEntryObject>> {
        let action = action
            .map(|action| text_field("action", &action, 1..=100))
            .transpose()?;
        let filter = AuditFilter {
            user: parse_optional_id(user_id.as_ref(), "userId")?,
            action,
        };
        let page = PageRequest::new(first, after.as_deref())?;
        let found = ctx.app().audit.list(ctx.actor(), &filter, &page).await?;
        Ok(to_connection(found, AuditEntryObject))
    }
}
