//! Rolling drafts: what somebody typed since the last save.

use super::{
    ContentService,
    item::{find, find_writable},
};
use crate::{
    auth::{Actor, Permission},
    content::{Autosave, Content, store::autosave as autosaves},
    error::{Error, Result},
    id::ItemId,
};

impl ContentService {
    /// Keeps what an author typed since the last save; it makes no revision.
    pub async fn autosave<C: Content>(
        &self,
        actor: &Actor,
        id: ItemId,
        base_version: i32,
        content: C,
    ) -> Result<Autosave<C>> {
        actor.require(Permission::WriteContent)?;
        let user = actor
            .user()
            .ok_or_else(|| Error::forbidden("only a person has a rolling draft"))?;
        content.check()?;
        let tx = self.db.begin().await?;
        let item = find_writable::<C>(&tx, actor, id).await?;
        if base_version > item.version {
            return Err(Error::invalid(
                "input.baseVersion",
                format!("the latest version is {}", item.version),
            ));
        }
        let draft = Autosave {
            item: id,
            base_version,
            content,
            saved_at: self.clock.now(),
        };
        autosaves::save_autosave(&tx, actor.site(), user, &draft).await?;
        tx.commit().await?;
        Ok(draft)
    }

    /// The caller's rolling draft, if there is one.
    pub async fn find_autosave<C: Content>(
        &self,
        actor: &Actor,
        id: ItemId,
    ) -> Result<Option<Autosave<C>>> {
        actor.require(Permission::WriteContent)?;
        let Some(user) = actor.user() else {
            return Ok(None);
        };
        autosaves::find_autosave(self.db.read(), actor.site(), id, user).await
    }

    /// Throws the caller's rolling draft away.
    pub async fn discard_autosave<C: Content>(&self, actor: &Actor, id: ItemId) -> Result<()> {
        actor.require(Permission::WriteContent)?;
        find::<C>(self.db.read(), actor, id).await?;
        match actor.user() {
            Some(user) => autosaves::delete_autosave(self.db.write(), id, user).await,
            None => Ok(()),
        }
    }
}
