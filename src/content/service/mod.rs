//! Use cases of content. Stories and videos share theirs: see `item.rs`.

mod item;
mod product;
mod term;
mod text;

pub use text::{ImportedStory, StoryText, TextFormat};

use std::{collections::HashSet, sync::Arc};

use sea_orm::ConnectionTrait;
use tokio::sync::watch;

use super::{Change, ChangeKind, Content, References, StoryContent, VideoContent, store};
use crate::{
    auth::Actor,
    clock::Clock,
    db::Db,
    error::{Error, Result},
    id::AssetId,
    media::{MediaService, NewAsset},
};

/// Stories, videos, products, categories and tags; clones share everything.
#[derive(Clone)]
pub struct ContentService {
    db: Db,
    clock: Clock,
    media: MediaService,
    changed: Arc<watch::Sender<u64>>,
}

impl ContentService {
    /// The service.
    pub fn new(db: Db, clock: Clock, media: MediaService) -> Self {
        Self {
            db,
            clock,
            media,
            changed: Arc::new(watch::Sender::new(0)),
        }
    }

    /// Wakes when something changed for readers in this process; the truth is [`Self::changes_since`].
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Changes of all sites behind a cursor (0: from the start), in commit order; for the server's own followers.
    pub async fn changes_since(&self, cursor: i64, limit: u64) -> Result<Vec<Change>> {
        store::list_changes(self.db.read(), cursor, limit).await
    }

    /// Those of the changes before which readers saw the thing already; for the server's own followers.
    pub async fn published_before(&self, changes: &[i64]) -> Result<HashSet<i64>> {
        if changes.is_empty() {
            return Ok(HashSet::new());
        }
        store::list_published_before(self.db.read(), changes).await
    }

    /// The cursor's latest place: what caches of published content are keyed by.
    pub async fn last_change(&self) -> Result<i64> {
        store::last_change(self.db.read()).await
    }

    /// Keeps a file that an importer brings; says whether the site had it already.
    pub(super) async fn keep_file(
        &self,
        actor: &Actor,
        name: &str,
        alt: &str,
        bytes: bytes::Bytes,
    ) -> Result<(AssetId, bool)> {
        let before = self.clock.now();
        let new = NewAsset {
            name: name.to_owned(),
            alt: alt.to_owned(),
            bytes,
        };
        let asset = self.media.create_asset(actor, new).await?;
        Ok((asset.id, asset.created_at < before))
    }

    fn wake(&self) {
        self.changed
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Refuses content that points to anything outside the actor's site.
    async fn check_references(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        content: &impl Content,
    ) -> Result<()> {
        let References {
            mut assets,
            mut products,
            mut videos,
            mut stories,
        } = content.references();
        assets.sort_unstable();
        assets.dedup();
        let known = self.media.assets(actor, &assets).await?;
        if let Some(missing) = assets.iter().find(|id| !known.contains_key(id)) {
            return Err(Error::invalid(
                "input",
                format!("asset {missing} does not exist"),
            ));
        }
        products.sort_unstable();
        products.dedup();
        let count = store::product::count_known(db, actor.site(), &products).await?;
        if count != products.len() as u64 {
            return Err(Error::invalid(
                "input.products",
                "names a product that does not exist",
            ));
        }
        videos.sort_unstable();
        videos.dedup();
        if store::item::count_known::<VideoContent>(db, actor.site(), &videos).await?
            != videos.len() as u64
        {
            return Err(Error::invalid(
                "input.videos",
                "names a video that does not exist",
            ));
        }
        stories.sort_unstable();
        if store::item::count_known::<StoryContent>(db, actor.site(), &stories).await?
            != stories.len() as u64
        {
            return Err(Error::invalid(
                "input.story",
                "names a story that does not exist",
            ));
        }
        let mut tags = content.tags().to_vec();
        tags.sort_unstable();
        tags.dedup();
        if store::term::list_tags(db, actor.site(), Some(&tags))
            .await?
            .len()
            != tags.len()
        {
            return Err(Error::invalid(
                "input.tags",
                "names a tag that does not exist",
            ));
        }
        if let Some(category) = content.category()
            && store::term::list_categories(db, actor.site(), Some(&[category]))
                .await?
                .is_empty()
        {
            return Err(Error::invalid(
                "input.category",
                "names a category that does not exist",
            ));
        }
        Ok(())
    }
}

/// What a kind of content is called in messages.
fn noun(kind: ChangeKind) -> &'static str {
    kind.name()
}
