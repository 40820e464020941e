//! Saved states of stories and videos: see them, go back to one.

use super::{ContentService, item::find};
use crate::{
    auth::{Actor, Permission},
    content::{Content, Item, ItemChanges, Revision, store::revision as revisions},
    error::{Error, Result},
    id::{ItemId, RevisionId},
};

/// The most revisions that a list shows.
const MOST_REVISIONS: u64 = 200;

impl ContentService {
    /// Makes an old state the latest one again, as a new revision.
    pub async fn restore_revision<C: Content>(
        &self,
        actor: &Actor,
        revision: RevisionId,
        base_version: i32,
    ) -> Result<Item<C>> {
        let old = self.revision::<C>(actor, revision).await?;
        self.update(
            actor,
            old.item,
            ItemChanges {
                base_version,
                content: old.content,
                slug: None,
            },
        )
        .await
    }

    /// A saved state.
    pub async fn revision<C: Content>(&self, actor: &Actor, id: RevisionId) -> Result<Revision<C>> {
        actor.require(Permission::ReadContent)?;
        let found = revisions::find_revision(self.db.read(), actor.site(), id).await?;
        found.ok_or_else(|| Error::not_found(format!("revision {id}")))
    }

    /// The saved states of an item, newest first.
    pub async fn revisions<C: Content>(
        &self,
        actor: &Actor,
        id: ItemId,
    ) -> Result<Vec<Revision<C>>> {
        actor.require(Permission::ReadContent)?;
        find::<C>(self.db.read(), actor, id).await?;
        revisions::list_revisions(self.db.read(), id, MOST_REVISIONS).await
    }
}
