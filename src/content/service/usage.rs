//! Use case: where a file is used, to be known before it is changed or put away.

use super::ContentService;
use crate::{
    auth::{Actor, Permission},
    content::{AssetUse, store},
    error::Result,
    id::AssetId,
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
}
