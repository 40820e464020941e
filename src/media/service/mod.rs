//! Use cases: keep a file, describe it, read it back.

mod rendition;
mod upload;

use std::{
    collections::HashMap,
    ops::Range,
    path::Path,
    sync::{Arc, RwLock},
};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use sea_orm::ConnectionTrait;
use tokio::sync::Semaphore;

pub use self::rendition::StoredFile;
use super::{
    Asset, AssetChanges, AssetFilter, FocalPoint, ImageFormat, NAMED_SIZES, NewAsset, Rendition,
    RenditionSpec, asset, examine::examine, find_named_size, storage::Storage, store,
};
use crate::{
    auth::{Actor, Permission},
    clock::{Clock, Timestamp},
    config::MediaConfig,
    db::{Db, is_unique_violation},
    error::{Error, Result},
    id::{AssetId, UploadId},
    page::{Page, PageRequest},
};

/// Renditions whose facts stay in memory.
const REMEMBERED: u64 = 50_000;

/// Files; clones share everything.
#[derive(Clone)]
pub struct MediaService {
    db: Db,
    clock: Clock,
    storage: Storage,
    limits: Arc<MediaConfig>,
    turns: Arc<Semaphore>,
    specs: Arc<RwLock<Vec<RenditionSpec>>>,
    made: moka::future::Cache<String, Arc<Rendition>>,
}

impl MediaService {
    /// The service, with its storage opened; the named sizes may be asked for in every format.
    pub fn new(db: Db, clock: Clock, config: &MediaConfig) -> Result<Self> {
        std::fs::create_dir_all(&config.upload_dir).map_err(|error| {
            Error::internal(
                format!("cannot create the folder {}", config.upload_dir.display()),
                error,
            )
        })?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let service = Self {
            db,
            clock,
            storage: Storage::open(config)?,
            limits: Arc::new(config.clone()),
            turns: Arc::new(Semaphore::new(if config.parallelism == 0 {
                cores
            } else {
                config.parallelism
            })),
            specs: Arc::default(),
            made: moka::future::Cache::new(REMEMBERED),
        };
        let formats = [ImageFormat::Webp, ImageFormat::Jpeg, ImageFormat::Png];
        service.register_specs(NAMED_SIZES.iter().flat_map(|size| {
            formats
                .iter()
                .filter_map(|format| find_named_size(size.name, *format))
        }));
        Ok(service)
    }

    /// Keeps a file that is in memory; the same content in the same site is the same asset.
    pub async fn create_asset(&self, actor: &Actor, new: NewAsset) -> Result<Asset> {
        actor.require(Permission::WriteContent)?;
        let folder = self.limits.upload_dir.clone();
        let path = self
            .work(move || {
                let path = folder.join(format!("{}.new", UploadId::new()));
                std::fs::write(&path, &new.bytes)
                    .map(|()| path)
                    .map_err(|error| Error::internal("an upload could not be written", error))
            })
            .await?;
        let kept = self
            .create_asset_from_file(actor, &new.name, &new.alt, &path)
            .await;
        remove(&path);
        kept.map(|(asset, _)| asset)
    }

    /// Keeps a local file; says whether the site had the same content already.
    pub async fn create_asset_from_file(
        &self,
        actor: &Actor,
        name: &str,
        alt: &str,
        path: &Path,
    ) -> Result<(Asset, bool)> {
        actor.require(Permission::WriteContent)?;
        asset::check_alt(alt)?;
        let (limits, file) = (Arc::clone(&self.limits), path.to_owned());
        let examined = self.work(move || examine(&file, &limits)).await?;
        if let Some(asset) =
            store::find_asset_by_hash(self.db.read(), actor.site(), &examined.sha256).await?
        {
            return Ok((self.restore(actor, asset).await?, true));
        }
        let key = original_key(&examined.sha256);
        if self.storage.size(&key).await? != Some(examined.size_bytes) {
            self.storage.put_file(&key, path).await?;
        }
        let now = self.clock.now();
        let asset = Asset {
            id: AssetId::new(),
            site: actor.site(),
            sha256: examined.sha256,
            name: clean_name(name),
            kind: examined.kind,
            mime: examined.mime.to_owned(),
            size_bytes: examined.size_bytes,
            width: examined.width,
            height: examined.height,
            is_animated: examined.is_animated,
            alt: alt.to_owned(),
            focal_point: FocalPoint::CENTRE,
            video: examined.video,
            version: 1,
            created_at: now,
            updated_at: now,
            archived_at: None,
        };
        match store::insert_asset(self.db.write(), &asset).await {
            Ok(()) => Ok((asset, false)),
            // Two uploads of the same file at the same time.
            Err(error) if is_unique_violation(&error) => {
                let found =
                    store::find_asset_by_hash(self.db.write(), actor.site(), &asset.sha256).await?;
                found.map(|asset| (asset, true)).ok_or_else(|| error.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// One asset.
    pub async fn asset(&self, actor: &Actor, id: AssetId) -> Result<Asset> {
        self.assets(actor, &[id])
            .await?
            .remove(&id)
            .ok_or_else(|| Error::not_found(format!("asset {id}")))
    }

    /// Many assets at once; those of other sites are left out.
    pub async fn assets(&self, actor: &Actor, ids: &[AssetId]) -> Result<HashMap<AssetId, Asset>> {
        actor.require(Permission::ReadPublished)?;
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = store::list_assets_by_id(self.db.read(), actor.site(), ids).await?;
        Ok(found.into_iter().map(|asset| (asset.id, asset)).collect())
    }

    /// The media library, newest first.
    pub async fn list_assets(
        &self,
        actor: &Actor,
        filter: &AssetFilter,
        page: &PageRequest,
    ) -> Result<Page<Asset>> {
        actor.require(Permission::ReadContent)?;
        if let Some(text) = &filter.text
            && text.chars().any(char::is_control)
        {
            return Err(Error::invalid("q", "must not hold control characters"));
        }
        store::list_assets(self.db.read(), actor.site(), filter, page).await
    }

    /// Changes an asset's description.
    pub async fn update_asset(
        &self,
        actor: &Actor,
        id: AssetId,
        base_version: i32,
        changes: AssetChanges,
    ) -> Result<Asset> {
        if let Some(alt) = &changes.alt {
            asset::check_alt(alt)?;
        }
        self.change(actor, id, Some(base_version), |asset, _| {
            asset.alt = changes
                .alt
                .unwrap_or_else(|| std::mem::take(&mut asset.alt));
            asset.focal_point = changes.focal_point.unwrap_or(asset.focal_point);
        })
        .await
    }

    /// Puts an asset away: it leaves the library; what uses it keeps it. The same file, uploaded again, brings it back.
    pub async fn archive_asset(&self, actor: &Actor, id: AssetId) -> Result<Asset> {
        self.change(actor, id, None, |asset, now| {
            asset.archived_at = asset.archived_at.or(Some(now));
        })
        .await
    }

    /// Gives an asset the file of another, which puts the former file away in turn: what shows the asset shows the new
    /// file, and addresses that were given out for the former one stay good.
    pub async fn swap_files(
        &self,
        actor: &Actor,
        id: AssetId,
        base_version: i32,
        other: AssetId,
    ) -> Result<Asset> {
        actor.require(Permission::WriteContent)?;
        if id == other {
            return Err(Error::invalid("input.withId", "is the same asset"));
        }
        let tx = self.db.begin().await?;
        let mut asset = find(&tx, actor, id, "input.id").await?;
        let mut former = find(&tx, actor, other, "input.withId").await?;
        check_version(&asset, base_version)?;
        if asset.kind != former.kind {
            return Err(Error::invalid(
                "input.withId",
                "a picture takes the place of a picture, a video that of a video",
            ));
        }
        asset.swap_file(&mut former);
        let now = self.clock.now();
        former.archived_at = Some(now);
        // A site has each content once, so one of the two steps aside meanwhile.
        let hash = std::mem::replace(&mut former.sha256, format!("moving {id}"));
        for asset in [&mut former, &mut asset] {
            asset.version += 1;
            asset.updated_at = now;
            if !store::update_asset(&tx, asset).await? {
                return Err(changed_meanwhile());
            }
        }
        former.sha256 = hash;
        former.version += 1;
        if !store::update_asset(&tx, &former).await? {
            return Err(changed_meanwhile());
        }
        tx.commit().await?;
        Ok(asset)
    }

    async fn restore(&self, actor: &Actor, asset: Asset) -> Result<Asset> {
        if asset.archived_at.is_none() {
            return Ok(asset);
        }
        self.change(actor, asset.id, None, |asset, _| asset.archived_at = None)
            .await
    }

    async fn change(
        &self,
        actor: &Actor,
        id: AssetId,
        base_version: Option<i32>,
        change: impl FnOnce(&mut Asset, Timestamp),
    ) -> Result<Asset> {
        actor.require(Permission::WriteContent)?;
        let tx = self.db.begin().await?;
        let mut asset = find(&tx, actor, id, "input.id").await?;
        if let Some(base_version) = base_version {
            check_version(&asset, base_version)?;
        }
        let now = self.clock.now();
        change(&mut asset, now);
        asset.version += 1;
        asset.updated_at = now;
        if !store::update_asset(&tx, &asset).await? {
            return Err(changed_meanwhile());
        }
        tx.commit().await?;
        Ok(asset)
    }

    /// Where an original is stored.
    pub fn original_key(&self, asset: &Asset) -> String {
        original_key(&asset.sha256)
    }

    /// Path of a video's address on our server.
    pub fn original_path(&self, asset: &Asset) -> String {
        format!("/media/{}/original.{}", asset.sha256, asset.extension())
    }

    /// A stored file, whole.
    pub async fn read(&self, key: &str) -> Result<Bytes> {
        self.storage.get(key).await
    }

    /// A part of a stored file.
    pub async fn read_range(&self, key: &str, range: Range<u64>) -> Result<Bytes> {
        self.storage.get_range(key, range).await
    }

    /// A part of a stored file, piece by piece.
    pub async fn stream(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, std::io::Result<Bytes>>> {
        self.storage.stream(key, range).await
    }

    /// Runs work on files and pixels off the async threads, a bounded number at a time.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(|error| Error::internal("media work has ended", error))?;
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        })
        .await
        .map_err(|error| Error::internal("media work broke off", error))?
    }
}

async fn find(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: AssetId,
    field: &'static str,
) -> Result<Asset> {
    let found = store::list_assets_by_id(db, actor.site(), &[id]).await?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| Error::not_found(format!("asset {id}")).on_field(field))
}

fn check_version(asset: &Asset, base_version: i32) -> Result<()> {
    if base_version == asset.version {
        return Ok(());
    }
    let current = serde_json::json!({ "currentVersion": asset.version, "alt": asset.alt, "focalPoint": asset.focal_point });
    Err(Error::conflict(format!(
        "the asset is at version {} by now; load it again",
        asset.version
    ))
    .with_details(current))
}

fn changed_meanwhile() -> Error {
    Error::conflict("somebody else changed the asset; load it again")
}

fn original_key(sha256: &str) -> String {
    format!("originals/{}/{sha256}", &sha256[..2])
}

/// A file name without path, control characters and excess.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|character| !character.is_control())
        .take(200)
        .collect();
    if clean.trim().is_empty() {
        "file".to_owned()
    } else {
        clean.trim().to_owned()
    }
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(path = %path.display(), %error, "a finished upload could not be removed");
    }
}
