//! Who has an item open: each page says so while it is open, and whoever is not heard of any more has gone.

use std::time::Duration;

use super::{ContentService, item::find};
use crate::{
    auth::{Actor, Permission},
    content::{Content, store::presence},
    error::{Error, Result},
    id::{ItemId, UserId},
};

/// Whoever was not heard of for so long has gone. Pages say it every 15 seconds; one may be lost.
pub const GONE_AFTER: Duration = Duration::from_secs(40);

impl ContentService {
    /// Says that the caller has an item open, and tells who else has.
    pub async fn attend<C: Content>(&self, actor: &Actor, id: ItemId) -> Result<Vec<UserId>> {
        actor.require(Permission::ReadContent)?;
        let user = person(actor)?;
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        find::<C>(&tx, actor, id).await?;
        presence::delete_before(&tx, id, now.minus(GONE_AFTER)).await?;
        presence::save(&tx, actor.site(), id, user, now).await?;
        let others = presence::list_others(&tx, id, user).await?;
        tx.commit().await?;
        Ok(others)
    }

    /// Says that the caller closed an item.
    pub async fn leave<C: Content>(&self, actor: &Actor, id: ItemId) -> Result<()> {
        actor.require(Permission::ReadContent)?;
        find::<C>(self.db.read(), actor, id).await?;
        presence::delete(self.db.write(), id, person(actor)?).await
    }
}

fn person(actor: &Actor) -> Result<UserId> {
    actor
        .user()
        .ok_or_else(|| Error::forbidden("only a person can have an item open"))
}
