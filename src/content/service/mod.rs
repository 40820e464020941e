//! Use cases of content. Stories and videos share theirs: `item.rs`, and beside it `revision.rs`, `autosave.rs` and
//! `published.rs`.

mod autosave;
mod item;
mod presence;
mod product;
mod published;
mod revision;
mod term;
mod text;
mod usage;

pub use presence::GONE_AFTER;
pub use text::{ImportedStory, ReadText, StoryText, TextFormat};

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use sea_orm::ConnectionTrait;
use tokio::sync::watch;

use super::{
    Change, ChangeKind, Content, StoryContent, VideoContent,
    item::{check_known, named},
    store,
};
use crate::{
    auth::Actor,
    clock::Clock,
    db::Db,
    error::{Error, Result},
    id::AssetId,
    media::{AssetKind, MediaService, NewAsset},
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

    /// Refuses content that points to files outside the actor's site, or of the wrong kind. To be called before the
    /// transaction begins: it takes a connection of its own.
    async fn check_assets(&self, actor: &Actor, content: &impl Content) -> Result<()> {
        let wanted = content.references().assets;
        let ids: HashSet<AssetId> = wanted.iter().map(|(_, id, _)| *id).collect();
        let known = self
            .media
            .assets(actor, &ids.into_iter().collect::<Vec<_>>())
            .await?;
        for (field, id, kind) in wanted {
            match known.get(&id) {
                None => {
                    return Err(Error::invalid(field, format!("asset {id} does not exist")));
                }
                Some(asset) if asset.kind != kind => {
                    let what = match kind {
                        AssetKind::Image => "a picture",
                        AssetKind::Video => "a video file",
                    };
                    return Err(Error::invalid(field, format!("asset {id} is not {what}")));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Refuses content that points to products, items or terms outside the actor's site.
    async fn check_references(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        content: &impl Content,
    ) -> Result<()> {
        let (site, wanted) = (actor.site(), content.references());
        let known = store::product::known(db, site, &ids(&wanted.products)).await?;
        check_known("product", &wanted.products, &known)?;
        let known = store::item::known::<VideoContent>(db, site, &ids(&wanted.videos)).await?;
        check_known("video", &wanted.videos, &known)?;
        let known = store::item::known::<StoryContent>(db, site, &ids(&wanted.stories)).await?;
        check_known("story", &wanted.stories, &known)?;
        let tags = named("input.tagIds", content.tags());
        let known = store::term::list_tags(db, site, Some(&ids(&tags))).await?;
        check_known("tag", &tags, &known.into_iter().map(|tag| tag.id).collect())?;
        let category = named("input.categoryId", content.category().as_slice());
        let known = store::term::list_categories(db, site, Some(&ids(&category))).await?;
        let known = known.into_iter().map(|category| category.id).collect();
        check_known("category", &category, &known)
    }
}

/// Each id once.
fn ids<I: Copy + Ord>(named: &[(&'static str, I)]) -> Vec<I> {
    let unique: BTreeSet<I> = named.iter().map(|(_, id)| *id).collect();
    unique.into_iter().collect()
}

/// What a kind of content is called in messages.
fn noun(kind: ChangeKind) -> &'static str {
    kind.name()
}
