//! Use cases of files that content shows: where one is used, and changes that readers see at once.

use super::ContentService;
use crate::{
    auth::{Actor, Permission},
    content::{AssetUse, store},
    error::{Error, Result},
    id::AssetId,
    media::{Asset, AssetChanges},
};

/// The most uses that are told.
const MOST: u64 = 100;

impl ContentService {
    /// What shows an asset in its latest or its published state; at most a hundred.
    pub async fn uses_of_asset(&self, actor: &Actor, asset: AssetId) -> Result<Vec<AssetUse>> {
        actor.require(Permission::ReadContent)?;
        let asset = self.media.asset(actor, asset).await?.id;
        store::usage::list_uses(self.db.read(), actor.site(), asset, MOST).await
    }
    /// Changes an asset's description.
    pub async fn update_asset(
        &self,
        actor: &Actor,
        id: AssetId,
        base_version: i32,
        changes: AssetChanges,
    ) -> Result<Asset> {
        let asset = self
            .media
            .update_asset(actor, id, base_version, changes)
            .await?;
        self.wake();
        Ok(asset)
    }

    /// Gives an asset the file of another, which was brought in for that and is put away with the former file. What
    /// shows the asset shows the new file; where it went out already it stays as it was until it is sent anew.
    pub async fn replace_asset(
        &self,
        actor: &Actor,
        id: AssetId,
        base_version: i32,
        with: AssetId,
    ) -> Result<Asset> {
        actor.require(Permission::WriteContent)?;
        if let Some(used) = self.uses_of_asset(actor, with).await?.first() {
            return Err(Error::precondition(format!(
                "that file is in the library already and “{}” shows it; choose it there instead",
                used.title
            ))
            .on_field("input.withId"));
        }
        let asset = self.media.swap_files(actor, id, base_version, with).await?;
        self.wake();
        Ok(asset)
    }
}
