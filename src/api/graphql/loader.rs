//! Per-request loaders: many resolvers ask for one row each, one service call fetches all of them.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::{DataLoader, Loader};

use crate::{
    app::App,
    auth::Actor,
    content::{Category, Product, Tag},
    error::Error,
    id::{AssetId, CategoryId, ProductId, TagId},
    media::Asset,
};

/// The most rows that one statement asks for.
const MOST_AT_ONCE: usize = 500;

/// Loads for one request, with the rights of its actor.
pub struct Loaders {
    app: Arc<App>,
    actor: Actor,
}

impl Loaders {
    /// Fresh loaders; they remember nothing of other requests.
    pub fn start(app: Arc<App>, actor: Actor) -> DataLoader<Self> {
        DataLoader::new(Self { app, actor }, tokio::spawn).max_batch_size(MOST_AT_ONCE)
    }
}

impl Loader<AssetId> for Loaders {
    type Value = Asset;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[AssetId]) -> Result<HashMap<AssetId, Asset>, Arc<Error>> {
        Ok(self.app.media.assets(&self.actor, ids).await?)
    }
}

impl Loader<CategoryId> for Loaders {
    type Value = Category;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[CategoryId]) -> Result<HashMap<CategoryId, Category>, Arc<Error>> {
        Ok(self.app.content.categories(&self.actor, ids).await?)
    }
}

impl Loader<TagId> for Loaders {
    type Value = Tag;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[TagId]) -> Result<HashMap<TagId, Tag>, Arc<Error>> {
        Ok(self.app.content.tags(&self.actor, ids).await?)
    }
}

impl Loader<ProductId> for Loaders {
    type Value = Product;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[ProductId]) -> Result<HashMap<ProductId, Product>, Arc<Error>> {
        Ok(self.app.content.products(&self.actor, ids).await?)
    }
}
