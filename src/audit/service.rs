//! Use cases: note what is about to be done and what became of it, and look it up.

use super::{AuditEntry, AuditFilter, Deed, store};
use crate::{
    auth::{Actor, Permission},
    clock::Clock,
    db::Db,
    error::Result,
    id::AuditEntryId,
    page::{Page, PageRequest},
};

/// The log; clones share everything.
#[derive(Clone)]
pub struct AuditService {
    db: Db,
    clock: Clock,
}

impl AuditService {
    /// The service.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock }
    }

    /// Notes what is about to be done, so that it is known even if the process ends in the middle.
    pub async fn begin(&self, actor: &Actor, deed: &Deed) -> Result<AuditEntryId> {
        self.insert(actor, deed, None).await
    }

    /// Notes what became of it.
    pub async fn end(&self, id: AuditEntryId, outcome: &str) -> Result<()> {
        store::set_outcome(self.db.write(), id, outcome).await
    }

    /// Notes something that has been done.
    pub async fn record(&self, actor: &Actor, deed: &Deed, outcome: &str) -> Result<()> {
        self.insert(actor, deed, Some(outcome)).await.map(|_| ())
    }

    async fn insert(
        &self,
        actor: &Actor,
        deed: &Deed,
        outcome: Option<&str>,
    ) -> Result<AuditEntryId> {
        let entry = AuditEntry {
            id: AuditEntryId::new(),
            user: actor.user(),
            action: deed.action.clone(),
            subject: deed.subject(),
            details: deed.details(),
            outcome: outcome.map(ToOwned::to_owned),
            address: deed.address.map(|address| address.to_string()),
            created_at: self.clock.now(),
        };
        let id = entry.id;
        store::insert(self.db.write(), actor.site(), entry).await?;
        Ok(id)
    }

    /// One page of the log of the actor's site, newest first.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<AuditEntry>> {
        actor.require(Permission::ManageUsers)?;
        store::list(self.db.read(), actor.site(), filter, page).await
    }
}
