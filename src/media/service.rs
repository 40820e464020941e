//! Use cases: keep a file, describe it, make renditions, read it back, take an upload piece by piece.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read as _, Write as _},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::{
    Asset, AssetChanges, AssetFilter, AssetKind, FocalPoint, NewAsset, Rendition, RenditionSpec,
    Upload, VideoFacts, picture,
    probe::{self, unsupported},
    storage::Storage,
    store,
};
use crate::{
    auth::{Actor, Permission},
    clock::Clock,
    config::MediaConfig,
    db::{Db, is_unique_violation},
    error::{Error, ErrorKind, Result},
    id::{AssetId, UploadId},
    page::{Page, PageRequest},
};

/// Renditions whose facts stay in memory.
const REMEMBERED: u64 = 50_000;

/// A stored file, found by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Where it is stored.
    pub key: String,
    /// Media type.
    pub mime: String,
    /// Size.
    pub size_bytes: u64,
}

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

/// What looking inside a file found.
struct Examined {
    kind: AssetKind,
    mime: &'static str,
    width: u32,
    height: u32,
    is_animated: bool,
    video: Option<VideoFacts>,
    sha256: String,
    size_bytes: u64,
}

impl MediaService {
    /// The service, with its storage opened.
    pub fn new(db: Db, clock: Clock, config: &MediaConfig) -> Result<Self> {
        std::fs::create_dir_all(&config.upload_dir).map_err(|error| {
            Error::internal(
                format!("cannot create the folder {}", config.upload_dir.display()),
                error,
            )
        })?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
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
        })
    }

    /// Adds specifications that may be asked for by address, beside the named sizes.
    pub fn register_specs(&self, specs: impl IntoIterator<Item = RenditionSpec>) {
        self.specs
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .extend(specs);
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
        let (limits, file) = (Arc::clone(&self.limits), path.to_owned());
        let examined = self.work(move || examine(&file, &limits)).await?;
        if let Some(asset) =
            store::find_asset_by_hash(self.db.read(), actor.site(), &examined.sha256).await?
        {
            return Ok((asset, true));
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
        self.change(actor, id, Some(base_version), |asset, _| {
            asset.alt = changes
                .alt
                .unwrap_or_else(|| std::mem::take(&mut asset.alt));
            asset.focal_point = changes.focal_point.unwrap_or(asset.focal_point);
        })
        .await
    }

    /// Puts an asset away: it leaves the library; what uses it keeps it.
    pub async fn archive_asset(&self, actor: &Actor, id: AssetId) -> Result<Asset> {
        self.change(actor, id, None, |asset, now| {
            asset.archived_at = asset.archived_at.or(Some(now))
        })
        .await
    }

    async fn change(
        &self,
        actor: &Actor,
        id: AssetId,
        base_version: Option<i32>,
        change: impl FnOnce(&mut Asset, crate::clock::Timestamp),
    ) -> Result<Asset> {
        actor.require(Permission::WriteContent)?;
        let tx = self.db.begin().await?;
        let found = store::list_assets_by_id(&tx, actor.site(), &[id])
            .await?
            .pop();
        let mut asset = found.ok_or_else(|| Error::not_found(format!("asset {id}")))?;
        if base_version.is_some_and(|base| base != asset.version) {
            let current = serde_json::json!({ "currentVersion": asset.version, "alt": asset.alt, "focalPoint": asset.focal_point });
            return Err(Error::conflict(format!(
                "the asset is at version {} by now; load it again",
                asset.version
            ))
            .with_details(current));
        }
        let now = self.clock.now();
        change(&mut asset, now);
        asset.version += 1;
        asset.updated_at = now;
        if !store::update_asset(&tx, &asset).await? {
            return Err(Error::conflict(
                "somebody else changed the asset; load it again",
            ));
        }
        tx.commit().await?;
        Ok(asset)
    }

    /// A rendition of an asset that one holds; made at the first call, then from storage.
    pub async fn rendition(&self, asset: &Asset, spec: &RenditionSpec) -> Result<Arc<Rendition>> {
        if asset.kind != AssetKind::Image {
            return Err(Error::precondition(format!(
                "{} is not a picture",
                asset.name
            )));
        }
        let key = spec.key(asset);
        let made = self
            .made
            .try_get_with(key.clone(), self.make_rendition(asset, spec, key));
        made.await
            .map_err(|error: Arc<Error>| Error::new(error.kind(), error.message().to_owned()))
    }

    async fn make_rendition(
        &self,
        asset: &Asset,
        spec: &RenditionSpec,
        key: String,
    ) -> Result<Arc<Rendition>> {
        let facts_key = format!("{key}.json");
        if self.storage.size(&facts_key).await?.is_some() {
            let facts: (u32, u32, String, u64) =
                serde_json::from_slice(&self.storage.get(&facts_key).await?).map_err(|error| {
                    Error::internal(format!("the facts of {key} are damaged"), error)
                })?;
            return Ok(Arc::new(rendition(key, spec, facts)));
        }
        let bytes = self.storage.get(&original_key(&asset.sha256)).await?;
        let (mime, spec_, focal, max_pixels) = (
            asset.mime.clone(),
            spec.clone(),
            asset.focal_point,
            self.limits.max_pixels,
        );
        let written = self
            .work(move || picture::render(&bytes, &mime, &spec_, focal, max_pixels))
            .await?;
        let facts = (
            written.width,
            written.height,
            hex::encode(Sha256::digest(&written.bytes)),
            written.bytes.len() as u64,
        );
        self.storage.put(&key, written.bytes.into()).await?;
        // The facts come last: with them the rendition is whole.
        let json = serde_json::to_vec(&facts)
            .map_err(|error| Error::internal("facts could not be written", error))?;
        self.storage.put(&facts_key, json.into()).await?;
        Ok(Arc::new(rendition(key, spec, facts)))
    }

    /// The file behind `/media/{sha256}/{name}.{extension}`: a video, or a rendition in a size that has a name.
    /// Originals of pictures are not served, since they may tell where they were taken.
    pub async fn find_file(
        &self,
        sha256: &str,
        name: &str,
        extension: &str,
    ) -> Result<Option<StoredFile>> {
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash {
            return Ok(None);
        }
        let Some(asset) = store::find_content(self.db.read(), sha256).await? else {
            return Ok(None);
        };
        if asset.kind == AssetKind::Video {
            let is_right = name == "original" && extension == asset.extension();
            return Ok(is_right.then(|| StoredFile {
                key: original_key(sha256),
                mime: asset.mime,
                size_bytes: asset.size_bytes,
            }));
        }
        // The address of a rendition ends in a hash of its specification, so that it never changes its content.
        let key = format!("renditions/{sha256}/{name}.{extension}");
        let size = self.storage.size(&key).await?;
        if let Some(size_bytes) = size {
            return Ok(Some(StoredFile {
                key,
                mime: mime_of(extension).to_owned(),
                size_bytes,
            }));
        }
        let Some(spec) = self.find_spec(&asset, &key) else {
            return Ok(None);
        };
        let made = self.rendition(&asset, &spec).await?;
        Ok(Some(StoredFile {
            key: made.key.clone(),
            mime: made.mime.clone(),
            size_bytes: made.size_bytes,
        }))
    }

    fn find_spec(&self, asset: &Asset, key: &str) -> Option<RenditionSpec> {
        self.specs
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .iter()
            .find(|spec| spec.key(asset) == key)
            .cloned()
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

    /// Starts an upload of a known size.
    pub async fn begin_upload(&self, actor: &Actor, name: &str, size_bytes: u64) -> Result<Upload> {
        actor.require(Permission::WriteContent)?;
        let most = self.limits.max_video_bytes.max(self.limits.max_image_bytes);
        if size_bytes == 0 || size_bytes > most {
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!("must be from 1 to {most} bytes"),
            )
            .on_field("sizeBytes"));
        }
        let upload = Upload {
            id: UploadId::new(),
            name: clean_name(name),
            size_bytes,
            offset: 0,
        };
        File::create(self.upload_path(upload.id))
            .map_err(|error| Error::internal("an upload could not be started", error))?;
        store::insert_upload(
            self.db.write(),
            upload.id,
            actor.site(),
            upload.name.clone(),
            size_bytes,
            self.clock.now(),
        )
        .await?;
        Ok(upload)
    }

    /// How far an upload is.
    pub async fn upload(&self, actor: &Actor, id: UploadId) -> Result<Upload> {
        actor.require(Permission::WriteContent)?;
        let found = store::find_upload(self.db.read(), actor.site(), id).await?;
        let (name, size_bytes) = found.ok_or_else(|| Error::not_found(format!("upload {id}")))?;
        let offset = std::fs::metadata(self.upload_path(id)).map_or(0, |facts| facts.len());
        Ok(Upload {
            id,
            name,
            size_bytes,
            offset,
        })
    }

    /// Adds a piece, which must start where the last one ended.
    pub async fn append_upload(
        &self,
        actor: &Actor,
        id: UploadId,
        offset: u64,
        piece: Bytes,
    ) -> Result<Upload> {
        let mut upload = self.upload(actor, id).await?;
        if offset != upload.offset {
            return Err(Error::conflict(format!(
                "the upload is at {}; go on from there",
                upload.offset
            ))
            .with_details(serde_json::json!({ "offset": upload.offset })));
        }
        upload.offset += piece.len() as u64;
        if upload.offset > upload.size_bytes {
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!(
                    "the file is larger than the announced {} bytes",
                    upload.size_bytes
                ),
            ));
        }
        let path = self.upload_path(id);
        self.work(move || {
            File::options()
                .append(true)
                .open(path)
                .and_then(|mut file| file.write_all(&piece))
                .map_err(|error| {
                    Error::internal("a piece of an upload could not be written", error)
                })
        })
        .await?;
        Ok(upload)
    }

    /// Ends an upload: looks inside and keeps the file. Says whether the site had it already.
    pub async fn complete_upload(
        &self,
        actor: &Actor,
        id: UploadId,
        alt: &str,
    ) -> Result<(Asset, bool)> {
        let upload = self.upload(actor, id).await?;
        if upload.offset != upload.size_bytes {
            return Err(Error::precondition(format!(
                "{} of {} bytes have arrived; send the rest first",
                upload.offset, upload.size_bytes
            )));
        }
        let path = self.upload_path(id);
        let kept = self
            .create_asset_from_file(actor, &upload.name, alt, &path)
            .await;
        // A refused file can be sent again only as a new upload.
        store::delete_upload(self.db.write(), id).await?;
        remove(&path);
        kept
    }

    fn upload_path(&self, id: UploadId) -> PathBuf {
        self.limits.upload_dir.join(id.to_string())
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

fn rendition(
    key: String,
    spec: &RenditionSpec,
    (width, height, sha256, size_bytes): (u32, u32, String, u64),
) -> Rendition {
    let path = format!("/media/{}", key.trim_start_matches("renditions/"));
    Rendition {
        key,
        path,
        width,
        height,
        mime: spec.format.mime().to_owned(),
        sha256,
        size_bytes,
    }
}

fn original_key(sha256: &str) -> String {
    format!("originals/{}/{sha256}", &sha256[..2])
}

fn mime_of(extension: &str) -> &'static str {
    match extension {
        "png" => "image/png",
        "webp" => "image/webp",
        _ => "image/jpeg",
    }
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

/// Looks inside a file: kind, size, hash. Never believes its name.
fn examine(path: &Path, limits: &MediaConfig) -> Result<Examined> {
    let unreadable = |error| Error::internal(format!("cannot read {}", path.display()), error);
    let mut file = File::open(path).map_err(unreadable)?;
    let size_bytes = file.metadata().map_err(unreadable)?.len();
    let mut head = Vec::new();
    (&mut file)
        .take(8192)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    let mime = infer::get(&head).map_or("", |found| found.mime_type());
    let too_large = |most: u64| {
        Error::new(
            ErrorKind::TooLarge,
            format!("the file has {size_bytes} bytes; at most {most} are taken"),
        )
        .on_field("file")
    };
    let mut examined = if mime.starts_with("video/") {
        if size_bytes > limits.max_video_bytes {
            return Err(too_large(limits.max_video_bytes));
        }
        let probed = probe::probe(&mut file, mime)?;
        let mime = match probed.facts.container.as_str() {
            "webm" => "video/webm",
            "mov" => "video/quicktime",
            _ => "video/mp4",
        };
        Examined {
            kind: AssetKind::Video,
            mime,
            width: probed.width,
            height: probed.height,
            is_animated: true,
            video: Some(probed.facts),
            sha256: String::new(),
            size_bytes,
        }
    } else {
        let known = ["image/jpeg", "image/png", "image/webp", "image/gif"]
            .into_iter()
            .find(|known| *known == mime);
        let Some(mime) = known else {
            let what = if mime.is_empty() {
                "this kind of file is not taken"
            } else {
                &format!("{mime} is not taken")
            };
            return Err(Error::new(
                ErrorKind::UnsupportedMedia,
                format!("{what}; use JPEG, PNG, WebP, GIF, MP4 or WebM"),
            )
            .on_field("file"));
        };
        if size_bytes > limits.max_image_bytes {
            return Err(too_large(limits.max_image_bytes));
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let facts = picture::examine(&bytes, mime, limits.max_pixels)?;
        if facts.width == 0 || facts.height == 0 {
            return Err(unsupported("the picture has no size"));
        }
        Examined {
            kind: AssetKind::Image,
            mime,
            width: facts.width,
            height: facts.height,
            is_animated: facts.is_animated,
            video: None,
            sha256: String::new(),
            size_bytes,
        }
    };
    examined.sha256 = hash_file(path).map_err(unreadable)?;
    Ok(examined)
}

fn hash_file(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(&buffer[..read]);
    }
}
