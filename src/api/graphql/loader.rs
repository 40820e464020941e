//! Per-request loaders: many resolvers ask for one row each, one service call fetches all of them.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::dataloader::{DataLoader, Loader};

use crate::{
    app::App,
    auth::{Actor, User},
    background::Run,
    content::{Category, Product, Published, StoryContent, Tag, VideoContent},
    delivery::{Attempt, ChannelAccount, DeliveryStep},
    error::Error,
    id::{
        AccountId, AssetId, CategoryId, DeliveryId, ItemId, ProductId, RecurringJobId, RevisionId,
        TagId, UserId, WebhookEventId, WebhookMessageId,
    },
    media::Asset,
    webhooks::{WebhookAttempt, WebhookEvent},
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
        // A worker of the server has one thread: what is spawned runs when every resolver has said what it needs.
        DataLoader::new(Self { app, actor }, tokio::spawn)
            .delay(Duration::ZERO)
            .max_batch_size(MOST_AT_ONCE)
    }
}

impl Loader<AssetId> for Loaders {
    type Value = Asset;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[AssetId]) -> Result<HashMap<AssetId, Asset>, Arc<Error>> {
        Ok(self.app.media.assets(&self.actor, ids).await?)
    }
}

impl Loader<UserId> for Loaders {
    type Value = User;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[UserId]) -> Result<HashMap<UserId, User>, Arc<Error>> {
        Ok(self.app.auth.users(&self.actor, ids).await?)
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

impl Loader<AccountId> for Loaders {
    type Value = ChannelAccount;
    type Error = Arc<Error>;

    async fn load(
        &self,
        ids: &[AccountId],
    ) -> Result<HashMap<AccountId, ChannelAccount>, Arc<Error>> {
        let found = self.app.delivery.accounts_by_id(&self.actor, ids).await?;
        Ok(found
            .into_iter()
            .map(|account| (account.id, account))
            .collect())
    }
}

/// The steps of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StepsOf(pub DeliveryId);

impl Loader<StepsOf> for Loaders {
    type Value = Vec<DeliveryStep>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[StepsOf],
    ) -> Result<HashMap<StepsOf, Vec<DeliveryStep>>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|StepsOf(id)| *id).collect();
        let found = self.app.delivery.steps_of(&self.actor, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, steps)| (StepsOf(id), steps))
            .collect())
    }
}

/// The attempts of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttemptsOf(pub DeliveryId);

impl Loader<AttemptsOf> for Loaders {
    type Value = Vec<Attempt>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[AttemptsOf],
    ) -> Result<HashMap<AttemptsOf, Vec<Attempt>>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|AttemptsOf(id)| *id).collect();
        let found = self.app.delivery.attempts_of(&self.actor, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, attempts)| (AttemptsOf(id), attempts))
            .collect())
    }
}

/// A product, if readers see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublishedProduct(pub ProductId);

impl Loader<PublishedProduct> for Loaders {
    type Value = Product;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[PublishedProduct],
    ) -> Result<HashMap<PublishedProduct, Product>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|PublishedProduct(id)| *id).collect();
        let found = self
            .app
            .content
            .published_products(&self.actor, &ids)
            .await?;
        Ok(found
            .into_iter()
            .map(|(id, product)| (PublishedProduct(id), product))
            .collect())
    }
}

/// A video, if readers see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublishedVideo(pub ItemId);

impl Loader<PublishedVideo> for Loaders {
    type Value = Published<VideoContent>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[PublishedVideo],
    ) -> Result<HashMap<PublishedVideo, Self::Value>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|PublishedVideo(id)| *id).collect();
        let found = self
            .app
            .content
            .published_many::<VideoContent>(&self.actor, &ids)
            .await?;
        Ok(found
            .into_iter()
            .map(|video| (PublishedVideo(video.id), video))
            .collect())
    }
}

/// The latest runs of a recurring job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RunsOf(pub RecurringJobId);

impl Loader<RunsOf> for Loaders {
    type Value = Vec<Run>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[RunsOf]) -> Result<HashMap<RunsOf, Vec<Run>>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|RunsOf(id)| *id).collect();
        let found = self.app.background.runs_of(&self.actor, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, runs)| (RunsOf(id), runs))
            .collect())
    }
}

impl Loader<WebhookEventId> for Loaders {
    type Value = WebhookEvent;
    type Error = Arc<Error>;

    async fn load(
        &self,
        ids: &[WebhookEventId],
    ) -> Result<HashMap<WebhookEventId, WebhookEvent>, Arc<Error>> {
        Ok(self.app.webhooks.events_by_id(&self.actor, ids).await?)
    }
}

/// The tries of a message to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TriesOf(pub WebhookMessageId);

impl Loader<TriesOf> for Loaders {
    type Value = Vec<WebhookAttempt>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[TriesOf],
    ) -> Result<HashMap<TriesOf, Vec<WebhookAttempt>>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|TriesOf(id)| *id).collect();
        let found = self.app.webhooks.attempts_of(&self.actor, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, tries)| (TriesOf(id), tries))
            .collect())
    }
}

/// What is in a story that readers see, its text included, by its published revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublishedStory(pub RevisionId);

impl Loader<PublishedStory> for Loaders {
    type Value = Arc<StoryContent>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[PublishedStory],
    ) -> Result<HashMap<PublishedStory, Self::Value>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|PublishedStory(id)| *id).collect();
        let found = self
            .app
            .content
            .published_contents(&self.actor, &ids)
            .await?;
        Ok(found
            .into_iter()
            .map(|(id, content)| (PublishedStory(id), Arc::new(content)))
            .collect())
    }
}
